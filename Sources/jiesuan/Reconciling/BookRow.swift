import Client
import Population
import Settlement

/// A row of an institution's own books (对明细账), for the comparison and as in the file.
struct BookRow {
    /// The row for the comparison, amounts positive.
    var row: RemoteRow
    /// Values of the file for the result: 就诊ID, 人员编号, 退费结算标志.
    var visit: String
    var person: String
    var flag: String
    /// Whether the amounts are below 0 in the file.
    var isNegative: Bool
    /// `flag` is the platform's refd_setl_flag: the settlement was refunded.
    var isFlagged: Bool
}

/// Amounts of one row of the books, in fen, as in the file.
struct BookAmounts {
    var total: Fen
    var fundTotal: Fen
    var accountTotal: Fen
    /// Cash; nil: not in the file.
    var cash: Fen?

    private var all: [Fen] { [total, fundTotal, accountTotal, cash ?? 0] }
    var isNegative: Bool { all.contains { $0 < 0 } }
    /// Whether some amounts are below 0 and some above.
    var isMixed: Bool { isNegative && all.contains { $0 > 0 } }

    /// The row with positive amounts; cash missing in the file is the rest of the total (G-7).
    func row(_ id: String, isReversal: Bool, person: UInt64) -> RemoteRow {
        RemoteRow(
            id: id, isReversal: isReversal, person: person, total: abs(total), fundTotal: abs(fundTotal),
            accountTotal: abs(accountTotal),
            cash: cash.map { abs($0) } ?? abs(total) - abs(fundTotal) - abs(accountTotal))
    }
}
