import Dispatch
import Synchronization

/// One serial queue with its own context and a bounded inbox of bursts.
final class Worker: @unchecked Sendable {
    // Safe to share: `context` and `reply` are touched by whoever made the inbox run, one thread at a time: `queue`, or
    // an event loop in `runHere`; the rest is atomic or behind the mutex.

    private struct Inbox {
        var first: Burst?
        var last: Burst?
        /// The server's own work, of a sequencer.
        var pieces: [SequencerPiece] = []
        var isRunning = false

        /// The next burst; nil: there is none, and nobody runs any longer.
        mutating func takeBurst() -> Burst? {
            guard let burst = first else {
                isRunning = false
                return nil
            }
            first = burst.next
            if first == nil { last = nil }
            burst.next = nil
            return burst
        }
    }

    let index: Int
    /// Whether it is the one that runs `.sequencer` methods: a connection's bursts in their order.
    let isSequencer: Bool
    /// Where the sequencer's answers wait; nil: they leave at once.
    let commitQueue: CommitQueue?
    let context: WorkerContext
    private let methods: MethodTable
    private let requestsMax: Int
    /// Answers handed on together.
    private let handoverRequests: Int
    private let bytesMax: Int
    private let queue: DispatchQueue
    private let inbox = Mutex(Inbox())
    private var reply: ReplyWriter
    private var drainItem: DispatchWorkItem?
    /// The connection whose requests came last, one by one, and how many of them.
    private var lone = (connection: ConnectionToken(slot: 0, generation: 0), requests: 0)
    private let requests = Atomic<Int>(0)
    private let bytes = Atomic<Int>(0)
    /// One bit per shard with connections that wait for room here.
    private let waiting = Atomic<UInt64>(0)
    /// Set once, before the first burst.
    unowned(unsafe) var pool: WorkerPool!

    init(
        index: Int, configuration: ServerConfiguration, methods: MethodTable, context: WorkerContext,
        isSequencer: Bool, commitQueue: CommitQueue?
    ) {
        self.index = index
        self.isSequencer = isSequencer
        self.commitQueue = commitQueue
        self.methods = methods
        self.context = context
        requestsMax = configuration.workerQueueRequestsMax
        handoverRequests = commitQueue == nil ? Limits.handoverRequests : Limits.groupRequests
        bytesMax = configuration.workerQueueBytesMax
        let name = isSequencer ? "sequencer" : "worker.\(index)"
        queue = DispatchQueue(label: "jiesuan.\(name)", qos: .userInitiated)
        reply = ReplyWriter(messageBytesMax: configuration.replyBytesMax)
        drainItem = DispatchWorkItem { [unowned self] in drain() }
    }

    /// Requests waiting or running.
    var queuedRequests: Int { requests.load(ordering: .relaxed) }
    var queuedBytes: Int { bytes.load(ordering: .relaxed) }

    /// Takes room for one request of `count` bytes; false when there is none, at once.
    func admit(_ count: Int) -> Bool {
        if requests.add(1, ordering: .relaxed).newValue > requestsMax {
            // Somebody may have seen no room because of this one: looks at who waits, like every release.
            release(requests: 1, bytes: 0)
            return false
        }
        if bytes.add(count, ordering: .relaxed).newValue > bytesMax {
            release(requests: 1, bytes: count)
            return false
        }
        return true
    }

    /// Queues a burst whose requests were all admitted; a brief one is done here and now where the sequencer rests.
    func submit(_ burst: Burst) {
        burst.worker = self
        let mustStart = inbox.withLock { inbox in
            if let last = inbox.last { last.next = burst } else { inbox.first = burst }
            inbox.last = burst
            defer { inbox.isRunning = true }
            return !inbox.isRunning
        }
        guard mustStart else { return }
        // From here on nobody else works for the sequencer: the inbox says that it runs.
        if isSequencer, burst.isBrief, burst.items.count <= Limits.briefRequestsMax, commitQueue?.isResting ?? true {
            runHere()
        } else {
            queue.async(execute: drainItem!)
        }
    }

