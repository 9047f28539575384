import Settlement

extension Tables {
    /// Calls the calculator on memory that outlives the call; the spans do not.
    ///
    /// - Parameters:
    ///   - year: `CalculatorLimit.slotsMax` accumulators, moved by the settlement.
    ///   - accounts: balances of the accounts that may be used, `CalculatorLimit.accountsMax` places, moved too.
    func settle(
        _ claim: Claim, _ facts: PersonFacts, _ rows: PersonRows, _ identities: [DatedIdentity],
        _ filings: [DatedFiling], year: UnsafeMutablePointer<Fen>, accounts: UnsafeMutablePointer<Fen>,
        outcome: UnsafeMutablePointer<Outcome>
    ) -> Refusal {
        var slots = MutableSpan(_unsafeStart: year, count: CalculatorLimit.slotsMax)
        var money = MutableSpan(_unsafeStart: accounts, count: CalculatorLimit.accountsMax)
        return settle(
            claim, person: facts, rows: rows, identities: identities.span, filings: filings.span, year: &slots,
            accounts: &money, outcome: &outcome.pointee)
    }
}
