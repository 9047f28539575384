/// A gRPC method whose calls are streams: its messages come one by one, and so do its answers.
///
/// For what is about the server itself (health, reflection): calls live on the event loop, so they take microseconds
/// and never block. Other doors do not know them.
package struct StreamMethod: Sendable {
    /// The full name: `grpc.health.v1.Health`.
    package let service: String
    package let name: String
    /// Whether it is answered to callers that nobody knows too.
    package let isPublic: Bool
    /// A new call.
    package let begin: @Sendable () -> any StreamCall

    package init(
        service: String, name: String, isPublic: Bool = false, begin: @escaping @Sendable () -> any StreamCall
    ) {
        self.service = service
        self.name = name
        self.isPublic = isPublic
        self.begin = begin
    }
}

/// One call of a `StreamMethod`, on one event loop.
package protocol StreamCall: AnyObject {
    /// One message of the client, at most `Limits.streamMessageBytesMax`; valid until this returns.
    func received(_ message: UnsafeRawBufferPointer, _ answers: inout StreamAnswers)
    /// The client sends no more; an answer that waits for nothing ends here.
    func clientEnded(_ answers: inout StreamAnswers)
    /// Every `Limits.sweepMilliseconds`: what changed since. While the server drains it is called once with
    /// `isDraining`; the call ends after it in any case.
    func tick(isDraining: Bool, _ answers: inout StreamAnswers)
}

/// What a call of a stream answers.
package struct StreamAnswers {
    package private(set) var messages: [[UInt8]] = []
    package private(set) var end: CallStatus?

    package init() {}

    /// One message, to be sent in this order.
    package mutating func send(_ message: [UInt8]) { messages.append(message) }

    /// Ends the call after what was sent; what comes later goes nowhere.
    package mutating func finish(_ status: CallStatus) { if end == nil { end = status } }
}
