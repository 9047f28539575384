import RPC
import Records
import Settlement

/// `grpc.health.v1.Health`: Check on every door, Watch where calls can be streams.
package struct HealthService: Sendable {
    package static let name = "grpc.health.v1.Health"

    private let health: ServerHealth

    package init(_ health: ServerHealth) { self.health = health }

    /// Whether a service takes calls; microseconds, where the request was read.
    package var check: Method {
        var method = Method(service: Self.name, name: "Check", placement: .readingThread) {
            [health] message, reply, _ in
            guard let service = HealthMessage.service(message) else {
                return .failed(.badRequest, "the message is not a HealthCheckRequest")
            }
            let status = health.status(of: service)
            guard status != .unknown else { return Self.unknown(service, health) }
            let answer = HealthMessage.answer(status)
            guard let room = reply.reserve(answer.count) else { return reply.tooLarge }
            room.copyBytes(from: answer)
            reply.commit(answer.count)
            return .ok
        }
        method.isPublic = true
        return method
    }

    /// The status at once, and again when it changes.
    package var watch: StreamMethod {
        StreamMethod(service: Self.name, name: "Watch", isPublic: true) { [health] in HealthWatch(health) }
    }

    private static func unknown(_ service: String, _ health: ServerHealth) -> CallStatus {
        CallStatus(
            DomainRefusal(
                .recordUnknown, "service", String(service.prefix(200)),
                "this server has no such service; there are: \(health.services.joined(separator: ", "))"))
    }
}

/// One call of Watch.
final class HealthWatch: StreamCall {
    private let health: ServerHealth
    private var service: String?
    private var last: ServerHealth.Status?

    init(_ health: ServerHealth) { self.health = health }

    func received(_ message: UnsafeRawBufferPointer, _ answers: inout StreamAnswers) {
        guard service == nil else {
            return answers.finish(.failed(.badRequest, "Watch takes one message; begin another call"))
        }
        guard let name = HealthMessage.service(message), name.utf8.count <= HealthMessage.serviceBytesMax else {
            return answers.finish(.failed(.badRequest, "the message is not a HealthCheckRequest"))
        }
        service = name
        tell(&answers)
    }

    /// The client has asked; the call goes on until it ends it.
    func clientEnded(_ answers: inout StreamAnswers) {
        if service == nil { answers.finish(.failed(.badRequest, "Watch takes one message, and none came")) }
    }

    func tick(isDraining: Bool, _ answers: inout StreamAnswers) {
        if isDraining { health.beginDrain() }
        tell(&answers)
    }

    private func tell(_ answers: inout StreamAnswers) {
        guard let service else { return }
        let status = health.status(of: service)
        guard status != last else { return }
        last = status
        answers.send(HealthMessage.answer(status))
    }
}
