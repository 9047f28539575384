/// One method of a service, as the server calls it.
package struct Method: Sendable {
    /// Where a request is answered.
    package enum Placement: Sendable {
        /// Small and stateless: on the thread that read it, unless the burst or the message is large.
        case readingThread
        /// On a worker.
        case worker
        /// The same, but on the thread that read it while nothing else of its connection is under way and it is not
        /// large: two hops to another thread and back cost as much as the work.
        case workerUnlessAlone
        /// On a reading thread: for what reads much and may block or take long; several run at once, beside the
        /// sequencer and the workers. Asks `WorkerContext.call` in its loops whether anybody still waits.
        case reader
        /// On the server's one sequencer: one after the other, a connection's requests in the order they came in, and
        /// the answers leave when the server's `Barrier` lets them.
        case sequencer
        /// The same for what takes microseconds: while the sequencer rests, the thread that read a request does the
        /// sequencer's work on it, because two hops to another thread and back cost several times the work.
        case briefSequencer
    }

    /// Answers one request: reads `message`, writes the answer, says how it ended.
    ///
    /// Runs on one thread per context at a time; may block on a worker or the sequencer, must not on a reading thread.
    package typealias Handler =
        @Sendable (
            _ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
        ) -> CallStatus

    /// A number that is equal for requests which must share a worker (a person's); any bytes may come in.
    package typealias ShardKey = @Sendable (_ message: UnsafeRawBufferPointer) -> UInt64

    /// Whether a request that its bytes call small is little work, too; any bytes may come in.
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
