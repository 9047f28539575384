import Dispatch
import Synchronization

/// Background work on the sequencer, run piece by piece between the clients' requests.
///
/// Records of a piece are sealed and committed like those of requests. While requests wait, one piece runs after every
/// `Limits.burstsPerPiece` bursts, so that neither starves the other.
package final class SequencerLane: Sendable {
    /// The server is shutting down, or has no sequencer: nothing was done.
    package struct Closed: Error {}

    private let sequencer = Mutex<WorkQueue?>(nil)
    private let waiting = Atomic(0)

    package init() {}

    /// Whether a piece was handed over and is not done.
    package var isWaiting: Bool { waiting.load(ordering: .sequentiallyConsistent) > 0 }

    func open(to queue: WorkQueue) { sequencer.withLock { $0 = queue } }

    /// Closes the lane: a piece that was submitted still runs, later ones throw.
    func close() { sequencer.withLock { $0 = nil } }

    /// Runs a piece of work on the sequencer and returns when its records are durable: nil when they are or there are
    /// none, else the failure.
    ///
    /// Blocks, so call it from a thread of your own. A piece should take at most one or two milliseconds, because every
    /// request waits for it.
    package func perform(_ piece: @escaping @Sendable () -> Void) throws(Closed) -> CallStatus? {
        let result = Mutex<CallStatus?>(nil)
        let done = DispatchSemaphore(value: 0)
        let isTaken = sequencer.withLock { queue in
            queue?.submit(
                SequencerPiece(
                    work: piece,
                    confirm: { status in
                        result.withLock { $0 = status }
                        done.signal()
                    }))
            return queue != nil
        }
        guard isTaken else { throw Closed() }
        waiting.add(1, ordering: .sequentiallyConsistent)
        defer { waiting.subtract(1, ordering: .sequentiallyConsistent) }
        done.wait()
        return result.withLock { $0 }
    }
}

/// One piece of background work on the sequencer.
struct SequencerPiece: Sendable {
    let work: @Sendable () -> Void
    /// Called on the committer: nil when the records are durable, else the failure.
    let confirm: @Sendable (CallStatus?) -> Void
}
