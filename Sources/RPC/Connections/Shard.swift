import Logging
import NIOCore
import Synchronization
import TLS

/// A connection as workers know it; a number that has come to stand for another connection finds nothing.
struct ConnectionToken: Equatable, Sendable {
    let slot: Int
    let generation: UInt64
}

/// Answers on their way from a worker to a connection.
struct Completion: Sendable {
    let connection: ConnectionToken
    let answers: ByteBuffer?
    let answered: Int
    /// The burst, when no worker has it any more: all of it is done, or the rest waits for answers to leave.
    let burst: Burst?
}

/// What all shards of a server share.
final class SharedState: Sendable {
    let configuration: ServerConfiguration
    let methods: MethodTable
    let pool: WorkerPool
    let budget: MemoryBudget
    let hosts: PeerHosts
    let logger: Logger
    let limiter: ConnectionLimiter
    let isDraining = Atomic<Bool>(false)
    let requestLog: RequestLog

    init(
        configuration: ServerConfiguration, methods: MethodTable, pool: WorkerPool, limiter: ConnectionLimiter,
        logger: Logger
    ) {
        self.configuration = configuration
        self.methods = methods
        self.pool = pool
        self.logger = logger
        self.limiter = limiter
        requestLog = RequestLog(configuration: configuration, methods: methods, logger: logger)
        budget = MemoryBudget(limit: configuration.heldBytesMax, limiter: limiter)
        hosts = PeerHosts(queues: pool.all.count)
    }
}

/// One event loop's part of the server: its connections, and what they use one after the other.
final class Shard: @unchecked Sendable {
    // Safe to share: everything is touched on the event loop only, but for `completions` (behind the mutex) and
    // constants.

    private struct Completions {
        var waiting: [Completion] = []
        var isClosed = false
    }

    let index: Int
    let eventLoop: any EventLoop
    let shared: SharedState
    let context: WorkerContext
    let times: ConnectionState.Times
    /// What other threads may know of the connections here.
    let table: ConnectionTable
    var reply: ReplyWriter
    /// What the connections here that speak HTTP/1 share; made with the first of them.
    lazy var http1 = HTTP1Shared(
        configuration: shared.configuration, requestLog: shared.requestLog, logger: shared.logger)
    /// What doors write.
    var output = OutgoingBytes()
    /// What is encrypted and is to be sent.
    var sealed = OutgoingBytes()
    /// Memory that reads are decrypted into; nil: none yet, or a read is using it.
    private var plain: UnsafeMutableRawBufferPointer?
    /// TLS handshakes under way.
    private var handshakes: Handshakes
    /// Memory that HTTP/2 connections share.
    let http2Buffers = HTTP2Buffers()

    private var connections: [Connection?] = []
    private var freeSlots: [Int] = []
    private var generation: UInt64 = 0
    private var freeBursts: [Burst] = []
    private let completions = Mutex(Completions())
    private var delivering: [Completion] = []
    /// Made once: a closure for every hop would be an allocation.
    private var deliverTask: (@Sendable () -> Void)!
    /// The array that every read's bursts gather in.
    private var openBursts: [OpenBurst] = []
    private var sweep: RepeatedTask?

    init(index: Int, eventLoop: any EventLoop, shared: SharedState, context: WorkerContext) {
        self.index = index
        self.eventLoop = eventLoop
        self.shared = shared
        self.context = context
        let configuration = shared.configuration
        reply = ReplyWriter(
            messageBytesMax: configuration.replyBytesMax, wording: configuration.chineseWording)
        times = ConnectionState.Times(
            partialFrame: configuration.partialFrame.wholeNanoseconds,
            slowReader: configuration.slowReader.wholeNanoseconds,
            drainQuiet: configuration.drainQuiet.wholeNanoseconds,
            linger: configuration.linger.wholeNanoseconds)
        handshakes = Handshakes(limit: max(1, configuration.handshakesMax / configuration.eventLoopThreads))
        table = ConnectionTable(capacity: shared.limiter.slotsMax)
        deliverTask = { [unowned self] in deliver() }
    }

    deinit { plain?.deallocate() }

    // MARK: Connections

    func add(_ connection: Connection, group: UInt64) -> ConnectionToken {
        generation += 1
        context.counters.add(.connectionsAccepted)
        let slot = freeSlots.popLast() ?? connections.count
        if slot == connections.count { connections.append(nil) }
        connections[slot] = connection
        table.open(slot, group: group)
        return ConnectionToken(slot: slot, generation: generation)
    }

    func remove(_ token: ConnectionToken, _ permit: ConnectionPermit) {
        connections[token.slot] = nil
        freeSlots.append(token.slot)
        table.close(token.slot)
        context.counters.add(.connectionsClosed)
        permit.release()
    }

    /// Closes the connection that has been idle since then, or its packet unfinished; false: it is not any more.
    func giveWay(_ slot: Int, _ since: UInt64, _ reason: CloseReason) -> Bool {
        guard let connection = connections[slot] else { return false }
        return reason == .unfinishedGaveWay
            ? connection.closeUnfinished(since: since) : connection.closeIdle(since: since, reason)
    }

    /// Closes the connection that was found to hold most for longest, if it holds that still.
    func evict(_ slot: Int, _ holding: Holding) {
        if let connection = connections[slot], table.isHeld(slot, since: holding.since) {
            connection.evict()
        } else {
            table.unclaimHolder(slot, bytes: holding.bytes)
        }
    }

