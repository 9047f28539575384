import Audit
import ProtoJSON
import RPC
import Records

extension Method {
    /// The method, whose calls are in the audit log where `trail` covers it.
    func audited(_ trail: AuditTrail) -> Method {
        guard trail.covers(self),
            let type = MethodCatalog.methods.first(where: { $0.service == service && $0.name == name })
        else { return self }
        let record = AuditedRecord(type)
        var method = preparation.map { audited(trail, type.path, record, $0) } ?? audited(trail, type.path, record)
        method.jsonForm = jsonForm
        method.isPublic = isPublic
        method.isWrite = isWrite
        return method
    }

    private func audited(_ trail: AuditTrail, _ path: String, _ record: AuditedRecord) -> Method {
        let method = self
        return Method(service: service, name: name, placement: placement, shardKey: shardKey, isLight: isLight) {
            message, reply, context in
            if let refusal = trail.refusal(method) { return refusal }
            let status = method.handler(message, &reply, context)
            trail.called(path, record.parts(message), status, context)
            return status
        }
    }

    private func audited(
        _ trail: AuditTrail, _ path: String, _ record: AuditedRecord, _ prepare: @escaping Preparation
    ) -> Method {
        let method = self
        return Method(service: service, name: name) { message, context in
            if let refusal = trail.refusal(method) { return .refused(refusal) }
            let parts = record.parts(message)
            switch prepare(message, context) {
            case .work(let work): return .work(AuditedWork(work, trail, trail.event(path, parts, context)))
            case .refused(let status):
                trail.called(path, parts, status, context)
                return .refused(status)
            }
        }
    }
}

/// Work in steps that leaves a line in the audit log when it ends, also where its caller went away before.
private final class AuditedWork: SteppedWork {
    private let work: any SteppedWork
    private let trail: AuditTrail
    private let event: AuditEvent
    private var isTold = false

    init(_ work: any SteppedWork, _ trail: AuditTrail, _ event: AuditEvent) {
        self.work = work
        self.trail = trail
        self.event = event
    }

    /// Given up by its caller, or by the server's end; part of it may be done.
    deinit { if !isTold { trail.ended(event, RPCErrorCode.timedOut.rawValue) } }

    func proceed(_ context: WorkerContext) -> CallStatus? {
        guard let status = work.proceed(context) else { return nil }
        isTold = true
        trail.ended(event, status.code)
        return status
    }

    func answer(_ reply: inout ReplyWriter, _ context: WorkerContext) -> CallStatus { work.answer(&reply, context) }

    func brokenOff(by failure: CallStatus) -> CallStatus { work.brokenOff(by: failure) }
}
