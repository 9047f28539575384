/// Bursts that wait for a worker: addresses take turns, and in each address its connections, by the time that their
/// work has taken.
///
/// Start-time fair queueing on two levels: whoever has had least is next, so a light request of one waits for the piece
/// of work that is under way and not for what another has queued. O(log n) in those who wait.
struct TurnQueue {
    private var addresses = TurnHeap<AddressTurn>()
    private var now: UInt64 = 0
    private var latest: UInt64 = 0
    /// Connections with work that may be done.
    private(set) var waiting = 0
    /// Of these, those that wait with large requests.
    private(set) var waitingLarge = 0

    var isEmpty: Bool { addresses.isEmpty }

    /// Takes a burst; false: one before it waits with its connection for answers to leave, and this one has to as well.
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

    /// What comes next; its turn is taken until `finish`.
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

    /// Ends a turn whose work took so long; `rest`: what is left of the burst comes again.
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
        // After a rest everybody begins anew.
        if address.connections.isEmpty { address.now = max(address.now, address.latest) }
        if addresses.isEmpty { now = max(now, latest) }
    }

    /// Gives up the bursts that wait behind one whose answers do not leave: they wait with it.
    mutating func park(_ turn: ConnectionTurn) -> [Burst] {
        turn.isParked = true
        var bursts: [Burst] = []
        while let burst = turn.takeFirst() { bursts.append(burst) }
        return bursts
    }

    /// Lets work of a connection that is gone come to the worker that drops it, whatever it waits for.
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
