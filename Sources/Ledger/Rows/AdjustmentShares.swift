import LedgerFormat
import Settlement

/// The shares of one fund in an entry: the amounts owed to each payee (G-18); in fen.
package struct FundShare: Equatable, Sendable {
    /// The pack's id; `ClearingFunds.account`: the account fund.
    package var fund: String
    package var toPerson: Fen = 0
    /// Amount owed to the account fund, credited back to accounts.
    package var toAccounts: Fen = 0
    /// The entry's change of the amount that the person owes the fund (应退).
    package var recoverable: Fen = 0

    package init(_ fund: String, toPerson: Fen = 0, toAccounts: Fen = 0, recoverable: Fen = 0) {
        self.fund = fund
        self.toPerson = toPerson
        self.toAccounts = toAccounts
        self.recoverable = recoverable
    }

    /// Change of the fund's payments; negative: less.
    package var change: Fen { toPerson + toAccounts - recoverable }
}

/// Divides an adjustment's changes of the funds' payments between the person, the accounts and 应退.
///
/// The rules give the sums, not the funds: the accounts' part comes from the funds that pay more, the last in the
/// waterfall first, then the part that lowers cash; the rest of each fund's change is its change of 应退. So each fund's
/// parts add up to its change exactly.
package enum AdjustmentShares {
    /// - Parameters:
    ///   - funds: change of each fund's payments, in the order of the waterfall.
    ///   - cash: decrease of the person's cash, 0 or more; `accounts`: amount credited back to accounts.
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
    /// Adds a fund's share; with `sign` −1 it is subtracted.
    package mutating func add(_ share: FundShare, sign: Fen) {
        let index = firstIndex { $0.fund == share.fund } ?? endIndex
        if index == endIndex { append(FundShare(share.fund)) }
        self[index].toPerson += sign * share.toPerson
        self[index].toAccounts += sign * share.toAccounts
        self[index].recoverable += sign * share.recoverable
    }
}

extension AdjustmentEntry {
    /// The shares of each fund in the adjustment.
    package var shares: [FundShare] {
        AdjustmentShares.divide(
            funds.map { ($0.fund, $0.amount) }, cash: max(0, -cash), accounts: max(0, accountTotal))
    }
}

extension SettlementEntry {
    /// Each fund's payments of a claim that the person paid in advance, less payments outside: owed to the person
    /// (G-18). Includes payments by accounts, which only old rows of such claims have.
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

    /// The total owed to the person of such a claim.
    var owedToPerson: Fen {
        outcome.pointee.fundTotal - claim.paidOutside + accountTotal
    }
}
