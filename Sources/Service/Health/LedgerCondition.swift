import LedgerFormat
import Synchronization

/// Whether the ledger takes something now, as its incidents tell; any thread may ask and tell.
package final class LedgerCondition: Sendable {
    private let isStoreFailing = Atomic(false)
    private let isClockBehind = Atomic(false)

    package init() {}

    /// Whether it takes nothing: its store fails, or its clock is behind.
    package var isRefusing: Bool {
        isStoreFailing.load(ordering: .relaxed) || isClockBehind.load(ordering: .relaxed)
    }

    /// Takes note of what happened to the ledger.
    package func note(_ incident: LedgerIncident.Kind) {
        switch incident {
        case .commitFailed, .rolledBack, .notRolledBack, .notRecovered: isStoreFailing.store(true, ordering: .relaxed)
        case .recovered: isStoreFailing.store(false, ordering: .relaxed)
        case .clockBehind: isClockBehind.store(true, ordering: .relaxed)
        case .clockRight: isClockBehind.store(false, ordering: .relaxed)
        default: break
        }
    }
}
