import Settlement

/// The result of settling one claim by a pack, for callers off the hot path.
package struct Settled: Sendable {
    /// Meaningless where `refusal` is not `.none`.
    package var outcome: Outcome
    package var refusal: Refusal
    /// Accumulators after the settlement, by slot; as before where it was refused.
    package var year: [Fen]
    /// Account balances after the settlement, in the order given.
    package var accounts: [Fen]
}

extension PolicyPack {
    /// A year in which nothing has been settled: one accumulator for each slot.
    package var freshYear: [Fen] { Array(repeating: 0, count: tables.slotCount) }

    /// Settles one claim of one person; allocates, so not for the hot path.
    ///
    /// - Parameters:
    ///   - year: accumulators by slot; empty: nothing settled yet this year.
    ///   - accounts: balances, at most `CalculatorLimit.accountsMax`; the person's own first (CQ-31).
    package func settle(
        _ claim: Claim, _ facts: PersonFacts, identities: [DatedIdentity] = [], filings: [DatedFiling] = [],
        year: [Fen] = [], accounts: [Fen] = []
    ) -> Settled {
        precondition(year.isEmpty || year.count == tables.slotCount)
        precondition(accounts.count <= CalculatorLimit.accountsMax)
        var outcome = Outcome()
        var yearAfter = year.isEmpty ? freshYear : year
        var accountsAfter = accounts
        let rows = PersonRows(
            year: claim.serviceDate.year, identities: identities.indices, filings: filings.indices,
            accounts: accounts.indices)
        var years = yearAfter.mutableSpan
        var balances = accountsAfter.mutableSpan
        let refusal = tables.settle(
            claim, person: facts, rows: rows, identities: identities.span, filings: filings.span, year: &years,
            accounts: &balances, outcome: &outcome)
        return Settled(outcome: outcome, refusal: refusal, year: yearAfter, accounts: accountsAfter)
    }
}
