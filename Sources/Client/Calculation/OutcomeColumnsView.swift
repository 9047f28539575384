import Population
import Settlement
import WireMessages

/// The outcomes of a batch's answer, row by row; points into the message.
struct OutcomeColumnsView {
    private let money: [11 of UnsafePointer<Int64>?]
    private let noRule: UnsafePointer<UInt8>?
    private let identity: UnsafePointer<UInt8>?
    /// Whether every column is absent or has an entry per row; required for reading rows.
    let isComplete: Bool

    init(_ message: Jiesuan__V1__OutcomeColumns?, rows: Int) {
        var columns = [11 of UnsafePointer<Int64>?](repeating: nil)
        var isComplete = true
        func column(_ index: Int, _ count: Int, _ base: UnsafeMutablePointer<Int64>?) {
            if count != 0, count != rows { isComplete = false }
            columns[index] = count == 0 ? nil : UnsafePointer(base)
        }
        func column(_ bytes: ProtobufCBinaryData) -> UnsafePointer<UInt8>? {
            if bytes.len != 0, bytes.len != rows { isComplete = false }
            return bytes.len == 0 ? nil : UnsafePointer(bytes.data)
        }
        var flags: UnsafePointer<UInt8>?
        var identities: UnsafePointer<UInt8>?
        if let message {
            column(0, message.n_pool_fund, message.pool_fund)
            column(1, message.n_large_amount_fund, message.large_amount_fund)
            column(2, message.n_critical_illness_fund, message.critical_illness_fund)
            column(3, message.n_assistance_fund, message.assistance_fund)
            column(4, message.n_reassistance_fund, message.reassistance_fund)
            column(5, message.n_supplementary, message.supplementary)
            column(6, message.n_account_paid, message.account_paid)
            column(7, message.n_family_account_paid, message.family_account_paid)
            column(8, message.n_cash, message.cash)
            column(9, message.n_deductible_paid, message.deductible_paid)
            column(10, message.n_paid_outside, message.paid_outside)
            flags = column(message.no_rule)
            identities = column(message.identity)
        }
        money = columns
        noRule = flags
        identity = identities
        self.isComplete = isComplete
    }

    subscript(row: Int) -> RowOutcome {
        var outcome = RowOutcome()
        for index in 0..<CalculatorLimit.fundCategories { outcome.funds[index] = money[index]?[row] ?? 0 }
        outcome.accountPaid = money[6]?[row] ?? 0
        outcome.familyAccountPaid = money[7]?[row] ?? 0
        outcome.cash = money[8]?[row] ?? 0
        outcome.deductiblePaid = money[9]?[row] ?? 0
        outcome.paidOutside = money[10]?[row] ?? 0
        outcome.hasNoRule = noRule?[row] == 1
        outcome.identity = identity.flatMap { Identity(rawValue: $0[row]) } ?? .none
        return outcome
    }
}
