import Dispatch

/// Runs a queue's bursts, one after the other, with a context of its own.
final class Worker: @unchecked Sendable {
    // Safe to share: mutable state belongs to the thread that took the worker out of the idle list: its own thread, or
    // an event loop in `runHere`.

    /// What runs it.
    enum Executor {
        /// On a Dispatch queue.
        case queue
        /// A thread of its own with a lower priority.
        case thread(niceness: Int32)
    }

    let index: Int
    /// Its index among the workers of its queue.
    let indexInQueue: Int
    let queue: WorkQueue
    /// Holds the sequencer's answers until they are durable; nil when they leave at once.
    let commitQueue: CommitQueue?
    let context: WorkerContext
    private let methods: MethodTable
    /// Answers handed on together.
    private let handoverRequests: Int
    // Unchecked exclusivity, here and below: the running thread has the worker alone, and no callee that is handed one
    // of these reaches the worker. A run-time check costs as much as reading the clock, several times a request.
    @exclusivity(unchecked) private var reply: ReplyWriter
    private var dispatchQueue: DispatchQueue?
    private var drainItem: DispatchWorkItem?
    private var thread: WorkThread?
    /// The connection whose requests came last, one by one, and how many of them.
    @exclusivity(unchecked) private var lone = (connection: ConnectionToken(slot: 0, generation: 0), requests: 0)
    /// The thread's CPU time when long work was last measured, in nanoseconds.
    @exclusivity(unchecked) private var lastCPU: UInt64 = 0
    /// Work that is done but not yet released in the queue.
    @exclusivity(unchecked) private var finished = Portion()

    /// Methods of the answers that have not left.
    @exclusivity(unchecked) private var answeredMethods = MethodTally()

    private struct Portion {
        var requests = 0
        var bytes = 0
        var units = 0
    }

    init(
        _ queue: WorkQueue, indexInQueue: Int = 0, name: String, on executor: Executor,
        configuration: ServerConfiguration,
        methods: MethodTable, context: WorkerContext, commitQueue: CommitQueue? = nil
    ) {
        index = context.index
        self.queue = queue
        self.indexInQueue = indexInQueue
        self.commitQueue = commitQueue
        self.methods = methods
        self.context = context
        handoverRequests = commitQueue == nil ? Limits.handoverRequests : Limits.groupRequests
        reply = ReplyWriter(
            messageBytesMax: configuration.replyBytesMax, wording: configuration.chineseWording)
        switch executor {
        case .queue:
            dispatchQueue = DispatchQueue(label: "jiesuan.\(name)", qos: .userInitiated)
            drainItem = DispatchWorkItem { [unowned self] in drain() }
        case .thread(let niceness):
            thread = WorkThread(name: name, niceness: niceness) { [unowned self] in drain() }
        }
    }

    deinit { thread?.end() }

    /// Starts an idle worker.
    func start() {
        if let thread { thread.wake() } else { dispatchQueue!.async(execute: drainItem!) }
    }

    /// Runs one burst on the calling event loop; work that arrived meanwhile is left to the worker's own thread.
    func runHere() {
        if case .burst(let burst)? = queue.next(for: self, after: 0) {
            work(on: burst, isLone: isLone(burst))
        }
        if !queue.rest(self) { start() }
    }

