/// One method of a service, as the server calls it.
package struct Method: Sendable {
    /// Where a request is answered.
    package enum Placement: Sendable {
        /// Small and stateless: on the event loop, unless the burst or the message is large.
        case readingThread
        /// On a worker.
        case worker
        /// On a worker, but on the event loop if it is the connection's only request and not large: two thread hops
        /// cost as much as the work.
        case workerUnlessAlone
        /// On a reader thread: for methods that read much, block or take long. Several run at once, beside the
        /// sequencer and the workers. Their loops ask `WorkerContext.call.isOver`.
        case reader
        /// On the server's one sequencer, one request at a time, a connection's requests in their order of arrival.
        /// Answers leave when the server's `Barrier` has made their records durable.
        case sequencer
        /// Like `sequencer`, for work of microseconds: while the sequencer is idle, the event loop runs the request in
        /// its stead, because two thread hops cost several times the work.
        case briefSequencer
    }

    /// Answers one request: reads `message`, writes the answer, says how it ended.
    ///
    /// Runs on one thread per context at a time; may block on a worker or the sequencer, must not on an event loop.
    package typealias Handler =
        @Sendable (
            _ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
        ) -> CallStatus

    /// A number that is equal for requests which must share a worker (those of one person). The bytes are unchecked.
    package typealias ShardKey = @Sendable (_ message: UnsafeRawBufferPointer) -> UInt64

    /// Whether a request of few bytes is also little work. The bytes are unchecked.
    package typealias LightCheck = @Sendable (_ message: UnsafeRawBufferPointer) -> Bool

    /// The full name: `jiesuan.v1.CalculationService`; callers may use what follows the last dot alone.
    package let service: String
    package let name: String
    package let placement: Placement
    /// nil: any worker.
    package let shardKey: ShardKey?
    /// Of `workerUnlessAlone`; nil: every one is.
    package let isLight: LightCheck?
    package let handler: Handler
    /// Of a method that is worked on in steps; `handler` does the same at once.
    package let preparation: Preparation?
    /// nil: its messages are not told in JSON.
    package var jsonForm: JSONForm?
    /// Whether it changes something: refused while the server takes no writes.
    package var isWrite = false
    /// Whether it is answered to callers that nobody knows too.
    package var isPublic = false

    package init(
        service: String, name: String, placement: Placement, shardKey: ShardKey? = nil, isLight: LightCheck? = nil,
        handler: @escaping Handler
    ) {
        precondition(!placement.isSequenced || shardKey == nil, "the sequencer is one: its methods need no shard key")
        self.service = service
        self.name = name
        self.placement = placement
        self.shardKey = shardKey
        self.isLight = isLight
        self.handler = handler
        preparation = nil
    }

    /// A method of the sequencer whose large requests are worked on in steps.
    package init(service: String, name: String, preparation: @escaping Preparation) {
        self.service = service
        self.name = name
        placement = .sequencer
        shardKey = nil
        isLight = nil
        handler = Self.handler(of: preparation)
        self.preparation = preparation
    }
}

extension Method.Placement {
    /// Whether it is on the sequencer.
    var isSequenced: Bool { self == .sequencer || self == .briefSequencer }
}
