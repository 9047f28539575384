import Synchronization

/// Handles all requests of one read: answers the small ones on the event loop and gives each worker at most one burst
/// of the others.
struct ReadBurst {
    private let connection: Connection
    private let shard: Shard
    private let context: WorkerContext
    private let methods: MethodTable
    private let inlineBurstMax: Int
    private let inlineMessageBytesMax: Int
    private let isDraining: Bool
    /// Whether requests may be refused because of who asks, or because they write.
    private let asksWho: Bool
    /// The method of the present request, where its caller may call it.
    private var admitted = -1
    /// When the read came, in monotonic nanoseconds.
    let arrival: UInt64
    /// The time as of the last look at the clock.
    private var now: UInt64
    private var packets = 0
    private var inlineAnswers = 0
    private var bursts: [Shard.OpenBurst]
    /// In whose name the present request is made.
    private var origin: CallOrigin
    /// The method of the last answers made here, and how many of them follow one another.
    private var answeredMethod: Int32 = -1
    private var answeredCount = 0
    /// The request that was answered last here.
    private var lastID: Int64 = 0
    private var lastLogID: Int64 = 0

    init(connection: Connection, arrival: UInt64) {
        self.connection = connection
        shard = connection.shard
        context = shard.context
        methods = shard.shared.methods
        inlineBurstMax = shard.shared.configuration.inlineBurstMax
        inlineMessageBytesMax = shard.shared.configuration.inlineMessageBytesMax
        isDraining = shard.shared.isDraining.load(ordering: .relaxed)
        asksWho = shard.shared.configuration.access?.isAsked ?? false
        bursts = shard.takeOpenBursts()
        origin = connection.origin
        connection.enter()
        context.reading = connection
        self.arrival = arrival
        now = arrival
    }

    /// Decodes `bytes` to their end, writes out what was answered here and submits the rest; once.
    mutating func run(_ bytes: UnsafeRawBufferPointer) {
        let why = decode(bytes, &connection.decoder, &shard.reply)
        connection.writeReplies(&shard.reply)
        submit(heldBytes: connection.decoder.heldBytes)
        if let why { connection.refuseBytes(why) }
    }

    /// The same of bytes that a door understands; everything leaves in one write.
    mutating func run(_ bytes: UnsafeRawBufferPointer, through door: any Door) {
        let failure = door.read(bytes, &self)
        connection.answerThroughDoor(&shard.reply)
        submit(heldBytes: door.unfinishedBytes)
        // Not before: what was submitted is under way, and is waited for.
        if let failure { connection.end(failure) } else { connection.endIfDoorDid() }
    }

    /// Gives the bursts to their queues, and tells the connection of the read.
    private mutating func submit(heldBytes: Int) {
        for open in bursts {
            // Its only request was refused.
            if open.burst.items.isEmpty {
                shard.giveBack(open.burst)
                continue
            }
            connection.state.queued(open.burst.items.count)
            if open.queue.isSequencer { open.burst.order = connection.nextOrder() }
            if open.burst.stage != .prepare { open.queue.add(open.burst.units, to: open.turn) }
            // A large request of the sequencer's is read by a worker first.
            let first = open.burst.stage == .prepare ? shard.shared.pool.leastBusy : open.queue
            first.submit(open.burst)
        }
        shard.giveBack(bursts)
        bursts = []
        // Asked at every read, because the estimate of the waiting work may have grown.
        connection.state.overworked(shard.shared.pool.isTooFull(connection.flow))
        recordAnswers()
        context.counters.add(.requests, packets)
        if let door = connection.door { context.counters.add(door.requestCounter, packets) }
        context.counters.add(.answersInline, inlineAnswers)
        connection.state.readEnded(packets: packets, heldBytes: heldBytes, now: arrival)
    }

    /// The reason when the connection's bytes make no sense.
    private mutating func decode(
        _ bytes: UnsafeRawBufferPointer, _ decoder: inout FrameDecoder, _ reply: inout ReplyWriter
    ) -> String? {
        var input = bytes
        while true {
            switch decoder.next(&input) {
            case .needMore: return nil
            case .bad(let error): return error.description
            case .frame(let frame):
                var meta = RPCMeta()
                guard meta.read(frame.meta) else { return "the packet's meta is no RpcMeta" }
                packets += 1
                take(frame, meta, isLast: input.isEmpty, &decoder, &reply)
                if reply.count >= Limits.handoverBytes { connection.writeReplies(&reply) }
            }
        }
    }

