extension Tables {
    /// Settles the claims of a batch in their order, so that those of one person apply in order (rule G-12).
    ///
    /// - Parameters:
    ///   - outcomes: a row for each claim, zeros where it is refused.
    ///   - layers: those of the settled claims are appended; nil where nobody wants them.
    ///   - refused: called with the row of every claim that is not settled, and why.
    package func settle(
        _ claims: ClaimColumns, _ batch: BatchTables, outcomes: inout OutcomeColumns,
        layers: inout LayerColumns?, refused: (Int, Refusal) -> Void
    ) {
        let identities = UnsafeBufferPointer(batch.identities).span
        let filings = UnsafeBufferPointer(batch.filings).span
        var years = batch.years.mutableSpan
        var accounts = batch.accounts.mutableSpan
        var outcome = Outcome()
        var claim = Claim(kind: .unspecified, serviceDate: .none, cost: CostSplit(total: 0))
        for row in 0..<claims.count {
            var refusal = claims.claim(row, batch, into: &claim)
            let personRow = Int(claims.personRow[unchecked: row])
            if personRow >= batch.persons.count {
                refusal = Refusal(.factInvalid, .personRow)
            } else if refusal.isNone {
                let person = batch.persons.baseAddress! + personRow
                refusal = person.pointee.problem
                if refusal.isNone {
                    refusal = settle(
                        claim, person: person.pointee.facts, rows: person.pointee.rows, identities: identities,
                        filings: filings, year: &years, accounts: &accounts, outcome: &outcome)
                } else {
                    // What stands first in the error registry is reported, as by a single call.
                    let bad = claim.check()
                    if !bad.isNone, bad.code.rawValue < refusal.code.rawValue { refusal = bad }
                }
            }
            if refusal.isNone {
                withUnsafePointer(to: &outcome) { outcomes.write($0, at: row) }
                layers?.write(outcome, claim: row)
            } else {
                outcomes.writeNothing(at: row)
                refused(row, refusal)
            }
        }
    }
}
