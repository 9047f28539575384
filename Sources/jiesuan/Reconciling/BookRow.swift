import Client
import Population
import Settlement

/// A row of an institution's own books (对明细账), as it is compared and as the file has it.
struct BookRow {
    /// As it is compared: amounts positive.
    var row: RemoteRow
    /// As the file has them, for the result: 就诊ID, 人员编号, 退费结算标志.
    var visit: String
    var person: String
    var flag: String
    /// In the file the amounts are below 0.
    var isNegative: Bool
    /// `flag` is the platform's refd_setl_flag, and says that the settlement was refunded.
    var isFlagged: Bool
}

/// Amounts of one row of the books, in fen, as the file has them.
struct BookAmounts {
    var total: Fen
    var fundTotal: Fen
    var accountTotal: Fen
    /// nil: the file does not say it.
    var cash: Fen?

    private var all: [Fen] { [total, fundTotal, accountTotal, cash ?? 0] }
    var isNegative: Bool { all.contains { $0 < 0 } }
    /// Some are below 0 and some above.
    var isMixed: Bool { isNegative && all.contains { $0 > 0 } }

    /// The row with positive amounts; what the file does not say of cash is the rest (G-7).
    func row(_ id: String, isReversal: Bool, person: UInt64) -> RemoteRow {
        RemoteRow(
            id: id, isReversal: isReversal, person: person, total: abs(total), fundTotal: abs(fundTotal),
            accountTotal: abs(accountTotal),
            cash: cash.map { abs($0) } ?? abs(total) - abs(fundTotal) - abs(accountTotal))
    }
}
