import Accounts
import Records
import Registry
import Settlement

/// Sums of an institution's settlements less reversals, with account use outside settlements; amounts in fen.
///
/// Compared by transaction 3201. Claims of channel `manual` are owed to the person and not included (G-18).
package struct ClearingSums: Equatable, Sendable, BitwiseCopyable {
    package var settlements = 0
    package var reversals = 0
    /// Account uses outside settlements (CQ-31), refunds included.
    package var uses = 0
    package var refunds = 0
    package var total: Fen = 0
    package var fundTotal: Fen = 0
    /// Within `fundTotal`: paid outside, never owed (G-9).
    package var paidOutside: Fen = 0
    package var accountTotal: Fen = 0
    package var cash: Fen = 0

    package init() {}

    package static func += (left: inout ClearingSums, right: ClearingSums) {
        left.settlements += right.settlements
        left.reversals += right.reversals
        left.uses += right.uses
        left.refunds += right.refunds
        left.total += right.total
        left.fundTotal += right.fundTotal
        left.paidOutside += right.paidOutside
        left.accountTotal += right.accountTotal
        left.cash += right.cash
    }

    /// One settlement's amounts; `sign` −1 for its reversal.
    init(_ entry: SettlementEntry, sign: Int) {
        if sign > 0 { settlements = 1 } else { reversals = 1 }
        total = Fen(sign) * entry.outcome.pointee.total
        // Only the funds are copied: going through `outcome` would copy all of it.
        let funds = entry.outcome.pointee.funds
        fundTotal = Fen(sign) * (funds[0] + funds[1] + funds[2] + funds[3] + funds[4] + funds[5])
        paidOutside = Fen(sign) * entry.claim.paidOutside
        accountTotal = Fen(sign) * entry.accountTotal
        cash = Fen(sign) * entry.outcome.pointee.cash
    }

    /// Account use of `amount`, or a refund of it.
    init(use amount: Fen, isRefund: Bool) {
        if isRefund { refunds = 1 } else { uses = 1 }
        total = isRefund ? -amount : amount
        accountTotal = total
    }

    func encode(to writer: inout ByteWriter) {
        for count in [settlements, reversals, uses, refunds] { writer.number(count) }
        for amount in [total, fundTotal, paidOutside, accountTotal, cash] { writer.signed(amount) }
    }

    init(from reader: inout ByteReader) throws(DamagedBytes) {
        settlements = try reader.count(upTo: Int.max)
        reversals = try reader.count(upTo: Int.max)
        uses = try reader.count(upTo: Int.max)
        refunds = try reader.count(upTo: Int.max)
        total = try reader.signed()
        fundTotal = try reader.signed()
        paidOutside = try reader.signed()
        accountTotal = try reader.signed()
        cash = try reader.signed()
    }
}
