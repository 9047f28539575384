import Client
import Foundation
import Policy
import Population
import Settlement
import Text

/// Settlements of the ledger as text and as JSON.
enum SettlementText {
    /// A settlement or a quote, with the amount of each payer.
    static func lines(_ answer: RemoteSettlement) -> [String] {
        var table = TextTable([.left, .right])
        table.add(["结算编号 settlement", answer.id.isEmpty ? "(试算 quote)" : answer.id])
        if answer.sequence > 0 {
            table.add(["序号 number", "\(answer.sequence)"])
            table.add(["结算时间 settled at", time(answer.settledAt)])
        }
        addAmounts(answer.outcome, to: &table)
        for account in answer.accounts {
            table.add(["账户余额 balance, account \(account.owner)", MoneyText.yuan(account.balance)])
        }
        if answer.needsNoDeposit { table.add(["先诊疗后付费 no deposit (YT-10)", "是 yes"]) }
        return table.lines()
    }

    /// An answer to `settle`; `wasSettledBefore`: it was recorded under the id before, and nothing was settled now.
    static func lines(_ answer: RemoteSettlement, wasSettledBefore: Bool) -> [String] {
        if !wasSettledBefore { return lines(answer) }
        return ["此前已结算 was settled before, at \(time(answer.settledAt)); nothing was settled now"] + lines(answer)
    }

    /// `wasReversedBefore`: nothing was taken back now.
    static func lines(_ answer: RemoteReversal, wasReversedBefore: Bool = false) -> [String] {
        let before = "此前已撤销 was reversed before, at \(time(answer.reversedAt)); nothing was taken back now"
        return (wasReversedBefore ? [before] : []) + lines(reversal: answer)
    }

    private static func lines(reversal answer: RemoteReversal) -> [String] {
        var table = TextTable([.left, .right])
        if let payment = answer.secondRound {
            table.add(["结算编号 settlement", answer.id])
            return table.lines() + SettlementText.lines(payment)
        }
        table.add(["已撤销 reversed", answer.id])
        table.add(["序号 number", "\(answer.sequence)"])
        table.add(["撤销时间 reversed at", time(answer.reversedAt)])
        for account in answer.accounts {
            table.add(["退回账户 given back to account \(account.owner)", MoneyText.yuan(account.paid)])
            table.add(["账户余额 balance", MoneyText.yuan(account.balance)])
        }
        for change in answer.adjustedFunds {
            table.add(["年终调整一并撤销 adjustment taken back, fund \(change.fund)", signed(change.amount)])
        }
        if answer.adjustedCash != 0 { table.add(["  现金 cash", signed(answer.adjustedCash)]) }
        if answer.adjustedRecoverable != 0 {
            table.add(["  应退取消 no longer to be paid back", signed(answer.adjustedRecoverable)])
        }
        return table.lines()
    }

    /// A second-round entry, or one that takes it back (SY-4).
    private static func lines(_ payment: RemoteSecondRound) -> [String] {
        var table = TextTable([.left, .right])
        let what = payment.takesBack > 0 ? "二次报销撤销 second round taken back" : "二次报销 second round"
        let standing = payment.isTakenBack ? ", 已撤销 taken back" : ""
        table.add([what, "\(payment.round), \(time(payment.paidAt)) by \(payment.sequence)\(standing)"])
        if !payment.reason.isEmpty { table.add(["  原因 reason", payment.reason]) }
        table.add(["  基金支付 fund \(payment.fund)", signed(payment.amount)])
        table.add(["  现金 cash", signed(payment.cash)])
        if payment.recoverable != 0 { table.add(["  应退 to be paid back", signed(payment.recoverable)]) }
        return table.lines()
    }

    /// A recognition's payment for the past (YT-7).
    private static func lines(_ part: RemoteRecognitionPart) -> [String] {
        var table = TextTable([.left, .right])
        table.add([
            "因病致贫救助 recognition of \(part.year)",
            "\(time(part.paidAt)) by \(part.sequence)",
        ])
        table.add(["  现金 cash", signed(-part.amount)])
        return table.lines()
    }

