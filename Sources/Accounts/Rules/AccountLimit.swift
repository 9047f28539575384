import Settlement

/// Bounds of accounts, so that requests cannot make them grow without limit.
package enum AccountLimit {
    /// The largest amount of one movement: 10^12 fen (G-1).
    package static var amountMax: Fen { AmountLimit.claimMax }
    /// The largest balance that a credit may lead to: 10^15 fen, as for every accumulator.
    package static var balanceMax: Fen { AmountLimit.accumulatorMax }
    /// Bytes of a request's id, as of a settlement's.
    package static var requestIDBytesMax: Int { 64 }
    /// Bytes of a reason, an institution's code or a region's name.
    package static var textBytesMax: Int { 256 }
    /// Requests remembered for one account; beyond it the oldest half is dropped. One a day for 179 years.
    package static var requestsMax: Int { 1 << 16 }
    /// Heirs of one account.
    package static var heirsMax: Int { 64 }
    /// Events in one row of the journal: about 25 KB; a look-up decodes a whole row.
    package static var eventsPerRowMax: Int { 1_024 }
    /// Persons in one call of the monthly run: some milliseconds, while other requests wait.
    package static var runPersonsMax: Int { 10_000 }
    /// Entries scanned, and returned at most, by one call of a statement.
    package static var statementEntriesMax: Int { 1_000 }
}
