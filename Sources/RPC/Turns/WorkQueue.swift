import Synchronization

/// A bounded queue of bursts and background pieces for one or several workers, and the list of its idle workers.
final class WorkQueue: @unchecked Sendable {
    // Safe to share: constants, atomics and what is behind the mutex; `workers` and `pool` are set once, before the
    // first burst.

    enum Work {
        case burst(Burst)
        case piece(SequencerPiece)
    }

    private struct State {
        var turns = TurnQueue()
        /// Background work; only a sequencer's queue has any.
        var pieces: [SequencerPiece] = []
        /// Idle workers, by their index in `workers`.
        var idleWorkers: [Int] = []
    }

    /// The queue's index in `TurnTable`.
    let index: Int
    /// Whether it is for `.sequencer` methods: a connection's bursts come in their order.
    let isSequencer: Bool
    private let requestsMax: Int
    private let bytesMax: Int
    private let backlogMax: Int
    private let state = Mutex(State())
    private let requests = Atomic<Int>(0)
    private let bytes = Atomic<Int>(0)
    /// The whole queue's.
    private let backlog = Backlog()
    /// Connections and pieces that wait for a turn.
    private let waitingTurns = Atomic<Int>(0)
    /// Of these, all but large requests.
    private let waitingLight = Atomic<Int>(0)
    /// One bit per shard with connections that wait for room here.
    private let waitingShards = Atomic<UInt64>(0)
    private(set) var workers: [Worker] = []
    unowned(unsafe) var pool: WorkerPool!

    init(index: Int, isSequencer: Bool = false, configuration: ServerConfiguration) {
        self.index = index
        self.isSequencer = isSequencer
        requestsMax = configuration.workerQueueRequestsMax
        bytesMax = configuration.workerQueueBytesMax
        backlogMax = Int(clamping: configuration.backlogPerConnection.wholeNanoseconds)
    }

    func hire(_ workers: [Worker]) {
        self.workers = workers
        state.withLock { $0.idleWorkers = Array(workers.indices.reversed()) }
    }

    /// Requests waiting or running.
    var queuedRequests: Int { requests.load(ordering: .relaxed) }
    var queuedBytes: Int { bytes.load(ordering: .relaxed) }
    /// For choosing the least busy queue: milliseconds, bytes and requests that wait.
    var load: (Int, Int, Int) { (backlog.nanoseconds() / 1_000_000, queuedBytes, queuedRequests) }
    /// Whether somebody else waits for a turn.
    var hasWaiting: Bool { waitingTurns.load(ordering: .relaxed) > 0 }
    /// Whether somebody waits whose work is not large; see `Burst.isLarge`.
    var hasLightWaiting: Bool { waitingLight.load(ordering: .relaxed) > 0 }
    /// Whether nothing runnable waits and every worker is idle.
    var isIdle: Bool {
        state.withLock { $0.turns.isEmpty && $0.pieces.isEmpty && $0.idleWorkers.count == workers.count }
    }

    // MARK: Room

    /// Reserves room for one request of `count` bytes; false when the queue is full. Never blocks.
    func admit(_ count: Int) -> Bool {
        if requests.add(1, ordering: .relaxed).newValue > requestsMax {
            // This reservation may have made the queue look full to another thread, so its release wakes waiting shards
            // too.
            release(requests: 1, bytes: 0)
            return false
        }
        if bytes.add(count, ordering: .relaxed).newValue > bytesMax {
            release(requests: 1, bytes: count)
            return false
        }
        return true
    }

    /// Gives back the room of requests.
    func release(requests count: Int, bytes byteCount: Int) {
        requests.subtract(count, ordering: .sequentiallyConsistent)
        bytes.subtract(byteCount, ordering: .sequentiallyConsistent)
        if waitingShards.load(ordering: .sequentiallyConsistent) != 0, hasRoom {
            pool.roomAgain(waitingShards.exchange(0, ordering: .sequentiallyConsistent))
        }
    }

