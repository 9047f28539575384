import Synchronization

/// Whether a connection's answers leave; workers look here before they make more of them.
///
/// Together with the request each worker is at, a connection holds the write pause twice: on its way from the workers,
/// and with the channel.
final class AnswerFlow: Sendable {
    private let limit: Int
    /// Bytes of answers on their way from workers to the event loop.
    private let onTheWay = Atomic<Int>(0)
    private let isWritable = Atomic<Bool>(true)
    private let hasEnded = Atomic<Bool>(false)
    /// Bursts that the sequencer has finished; only it writes here.
    private let finished = Atomic<UInt64>(0)

    init(limit: Int) { self.limit = limit }

    /// Work on this connection's requests has to wait; from any thread.
    @inline(__always)
    var isBlocked: Bool {
        !isWritable.load(ordering: .relaxed) || onTheWay.load(ordering: .relaxed) > limit
    }

    /// Whether every burst for the sequencer before this one is finished: one whose rest waits holds up the next.
    func isNext(_ order: UInt64) -> Bool { finished.load(ordering: .relaxed) + 1 == order }

    /// The sequencer is done with a burst.
    func finish(_ order: UInt64) { finished.store(order, ordering: .relaxed) }

    /// A worker hands over this many bytes.
    func sent(_ count: Int) { onTheWay.add(count, ordering: .relaxed) }

    /// The channel has them.
    func arrived(_ count: Int) { onTheWay.subtract(count, ordering: .relaxed) }

    /// Whether the connection is gone: nobody waits for answers any more; from any thread.
    @inline(__always)
    var isGone: Bool { hasEnded.load(ordering: .relaxed) }

    /// The connection is closed, by the peer, by us or because the server's drain time is over.
    func end() { hasEnded.store(true, ordering: .relaxed) }

    func writabilityChanged(_ isWritable: Bool) { self.isWritable.store(isWritable, ordering: .relaxed) }
}
