import Settlement

/// Sums of one region's settled claims, in fen.
package struct RegionSums: Equatable, Sendable {
    package var settled = 0
    package var refused = 0
    /// Settled claims for whose kind the source has no rule (I-18).
    package var noRule = 0
    package var total: Fen = 0
    package var funds: [Fen] = [Fen](repeating: 0, count: FundCategory.allCases.count)
    /// The part of the funds' payments that was paid outside (rule G-9).
    package var paidOutside: Fen = 0
    package var account: Fen = 0
    package var cash: Fen = 0
    /// Claims whose payments do not sum up to the bill (rule G-7); always 0.
    package var unbalanced = 0

    package init() {}

    package var fundTotal: Fen { funds.reduce(0, +) }
    /// Rule G-7 for the sums.
    package var isConserving: Bool { unbalanced == 0 && fundTotal + account + cash == total }

    package mutating func add(_ outcome: RowOutcome, total: Fen) {
        settled += 1
        if outcome.hasNoRule { noRule += 1 }
        if !outcome.isConserving(total: total) { unbalanced += 1 }
        self.total += total
        for index in 0..<CalculatorLimit.fundCategories { funds[index] += outcome.funds[index] }
        paidOutside += outcome.paidOutside
        account += outcome.accountTotal
        cash += outcome.cash
    }

    package mutating func add(_ other: RegionSums) {
        settled += other.settled
        refused += other.refused
        noRule += other.noRule
        unbalanced += other.unbalanced
        total += other.total
        for index in funds.indices { funds[index] += other.funds[index] }
        paidOutside += other.paidOutside
        account += other.account
        cash += other.cash
    }
}

/// The totals of a run over many claims.
package struct RunSummary: Equatable, Sendable {
    package var regions: [String: RegionSums] = [:]
    /// Rows that cannot be read as claims.
    package var malformed = 0
    /// Rows compared with printed results, and those that differ by more than `PrintedResult.tolerance`.
    package var compared = 0
    package var disagreeing = 0

    package init() {}

    package var all: RegionSums {
        var all = RegionSums()
        for sums in regions.values { all.add(sums) }
        return all
    }
    package var refused: Int { malformed + all.refused }
    package var isClean: Bool { refused == 0 && disagreeing == 0 && all.isConserving }
}