    /// Asks that `shard` be told when there is room; false when there is room already.
    func waitForRoom(shard: Int) -> Bool {
        // Sequentially consistent on both sides: either the worker sees the bit or we see its room.
        waitingShards.bitwiseOr(1 << UInt64(shard), ordering: .sequentiallyConsistent)
        return !hasRoom
    }

    /// Hysteresis: readers resume at half full, so that connections do not flap.
    private var hasRoom: Bool {
        requests.load(ordering: .sequentiallyConsistent) <= requestsMax / 2
            && bytes.load(ordering: .sequentiallyConsistent) <= bytesMax / 2
    }

    // MARK: Shares

    /// Whether `units` more would take a connection, or its address, over its backlog limit, so that they are refused.
    ///
    /// One request may always wait. Light requests pass even when other connections of their address have much waiting.
    func isOverfull(_ turn: ConnectionTurn, with units: Int, beside others: Int) -> Bool {
        guard turn.backlog.units + others > 0 else { return false }
        let own = turn.backlog.nanoseconds(with: others + units)
        if own > backlogMax { return true }
        return own > backlogMax / Limits.lightShare
            && turn.address.backlog.nanoseconds(with: others + units) > backlogMax * Limits.connectionsPerAddressShare
    }

    /// Whether so much of a connection waits that it is not read until some is done.
    func isTooFull(_ turn: ConnectionTurn) -> Bool { turn.backlog.nanoseconds() > backlogMax / Limits.readShare }

    /// Whether even without `units` of its own more waits behind a request than one connection may have.
    func isOverfull(_ turn: ConnectionTurn, without units: Int) -> Bool {
        turn.backlog.nanoseconds(with: -units) > backlogMax
    }

    func add(_ units: Int, to turn: ConnectionTurn) {
        turn.backlog.add(units)
        turn.address.backlog.add(units)
        backlog.add(units)
    }

    func remove(_ units: Int, from turn: ConnectionTurn) {
        turn.backlog.remove(units)
        turn.address.backlog.remove(units)
        backlog.remove(units)
    }

    /// Records that `units` of a connection's work took `nanoseconds`.
    func learn(_ nanoseconds: UInt64, units: Int, of turn: ConnectionTurn) {
        turn.backlog.learn(nanoseconds, units: units)
        turn.address.backlog.learn(nanoseconds, units: units)
        backlog.learn(nanoseconds, units: units)
    }

    /// What a connection is told that has too much waiting.
    func refusal(_ turn: ConnectionTurn) -> CallStatus {
        let own = turn.backlog.nanoseconds()
        let shares = max(1, waitingTurns.load(ordering: .relaxed))
        let (ahead, overflow) = own.multipliedReportingOverflow(by: shares)
        let wait = min(overflow ? Int.max : ahead, max(own, backlog.nanoseconds()))
        return .failed(
            .overLimit,
            "\(Self.milliseconds(own)) of work wait for this connection, more than one may have waiting; "
                + "nothing was done: try again in \(Self.milliseconds(wait / 2))")
    }

    /// What anybody is told when the queue is full.
    var fullRefusal: CallStatus {
        .failed(
            .overLimit,
            "the server has all the work it takes; nothing was done: "
                + "try again in \(Self.milliseconds(backlog.nanoseconds() / 2))")
    }

    private static func milliseconds(_ nanoseconds: Int) -> String {
        "\(max(1, nanoseconds / 1_000_000)) ms"
    }

    // MARK: Work

    /// Queues a burst whose requests were all admitted. While the sequencer is idle, a brief burst is run on this
    /// thread.
    func submit(_ burst: Burst) {
        burst.queue = self
        burst.rank = isSequencer ? burst.order : 0
        burst.turn = burst.flow!.turn(in: index)
        let (isTaken, starts) = state.withLock { state in
            guard state.turns.add(burst) else { return (false, nil as Int?) }
            publish(state)
            // An ordered burst may have to wait for another one, and nobody need be woken.
            return (true, state.turns.isEmpty ? nil : state.idleWorkers.popLast())
        }
        guard isTaken else { return sendBack(burst) }
        guard let starts else { return }
        let worker = workers[starts]
        // This thread took the sequencer out of the idle list, so no other thread runs it.
        let isLittle = burst.isBrief && burst.left > 0 && burst.items.count <= Limits.briefRequestsMax
        if isSequencer, isLittle, worker.commitQueue?.isResting ?? true {
            worker.runHere()
        } else {
            worker.start()
        }
    }

