import Settlement

/// What the ledger answers to a claim: the settlement, or why the calculator refuses it.
///
/// A view of the ledger's own memory, so that an answer costs no allocation: it is read before the next call of the
/// ledger, which writes over it, and on the ledger's thread.
package struct SettledView {
    /// The settlement or quote. Where the claim is refused: the claim, its facts and its pack, and nothing that counts.
    package let entry: SettlementEntry
    /// The calculator's refusal; `.none`: there is none.
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
    /// nil: it stands.
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
