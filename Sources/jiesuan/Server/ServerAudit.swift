import Audit
import RPC
import Service

/// The audit log of a server, if it writes one.
struct ServerAudit {
    private let log: AuditLog?
    let trail: AuditTrail?

    init(_ log: AuditLog?, hasReads: Bool) {
        self.log = log
        trail = log.map { log in
            AuditTrail(log, hasReads: hasReads) { caller in (caller.reach as? Reach)?.role.rawValue ?? "" }
        }
    }

    /// Writes what waits, and says where the log ends: for whoever keeps that elsewhere.
    func end(_ serverLog: ServerLog) {
        guard let log else { return }
        log.end()
        serverLog.write(
            "jiesuan: the audit log ends with number \(log.head.sequence), hash \(log.head.chain.text)", isNeeded: true)
    }
}

/// Opens the audit log that the options name.
///
/// - Throws: `Failure` where it cannot be written on.
func openAudit(_ options: AuditOptions, _ serverLog: ServerLog) throws -> ServerAudit {
    guard let folder = options.audit else { return ServerAudit(nil, hasReads: false) }
    do {
        let log = try AuditLog(folder) { serverLog.write("jiesuan: \($0)", isProblem: true) }
        return ServerAudit(log, hasReads: options.auditReads)
    } catch { throw Failure(.file, error.description) }
}