    /// Queues a piece of the server's own work.
    func submit(_ piece: SequencerPiece) {
        let mustStart = inbox.withLock { inbox in
            inbox.pieces.append(piece)
            defer { inbox.isRunning = true }
            return !inbox.isRunning
        }
        if mustStart { queue.async(execute: drainItem!) }
    }

    /// Queues the rest of a burst that waited for its answers to leave. It was admitted before; its room may have gone
    /// to others since, and then new requests find none until the queue is below its limit again.
    func resume(_ burst: Burst) {
        requests.add(burst.left, ordering: .relaxed)
        bytes.add(burst.leftBytes, ordering: .relaxed)
        submit(burst)
    }

    /// Asks that `shard` be told when there is room; false when there is room already.
    func waitForRoom(shard: Int) -> Bool {
        // Sequentially consistent on both sides: either the worker sees the bit or we see its room.
        waiting.bitwiseOr(1 << UInt64(shard), ordering: .sequentiallyConsistent)
        return !hasRoom
    }

    /// Half empty: a queue that were full again at once would only make noise.
    private var hasRoom: Bool {
        requests.load(ordering: .sequentiallyConsistent) <= requestsMax / 2
            && bytes.load(ordering: .sequentiallyConsistent) <= bytesMax / 2
    }

    /// Blocks until everything that was submitted is done.
    func waitUntilIdle() { queue.sync {} }

    /// Gives back the room of an admitted request that was not queued.
    func abandon(_ count: Int) { release(requests: 1, bytes: count) }

    private func release(requests count: Int, bytes byteCount: Int) {
        requests.subtract(count, ordering: .sequentiallyConsistent)
        bytes.subtract(byteCount, ordering: .sequentiallyConsistent)
        if waiting.load(ordering: .sequentiallyConsistent) != 0, hasRoom {
            pool.roomAgain(waiting.exchange(0, ordering: .sequentiallyConsistent))
        }
    }

    // MARK: On the queue, or where the inbox was made to run

    private func drain() {
        lone.requests = 0
        var bursts = 0
        while let next = next(after: bursts) {
            switch next {
            case .burst(let burst):
                bursts += 1
                work(on: burst)
            case .piece(let piece):
                bursts = 0
                work(on: piece)
            }
        }
    }

    private enum Work {
        case burst(Burst)
        case piece(SequencerPiece)
    }

    /// What comes next, after so many bursts since the last piece; nil: nothing, and the inbox runs no longer.
    private func next(after bursts: Int) -> Work? {
        inbox.withLock { inbox in
            if !inbox.pieces.isEmpty, inbox.first == nil || bursts >= Limits.burstsPerPiece {
                return .piece(inbox.pieces.removeFirst())
            }
            return inbox.takeBurst().map(Work.burst)
        }
    }

    private func work(on piece: SequencerPiece) {
        piece.work()
        guard let commitQueue else { return piece.confirm(nil) }
        commitQueue.seal(then: piece.confirm, counters: context.counters)
    }

    /// Works on one burst on the thread that read it; what came meanwhile is the queue's.
    private func runHere() {
        if let burst = inbox.withLock({ $0.takeBurst() }) { work(on: burst, isLone: isLone(burst)) }
        let hasMore = inbox.withLock { inbox in
            inbox.isRunning = inbox.first != nil || !inbox.pieces.isEmpty
            return inbox.isRunning
        }
        if hasMore { queue.async(execute: drainItem!) }
    }

    private func work(on burst: Burst, isLone: Bool = false) {
        process(burst)
        let moreComes = inbox.withLock { $0.first != nil }
        commitQueue?.pass(moreComes: moreComes, isLone: isLone && !moreComes, counters: context.counters)
    }

    /// Whether one client has asked one by one for a while, and nobody else.
    private func isLone(_ burst: Burst) -> Bool {
        guard burst.items.count == 1, burst.connection == lone.connection else {
            lone = (burst.connection, 0)
            return false
        }
        lone.requests += 1
        return lone.requests >= Limits.loneRequestsMin
    }

