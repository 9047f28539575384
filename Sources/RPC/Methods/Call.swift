/// What a handler may ask about the request in hand: is its answer still wanted, and must the handler yield?
package struct Call {
    /// nil when the request came over no connection; it is never over then.
    var flow: AnswerFlow?
    /// Its number on the connection.
    var id: Int64 = 0
    /// When it has to be answered, in monotonic nanoseconds; 0: no deadline.
    var deadline: UInt64 = 0

    /// In whose name it is made; nil when the request came over no connection.
    package internal(set) var origin: CallOrigin?

    /// The queue whose other connections may wait for a turn, and the end of this turn in monotonic nanoseconds.
    var queue: WorkQueue?
    var turnEnd: UInt64 = 0

    /// A request that is never over: of a test, or of the server itself.
    package init() {}

    /// Of a connection, whose turn in `queue` began at `start`, in monotonic nanoseconds.
    init(_ flow: AnswerFlow, _ origin: CallOrigin?, _ queue: WorkQueue, start: UInt64) {
        self.flow = flow
        self.origin = origin
        self.queue = queue
        turnEnd = start &+ Limits.turnNanoseconds
    }

    /// Whether nobody waits for the answer any more: the client's connection is gone, its deadline has passed, or the
    /// server shuts down and its drain time is over.
    ///
    /// Takes a nanosecond, and some 20 of them where there is a deadline: long work asks every few rows or blocks,
    /// stops when it is true and returns `abandoned`.
    package var isOver: Bool {
        if flow?.isOver(id) ?? false { return true }
        return deadline != 0 && MonotonicClock.nanoseconds() >= deadline
    }

    /// Whether stepped work has used up its turn while others wait; cheap when none wait.
    ///
    /// Large requests take longer turns among themselves: if one ends early, its client sends the next while the other
    /// runs. Two in lockstep would leave the store and the clients idle by turns.
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
