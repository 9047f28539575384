import LedgerFormat
import Synchronization

/// Whether the ledger takes something now, as its incidents tell; any thread may ask and tell.
package final class LedgerCondition: Sendable {
    private let storeFails = Atomic(false)
    private let clockIsBehind = Atomic(false)
    /// Incidents by kind, in the order of `LedgerIncident.Kind.allCases`.
    private let counts = Mutex([UInt64](repeating: 0, count: LedgerIncident.Kind.allCases.count))

    package init() {}

    /// Whether its store fails.
    package var isStoreFailing: Bool { storeFails.load(ordering: .relaxed) }

    /// Whether its clock is behind the journal.
    package var isClockBehind: Bool { clockIsBehind.load(ordering: .relaxed) }

    /// Incidents of a kind since the start.
    package func count(of kind: LedgerIncident.Kind) -> UInt64 {
        guard let index = LedgerIncident.Kind.allCases.firstIndex(of: kind) else { return 0 }
        return counts.withLock { $0[index] }
    }

    /// Whether it takes nothing: its store fails, or its clock is behind.
    package var isRefusing: Bool { isStoreFailing || isClockBehind }

    /// Takes note of what happened to the ledger.
    package func note(_ incident: LedgerIncident.Kind) {
        if let index = LedgerIncident.Kind.allCases.firstIndex(of: incident) { counts.withLock { $0[index] += 1 } }
        switch incident {
        case .commitFailed, .rolledBack, .notRolledBack, .notRecovered: storeFails.store(true, ordering: .relaxed)
        case .recovered: storeFails.store(false, ordering: .relaxed)
        case .clockBehind: clockIsBehind.store(true, ordering: .relaxed)
        case .clockRight: clockIsBehind.store(false, ordering: .relaxed)
        default: break
        }
    }
}
