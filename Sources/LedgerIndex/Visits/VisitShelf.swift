import Synchronization

/// The chunks of visits, for the sequencer that adds them, the thread that writes them and those who read: the oldest
/// in a file that was there when the ledger was opened, then those in the file that is being written, then those in
/// memory.
final class VisitShelf: Sendable {
    struct State {
        /// Files with their chunks, the oldest first; the last is the one that is written.
        var files: [(file: VisitFile, heads: [VisitHead])] = []
        /// In their order; the last is open.
        var memory: [VisitChunk] = []
        /// Why files could not be used, found by a reader; nil: all is well.
        var damage: DerivedFailure?
        /// Counts how often everything was thrown away, so that what was begun before is not taken in.
        var generation: UInt64 = 0
        /// Every visit of the blocks up to this one is in the files, and the manifest says so.
        var through: UInt64 = 0
        /// Why the last attempt to write failed; nil: none did since the last that succeeded.
        var writeTrouble: DerivedFailure?
    }

    let state: Mutex<State>
    private let damaged = Atomic(false)

    init(_ state: State) { self.state = Mutex(state) }

    /// Whether a reader met damage; cheap.
    @inline(__always)
    var isDamaged: Bool { damaged.load(ordering: .acquiring) }

    /// What a reader met; nil: nothing.
    var damage: DerivedFailure? { isDamaged ? state.withLock { $0.damage } : nil }

    /// What is damaged has to be made anew, unless that has been done since.
    func report(_ damage: DerivedFailure, generation: UInt64) {
        state.withLock { state in
            guard state.generation == generation else { return }
            state.damage = damage
            damaged.store(true, ordering: .releasing)
        }
    }

    /// Throws everything away.
    func clear(_ open: VisitChunk) {
        state.withLock { state in
            state = State(memory: [open], generation: state.generation + 1)
            damaged.store(false, ordering: .releasing)
        }
    }

    /// Everything up to one moment.
    func view() -> VisitView {
        state.withLock { state in
            VisitView(
                shelf: self, generation: state.generation,
                files: state.files,
                memory: state.memory.map { chunk in
                    let (count, changes) = chunk.snapshot()
                    return VisitView.Memory(chunk: chunk, count: count, changes: changes)
                })
        }
    }
}
