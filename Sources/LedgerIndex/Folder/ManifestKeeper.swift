import Synchronization

/// Serializes changes of the manifest by all writers of derived files; a file is removed only after a manifest without
/// it is durable.
final class ManifestKeeper: Sendable {
    private struct State {
        var manifest: Manifest
        /// By kind: the number of times that an index was dropped, so that results of earlier background work are
        /// rejected.
        var generations: [IndexKind: UInt64] = [:]
        /// Files to be removed: not in the manifest in memory, perhaps in the one on disk.
        var stale: [String] = []
    }

    let identity: UInt64
    /// False for a reader's temporary folder, which has no manifest file.
    let isDurable: Bool
    private let disk: IndexDisk
    private let state: Mutex<State>
    /// The next file's number.
    private let numbers: Atomic<UInt64>

    init(_ manifest: Manifest, disk: IndexDisk, isDurable: Bool) {
        identity = manifest.identity
        self.disk = disk
        self.isDurable = isDurable
        state = Mutex(State(manifest: manifest))
        numbers = Atomic(manifest.nextNumber)
    }

    /// A number that no file has. Does not wait for the disk, as the lock's holder may: the sequencer asks.
    func nextNumber() -> UInt64 { numbers.add(1, ordering: .relaxed).oldValue }

    func generation(_ kind: IndexKind) -> UInt64 { state.withLock { $0.generations[kind, default: 0] } }

    /// Makes a run live in place of the runs it was merged from; false: its index was dropped meanwhile.
    func publish(
        _ run: RunFacts, replacing numbers: [UInt64], generation: UInt64
    ) throws(DerivedFailure) -> Bool {
        try state.withLock { state throws(DerivedFailure) in
            guard state.generations[run.kind, default: 0] == generation else {
                state.stale.append(run.file)
                return false
            }
            var manifest = state.manifest
            let replaced = manifest.runs.filter { $0.kind == run.kind && numbers.contains($0.number) }
            let index = manifest.runs.firstIndex { replaced.first == $0 } ?? manifest.runs.endIndex
            manifest.runs.removeAll { replaced.contains($0) }
            manifest.runs.insert(run, at: index)
            try replace(&state, with: manifest, dropping: replaced.map(\.file))
            return true
        }
    }

    /// Makes a snapshot the live one.
    func publish(_ snapshot: SnapshotFacts) throws(DerivedFailure) {
        try state.withLock { state throws(DerivedFailure) in
            var manifest = state.manifest
            let old = manifest.snapshot
            manifest.snapshot = snapshot
            do throws(DerivedFailure) {
                try replace(&state, with: manifest, dropping: old.map { [$0.file] } ?? [])
            } catch {
                state.stale.append(snapshot.file)
                throw error
            }
        }
    }

    /// Publishes the live part of the visits; their file only grows, or is a new one after `dropVisits`.
    func publish(_ visits: VisitFacts) throws(DerivedFailure) {
        try state.withLock { state throws(DerivedFailure) in
            var manifest = state.manifest
            manifest.visits = visits
            try replace(&state, with: manifest, dropping: [])
        }
    }

    /// Drops the visits; on disk with the next change.
    func dropVisits() {
        state.withLock { state in
            if let file = state.manifest.visits?.file { state.stale.append(file) }
            state.manifest.visits = nil
        }
    }

    /// Drops the snapshot; on disk with the next change.
    func dropSnapshot() {
        state.withLock { state in
            if let snapshot = state.manifest.snapshot { state.stale.append(snapshot.file) }
            state.manifest.snapshot = nil
        }
    }

    /// Removes these files with the next change.
    func forget(_ files: [String]) { state.withLock { $0.stale += files } }

    /// Drops the runs of an index after the first `kept`; on disk with the next change. Results of earlier background
    /// work are rejected.
    func drop(_ kind: IndexKind, keeping kept: Int) {
        state.withLock { state in
            let dropped = state.manifest.runs(of: kind).dropFirst(kept)
            state.generations[kind, default: 0] += 1
            state.manifest.runs.removeAll { dropped.contains($0) }
            state.stale += dropped.map(\.file)
        }
    }

    /// Replaces the manifest. On an error the one on disk may be the old or the new one: no file is removed, and the
    /// change can be repeated.
    private func replace(
        _ state: inout State, with manifest: Manifest, dropping files: [String]
    ) throws(DerivedFailure) {
        var manifest = manifest
        // Beyond every file that it names: those had their numbers before.
        manifest.nextNumber = max(manifest.nextNumber, numbers.load(ordering: .relaxed))
        if isDurable { try manifest.replace(on: disk) }
        state.manifest = manifest
        for file in state.stale + files { disk.remove(file) }
        state.stale = []
    }
}
