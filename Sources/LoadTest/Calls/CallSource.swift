import Population
import RPC

/// What became of a call, by its answer.
package enum Verdict {
    /// What it should be; `checksum` is of its outcomes.
    case right(claims: Int, checksum: UInt64)
    /// An answer that is not what the calculator of this process says, in words.
    case wrong(String)
    /// An answer that says for some of its items that they are refused; the first one's code.
    case refused(code: Int32)
}

/// An answer's message as it came.
package struct Answer {
    package let message: UnsafeRawBufferPointer
    package let compression: Compression

    package init(message: UnsafeRawBufferPointer, compression: Compression) {
        self.message = message
        self.compression = compression
    }
}

/// Makes the requests of one kind for one connection, and judges their answers. Used by one thread at a time.
///
/// `mark` is the source's own number for a request under way. What is made here is made while the load runs, and has
/// to cost next to nothing.
package protocol CallSource: AnyObject {
    /// Puts the next request into `request`; its mark, or nil where the source has none to send at the moment.
    func next(into request: inout OutgoingRequest) -> Int?

    func judge(_ mark: Int, _ answer: Answer) -> Verdict

    /// No answer to judge: an error code, or nil where nothing came at all.
    func failed(_ mark: Int, code: Int32?)
}

/// Where a source puts its next request.
package struct OutgoingRequest: ~Copyable {
    let wire: any LoadWire
    let id: Int64

    /// `message` stays where it is until the answer has come.
    package func put(_ head: CallHead, _ message: UnsafeRawBufferPointer) { wire.append(head, id: id, message) }
}

/// Everything that one connection sends: its sources, in the proportion of their weights.
package final class ConnectionCalls {
    let sources: [any CallSource]
    private let weights: [Int64]
    private var random: RandomStream

    package init(_ sources: [(source: any CallSource, weight: Int64)], seed: UInt64, part: Int) {
        precondition(!sources.isEmpty)
        self.sources = sources.map(\.source)
        weights = sources.map(\.weight)
        random = RandomStream(seed: seed, index: UInt64(part))
    }

    /// Which source is next.
    @inline(__always)
    func pick() -> Int { weights.count == 1 ? 0 : random.pick(weights) }
}