    @inline(__always)
    private mutating func take(
        _ frame: Frame, _ meta: borrowing RPCMeta, isLast: Bool, _ decoder: inout FrameDecoder,
        _ reply: inout ReplyWriter
    ) {
        let traits = meta.features.isPlain ? [] : meta.features.traits
        let attachment = Int(meta.attachmentSize)
        guard let service = meta.service, let method = meta.method,
            let compression = Compression(rawValue: meta.compressType),
            attachment >= 0, attachment <= frame.payload.count, !isDraining
        else {
            let status = isDraining ? .loggingOff : meta.refusal(payloadBytes: frame.payload.count)
            return context.refuse(meta.correlationID, status, traits, &reply)
        }
        let message = UnsafeRawBufferPointer(rebasing: frame.payload[..<(frame.payload.count - attachment)])
        if !meta.features.isPlain {
            let behind = UnsafeRawBufferPointer(rebasing: frame.payload[message.count...])
            let status = meta.features.refusal(
                message: message, attachment: behind,
                knowsCallers: shard.shared.configuration.access?.isGuarded ?? false)
            if let status {
                return context.refuse(meta.correlationID, status, traits, &reply)
            }
        }
        let lookup = methods.find(service: service, method: method)
        if asksWho, let status = refusal(of: lookup, token: meta.token) {
            return context.refuse(meta.correlationID, status, traits, &reply)
        }
        guard case .found(let index) = lookup else {
            let status = methods.refusal(lookup, service: service, method: method)
            return context.refuse(meta.correlationID, status, traits, &reply)
        }
        if !meta.features.isPlain {
            if let status = take(operator: meta.features.operatorCode) {
                return context.refuse(meta.correlationID, status, traits, &reply)
            }
        } else if origin !== connection.origin {
            origin = connection.origin
        }
        let head = RequestHead(
            correlationID: meta.correlationID, methodIndex: Int32(truncatingIfNeeded: index),
            timeoutMilliseconds: min(meta.timeoutMilliseconds, Limits.timeoutMillisecondsMax),
            messageCompression: compression, replyCompression: compression, traits: traits, logID: meta.logID)
        dispatch(head, message, isLast: isLast, &decoder, &reply)
    }

    /// Takes up in whose name the present request is made; why it is refused, where the code is none.
    private mutating func take(operator sent: UnsafeRawBufferPointer) -> CallStatus? {
        switch OperatorField.Reading(sent) {
        case .none: origin = connection.origin
        case .code(let code): origin = connection.origin(ofOperator: code)
        case .refused(let status): return status
        }
        return nil
    }

    /// What a door knows of its method's names.
    func find(service: UnsafeRawBufferPointer, method: UnsafeRawBufferPointer) -> MethodTable.Lookup {
        methods.find(service: service, method: method)
    }

    /// What to answer where `find` found nothing.
    func refusal(
        _ lookup: MethodTable.Lookup, service: UnsafeRawBufferPointer, method: UnsafeRawBufferPointer
    ) -> CallStatus {
        methods.refusal(lookup, service: service, method: method)
    }

    /// Finds out who sends the next request, and whether he may call what `find` found; why it is refused, or nil.
    ///
    /// A door asks once for every request, before it tells anything of the methods and before `take`.
    mutating func admit(_ lookup: MethodTable.Lookup, token: UnsafeRawBufferPointer?) -> CallStatus? {
        asksWho ? refusal(of: lookup, token: token) : nil
    }

    /// Why somebody who is not known is refused what is no method; nil: he is known, or nobody has to be.
    func stranger(token: UnsafeRawBufferPointer?) -> CallStatus? { connection.stranger(token: token, arrival) }

