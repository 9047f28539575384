import Audit
import ProtoJSON
import RPC
import Records
import Settlement

/// What a server has its audit log say: every call that writes, every call that was denied, single persons looked up
/// by institutions; every other call that reads the books where it is asked for.
package struct AuditTrail: Sendable {
    let log: AuditLog
    private let hasReads: Bool
    /// The role of a caller, for its lines; empty: none.
    private let role: @Sendable (Caller) -> String

    /// - Parameter hasReads: whether calls that only read are in the log.
    package init(_ log: AuditLog, hasReads: Bool = false, role: @escaping @Sendable (Caller) -> String = { _ in "" }) {
        self.log = log
        self.hasReads = hasReads
        self.role = role
    }

    /// Services that keep nothing and tell nothing of anybody.
    private static let anonymous: Set = [Services.calculation, Services.policy]

    /// Whether calls of a method are in the log.
    func covers(_ method: Method) -> Bool {
        Self.writes(method) || hasReads && !Self.anonymous.contains(method.service)
    }

    /// Words with which the names of methods begin that only tell something; all others change something.
    private static let readingWords = [
        "Balance", "Calculate", "Compare", "Explain", "Get", "List", "Quote", "Read", "Reconcile", "Show", "Statement",
        "Table",
    ]

    /// Whether a method changes something.
    static func writes(_ method: Method) -> Bool { !readingWords.contains { method.name.hasPrefix($0) } }

    /// Why a call that writes is refused: it could not be in the log; nil: it may be made.
    func refusal(_ method: Method) -> CallStatus? {
        guard Self.writes(method), let why = log.failure else { return nil }
        return CallStatus(
            DomainRefusal(
                .storeUnavailable, "", "",
                "the audit log takes nothing now (\(why)), and nothing is done that is not in it: nothing was "
                    + "recorded, try again later"))
    }

    /// A call was carried out, or refused by the books; calls refused because of who asked come by `denied`.
    func called(_ path: String, _ record: [AuditEvent.Part], _ status: CallStatus, _ context: WorkerContext) {
        ended(event(path, record, context), status.code)
    }

    /// The line of a call that is under way, whose end is not known.
    func event(_ path: String, _ record: [AuditEvent.Part], _ context: WorkerContext) -> AuditEvent {
        let origin = context.call.origin
        return AuditEvent(
            caller: context.caller.name, role: role(context.caller), operatorCode: origin?.operatorCode ?? "",
            peer: origin?.peer.description ?? "", call: path, record: record, decision: .done)
    }

    /// The call ended with this code.
    func ended(_ event: AuditEvent, _ code: Int32) {
        guard !Self.isDenial(code) else { return }
        var event = event
        event.decision = code == 0 ? .done : .refused(code)
        log.record(event)
    }

    /// A call was refused because of who asked; on any thread.
    package func denied(_ denial: AccessControl.Denial) {
        log.record(
            AuditEvent(
                caller: denial.caller.name, role: role(denial.caller), peer: denial.peer?.description ?? "",
                call: Self.short(denial.method), decision: .denied(denial.status.code)))
    }

    /// An institution looked a single person up; on any thread.
    package func lookedUp(_ caller: Caller, method: String, person: UInt64, _ origin: CallOrigin?) {
        log.record(
            AuditEvent(
                caller: caller.name, role: role(caller), operatorCode: origin?.operatorCode ?? "",
                peer: origin?.peer.description ?? "", call: Self.short(method),
                record: person == 0 ? [] : [AuditEvent.Part("person", String(person))], decision: .done))
    }

    private static func isDenial(_ code: Int32) -> Bool {
        code == RPCErrorCode.unauthorized.rawValue || code == notPermitted
    }

    /// NOT_PERMITTED.
    private static let notPermitted: Int32 = 4401

    /// "jiesuan.v1.RegistryService/GetYear" without its package.
    static func short(_ path: String) -> String {
        let parts = path.split(separator: "/")
        guard parts.count == 2, let service = parts[0].split(separator: ".").last else { return path }
        return "\(service)/\(parts[1])"
    }
}
