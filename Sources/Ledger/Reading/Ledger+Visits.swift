import LedgerIndex

extension Ledger {
    /// Where settled visits are read, on any thread: as of each moment at which it is asked, until the ledger makes its
    /// state anew.
    package var settledVisits: SettledVisitSource {
        SettledVisitSource(derived.visits, packs: books.layouts.packs)
    }
}
