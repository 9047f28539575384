extension ErrorRegistry {
    /// Of claims (结算): where several apply, the lowest number is told.
    package static let claims: [ErrorEntry] = [
        ErrorEntry(
            4001, "REGION_UNKNOWN", [.program, .operator], .corrected,
            ErrorWords("no policy pack of that region is loaded", "没有载入该统筹区的政策包"),
            ErrorWords("name one that the text lists, or load its pack", "请写文本列出的统筹区, 或载入其政策包")),
        ErrorEntry(
            4002, "FACT_INVALID", [.program, .clerk], .corrected,
            ErrorWords(
                "a value outside its list: kind, level, disease code, product, a number of a person",
                "取值不在范围内: 医疗类别、等级、病种代码、补充保险、人员编号等"),
            ErrorWords("correct the field", "请更正该字段")),
        ErrorEntry(
            4003, "DATE_INVALID", [.clerk], .corrected,
            ErrorWords("a date that does not exist", "日期不存在"),
            ErrorWords("correct the date", "请更正日期")),
        ErrorEntry(
            4004, "AMOUNT_OUT_OF_RANGE", [.program, .clerk], .corrected,
            ErrorWords(
                "an amount below 0 or above 10,000,000,000.00 yuan (G-1)", "金额低于0或高于10,000,000,000.00元(G-1)"),
            ErrorWords("correct the amount", "请更正金额")),
        ErrorEntry(
            4005, "AMOUNTS_DO_NOT_ADD_UP", [.clerk], .corrected,
            ErrorWords("the total is not the sum of its parts (G-5)", "总额不等于各部分之和(G-5)"),
            ErrorWords("look at the bill and correct the amounts", "请核对账单, 更正金额")),
        ErrorEntry(
            4006, "PART_EXCEEDS_WHOLE", [.clerk], .corrected,
            ErrorWords(
                "drugs or payments from outside are more than what is in policy (G-5, G-9)",
                "药费或系统外已支付的金额多于符合政策范围的金额(G-5, G-9)"),
            ErrorWords("look at the bill and correct the amounts", "请核对账单, 更正金额")),
        ErrorEntry(
            4007, "YEAR_MISMATCH", [.program], .corrected,
            ErrorWords(
                "the year's state that the caller keeps is not of the service date's year (G-4)",
                "调用方保存的年度数据不是费用日期所在年度的(G-4)"),
            ErrorWords("send the state of that year", "请发送该年度的数据")),
        ErrorEntry(
            4008, "ACCUMULATOR_UNKNOWN", [.program], .corrected,
            ErrorWords(
                "the year's state that the caller keeps has an accumulator that the pack does not have",
                "调用方保存的年度数据中有政策包没有的累计"),
            ErrorWords("send back the names that the last answer had", "请原样发回上次应答中的名称")),
        ErrorEntry(
            4009, "ACCUMULATOR_OUT_OF_RANGE", [.program], .corrected,
            ErrorWords("an accumulator or a balance below 0 or too large", "累计或余额低于0或过大"),
            ErrorWords("send back what the last answer had", "请原样发回上次应答中的数值")),
        ErrorEntry(
            4010, "POLICY_NOT_IN_FORCE", [.clerk, .operator], .corrected,
            ErrorWords(
                "the pack has no rules for that date (G-4), or the server has no pack of the record's region",
                "政策包对该日期没有规则(G-4), 或服务器没有记录所属统筹区的政策包"),
            ErrorWords("correct the date, or load the pack", "请更正日期, 或载入政策包")),
        ErrorEntry(
            4011, "PURCHASE_NOT_VALID", [.office], .corrected,
            ErrorWords(
                "a supplementary insurance (补充保险) bought outside its window, or without basic insurance (CQ-22)",
                "补充保险在投保期之外购买, 或没有基本医疗保险(CQ-22)"),
            ErrorWords("correct the purchase, or leave it out", "请更正投保记录, 或不写该保险")),
        ErrorEntry(
            4012, "NOT_COVERED", [.clerk, .office], .corrected,
            ErrorWords(
                "not insured on that day, or outside the entitlement period (待遇享受期, CQ-45)",
                "当天没有参保, 或不在待遇享受期内(CQ-45)"),
            ErrorWords("check the day, and the enrolment with the office", "请核对日期, 并向经办机构核实参保情况")),
        ErrorEntry(
            4013, "FACT_MISSING", [.clerk, .office], .corrected,
            ErrorWords(
                "a fact that a rule needs is missing: a level, a prescription, a department",
                "缺少规则所需的事实: 等级、处方、科室等"),
            ErrorWords("add it", "请补上")),
        ErrorEntry(
            4014, "NOT_ENTITLED", [.clerk], .corrected,
            ErrorWords("the person may not use this cover (CQ-14, AH-5)", "参保人不能享受这项待遇(CQ-14, AH-5)"),
            ErrorWords("send the claim as the kind that it is", "请按实际的医疗类别申报")),
        ErrorEntry(
            4015, "EXTERNAL_NOT_ALLOWED", [.program, .clerk], .corrected,
            ErrorWords(
                "a payment from outside where the pack has the rule itself (G-9)",
                "政策包自己有规则, 却写了系统外已支付的金额(G-9)"),
            ErrorWords("leave it out", "请不要填写该金额")),
        ErrorEntry(
            4016, "DATE_IN_FUTURE", [.clerk], .corrected,
            ErrorWords("a date after today in China (G-16)", "日期晚于中国的今天(G-16)"),
            ErrorWords("correct it, or send it when the day has come", "请更正日期, 或到当天再申报")),
    ]
}
