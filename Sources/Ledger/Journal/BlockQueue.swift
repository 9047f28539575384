import LedgerFormat
import LedgerStore
import Registry
import Synchronization

/// Sealed blocks on their way to the store: the sequencer puts them in, one other thread writes them, many in one
/// commit, and everyone can ask whether a ticket is durable.
///
/// After a failed commit nothing is written until `clear`: a block sealed on top of a lost one must not become durable.
/// Tickets ascend always, also across failures.
package final class BlockQueue: Sendable {
    /// The durability of a ticket.
    package enum Durability: Equatable, Sendable {
        case durable
        case waiting
        /// Certainly not in the store, and never will be.
        case notWritten(String)
        /// In the store or not: the sender must repeat the request.
        case unknown(String)
    }

    fileprivate struct Failed {
        var tickets: ClosedRange<UInt64>
        var durability: Durability
    }

    fileprivate struct State {
        var waiting: [SealedBlock] = []
        var lastTicket: UInt64 = 0
        /// The last ticket with a decided durability; tickets up to it are durable unless listed in `failed`.
        var decided: UInt64 = 0
        var failed: [Failed] = []
        var durableSequence: UInt64 = 0
        var failure: StoreFailure?
        /// Whether the state was rolled back after the failure, so that reads see durable blocks only.
        var isRolledBack = false
    }

    private let store: any LedgerStore
    private let observer: LedgerObserver
    private let state = Mutex(State())
    /// Copy of `state.failure != nil`, for frequent checks without the lock.
    private let failed = Atomic(false)

    init(store: any LedgerStore, observer: @escaping LedgerObserver = { _ in }) {
        self.store = store
        self.observer = observer
    }

    // MARK: On the sequencer

    /// Takes sealed blocks; the ticket stands for them and all before them.
    func put(_ blocks: [SealedBlock]) -> UInt64 {
        state.withLock { state in
            state.waiting += blocks
            state.lastTicket += 1
            return state.lastTicket
        }
    }

    /// The last durable block, and the failure that stops writing; nil: none.
    func progress() -> (durable: UInt64, failure: StoreFailure?) {
        state.withLock { ($0.durableSequence, $0.failure) }
    }

    /// Sequence number of the last durable block; any thread may ask.
    package var durableBlock: UInt64 { state.withLock { $0.durableSequence } }

    /// Whether a failure has stopped writing; see `progress`.
    package var hasFailed: Bool { failed.load(ordering: .acquiring) }

    /// The ticket to wait for after a read; nil when everything recorded so far is durable.
    func ticketOfWaiting() -> UInt64? {
        state.withLock { state in
            // The read may have seen rows that were lost: it gets a ticket that fails.
            if state.failure != nil, !state.isRolledBack { state.lastTicket += 1 }
            return state.decided < state.lastTicket ? state.lastTicket : nil
        }
    }

    /// Drops the waiting blocks after a failure; from now on reads see the blocks up to `durable`. Nothing is written
    /// before `clear`.
    func rolledBack(durable: UInt64) {
        state.withLock { state in
            state.giveUp(with: .notWritten("the store failed before it was its turn"))
            state.durableSequence = durable
            state.isRolledBack = true
        }
    }

    /// Resumes writing after a failure: drops the waiting blocks; `durable` is the last block of the store.
    func clear(durable: UInt64) {
        state.withLock { state in
            state.giveUp(with: .notWritten("the store failed before it was its turn"))
            state.failure = nil
            state.isRolledBack = false
            failed.store(false, ordering: .releasing)
            state.durableSequence = durable
        }
    }

    // MARK: On the committer

    /// Writes all queued blocks in one commit, or marks their tickets as failed.
    package func commit() {
        let (blocks, ticket, failure) = state.withLock { state -> ([SealedBlock], UInt64, StoreFailure?) in
            if state.failure != nil { state.giveUp(with: .notWritten("the store failed before it was its turn")) }
            defer { state.waiting.removeAll(keepingCapacity: true) }
            return (state.waiting, state.lastTicket, state.failure)
        }
        guard failure == nil, let last = blocks.last else {
            state.withLock { $0.decided = max($0.decided, ticket) }
            return
        }
        do throws(StoreFailure) {
            try store.append(blocks)
            state.withLock { state in
                state.decided = ticket
                state.durableSequence = last.sequence
            }
        } catch {
            state.withLock { state in
                state.fail(through: ticket, with: error.durability)
                state.failure = error
                failed.store(true, ordering: .releasing)
            }
            observer(LedgerIncident(.commitFailed, "a commit failed: \(error.story(blocks: blocks.count))"))
        }
    }

    /// Runs the store's housekeeping; called while no commit is waiting.
    package func maintain() {
        for incident in store.maintain() { observer(incident) }
    }

    /// The present durability of `ticket`.
    package func durability(of ticket: UInt64) -> Durability {
        state.withLock { state in
            guard ticket <= state.decided else { return .waiting }
            return state.failed.first { $0.tickets.contains(ticket) }?.durability ?? .durable
        }
    }

    /// Failures kept, each as a range of tickets; the oldest are dropped.
    fileprivate static let failuresMax = 1024
}

extension BlockQueue.State {
    /// Marks all undecided tickets with `durability`.
    fileprivate mutating func giveUp(with durability: BlockQueue.Durability) {
        waiting.removeAll()
        fail(through: lastTicket, with: durability)
    }

    /// Decides the undecided tickets up to `ticket`: none of them is durable.
    fileprivate mutating func fail(through ticket: UInt64, with durability: BlockQueue.Durability) {
        guard decided < ticket else { return }
        failed.append(BlockQueue.Failed(tickets: decided + 1...ticket, durability: durability))
        if failed.count > BlockQueue.failuresMax { failed.removeFirst(failed.count - BlockQueue.failuresMax) }
        decided = ticket
    }
}

extension StoreFailure {
    fileprivate var durability: BlockQueue.Durability {
        switch self {
        case .unknown(let reason): .unknown(reason)
        case .notWritten(let reason), .damaged(let reason), .newer(let reason), .unavailable(let reason):
            .notWritten(reason)
        }
    }

    /// The fate of a commit's blocks, for the log.
    fileprivate func story(blocks: Int) -> String {
        switch self {
        case .unknown(let reason):
            "\(reason); whether \(blocks) blocks are in the store is seen when it takes something again"
        default: "\(reason); nothing of \(blocks) blocks was recorded"
        }
    }
}
