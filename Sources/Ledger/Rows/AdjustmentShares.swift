import LedgerFormat
import Settlement

/// Whom one fund owes for an entry (G-18); in fen.
package struct FundShare: Equatable, Sendable {
    /// The pack's id; `ClearingFunds.account`: the account fund.
    package var fund: String
    package var toPerson: Fen = 0
    /// To the account fund: credited back to accounts.
    package var toAccounts: Fen = 0
    /// What the person owes the fund (应退): of the entry's change of it.
    package var recoverable: Fen = 0

    package init(_ fund: String, toPerson: Fen = 0, toAccounts: Fen = 0, recoverable: Fen = 0) {
        self.fund = fund
        self.toPerson = toPerson
        self.toAccounts = toAccounts
        self.recoverable = recoverable
    }

    /// What the fund pays more by it (negative: less).
    package var change: Fen { toPerson + toAccounts - recoverable }
}

/// Divides what the funds pay more, or less, by an adjustment between the person, the accounts and 应退.
///
/// The rules say the sums, not the funds: the accounts' part is taken from the funds that pay more, the last in the
/// waterfall first, then the part that lowers cash; what is left of each fund's change is the change of what is to be
/// recovered for it. So each fund's parts come to its change exactly.
package enum AdjustmentShares {
    /// - Parameters:
    ///   - funds: what each fund pays more or less, in the order of the waterfall.
    ///   - cash: what lowers the person's cash, 0 or more; `accounts`: what is credited back.
    package static func divide(_ funds: [(fund: String, amount: Fen)], cash: Fen, accounts: Fen) -> [FundShare] {
        var shares = funds.map { FundShare($0.fund) }
        var left = funds.map(\.amount)
        func take(_ amount: Fen, _ part: WritableKeyPath<FundShare, Fen>) {
            var wanted = amount
            for index in shares.indices.reversed() where wanted > 0 && left[index] > 0 {
                let taken = min(wanted, left[index])
                shares[index][keyPath: part] += taken
                left[index] -= taken
                wanted -= taken
            }
        }
        take(accounts, \.toAccounts)
        take(cash, \.toPerson)
        for index in shares.indices { shares[index].recoverable = -left[index] }
        return shares
    }
}

extension [FundShare] {
    /// Adds what a fund owes, with `sign` −1 what it owes no more.
    package mutating func add(_ share: FundShare, sign: Fen) {
        let index = firstIndex { $0.fund == share.fund } ?? endIndex
        if index == endIndex { append(FundShare(share.fund)) }
        self[index].toPerson += sign * share.toPerson
        self[index].toAccounts += sign * share.toAccounts
        self[index].recoverable += sign * share.recoverable
    }
}

extension AdjustmentEntry {
    /// Whom each fund owes by it.
    package var shares: [FundShare] {
        AdjustmentShares.divide(
            funds.map { ($0.fund, $0.amount) }, cash: max(0, -cash), accounts: max(0, accountTotal))
    }
}

extension SettlementEntry {
    /// What each fund of the pack paid of a claim that the person had paid in advance, without what was paid outside:
    /// owed to the person (G-18). What accounts paid, too: by old rows, from before a claim of this kind took nothing.
    package func sharesOfPerson(_ tables: Tables, _ ids: [String], sign: Fen = 1) -> [FundShare] {
        var sums = FundSums()
        tables.add(outcome, to: &sums, sign: sign)
        var shares: [FundShare] = []
        for (fund, id) in ids.enumerated() where sums.owed(fund) != 0 {
            shares.append(FundShare(id, toPerson: sums.owed(fund)))
        }
        if accountTotal != 0 { shares.append(FundShare(ClearingFunds.account, toPerson: sign * accountTotal)) }
        return shares
    }

    /// All that is owed to the person of such a claim.
    var owedToPerson: Fen {
        outcome.pointee.fundTotal - claim.paidOutside + accountTotal
    }
}
