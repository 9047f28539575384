import LedgerIndex

extension Ledger {
    /// The settled visits, readable by any thread: each read is as of its moment. Valid until the ledger rebuilds its
    /// state.
    package var settledVisits: SettledVisitSource {
        SettledVisitSource(derived.visits, packs: books.layouts.packs)
    }
}