    /// Queues a piece of background work.
    func submit(_ piece: SequencerPiece) {
        let starts = state.withLock { state in
            state.pieces.append(piece)
            publish(state)
            return state.idleWorkers.popLast()
        }
        if let starts { workers[starts].start() }
    }

    /// Queues the rest of a parked burst. It was admitted before, so it may take the queue above its limit; new
    /// requests are then refused until it is below again.
    func resume(_ burst: Burst) {
        requests.add(burst.left, ordering: .relaxed)
        bytes.add(burst.leftBytes, ordering: .relaxed)
        add(burst.leftUnits, to: burst.flow!.turn(in: index))
        submit(burst)
    }

    /// Makes the work of a closed connection runnable, so that a worker drops it.
    func release(_ turn: ConnectionTurn) {
        let starts = state.withLock { state -> Int? in
            state.turns.release(turn)
            publish(state)
            return state.turns.isEmpty ? nil : state.idleWorkers.popLast()
        }
        if let starts { workers[starts].start() }
    }

    /// The next work, given the bursts since the last background piece; nil when there is none: the worker is idle
    /// then.
    func next(for worker: Worker, after bursts: Int) -> Work? {
        state.withLock { state in
            defer { publish(state) }
            if !state.pieces.isEmpty, state.turns.isEmpty || bursts >= Limits.burstsPerPiece {
                return .piece(state.pieces.removeFirst())
            }
            if let burst = state.turns.take() { return .burst(burst) }
            state.idleWorkers.append(worker.indexInQueue)
            return nil
        }
    }

    /// Marks the worker idle; false when work waits.
    func rest(_ worker: Worker) -> Bool {
        state.withLock { state in
            guard state.turns.isEmpty, state.pieces.isEmpty else { return false }
            state.idleWorkers.append(worker.indexInQueue)
            return true
        }
    }

    /// Ends a turn; `rest` is the unfinished part of its burst. Returns whether more work waits.
    func finish(_ turn: ConnectionTurn, order: UInt64, took nanoseconds: UInt64, rest: Burst?) -> Bool {
        state.withLock { state in
            if order > 0, rest == nil { turn.nextOrder = order + 1 }
            state.turns.finish(turn, nanoseconds, rest: rest)
            publish(state)
            return !state.turns.isEmpty
        }
    }

    /// Ends a turn and parks its burst with the connection until answers leave; later bursts of the connection are
    /// parked too.
    func park(_ turn: ConnectionTurn, took nanoseconds: UInt64) -> Bool {
        let (behind, hasMore) = state.withLock { state in
            let behind = isSequencer ? state.turns.park(turn) : []
            state.turns.finish(turn, nanoseconds, rest: nil)
            publish(state)
            return (behind, !state.turns.isEmpty)
        }
        for burst in behind { sendBack(burst) }
        return hasMore
    }

    private func publish(_ state: borrowing State) {
        let waiting = state.turns.waiting + state.pieces.count
        waitingTurns.store(waiting, ordering: .relaxed)
        waitingLight.store(waiting - state.turns.waitingLarge, ordering: .relaxed)
    }

    /// Parks a burst with its connection until answers leave, and releases its room in the queue.
    private func sendBack(_ burst: Burst) {
        release(requests: burst.left, bytes: burst.leftBytes)
        remove(burst.leftUnits, from: burst.turn!)
        _ = burst.shard!.complete(
            Completion(connection: burst.connection, answers: nil, answered: 0, burst: burst))
    }
}