    private mutating func refusal(of lookup: MethodTable.Lookup, token: UnsafeRawBufferPointer?) -> CallStatus? {
        let index = if case .found(let index) = lookup { index } else { -1 }
        let asked = connection.ask(index, token: token, arrival)
        if let found = asked.caller {
            connection.calls(found)
            if found !== context.caller { context.caller = found }
        }
        admitted = asked.refusal == nil ? index : -1
        return asked.refusal
    }

    /// Takes a door's request: it is answered here or waits in a burst; the answer comes through `Door.answer` in any
    /// case.
    ///
    /// - Returns: whether `request.owned` was taken over; otherwise it stays the door's.
    mutating func take(_ request: DoorRequest) -> Bool {
        precondition(!asksWho || admitted == request.methodIndex, "a door did not ask who calls")
        packets += 1
        let head = RequestHead(
            correlationID: request.id, methodIndex: Int32(truncatingIfNeeded: request.methodIndex),
            timeoutMilliseconds: min(request.timeoutMilliseconds, Limits.timeoutMillisecondsMax),
            messageCompression: request.messageCompression, replyCompression: request.replyCompression,
            traits: request.traits)
        if let status = take(operator: request.operatorCode) {
            context.refuse(head, status, &shard.reply)
            return false
        }
        var memory = DoorMemory(owned: request.owned)
        dispatch(head, request.message, isLast: request.isLast, &memory, &shard.reply)
        if shard.reply.count >= Limits.handoverBytes { connection.writeReplies(&shard.reply) }
        return request.owned != nil && memory.owned == nil
    }

    /// Counts a door's request that the door answers itself.
    ///
    /// - Parameter code: with which error it is answered; 0: with none.
    mutating func passed(failing code: Int32 = 0) {
        packets += 1
        if code != 0 { context.counters.addError(code) }
    }

    /// Answers a door's request that nobody works on.
    mutating func refuse(_ id: Int64, _ status: CallStatus, _ language: AnswerLanguage = .english) {
        packets += 1
        context.refuse(id, status, RequestTraits(language), &shard.reply)
    }

    @inline(__always)
    private mutating func dispatch<Memory: MessageMemory & ~Copyable>(
        _ head: RequestHead, _ message: UnsafeRawBufferPointer, isLast: Bool, _ memory: inout Memory,
        _ reply: inout ReplyWriter
    ) {
        let entry = methods.entries[Int(head.methodIndex)]
        if let most = entry.messageBytesMax, message.count > most {
            let status = CallStatus.tooLarge(message.count, most, entry.method.name)
            return refuse(head, status, &reply)
        }
        let isHere =
            entry.isInline
            ? isSmall(message, head) : entry.isInlineAlone && isLast && isAlone(entry, message, head)
        if isHere {
            answerHere(entry, head, message, &reply)
        } else {
            enqueue(entry, head, message, &memory, &reply)
        }
    }

    /// Answers a request of a known method that nobody works on.
    private mutating func refuse(_ head: RequestHead, _ status: CallStatus, _ reply: inout ReplyWriter) {
        countAnswer(of: head)
        context.refuse(head, status, &reply)
    }

    /// An answer of the request's method is made here.
    @inline(__always)
    private mutating func countAnswer(of head: RequestHead) {
        if head.methodIndex != answeredMethod {
            recordAnswers()
            answeredMethod = head.methodIndex
        }
        answeredCount &+= 1
        lastID = head.correlationID
        lastLogID = head.logID
    }

    /// Records how long the last answers took: all of them as long as the last one, for they leave together.
    private mutating func recordAnswers() {
        guard answeredCount > 0, let durations = context.counters.durations else { return }
        let took = MonotonicClock.nanoseconds() &- arrival
        durations.add(took, count: answeredCount, row: Int(answeredMethod))
        answeredCount = 0
        if let log = context.counters.log, log.control.isSlow(took), connection.door == nil {
            log.slow(answeredMethod, id: RequestLog.native(lastID, lastLogID), peer: connection.peer, took)
        }
    }

    private func isSmall(_ message: UnsafeRawBufferPointer, _ head: RequestHead) -> Bool {
        head.messageCompression == .none && isShort(message, head) && inlineAnswers < inlineBurstMax
    }

