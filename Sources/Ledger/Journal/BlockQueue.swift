import LedgerFormat
import LedgerStore
import Registry
import Synchronization

/// Sealed blocks on their way to the store: the sequencer puts them in, one other thread writes them, many in one
/// commit, and everyone can ask whether a ticket is durable.
///
/// After a commit failed nothing more is written until `clear`: what was sealed on top of a block that is not there
/// must not become durable. Tickets ascend for ever, also over failures.
package final class BlockQueue: Sendable {
    /// How a ticket stands.
    package enum Durability: Equatable, Sendable {
        case durable
        case waiting
        /// Certainly not in the store, and never will be.
        case notWritten(String)
        /// In the store or not: who sent it must ask again.
        case unknown(String)
    }

    fileprivate struct Failed {
        var tickets: ClosedRange<UInt64>
        var durability: Durability
    }

    fileprivate struct State {
        var waiting: [SealedBlock] = []
        var lastTicket: UInt64 = 0
        /// Every ticket up to here has its durability: durable, unless it is in `failed`.
        var decided: UInt64 = 0
        var failed: [Failed] = []
        var durableSequence: UInt64 = 0
        var failure: StoreFailure?
        /// After the failure: what is read is what is durable.
        var isRolledBack = false
    }

    private let store: any LedgerStore
    private let observer: LedgerObserver
    private let state = Mutex(State())
    /// Whether the state has a failure, for those who ask often.
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

    /// The last block that is durable, and why nothing is written any more; nil: all is well.
    func progress() -> (durable: UInt64, failure: StoreFailure?) {
        state.withLock { ($0.durableSequence, $0.failure) }
    }

    /// Whether nothing is written any more; see `progress`.
    package var hasFailed: Bool { failed.load(ordering: .acquiring) }

    /// The ticket to wait for, where something that was read may not be durable yet; nil: everything is.
    func ticketOfWaiting() -> UInt64? {
        state.withLock { state in
            // What was read may have come from rows that did not become durable: a ticket that fails.
            if state.failure != nil, !state.isRolledBack { state.lastTicket += 1 }
            return state.decided < state.lastTicket ? state.lastTicket : nil
        }
    }

    /// After a failure: what still waits is given up, and what is read from now on is what is durable, up to `durable`.
    /// Nothing is written before `clear`.
    func rolledBack(durable: UInt64) {
        state.withLock { state in
            state.giveUp(with: .notWritten("the store failed before it was its turn"))
            state.durableSequence = durable
            state.isRolledBack = true
        }
    }

    /// Starts over after a failure: what still waits is given up, `durable` is the last block of the store.
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

    /// Makes everything durable that was put in so far, in one commit, or marks it as failed.
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
                let durability = error.durability
                state.failed.append(Failed(tickets: state.decided + 1...ticket, durability: durability))
                state.decided = ticket
                state.failure = error
                failed.store(true, ordering: .releasing)
            }
            observer(LedgerIncident(.commitFailed, "a commit failed: \(error.story(blocks: blocks.count))"))
        }
    }

    /// Lets the store do its housekeeping, when nobody waits.
    package func maintain() {
        for incident in store.maintain() { observer(incident) }
    }

    /// How `ticket` stands now.
    package func durability(of ticket: UInt64) -> Durability {
        state.withLock { state in
            guard ticket <= state.decided else { return .waiting }
            return state.failed.first { $0.tickets.contains(ticket) }?.durability ?? .durable
        }
    }

    /// Failures remembered: each is a range of tickets; only a store that fails a million times would make it long.
    private static let failuresMax = 1024

    fileprivate static func trim(_ failed: inout [Failed]) {
        if failed.count > failuresMax { failed.removeFirst(failed.count - failuresMax) }
    }
}

extension BlockQueue.State {
    /// Everything undecided is lost.
    fileprivate mutating func giveUp(with durability: BlockQueue.Durability) {
        waiting.removeAll()
        guard decided < lastTicket else { return }
        failed.append(BlockQueue.Failed(tickets: decided + 1...lastTicket, durability: durability))
        BlockQueue.trim(&failed)
        decided = lastTicket
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

    /// What became of the blocks of a commit, for the log.
    fileprivate func story(blocks: Int) -> String {
        switch self {
        case .unknown(let reason):
            "\(reason); whether \(blocks) blocks are in the store is seen when it takes something again"
        default: "\(reason); nothing of \(blocks) blocks was recorded"
        }
    }
}
