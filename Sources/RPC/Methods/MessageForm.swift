/// How a message is written on its way: as protobuf, or as proto3's JSON.
package enum MessageForm: UInt8, Sendable { case protobuf, json }

/// A method's messages as JSON; the server runs it where the work is done, before the handler and after it.
///
/// RPC knows no JSON of messages: whoever has the descriptions gives these.
package struct JSONForm: Sendable {
    /// Writes the other form of `message` into `output`, in place of what it held; on any thread.
    package typealias Translation =
        @Sendable (_ message: UnsafeRawBufferPointer, _ output: inout [UInt8]) -> CallStatus

    /// A request's JSON to protobuf.
    package let request: Translation
    /// An answer's protobuf to JSON.
    package let answer: Translation

    package init(request: @escaping Translation, answer: @escaping Translation) {
        self.request = request
        self.answer = answer
    }
}
