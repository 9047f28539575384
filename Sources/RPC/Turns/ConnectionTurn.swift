/// All connections of one address in one queue.
final class AddressTurn: Turn, @unchecked Sendable {
    // Safe to share: `backlog` is atomic, everything else is behind the queue's mutex.

    /// Its connections with work that may be done.
    // Unchecked exclusivity: a heap changes nothing but itself and its members' places.
    @exclusivity(unchecked) var connections = TurnHeap<ConnectionTurn>()
    /// The virtual time among its connections, and the latest virtual time that one of them has reached.
    var now: UInt64 = 0
    var latest: UInt64 = 0
    let backlog = Backlog()
}

/// One connection in one queue: its bursts that wait.
final class ConnectionTurn: Turn, @unchecked Sendable {
    // Safe to share: `backlog` is atomic, everything else is behind the queue's mutex.

    let address: AddressTurn
    let backlog = Backlog()
    private(set) var first: Burst?
    private var last: Burst?
    /// Its work is being done: at most one thread at a time works for a connection.
    var isTaken = false
    /// Of ordered bursts: the number of the one that comes next.
    var nextOrder: UInt64 = 1
    /// The burst that comes next waits with its connection until answers leave, and so do those after it.
    var isParked = false
    /// Whether it waits with large requests only: other large requests need not yield to it at once; see
    /// `Burst.isLarge`.
    var waitsWithLarge = false

    init(address: AddressTurn) { self.address = address }

    /// Whether its first burst may be worked on: ordered ones wait for those before them, which may still be prepared.
    var isReady: Bool {
        guard let first else { return false }
        return first.rank == 0 || first.rank == nextOrder || first.flow!.isGone
    }

    /// Puts a burst behind those that come before it.
    func insert(_ burst: Burst) {
        if let last, burst.rank == 0 || last.rank < burst.rank {
            last.next = burst
            self.last = burst
        } else if let first, first.rank < burst.rank {
            var before = first
            while let next = before.next, next.rank < burst.rank { before = next }
            burst.next = before.next
            before.next = burst
        } else {
            putFirst(burst)
        }
    }

    func putFirst(_ burst: Burst) {
        burst.next = first
        first = burst
        if last == nil { last = burst }
    }

    func takeFirst() -> Burst? {
        guard let burst = first else { return nil }
        first = burst.next
        if first == nil { last = nil }
        burst.next = nil
        return burst
    }
}
