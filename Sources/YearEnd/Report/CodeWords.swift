import HTMLReport

/// What the codes of adjustments and refusals mean; the names are those of `error.proto`.
package enum CodeWords {
    /// Why a settlement was adjusted (YE-1, G-13).
    package static func adjustment(_ reason: String) -> Words {
        switch reason {
        case "FACT":
            return Words(
                "结算本身的事实有变（参保、身份、备案等事后补录或更正）",
                "the facts of the claim itself changed: cover, identity or filing told late or corrected")
        case "YEAR":
            return Words(
                "本年在其之前的结算或事实有变，累计额随之改变",
                "what came before it in the year changed, and with it what the year had left")
        case "SECOND_ROUND":
            return Words(
                "二次报销多付：按最终事实首轮未付少于此前已付",
                "a second round paid more than round one leaves unpaid by the final facts (SY-4)")
        default:
            let words = meaning(reason)
            return Words(
                "按最终事实不应支付，全部追回：\(words.zh)",
                "not payable by the final facts, all to be recovered: \(words.en)")
        }
    }

    /// Why a row was not settled.
    package static func meaning(_ code: String) -> Words {
        all[code] ?? Words("见错误码表", "see the list of errors")
    }

    private static let all: [String: Words] = [
        "MALFORMED": Words("数据行无法读取", "the row itself cannot be read"),
        "REGION_UNKNOWN": Words("没有该统筹区的政策包", "there is no policy pack of that region"),
        "REGION_CHANGED": Words("参保地与结算时不同，或一人涉及多个统筹区", "insured in another region, or in several"),
        "FACT_INVALID": Words("取值不在允许范围（类别、级别、病种等）", "a value outside its list: kind, level, disease …"),
        "DATE_INVALID": Words("日期不存在", "a date that does not exist"),
        "AMOUNT_OUT_OF_RANGE": Words("金额为负或过大", "an amount below 0 or too large"),
        "AMOUNTS_DO_NOT_ADD_UP": Words("总费用不等于各部分之和", "the total is not the sum of its parts"),
        "PART_EXCEEDS_WHOLE": Words("部分金额大于所属总额", "a part is more than what it is a part of"),
        "YEAR_MISMATCH": Words("年度累计与就诊年度不符", "the year's sums are of another year"),
        "ACCUMULATOR_UNKNOWN": Words("政策包中没有该累计项", "a yearly sum that the pack does not have"),
        "ACCUMULATOR_OUT_OF_RANGE": Words("累计额为负或过大", "a yearly sum below 0 or too large"),
        "POLICY_NOT_IN_FORCE": Words("就诊日期没有生效的政策", "no rules were in force on that date"),
        "PURCHASE_NOT_VALID": Words(
            "补充保险不在购买期内或无基本医保",
            "supplementary insurance bought outside its window, or without basic insurance"),
        "NOT_COVERED": Words("未参保或不在待遇期内", "not insured, or outside the entitlement period"),
        "FACT_MISSING": Words("缺少政策所需的事实", "a fact that a rule needs is missing"),
        "NOT_ENTITLED": Words("本人不能享受该项待遇", "the person may not use this cover"),
        "EXTERNAL_NOT_ALLOWED": Words(
            "本系统自行计算，不接受外部已支付金额", "a payment from outside where the pack has the rule itself"),
        "PERSON_UNKNOWN": Words("人员未登记", "the person is not registered"),
        "INSTITUTION_UNKNOWN": Words("机构未登记", "the institution is not registered"),
        "DOCUMENTS_MISSING": Words("缺少规定材料", "documents are missing"),
        "DATE_IN_FUTURE": Words("日期晚于今天", "a date after today"),
        "INSTITUTION_KIND_NOT_ALLOWED": Words("该类机构不能申报此类费用", "not a claim of such an institution"),
        "PRESCRIPTION_USED": Words("处方已使用", "the prescription was used before"),
        "CHANNEL_NOT_ALLOWED": Words("只能手工报销", "must be settled by hand"),
        "PRESCRIPTION_TOO_LONG": Words("长期处方超过规定周数", "a prescription for more than the weeks allowed"),
        "NO_RULE": Words("来源文件没有此情形的规定", "the sources have no rule for this case"),
        "RECOGNITION_REFUSED": Words("不符合因病致贫认定条件", "the recognition's condition fails"),
        "WRONG_STEP": Words("办理步骤次序不符", "a step out of its order"),
        "REASON_MISSING": Words("缺少书面理由", "the written reason is missing"),
        "RELATION_NOT_REGISTERED": Words("账户人不是登记的近亲属", "the account's owner is not a registered relative"),
        "RECORD_UNKNOWN": Words("没有该备案或申请", "no such filing or application"),
        "RECORD_CONFLICT": Words("与登记内容矛盾", "contradicts what is registered"),
        "INSTITUTION_NOT_DESIGNATED": Words("不是该项的定点机构", "not a designated institution for this"),
        "ACCOUNT_UNKNOWN": Words("没有该个人账户", "no such account"),
        "BALANCE_TOO_LOW": Words("账户余额不足", "the account's balance is too low"),
        "PURPOSE_NOT_ALLOWED": Words("账户不得用于此项", "an account may not be used for that"),
        "ACCOUNT_CLOSED": Words("账户已结清", "the account is closed"),
    ]
}
