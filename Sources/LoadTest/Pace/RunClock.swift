import Client
import RPC
import Synchronization

/// When a run measures, in monotonic nanoseconds, for all its threads; it can be ended early.
package final class RunClock: Sendable {
    /// From here on requests are measured; before it is the warm-up.
    package let start: UInt64
    private let ending: Atomic<UInt64>
    private let failure = Mutex<ClientError?>(nil)
    private let answers = Atomic<Int>(0)

    /// - Parameter end: `UInt64.max` where the number of requests ends the run.
    package init(start: UInt64, end: UInt64) {
        self.start = start
        ending = Atomic(end)
    }

    /// From here on nothing is sent.
    package var end: UInt64 { ending.load(ordering: .relaxed) }

    /// Ends the run now, where it has not ended before.
    package func stop() { ending.min(MonotonicClock.nanoseconds(), ordering: .relaxed) }

    /// Ends the run: a thread cannot go on. The first reason counts.
    func fail(_ error: ClientError) {
        failure.withLock { $0 = $0 ?? error }
        stop()
    }

    var error: ClientError? { failure.withLock { $0 } }

    /// Answers so far, for people who wait.
    package var answered: Int { answers.load(ordering: .relaxed) }

    func count(_ more: Int) { answers.wrappingAdd(more, ordering: .relaxed) }
}
