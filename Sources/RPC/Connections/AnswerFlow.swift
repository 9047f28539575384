import Synchronization

/// Back-pressure of one connection: workers look here whether its answers leave before they make more.
///
/// A connection holds at most twice the write-pause limit (once on the way from the workers, once in the channel) plus
/// one answer per worker.
final class AnswerFlow: Sendable {
    private let limit: Int
    /// Bytes of answers on their way from workers to the event loop.
    private let onTheWay = Atomic<Int>(0)
    private let isWritable = Atomic<Bool>(true)
    private let life = Atomic<UInt8>(0)
    /// Requests that their client gave up, by the door's numbers; as many at most as are in flight.
    private let cancelled = Mutex<Set<Int64>>([])
    private let turns: TurnTable<ConnectionTurn>
    /// Who is at the other end; set once, before the first burst.
    nonisolated(unsafe) var host: PeerHost!

    init(limit: Int, queues: Int) {
        self.limit = limit
        turns = TurnTable(count: queues)
    }

    /// The connection's turn in a queue.
    func turn(in queue: Int) -> ConnectionTurn {
        turns.member(queue) { ConnectionTurn(address: host.turn(in: queue)) }
    }

    func forEachTurn(_ body: (_ queue: Int, ConnectionTurn) -> Void) { turns.forEach(body) }

    /// Work on this connection's requests has to wait; from any thread.
    @inline(__always)
    var isBlocked: Bool {
        !isWritable.load(ordering: .relaxed) || onTheWay.load(ordering: .relaxed) > limit
    }

    /// A worker hands over this many bytes.
    func sent(_ count: Int) { onTheWay.add(count, ordering: .relaxed) }

    /// The channel has them.
    func arrived(_ count: Int) { onTheWay.subtract(count, ordering: .relaxed) }

    /// Whether the connection is gone: nobody waits for answers any more; from any thread.
    @inline(__always)
    var isGone: Bool { life.load(ordering: .relaxed) & Self.gone != 0 }

    /// Whether nothing more is to be done for this connection: it is gone, or the server's time to shut down is nearly
    /// over.
    @inline(__always)
    var isOver: Bool { life.load(ordering: .relaxed) & ~Self.someCancelled != 0 }

    /// The same of one of its requests: its client may have given it up.
    @inline(__always)
    func isOver(_ id: Int64) -> Bool {
        let life = life.load(ordering: .relaxed)
        return life != 0 && (life & ~Self.someCancelled != 0 || cancelled.withLock { $0.contains(id) })
    }

    private static let ending: UInt8 = 1
    private static let gone: UInt8 = 2
    /// Somebody has to look whether a request was given up.
    private static let someCancelled: UInt8 = 4

    /// What waits is to be refused, and long work to stop: the server is shutting down.
    func end() { life.bitwiseOr(Self.ending, ordering: .relaxed) }

    /// The connection is closed, by the peer, by us or because the server's drain time is over.
    func close() { life.bitwiseOr(Self.gone, ordering: .relaxed) }

    /// The client gave up a request that was handed to the pool; on the event loop.
    func cancel(_ id: Int64) {
        cancelled.withLock { _ = $0.insert(id) }
        life.bitwiseOr(Self.someCancelled, ordering: .relaxed)
    }

    /// The answer of a request that was given up came; on the event loop.
    func forget(_ id: Int64) {
        cancelled.withLock { cancelled in
            cancelled.remove(id)
            // Under the lock: whoever cancels next sets it again.
            if cancelled.isEmpty { life.bitwiseAnd(~Self.someCancelled, ordering: .relaxed) }
        }
    }

    func writabilityChanged(_ isWritable: Bool) { self.isWritable.store(isWritable, ordering: .relaxed) }
}