    private func process(_ burst: Burst) {
        let shard = burst.shard!
        let flow = burst.flow!
        var answered = 0
        var messageBytes = 0
        context.call.flow = flow
        defer { context.call = Call() }
        let isItsTurn = !isSequencer || flow.isNext(burst.order)
        while isItsTurn, !flow.isBlocked, let item = burst.current {
            let message = burst.message(of: item)
            if answer(item.head, message, burst) { answered += 1 }
            burst.advance()
            messageBytes += message.count
            if reply.count >= Limits.handoverBytes || answered == handoverRequests {
                handOver(burst, shard, answered, messageBytes, isLast: false)
                commitQueue?.pass(moreComes: true, counters: context.counters)
                (answered, messageBytes) = (0, 0)
            }
            // One by one: a long burst gives room back while it runs.
            release(requests: 1, bytes: message.count)
        }
        if burst.left > 0 {
            // The connection keeps the rest; the room here is for others meanwhile.
            context.counters.add(.workPauses)
            release(requests: burst.left, bytes: burst.leftBytes)
        } else if isSequencer {
            flow.finish(burst.order)
        }
        handOver(burst, shard, answered, messageBytes, isLast: true)
    }

    /// False when another worker will answer.
    private func answer(_ head: RequestHead, _ message: UnsafeRawBufferPointer, _ burst: Burst) -> Bool {
        if head.isExpired(arrival: burst.arrival, now: head.timeoutMilliseconds > 0 ? MonotonicClock.nanoseconds() : 0)
        {
            context.refuseExpired(head, &reply)
            return true
        }
        let entry = methods.entries[Int(head.methodIndex)]
        context.call.deadline = head.deadline(arrival: burst.arrival)
        if head.messageCompression != .none, let shardKey = entry.shardKey {
            return answerSharded(entry, shardKey, head, message, burst)
        }
        context.run(entry, head, message, &reply)
        return true
    }

    /// A compressed message shows only here whose it is: passes it on to the worker that owns the person.
    private func answerSharded(
        _ entry: MethodTable.Entry, _ shardKey: Method.ShardKey, _ head: RequestHead,
        _ message: UnsafeRawBufferPointer, _ burst: Burst
    ) -> Bool {
        var plain = head
        plain.messageCompression = .none
        do {
            let inflated = try context.inflater.inflate(message, head.messageCompression)
            let owner = pool.worker(forKey: shardKey(inflated))
            if owner === self {
                context.run(entry, plain, inflated, &reply)
                return true
            }
            guard owner.admit(inflated.count) else {
                context.refuseFull(head.correlationID, &reply)
                return true
            }
            let forwarded = Burst()
            forwarded.shard = burst.shard
            forwarded.connection = burst.connection
            forwarded.arrival = burst.arrival
            forwarded.flow = burst.flow
            guard forwarded.append(plain, copying: inflated) else {
                owner.abandon(inflated.count)
                throw CompressionError.outOfMemory
            }
            owner.submit(forwarded)
            return false
        } catch {
            context.refuse(head.correlationID, .failed(.badRequest, "\(error)"), &reply)
            return true
        }
    }

    /// Sends the answers so far back to the connection, in one hop; at last the burst too.
    private func handOver(_ burst: Burst, _ shard: Shard, _ answered: Int, _ messageBytes: Int, isLast: Bool) {
        guard answered > 0 || isLast else { return }
        context.counters.add(.answersByWorkers, answered)
        let flow = burst.flow!
        let completion = Completion(
            connection: burst.connection, answers: answered > 0 ? reply.take() : nil, answered: answered,
            burst: isLast ? burst : nil)
        reply.renew()
        let part = AnsweredPart(completion: completion, shard: shard, flow: flow, messageBytes: messageBytes)
        if let commitQueue {
            commitQueue.hold(part)
        } else {
            part.leave(counters: context.counters)
        }
    }
}
