import LedgerFormat
import Synchronization

/// Keeps what a ledger tells of.
final class Incidents: Sendable {
    private let list = Mutex<[LedgerIncident]>([])

    var observer: LedgerObserver { { [self] incident in list.withLock { $0.append(incident) } } }

    var all: [LedgerIncident] { list.withLock { $0 } }
    var kinds: [LedgerIncident.Kind] { all.map(\.kind) }

    func text(_ kind: LedgerIncident.Kind) -> String? { all.last { $0.kind == kind }?.text }
}
