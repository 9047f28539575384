import Settlement
import Text

extension Explanation {
    /// The bill as aligned text in Chinese and English, some 80 columns wide.
    package var text: String {
        var bill = BillText()
        bill.line(regionLabel.both + " · 医保结算单 Settlement")
        for line in DisplayWidth.wrapped(circumstances, to: BillText.width) { bill.line(line) }
        bill.line("政策包 policy \(region) \(digest.prefix(12))")
        bill.space()
        appendCosts(to: &bill)
        for (index, step) in steps.enumerated() { step.append(to: &bill, number: index + 1) }
        if hasNoRule { bill.note("来源文件对此类费用没有规定 The source has no rule for this kind of claim (I-18).") }
        appendPersonPart(to: &bill)
        appendWaterfall(to: &bill)
        appendDocuments(to: &bill)
        return bill.text
    }

    /// Kind, day, institution and person in one line.
    private var circumstances: String {
        var parts = [ExplainWords.label(claim.kind).both, claim.serviceDate.description]
        if let disease { parts.append("病种 disease: " + disease.label.both) }
        let institution = claim.institution
        parts.append(ExplainWords.label(institution.level).both)
        if institution.isChineseMedicine { parts.append("中医机构 Chinese medicine") }
        if institution.isCountyArea { parts.append("县域内 county area") }
        if institution.isOutOfCity { parts.append("市外 out of city") }
        if claim.referredFrom != .unspecified {
            parts.append("转诊自 referred from " + ExplainWords.label(claim.referredFrom).both)
        }
        parts.append(ExplainWords.label(person.insurance).both)
        parts.append(ExplainWords.label(person.membership).both)
        parts.append(ExplainWords.label(person.status).both)
        if identity != .none { parts.append("身份 identity: " + ExplainWords.label(identity).both) }
        if let product { parts.append("补充保险 product: " + product.label.both) }
        return parts.filter { !$0.isEmpty }.joined(separator: " · ")
    }

    private func appendCosts(to bill: inout BillText) {
        let cost = claim.cost
        bill.amount("医疗费总额 Total", cost.total)
        func part(_ name: String, _ amount: Fen, indent: Int = 2) {
            if amount != 0 { bill.amount(name, amount, indent: indent) }
        }
        part("符合政策范围 in policy", cost.inPolicy)
        part("其中药费 of which drugs", cost.inPolicyDrug, indent: 4)
        part("乙类先行自付 first self-pay", cost.firstSelfPay)
        part("超限价自费 over limit", cost.overLimit)
        part("全自费 out of catalogue", cost.outOfCatalog)
        part("特殊药品 special drugs", cost.specialDrug)
        bill.space()
    }

    private func appendPersonPart(to bill: inout BillText) {
        if !accounts.isEmpty {
            let rule = accountUse.map { "  [\($0.rule)]" } ?? ""
            bill.amount("个人账户 Personal account" + rule, accountTotal)
            for account in accounts {
                var line = account.relation?.label.both ?? "家庭共济 family"
                if let before = account.before, let after = account.after {
                    line += ": 前 before \(MoneyText.yuan(before)), 后 after \(MoneyText.yuan(after))"
                }
                bill.amount(line, account.paid, indent: 3)
            }
            if let accountUse { bill.cite(Cited(role: .also, citation: accountUse)) }
        }
        bill.amount("现金 Cash", cash)
        bill.space()
    }