    static func lines(_ record: RemoteRecord) -> [String] {
        var table = TextTable([.left, .right])
        table.add(["地区 region", record.region])
        table.add(["人员 person", "\(record.request.person)"])
        if !record.personNo.isEmpty { table.add(["平台编号 person_no", record.personNo]) }
        table.add(["机构 institution", record.request.institution])
        if !record.request.prescribingInstitution.isEmpty {
            table.add(["处方开具机构 prescribed by", record.request.prescribingInstitution])
        }
        if !record.request.prescriptionNumber.isEmpty {
            table.add([
                "外购电子处方 prescription",
                "\(record.request.prescriptionNumber), \(record.request.prescriptionDate.description)",
            ])
        }
        table.add(["服务日期 service date", record.request.claim.claim.serviceDate.description])
        let isReversed = record.reversedBy > 0
        table.add([
            "状态 standing",
            isReversed ? "已撤销 reversed \(time(record.reversedAt)) by \(record.reversedBy)" : "有效 stands",
        ])
        for (isUntrusted, what) in [
            (record.isSettledAtUntrusted, "结算时间 settled at"), (record.isReversedAtUntrusted, "撤销时间 reversed at"),
        ] where isUntrusted {
            table.add(["时间存疑 not to be trusted", "\(what): the clock was ahead; see 'jiesuan ledger accept-clock'"])
        }
        if let origin = record.recordedBy { table.add(["经办 recorded by", origin.text]) }
        if let origin = record.reversalRecordedBy { table.add(["撤销经办 reversed by", origin.text]) }
        if isReversed, !record.reversalReason.isEmpty { table.add(["撤销原因 reason", record.reversalReason]) }
        for change in record.changes where change.before != change.after {
            table.add([
                "累计 \(change.name)", "\(MoneyText.yuan(change.before)) → \(MoneyText.yuan(change.after))",
            ])
        }
        return lines(record.answer) + [""] + table.lines() + record.adjustments.flatMap { [""] + lines($0) }
            + record.secondRounds.flatMap { [""] + lines($0) } + record.recognitionParts.flatMap { [""] + lines($0) }
    }

    /// A year-end adjustment.
    private static func lines(_ adjustment: RemoteAdjustment) -> [String] {
        var table = TextTable([.left, .right])
        table.add(["年终调整 adjusted", "\(time(adjustment.adjustedAt)) by \(adjustment.sequence)"])
        table.add(["调整原因 reason", adjustment.reason])
        for change in adjustment.funds {
            table.add(["  基金补付 fund \(change.fund)", signed(change.amount)])
        }
        for account in adjustment.accounts {
            table.add(["  退回账户 given back to account \(account.owner)", MoneyText.yuan(account.paid)])
        }
        table.add(["  现金 cash", signed(adjustment.cash)])
        if adjustment.recoverable != 0 { table.add(["  应退 to be paid back", signed(adjustment.recoverable)]) }
        return table.lines()
    }

    /// An amount or a change in yuan.
    static func signed(_ amount: Fen) -> String { (amount < 0 ? "-" : "") + MoneyText.yuan(abs(amount)) }

    /// The funds of an outcome, in order.
    static let fundNames = [
        "统筹基金 pool", "职工大额 large amount", "大病保险 critical illness", "医疗救助 assistance",
        "再救助 re-assistance", "补充保险 supplementary",
    ]

    private static func addAmounts(_ outcome: RemoteOutcome, to table: inout TextTable) {
        table.add(["医疗费总额 total", MoneyText.yuan(outcome.total)])
        for (index, name) in fundNames.enumerated() where outcome.outcome.funds[index] != 0 {
            table.add(["  " + name, MoneyText.yuan(outcome.outcome.funds[index])])
        }
        if outcome.outcome.paidOutside != 0 {
            table.add(["  其中系统外已支付 of which paid outside", MoneyText.yuan(outcome.outcome.paidOutside)])
        }
        if outcome.outcome.accountPaid != 0 {
            table.add(["  个人账户 account", MoneyText.yuan(outcome.outcome.accountPaid)])
        }
        if outcome.outcome.familyAccountPaid != 0 {
            table.add(["  家庭共济 family accounts", MoneyText.yuan(outcome.outcome.familyAccountPaid)])
        }
        table.add(["  现金 cash", MoneyText.yuan(outcome.outcome.cash)])
    }

    /// Milliseconds since 1970 as a time of China.
    static func time(_ milliseconds: Int64) -> String {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(secondsFromGMT: 8 * 3600)
        format.dateFormat = "yyyy-MM-dd HH:mm:ss.SSS"
        return format.string(from: Date(timeIntervalSince1970: Double(milliseconds) / 1000))
    }

    // MARK: JSON

    static func json(_ answer: RemoteSettlement) -> String {
        var json = JSONText(indents: false)
        json.object { add(answer, to: &$0) }
        return json.text
    }

    static func json(_ answer: RemoteSettlement, wasSettledBefore: Bool) -> String {
        var json = JSONText(indents: false)
        json.object { json in
            add(answer, to: &json)
            json.field("settled_before", wasSettledBefore)
        }
        return json.text
    }