    /// Whether a message that is not compressed takes little work to read.
    @inline(__always)
    private func isShort(_ message: UnsafeRawBufferPointer, _ head: RequestHead) -> Bool {
        message.count <= (head.isJSON ? Limits.inlineTextBytesMax : inlineMessageBytesMax)
    }

    /// Whether the request is the connection's only one, and neither large nor much work.
    private func isAlone(
        _ entry: MethodTable.Entry, _ message: UnsafeRawBufferPointer, _ head: RequestHead
    ) -> Bool {
        packets == 1 && connection.state.inFlight == 0 && head.messageCompression == .none && !head.isJSON
            && message.count <= Limits.inlineAloneBytesMax && entry.isLight?(message) ?? true
    }

    private mutating func answerHere(
        _ entry: MethodTable.Entry, _ head: RequestHead, _ message: UnsafeRawBufferPointer,
        _ reply: inout ReplyWriter
    ) {
        // Deadlines are milliseconds, small requests microseconds: the clock is worth a look now and then.
        if inlineAnswers & 15 == 15 { now = MonotonicClock.nanoseconds() }
        inlineAnswers += 1
        countAnswer(of: head)
        if head.isExpired(arrival: arrival, now: now) {
            context.refuseExpired(head, &reply)
        } else {
            context.run(entry, head, message, &reply)
        }
    }

    private mutating func enqueue<Memory: MessageMemory & ~Copyable>(
        _ entry: MethodTable.Entry, _ head: RequestHead, _ message: UnsafeRawBufferPointer, _ memory: inout Memory,
        _ reply: inout ReplyWriter
    ) {
        let queue = queue(for: entry, head, message)
        let isPrepared =
            entry.preparation != nil
            && (head.messageCompression != .none || head.isJSON || message.count > Limits.preparedHereBytesMax)
        let open = open(queue, isPrepared: isPrepared)
        let units = Backlog.units(bytes: message.count, compression: head.messageCompression)
        if queue.isOverfull(open.turn, with: units, beside: open.burst.units) {
            return refuse(head, queue.refusal(open.turn), &reply)
        }
        guard queue.admit(message.count) else {
            refuse(head, queue.fullRefusal, &reply)
            if queue.waitForRoom(shard: shard.index) { connection.state.refusedForRoom() }
            return
        }
        let burst = open.burst
        if !entry.isBrief || head.messageCompression != .none || !isShort(message, head) {
            burst.isBrief = false
        }
        if message.count > Limits.heldBytesFree, let owned = memory.detach() {
            burst.append(head, message: message, owned: owned)
        } else if !burst.append(head, copying: message) {
            queue.release(requests: 1, bytes: message.count)
            return refuse(head, .failed(.overLimit, "\(CompressionError.outOfMemory)"), &reply)
        }
        // More of the same connection are queued, so the next look at the queue must see this one.
        if isPrepared { queue.add(units, to: open.turn) }
    }

    private func queue(
        for entry: MethodTable.Entry, _ head: RequestHead, _ message: UnsafeRawBufferPointer
    ) -> WorkQueue {
        let pool = shard.shared.pool
        if entry.isSequenced, let sequencer = pool.sequencer { return sequencer }
        if entry.isReader { return pool.readers }
        if let shardKey = entry.shardKey, head.messageCompression == .none, !head.isJSON {
            return pool.queue(forKey: shardKey(message))
        }
        for open in bursts.reversed() where pool.isWorkers(open.queue) {
            if open.burst.bytes + message.count <= Limits.burstSpreadBytes { return open.queue }
            break
        }
        return pool.leastBusy
    }

    /// The burst for a queue; `isPrepared`: one of its own, which goes to a worker first.
    private mutating func open(_ queue: WorkQueue, isPrepared: Bool) -> Shard.OpenBurst {
        if let last = bursts.last(where: { $0.queue === queue }), !isPrepared, last.burst.stage != .prepare,
            last.burst.origin === origin
        {
            return last
        }
        let burst = shard.burst(for: connection, arrival: arrival)
        burst.origin = origin
        if isPrepared { burst.stage = .prepare }
        bursts.append(Shard.OpenBurst(queue: queue, turn: connection.flow.turn(in: queue.index), burst: burst))
        return bursts[bursts.count - 1]
    }
}