    /// Closes the connection here that has to go before the one of `slot`, were that to hold so many bytes; false: none
    /// has to.
    func evictGreater(than slot: Int, holding bytes: Int, now: UInt64) -> Bool {
        guard let (other, holding) = table.greatestHolder(now: now, includingClaimed: true), other != slot,
            table.holding(slot, bytes: bytes, now: now).isBefore(holding, now: now)
        else { return false }
        connections[other]!.evict()
        return true
    }

    private func find(_ token: ConnectionToken) -> Connection? {
        guard let connection = connections[token.slot], connection.token == token else { return nil }
        return connection
    }

    // MARK: TLS

    /// A connection begins its handshake; where that is one too many, the one that began first ends.
    func beginHandshake(_ token: ConnectionToken) {
        let isUnderWay = { [unowned self] (token: ConnectionToken) in find(token)?.isHandshaking ?? false }
        guard handshakes.begin(token, isUnderWay: isUnderWay) else { return }
        if let first = handshakes.next(isUnderWay: isUnderWay) { find(first)?.giveUpHandshake() }
    }

    func endHandshake() { handshakes.end() }

    /// Whether a new session keeps its buffers: while there are few connections, so that it allocates less.
    var keepsTLSBuffers: Bool { connections.count - freeSlots.count <= Limits.bufferedSessionsMax }

    /// Memory to decrypt a read into, for the one connection that is read at a time.
    func takePlain(bytes: Int) -> UnsafeMutableRawBufferPointer {
        defer { plain = nil }
        if let plain, plain.count >= bytes { return plain }
        plain?.deallocate()
        return .allocate(byteCount: max(bytes, Limits.readBytesFirst + TLSLimits.recordBytesMax), alignment: 16)
    }

    func giveBack(_ plain: inout UnsafeMutableRawBufferPointer) {
        if self.plain == nil { self.plain = plain } else { plain.deallocate() }
    }

    // MARK: Bursts

    struct OpenBurst {
        let queue: WorkQueue
        let turn: ConnectionTurn
        let burst: Burst
    }

    /// An empty array; `giveBack` keeps its memory for the next read.
    func takeOpenBursts() -> [OpenBurst] {
        var taken: [OpenBurst] = []
        swap(&taken, &openBursts)
        return taken
    }

    func giveBack(_ bursts: consuming [OpenBurst]) {
        bursts.removeAll(keepingCapacity: true)
        openBursts = bursts
    }

    func burst(for connection: Connection, arrival: UInt64) -> Burst {
        let burst = freeBursts.popLast() ?? Burst()
        burst.shard = self
        burst.connection = connection.token
        burst.flow = connection.flow
        burst.arrival = arrival
        return burst
    }

    /// Takes answers from any thread; false when the event loop is gone.
    func complete(_ completion: Completion) -> Bool {
        let (isOpen, isFirst) = completions.withLock { completions in
            guard !completions.isClosed else { return (false, false) }
            completions.waiting.append(completion)
            return (true, completions.waiting.count == 1)
        }
        if isFirst { eventLoop.execute(deliverTask) }
        return isOpen
    }

    /// From any thread: some worker has room again.
    func roomAgain() {
        let isOpen = completions.withLock { !$0.isClosed }
        if isOpen { eventLoop.execute { self.forEach { $0.roomAgain() } } }
    }

    private func deliver() {
        // Two arrays take turns, so that neither is allocated anew.
        completions.withLock { swap(&$0.waiting, &delivering) }
        for index in delivering.indices {
            let completion = delivering[index]
            let connection = find(completion.connection)
            if let connection {
                let isLast =
                    index + 1 == delivering.count || delivering[index + 1].connection != completion.connection
                connection.deliver(completion, flush: isLast)
            } else {
                context.counters.add(.answersDropped, completion.answered)
            }
            guard let burst = completion.burst else { continue }
            if burst.left == 0 {
                recycle(burst)
            } else if let connection {
                connection.park(burst)
            } else {
                drop(burst)
            }
        }
        delivering.removeAll(keepingCapacity: true)
    }

    /// Gives up a burst whose connection has gone.
    func drop(_ burst: Burst) {
        context.counters.add(.answersDropped, burst.left)
        recycle(burst)
    }

    /// Takes a burst back that was not used.
    func giveBack(_ burst: Burst) { recycle(burst) }

    private func recycle(_ burst: Burst) {
        burst.reset()
        if freeBursts.count < Limits.burstsKept { freeBursts.append(burst) }
    }

    // MARK: Time

    func start() {
        let interval = TimeAmount.milliseconds(Int64(Limits.sweepMilliseconds))
        sweep = eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { [unowned self] _ in
            look(now: MonotonicClock.nanoseconds())
        }
    }

    /// Looks at the clocks of the connections where something is under way; of an idle one only its own is running, and
    /// that is in the table.
    private func look(now: UInt64) {
        let isDraining = shared.isDraining.load(ordering: .relaxed)
        let idleMax = shared.limiter.limits.idleNanoseconds
        for slot in connections.indices {
            let since = table.idleSince(slot)
            if since == 0 || isDraining {
                connections[slot]?.tick(now)
            } else if idleMax > 0, now > since, now - since >= idleMax {
                _ = connections[slot]?.closeIdle(since: since, .idle)
            }
        }
    }

    func beginDrain() { forEach { $0.beginDrain() } }

    func cutOff() { forEach { $0.cutOff() } }

    func endWork() { forEach { $0.endWork() } }

    /// The last thing on the event loop: from here on workers' answers have nowhere to go.
    func stop() {
        sweep?.cancel()
        completions.withLock { $0.isClosed = true }
    }

    private func forEach(_ body: (Connection) -> Void) {
        // By index: a connection that closes itself changes the array.
        for index in connections.indices {
            if let connection = connections[index] { body(connection) }
        }
    }
}