    private func drain() {
        lone.requests = 0
        var bursts = 0
        while let next = queue.next(for: self, after: bursts) {
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

    private func work(on piece: SequencerPiece) {
        piece.work()
        guard let commitQueue else { return piece.confirm(nil) }
        commitQueue.seal(then: piece.confirm, counters: context.counters)
    }

    private func work(on burst: Burst, isLone: Bool = false) {
        let moreComes: Bool
        if let who = burst.origin?.who, who !== context.caller { context.caller = who }
        switch burst.stage {
        case .prepare: moreComes = prepare(burst)
        case .steps: moreComes = process(burst)
        case .pack: moreComes = pack(burst)
        }
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

    /// Runs a burst until it is done, its answers stop leaving, or its turn ends; true when more work waits.
    private func process(_ burst: Burst) -> Bool {
        let shard = burst.shard!
        let flow = burst.flow!
        let turn = burst.turn!
        let order = burst.order
        let start = MonotonicClock.nanoseconds()
        if burst.done == 0 { context.counters.waits?.add(start &- burst.arrival, count: burst.left) }
        context.call = Call(flow, burst.origin, queue, start: start)
        defer { context.call = Call() }
        // Answers of others do not wait for long work.
        if let commitQueue, commitQueue.hasOpen, isLong(burst) {
            commitQueue.pass(moreComes: false, counters: context.counters)
        }
        var lastLook = start
        if !burst.isBrief { lastCPU = ThreadClock.nanoseconds() }
        var answered = 0
        var messageBytes = 0
        var isOthersTurn = false
        // Steps that have begun go on to their end, for they record something.
        while !isOthersTurn, (!flow.isBlocked && !flow.isGone) || burst.request?.hasBegun ?? false,
            let item = burst.current
        {
            let message = burst.message(of: item)
            let entry = entry(item)
            if let preparation = entry.preparation {
                handOver(burst, shard, answered, messageBytes, isLast: false)
                (answered, messageBytes) = (0, 0)
                let end = proceed(burst, item, preparation)
                if end == .interrupted {
                    isOthersTurn = true
                    break
                }
                if end == .handedOn {
                    return handOn(burst, item, turn, took: MonotonicClock.nanoseconds() &- start)
                }
                answered = 1
                countAnswer(of: item.head)
            } else if answer(entry, item, message, burst) {
                answered += 1
                countAnswer(of: item.head)
            }
            burst.advance()
            messageBytes += message.count
            finished.requests += 1
            finished.bytes += message.count
            finished.units += item.units
            if !entry.isShort || finished.requests == Limits.requestsPerLook {
                let now = MonotonicClock.nanoseconds()
                giveBack(turn, took: cost(now &- lastLook, isShort: entry.isShort) &+ burst.takeEarlierTime())
                lastLook = now
                isOthersTurn = burst.left > 0 && context.call.mustYield(at: now)
            }
            let isFull =
                reply.count >= Limits.handoverBytes || answered == handoverRequests || answeredMethods.isFull
            if isFull || burst.request != nil && burst.left > 0 {
                handOver(burst, shard, answered, messageBytes, isLast: false)
                commitQueue?.pass(moreComes: true, counters: context.counters)
                (answered, messageBytes) = (0, 0)
            }
        }
        let now = MonotonicClock.nanoseconds()
        if finished.requests > 0 { giveBack(turn, took: cost(now &- lastLook, isShort: true)) }
        let took = now &- start
        if isOthersTurn {
            if burst.request != nil { burst.earlierTime &+= cost(now &- lastLook, isShort: false) }
            handOver(burst, shard, answered, messageBytes, isLast: false)
            return queue.finish(turn, order: order, took: took, rest: burst)
        }
        guard burst.left > 0 else {
            handOver(burst, shard, answered, messageBytes, isLast: true)
            return queue.finish(turn, order: order, took: took, rest: nil)
        }
        // Parked: the connection keeps the rest, and its room in the queue is released.
        context.counters.add(.workPauses)
        queue.release(requests: burst.left, bytes: burst.leftBytes)
        queue.remove(burst.leftUnits, from: turn)
        handOver(burst, shard, answered, messageBytes, isLast: true)
        return queue.park(turn, took: took)
    }

    /// Whether running this burst may take a whole turn. Brief requests are sealed after every `groupRequests` of them:
    /// a block and a seal for each burst would cost more than earlier answers gain.
    private func isLong(_ burst: Burst) -> Bool {
        guard !burst.isBrief, let item = burst.current else { return false }
        return entry(item).preparation != nil
            || burst.turn!.backlog.nanoseconds(ofUnits: burst.leftUnits) > Limits.turnNanoseconds
    }

    /// The steps of a burst's only request are done: a worker answers it.
    private func handOn(
        _ burst: Burst, _ item: Burst.Item, _ turn: ConnectionTurn, took nanoseconds: UInt64
    ) -> Bool {
        finished = Portion(requests: 1, bytes: burst.message(of: item).count, units: item.units)
        giveBack(turn, took: cost(nanoseconds, isShort: false) &+ burst.takeEarlierTime())
        let order = burst.order
        if let commitQueue { commitQueue.hold(packing: burst) } else { queue.pool.pack(burst) }
        return queue.finish(turn, order: order, took: nanoseconds, rest: nil)
    }

    /// The time charged for work that took this long: time without a core counts only in part.
    private func cost(_ nanoseconds: UInt64, isShort: Bool) -> UInt64 {
        if isShort { return min(nanoseconds, UInt64(finished.requests) &* Limits.shortNanosecondsMax) }
        guard nanoseconds > Limits.turnNanoseconds / 2 else { return nanoseconds }
        let cpu = ThreadClock.nanoseconds()
        defer { lastCPU = cpu }
        return max(cpu &- lastCPU, nanoseconds / Limits.waitingPart)
    }

    /// Gives the room of what was worked on back, with the time that it took.
    private func giveBack(_ turn: ConnectionTurn, took nanoseconds: UInt64) {
        guard finished.requests > 0 else { return }
        queue.learn(nanoseconds, units: finished.units, of: turn)
        queue.remove(finished.units, from: turn)
        queue.release(requests: finished.requests, bytes: finished.bytes)
        finished = Portion()
    }

    /// False when another worker will answer.
    private func answer(
        _ entry: MethodTable.Entry, _ item: Burst.Item, _ message: UnsafeRawBufferPointer, _ burst: Burst
    ) -> Bool {
        let head = item.head
        if let refusal = refusal(item, isShort: entry.isShort, burst) {
            refuse(head, refusal)
            return true
        }
        context.call.id = head.correlationID
        context.call.deadline = head.deadline(arrival: burst.arrival)
        if head.messageCompression != .none, !head.isJSON, let shardKey = entry.shardKey {
            return answerSharded(entry, shardKey, head, message, burst)
        }
        context.run(entry, head, message, &reply)
        return true
    }

    func entry(_ item: Burst.Item) -> MethodTable.Entry { methods.entries[Int(item.head.methodIndex)] }

    func refuse(_ head: RequestHead, _ status: CallStatus) { context.refuse(head, status, &reply) }

    /// An answer of the request's method is among those that leave next.
    func countAnswer(of head: RequestHead) { answeredMethods.add(head) }

    func answer(_ request: SteppedRequest, _ head: RequestHead) { request.answer(head, &reply, context) }

    /// Why a request is not worked on.
    func refusal(_ item: Burst.Item, isShort: Bool, _ burst: Burst) -> CallStatus? {
        let head = item.head
        if burst.flow!.isOver(head.correlationID) { return .loggingOff }
        if head.isExpired(arrival: burst.arrival, now: head.timeoutMilliseconds > 0 ? MonotonicClock.nanoseconds() : 0)
        {
            return .expired(head)
        }
        // Requests admitted before their cost was known.
        let turn = burst.turn!
        return !isShort && queue.isOverfull(turn, without: item.units) ? queue.refusal(turn) : nil
    }

    /// A compressed message's shard key is known only after inflating: passes it to the worker that owns the person.
    private func answerSharded(
        _ entry: MethodTable.Entry, _ shardKey: Method.ShardKey, _ head: RequestHead,
        _ message: UnsafeRawBufferPointer, _ burst: Burst
    ) -> Bool {
        var plain = head
        plain.messageCompression = .none
        do {
            let inflated = try context.inflater.inflate(message, head.messageCompression)
            let owner = queue.pool.queue(forKey: shardKey(inflated))
            if owner === queue {
                context.run(entry, plain, inflated, &reply)
                return true
            }
            guard owner.admit(inflated.count) else {
                context.refuse(head, owner.fullRefusal, &reply)
                return true
            }
            let forwarded = Burst()
            forwarded.shard = burst.shard
            forwarded.connection = burst.connection
            forwarded.arrival = burst.arrival
            forwarded.flow = burst.flow
            forwarded.origin = burst.origin
            guard forwarded.append(plain, copying: inflated) else {
                owner.release(requests: 1, bytes: inflated.count)
                throw CompressionError.outOfMemory
            }
            owner.add(forwarded.units, to: forwarded.flow!.turn(in: owner.index))
            owner.submit(forwarded)
            return false
        } catch {
            context.refuse(head, .failed(.badRequest, "\(error)"), &reply)
            return true
        }
    }

    /// Sends the answers so far back to the connection, in one hop; at last the burst too.
    func handOver(_ burst: Burst, _ shard: Shard, _ answered: Int, _ messageBytes: Int, isLast: Bool) {
        guard answered > 0 || isLast else { return }
        context.counters.add(.answersByWorkers, answered)
        let flow = burst.flow!
        let completion = Completion(
            connection: burst.connection, answers: answered > 0 ? reply.take() : nil, answered: answered,
            burst: isLast ? burst : nil)
        reply.renew()
        let part = AnsweredPart(
            completion: completion, shard: shard, flow: flow, messageBytes: messageBytes, arrival: burst.arrival,
            methods: answeredMethods, peer: burst.origin?.peer, request: answered > 0 ? burst.request : nil)
        answeredMethods = MethodTally()
        if answered > 0 { burst.request = nil }
        if let commitQueue {
            commitQueue.hold(part)
        } else {
            part.leave(counters: context.counters)
        }
    }
}
