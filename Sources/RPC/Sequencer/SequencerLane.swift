import Dispatch
import Synchronization

/// The server's own way to its sequencer: work that no client waits for, piece by piece between the clients' requests.
///
/// What a piece records is sealed and made durable like theirs. While requests wait, one piece comes after every
/// `Limits.burstsPerPiece` bursts of them, so that neither keeps the other from going on.
package final class SequencerLane: Sendable {
    /// The server is shutting down, or has no sequencer: nothing was done.
    package struct Closed: Error {}

    private let sequencer = Mutex<WorkQueue?>(nil)
    private let waiting = Atomic(0)

    package init() {}

    /// Whether a piece was handed over and is not done.
    package var isWaiting: Bool { waiting.load(ordering: .sequentiallyConsistent) > 0 }

    func open(to queue: WorkQueue) { sequencer.withLock { $0 = queue } }

    /// What was handed over before is done still, nothing that comes later.
    func close() { sequencer.withLock { $0 = nil } }

    /// Runs a piece of work on the sequencer, and returns when what it recorded is durable; nil: it is, or it recorded
    /// nothing; else why not.
    ///
    /// Blocks, so it is for threads of one's own; the piece itself should take a millisecond or two, because every
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

/// One piece of the server's own work on the sequencer.
struct SequencerPiece: Sendable {
    let work: @Sendable () -> Void
    /// Told when what was recorded is durable, or why it is not; on the committer.
    let confirm: @Sendable (CallStatus?) -> Void
}
