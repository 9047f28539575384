import Synchronization

/// The list of visit chunks, shared by the sequencer, the writing thread and readers: first those in the file found at
/// opening, then those in the file being written, then those in memory.
final class VisitShelf: Sendable {
    struct State {
        /// Files with their chunks, the oldest first; the last is being written.
        var files: [(file: VisitFile, heads: [VisitHead])] = []
        /// Chunks in memory, in order; the last is open.
        var memory: [VisitChunk] = []
        /// Damage of a file, found by a reader; nil: none.
        var damage: DerivedFailure?
        /// Number of times that all visits were dropped, so that results of earlier background work are rejected.
        var generation: UInt64 = 0
        /// The last block whose visits are all in files and in the manifest.
        var through: UInt64 = 0
        /// Why the last write failed; nil after a success.
        var writeTrouble: DerivedFailure?
    }

    let state: Mutex<State>
    private let damaged = Atomic(false)
    private let damageFlag: DamageFlag

    init(_ state: State, damageFlag: DamageFlag) {
        self.state = Mutex(state)
        self.damageFlag = damageFlag
    }

    /// Whether a reader found damage; cheap.
    @inline(__always)
    var isDamaged: Bool { damaged.load(ordering: .acquiring) }

    /// The damage found by a reader; nil: none.
    var damage: DerivedFailure? { isDamaged ? state.withLock { $0.damage } : nil }

    /// Records damage, so that the visits are rebuilt, unless they have been since.
    func report(_ damage: DerivedFailure, generation: UInt64) {
        state.withLock { state in
            guard state.generation == generation else { return }
            state.damage = damage
            damaged.store(true, ordering: .sequentiallyConsistent)
            damageFlag.set()
        }
    }

    /// Drops all visits.
    func clear(_ open: VisitChunk) {
        state.withLock { state in
            state = State(memory: [open], generation: state.generation + 1)
            damaged.store(false, ordering: .releasing)
        }
    }

    /// A point-in-time view of the visits.
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
