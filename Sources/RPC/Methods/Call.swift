/// The request that a thread works on, as far as its handler may want to know: whether anybody still waits for it.
package struct Call {
    /// nil: not one of a connection; it is never over.
    var flow: AnswerFlow?
    /// When it has to be answered, in monotonic nanoseconds; 0: no deadline.
    var deadline: UInt64 = 0

    /// Where others wait for their turn, and until when this one lasts, in monotonic nanoseconds.
    var queue: WorkQueue?
    var turnEnd: UInt64 = 0

    /// A request that is never over: of a test, or of the server itself.
    package init() {}

    /// Of a connection, whose turn in `queue` began at `start`, in monotonic nanoseconds.
    init(_ flow: AnswerFlow, _ queue: WorkQueue, start: UInt64) {
        self.flow = flow
        self.queue = queue
        turnEnd = start &+ Limits.turnNanoseconds
    }

    /// Whether nobody waits for the answer any more: the client's connection is gone, its deadline has passed, or the
    /// server shuts down and its drain time is over.
    ///
    /// Takes a nanosecond, and some 20 of them where there is a deadline: long work asks every few rows or blocks,
    /// stops when it is true and returns `abandoned`.
    package var isOver: Bool {
        if flow?.isOver ?? false { return true }
        return deadline != 0 && MonotonicClock.nanoseconds() >= deadline
    }

    /// Whether work that goes by steps has had its turn and others wait for theirs; cheap where none do.
    ///
    /// Among themselves large requests have longer turns: one that is done early has its client send the next while
    /// the other goes on, two in lockstep leave the store and the clients idle in turns.
    package var mustYield: Bool {
        guard let queue, queue.hasWaiting else { return false }
        return mustYield(at: MonotonicClock.nanoseconds())
    }

    /// The same at a time that the caller knows.
    func mustYield(at now: UInt64) -> Bool {
        guard now >= turnEnd, let queue, queue.hasWaiting else { return false }
        return queue.hasLightWaiting || now >= turnEnd &+ Limits.largeTurnNanoseconds
    }

    /// What a handler returns that stopped because the call `isOver`.
    package static let abandoned = CallStatus.failed(
        .timedOut,
        "the deadline passed or the connection closed while the work ran; it was stopped: ask for less, "
            + "or give it more time")
}
