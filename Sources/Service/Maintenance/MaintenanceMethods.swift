import RPC
import WireMessages

/// `MaintenanceService`: whether the server takes writes. Microseconds, on a worker.
struct MaintenanceMethods: Sendable {
    let mode: MaintenanceMode

    func methods() -> [Method] {
        [
            Method(service: Services.maintenance, name: "Get", placement: .worker) { _, reply, _ in write(&reply) },
            Method(service: Services.maintenance, name: "Set", placement: .worker) { message, reply, context in
                guard let request = unpack(message, context, jiesuan__v1__set_maintenance_request__unpack) else {
                    return unreadable("SetMaintenanceRequest", context)
                }
                mode.set(isReadOnly: request.pointee.read_only != 0)
                return write(&reply)
            },
        ]
    }

    private func write(_ reply: inout ReplyWriter) -> CallStatus {
        guard let room = reply.reserve(16) else { return reply.tooLarge }
        var writer = BackwardWriter(room)
        writer.fixed64(2, UInt64(bitPattern: mode.since))
        writer.field(1, mode.isReadOnly)
        reply.commit(writer.finish())
        return .ok
    }
}
