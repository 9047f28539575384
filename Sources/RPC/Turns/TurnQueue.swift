/// Fair queue of bursts waiting for a worker: the address that has used the least time is next, and within it the
/// connection that has.
///
/// Start-time fair queueing on two levels: a light request waits for the work under way, not for another client's
/// queue. O(log n) in the waiting connections.
struct TurnQueue {
    private var addresses = TurnHeap<AddressTurn>()
    private var now: UInt64 = 0
    private var latest: UInt64 = 0
    /// Connections with work that may be done.
    private(set) var waiting = 0
    /// Of these, those that wait with large requests.
    private(set) var waitingLarge = 0

    var isEmpty: Bool { addresses.isEmpty }

    /// Queues a burst. false when an earlier burst of its connection is parked until answers leave: this one must be
    /// parked behind it.
    mutating func add(_ burst: Burst) -> Bool {
        let turn = burst.turn!
        if turn.isParked, !burst.flow!.isGone {
            guard burst.rank == turn.nextOrder else { return false }
            turn.isParked = false
        }
        turn.insert(burst)
        list(turn)
        return true
    }

    /// The next burst; its connection gets no other turn until `finish`.
    mutating func take() -> Burst? {
        guard let address = addresses.first, let turn = address.connections.first else { return nil }
        now = max(now, address.time)
        address.now = max(address.now, turn.time)
        address.connections.remove(turn)
        if address.connections.isEmpty { addresses.remove(address) }
        turn.isTaken = true
        waiting -= 1
        if turn.waitsWithLarge { waitingLarge -= 1 }
        turn.waitsWithLarge = false
        return turn.takeFirst()
    }

    /// Ends a turn that took `nanoseconds`; `rest` is the unfinished part of its burst and is queued again.
    mutating func finish(_ turn: ConnectionTurn, _ nanoseconds: UInt64, rest: Burst?) {
        let address = turn.address
        turn.isTaken = false
        turn.time &+= nanoseconds
        address.latest = max(address.latest, turn.time)
        address.time &+= nanoseconds
        addresses.timeChanged(address)
        latest = max(latest, address.time)
        if let rest { turn.putFirst(rest) }
        list(turn)
        // The queue was empty: virtual time starts over.
        if address.connections.isEmpty { address.now = max(address.now, address.latest) }
        if addresses.isEmpty { now = max(now, latest) }
    }

    /// Removes and returns the bursts behind one whose answers do not leave: they are parked with it.
    mutating func park(_ turn: ConnectionTurn) -> [Burst] {
        turn.isParked = true
        var bursts: [Burst] = []
        while let burst = turn.takeFirst() { bursts.append(burst) }
        return bursts
    }

    /// Makes all work of a closed connection runnable, so that a worker can drop it.
    mutating func release(_ turn: ConnectionTurn) { list(turn) }

    private mutating func list(_ turn: ConnectionTurn) {
        guard !turn.isTaken, !turn.isListed, turn.isReady else { return }
        let address = turn.address
        turn.time = max(turn.time, address.now)
        address.connections.insert(turn)
        waiting += 1
        turn.waitsWithLarge = turn.first?.isLarge ?? false
        if turn.waitsWithLarge { waitingLarge += 1 }
        guard !address.isListed else { return }
        address.time = max(address.time, now)
        addresses.insert(address)
    }
}