    static func json(_ answer: RemoteReversal, wasReversedBefore: Bool = false) -> String {
        var json = JSONText(indents: false)
        json.object { json in
            json.field("reversed_before", wasReversedBefore)
            json.field("settlement_id", answer.id)
            json.field("sequence", answer.sequence)
            json.field("reversed_at", answer.reversedAt)
            add(answer.accounts, to: &json)
            if let payment = answer.secondRound {
                json.object("second_round") { add(payment, to: &$0) }
                return
            }
            json.array("adjusted_funds") { json in
                for change in answer.adjustedFunds {
                    json.object { json in
                        json.field("fund", change.fund)
                        json.field("amount", change.amount)
                    }
                }
            }
            json.field("adjusted_cash", answer.adjustedCash)
            json.field("adjusted_recoverable", answer.adjustedRecoverable)
        }
        return json.text
    }

    static func json(_ record: RemoteRecord) -> String {
        var json = JSONText(indents: false)
        json.object { json in
            json.field("region", record.region)
            json.field("person", record.request.person)
            if !record.personNo.isEmpty { json.field("person_no", record.personNo) }
            json.field("institution", record.request.institution)
            json.field("prescribing_institution", record.request.prescribingInstitution)
            json.field("prescription_number", record.request.prescriptionNumber)
            json.field("prescription_date", record.request.prescriptionDate.number)
            json.field("service_date", record.request.claim.claim.serviceDate.number)
            json.field("reversed_by", record.reversedBy)
            json.origin("recorded_by", record.recordedBy)
            json.origin("reversal_recorded_by", record.reversalRecordedBy)
            json.field("settled_at_untrusted", record.isSettledAtUntrusted)
            json.field("reversed_at_untrusted", record.isReversedAtUntrusted)
            json.object("answer") { add(record.answer, to: &$0) }
            json.array("changes") { json in
                for change in record.changes {
                    json.object { json in
                        json.field("name", change.name)
                        json.field("before", change.before)
                        json.field("after", change.after)
                    }
                }
            }
            json.array("adjustments") { json in
                for adjustment in record.adjustments { json.object { add(adjustment, to: &$0) } }
            }
            json.array("second_rounds") { json in
                for payment in record.secondRounds { json.object { add(payment, to: &$0) } }
            }
            json.array("recognition_parts") { json in
                for part in record.recognitionParts {
                    json.object { json in
                        json.field("sequence", part.sequence)
                        json.field("paid_at", part.paidAt)
                        json.field("year", part.year)
                        json.field("amount", part.amount)
                    }
                }
            }
        }
        return json.text
    }

    private static func add(_ payment: RemoteSecondRound, to json: inout JSONText) {
        json.field("sequence", payment.sequence)
        json.field("paid_at", payment.paidAt)
        json.field("run", payment.run)
        json.field("round", payment.round)
        json.field("fund", payment.fund)
        json.field("amount", payment.amount)
        json.field("cash", payment.cash)
        json.field("recoverable", payment.recoverable)
        json.field("takes_back", payment.takesBack)
        json.field("is_taken_back", payment.isTakenBack)
        json.field("reason", payment.reason)
    }

    private static func add(_ adjustment: RemoteAdjustment, to json: inout JSONText) {
        json.field("sequence", adjustment.sequence)
        json.field("adjusted_at", adjustment.adjustedAt)
        json.field("run", adjustment.run)
        json.field("reason", adjustment.reason)
        json.array("funds") { json in
            for change in adjustment.funds {
                json.object { json in
                    json.field("fund", change.fund)
                    json.field("amount", change.amount)
                }
            }
        }
        json.field("cash", adjustment.cash)
        json.field("recoverable", adjustment.recoverable)
        add(adjustment.accounts, to: &json)
    }

    private static func add(_ answer: RemoteSettlement, to json: inout JSONText) {
        json.field("settlement_id", answer.id)
        json.field("sequence", answer.sequence)
        json.field("settled_at", answer.settledAt)
        addAmounts(answer.outcome, to: &json)
        json.field("policy_digest", answer.outcome.policyDigest)
        add(answer.accounts, to: &json)
    }

    static func addAmounts(_ outcome: RemoteOutcome, to json: inout JSONText) {
        json.field("total", outcome.total)
        let names = [
            "pool_fund", "large_amount_fund", "critical_illness_fund", "assistance_fund", "reassistance_fund",
            "supplementary",
        ]
        for (index, name) in names.enumerated() { json.field(name, outcome.outcome.funds[index]) }
        json.field("paid_outside", outcome.outcome.paidOutside)
        json.field("account_paid", outcome.outcome.accountPaid)
        json.field("family_account_paid", outcome.outcome.familyAccountPaid)
        json.field("cash", outcome.outcome.cash)
    }

    private static func add(_ accounts: [RemotePayment], to json: inout JSONText) {
        json.array("accounts") { json in
            for account in accounts {
                json.object { json in
                    json.field("owner", account.owner)
                    json.field("relation", account.relation)
                    json.field("paid", account.paid)
                    json.field("balance", account.balance)
                }
            }
        }
    }
}
