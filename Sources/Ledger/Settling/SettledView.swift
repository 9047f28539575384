import Settlement

/// The ledger's answer to a claim: the settlement, or the calculator's refusal.
///
/// A view of the ledger's working memory, so that an answer costs no allocation: read it on the ledger's thread and
/// before the next call of the ledger, which overwrites it.
package struct SettledView {
    /// The settlement or quote. Of a refused claim only the claim, its facts and its pack are meaningful.
    package let entry: SettlementEntry
    /// The calculator's refusal; `.none`: settled.
    package let refusal: Refusal

    @inline(__always)
    init(_ ledger: Ledger, _ refusal: Refusal = .none) {
        entry = ledger.entry
        self.refusal = refusal
    }
}

/// A settlement as it was recorded, with its reversal; a view like `SettledView`.
package struct RecordedView {
    package let entry: SettlementEntry
    /// The reversal; nil: the settlement is in force.
    package let reversal: ReversalEntry?

    init(_ ledger: Ledger, isReversed: Bool) {
        entry = ledger.entry
        reversal = isReversed ? ledger.reversal : nil
    }
}

/// A reversal as it was recorded; a view like `SettledView`.
package struct ReversedView {
    package let reversal: ReversalEntry

    init(_ ledger: Ledger) { reversal = ledger.reversal }
}
