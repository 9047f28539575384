import Settlement

/// What one worker keeps between calls, so that a call allocates nothing: the calculator's inputs and outputs.
package final class CalculationScratch {
    // Owned by one worker or event loop, which runs one call at a time; nothing here is shared.
    // Pointers, because every access to a class's property is checked for exclusivity at run time.
    let outcome: UnsafeMutablePointer<Outcome>
    let year: UnsafeMutablePointer<Fen>
    let yearBefore: UnsafeMutablePointer<Fen>
    let accounts: UnsafeMutablePointer<Fen>
    /// The packs that this thread's last call worked by, and their version; see `ServedRegions.present(for:)`.
    @exclusivity(unchecked) var regions: ServedRegions.Present?
    @exclusivity(unchecked) var regionsVersion: UInt64 = 0

    package init() {
        outcome = .allocate(capacity: 1)
        outcome.initialize(to: Outcome())
        year = .allocate(capacity: CalculatorLimit.slotsMax)
        year.initialize(repeating: 0, count: CalculatorLimit.slotsMax)
        yearBefore = .allocate(capacity: CalculatorLimit.slotsMax)
        yearBefore.initialize(repeating: 0, count: CalculatorLimit.slotsMax)
        accounts = .allocate(capacity: CalculatorLimit.accountsMax)
        accounts.initialize(repeating: 0, count: CalculatorLimit.accountsMax)
    }

    deinit {
        outcome.deallocate()
        year.deallocate()
        yearBefore.deallocate()
        accounts.deallocate()
    }
}