    /// Every payment as a bar below the part of the total that it covers.
    private func appendWaterfall(to bill: inout BillText) {
        bill.line("瀑布图 Waterfall")
        bill.bar(Label(zh: "医疗费总额", en: "Total"), total, from: 0, of: total)
        var covered: Fen = 0
        func bar(_ name: Label, _ paid: Fen) {
            bill.bar(name, paid, from: covered, of: total)
            covered += paid
        }
        for step in steps {
            let paying = step.payments.filter { $0.paid != 0 }
            if paying.count < 2 {
                bar(step.label, step.paid)
            } else {
                for payment in paying {
                    let fund = payment.fund.label
                    bar(Label(zh: "\(step.label.zh)：\(fund.zh)", en: fund.en), payment.paid)
                }
            }
        }
        if accountTotal != 0 { bar(Label(zh: "个人账户", en: "account"), accountTotal) }
        bar(Label(zh: "现金", en: "cash"), cash)
        let sum =
            "基金 funds \(MoneyText.yuan(fundTotal)) + 账户 account \(MoneyText.yuan(accountTotal)) + "
            + "现金 cash \(MoneyText.yuan(cash)) \(isConserving ? "=" : "≠") \(MoneyText.yuan(total))  [G-7]"
        bill.line(sum)
        if paidOutside != 0 {
            bill.line(
                "基金中系统外已支付 of the funds paid outside \(MoneyText.yuan(paidOutside)), "
                    + "应付 owed \(MoneyText.yuan(fundTotal - paidOutside))  [G-9]")
        }
    }

    private func appendDocuments(to bill: inout BillText) {
        if documents.isEmpty { return }
        bill.space()
        bill.line("依据文件 Sources")
        for (number, label) in documents.sorted(by: { $0.key < $1.key }) {
            bill.paragraph("\(number)  \(label.both)", indent: 2, hanging: 2 + DisplayWidth.of(number) + 2)
        }
    }
}

extension Explanation.Step {
    func append(to bill: inout BillText, number: Int) {
        bill.amount("\(number)  \(label.both)  [\(id)]", paid)
        if method == .silent {
            bill.note("来源文件没有给出比例，不支付 The source gives no ratio: nothing is paid.")
        } else {
            appendNumbers(to: &bill)
        }
        for cited in citations { bill.cite(cited) }
        bill.space()
    }

    private func appendNumbers(to bill: inout BillText) {
        func yuan(_ amount: Fen) -> String { MoneyText.yuan(amount) }
        bill.column("基数 base: \(ExplainWords.label(base).both)", baseAmount)
        if let deductible {
            var text = "起付线 deductible \(yuan(deductible.inForce)) "
            if let absorbed = deductible.absorbedBefore {
                let span = deductible.isOverWindow ? "认定期间 over the window" : "一年 a year"
                text += "\(span), 已抵 absorbed \(yuan(absorbed))"
            } else {
                text += "每次 per visit"
            }
            bill.column(text, -deductible.taken)
        }
        switch method {
        case .externalBasic: bill.column("基本医保已付（外部） paid outside by the basic insurance", computed)
        case .externalLargeAmount: bill.column("职工大额已付（外部） paid outside by the large-amount fund", computed)
        default:
            for slice in slices { bill.column(bracket(slice), slice.paid) }
        }
        if let limit {
            bill.remark(
                "年度限额 yearly limit \(yuan(limit.amount)), "
                    + "余 left \(yuan(limit.leftBefore)) → \(yuan(limit.leftAfter))")
        }
        if computed > paid { bill.column("超过限额，不付 beyond the limits, not paid", paid - computed) }
        for (index, payment) in payments.enumerated() where payment.paid != 0 || index == 0 {
            let code = payment.fund.code.map { " (\($0))" } ?? ""
            bill.column("支付 paid: \(payment.fund.label.both)\(code)", payment.paid)
        }
        for (index, payment) in payments.enumerated() {
            // The fund that takes over is of interest once it does.
            guard let limit = payment.limit, index == 0 || payment.paid != 0 else { continue }
            bill.remark(
                "\(payment.fund.label.both): 限额 limit \(yuan(limit.amount)), "
                    + "余 left \(yuan(limit.leftBefore)) → \(yuan(limit.leftAfter))")
        }
    }

    private func bracket(_ slice: LayerSlice) -> String {
        let text = "\(MoneyText.yuan(slice.amount)) × \(MoneyText.percent(slice.ratio))"
        guard let lower = slice.lower else { return text }
        let measure = method == .paymentBrackets ? "年内已付 paid this year" : "年内累计 this year"
        guard let upper = slice.upper else { return "\(text)  \(measure) ≥ \(MoneyText.yuan(lower))" }
        return "\(text)  \(measure) \(MoneyText.yuan(lower)) … \(MoneyText.yuan(upper))"
    }
}
