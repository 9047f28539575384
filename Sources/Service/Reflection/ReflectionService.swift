import Descriptors
import RPC

/// gRPC's server reflection as streams: a message is a question, and is answered by one.
package struct ReflectionService: Sendable {
    private let reflection: Reflection

    package init(_ reflection: Reflection) { self.reflection = reflection }

    /// One for each version.
    package var methods: [StreamMethod] {
        Reflection.services.map { service in
            StreamMethod(service: service, name: "ServerReflectionInfo") { [reflection] in ReflectionCall(reflection) }
        }
    }
}

final class ReflectionCall: StreamCall {
    private let reflection: Reflection

    init(_ reflection: Reflection) { self.reflection = reflection }

    func received(_ message: UnsafeRawBufferPointer, _ answers: inout StreamAnswers) {
        if let answer = reflection.answer(message) {
            answers.send(answer)
        } else {
            answers.finish(
                .failed(
                    .badRequest,
                    "the message is not a ServerReflectionRequest of at most \(Reflection.requestBytesMax) bytes"))
        }
    }

    func clientEnded(_ answers: inout StreamAnswers) { answers.finish(.ok) }

    func tick(isDraining: Bool, _ answers: inout StreamAnswers) {}
}
