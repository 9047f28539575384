import Dispatch
import Foundation
import LedgerFormat
import Synchronization
import Text

/// Logs the ledger's incidents in the server's log, each with its time, kind and reason. The first of a kind is always
/// written; of a series one in ten seconds is, with the number left out.
final class LedgerLog: Sendable {
    private let log: ServerLog
    private let gate = Mutex(IncidentGate())

    init(_ log: ServerLog) { self.log = log }

    func write(_ incident: LedgerIncident) {
        let now = Int64(DispatchTime.now().uptimeNanoseconds / 1_000_000)
        guard let leftOut = gate.withLock({ $0.admit(incident.kind, at: now) }) else { return }
        let more = leftOut > 0 ? " (and \(leftOut) more of this kind since the last line)" : ""
        log.write(
            "ledger \(Self.name(incident.kind)): \(incident.text)\(more)", isProblem: true,
            fields: [("incident", incident.kind.rawValue.snakeCased)])
    }

    /// "commit failed" of `commitFailed`.
    private static func name(_ kind: LedgerIncident.Kind) -> String {
        kind.rawValue.reduce(into: "") { name, letter in
            if letter.isUppercase { name += " " }
            name += letter.lowercased()
        }
    }
}
