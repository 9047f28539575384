import Dispatch
import Synchronization

/// Writes a snapshot in the background while settlements go on.
///
/// The owner of the state appends chunk after chunk, each as of the last applied block, then the global chunk. The
/// chunks need not be of one moment: a replay from `start` applies a record to a chunk's state only if the record's
/// block is after the chunk's `through`. The snapshot becomes live when all its blocks are durable.
package final class SnapshotWriter: @unchecked Sendable {
    // Safe to share: `file` and `offset` are touched on `queue` only, the rest is behind the mutex.

    package enum Progress: Equatable, Sendable {
        case writing
        /// All chunks are appended; being written, or waiting for their blocks to be durable.
        case finishing
        case published(SnapshotFacts)
        case failed(DerivedFailure)
        /// `abandon` was called, or one of its blocks did not become durable.
        case abandoned
    }

    private struct State {
        var progress = Progress.writing
        var queuedBytes = 0
        var chunks: UInt64 = 0
        var isWritten = false
        var confirmed: (block: UInt64, mark: UInt64)
        var facts: SnapshotFacts
    }

    /// Appended and unwritten bytes beyond which `hasRoom` is false.
    package static let queuedBytesMax = 32 << 20

    /// The block after which the replay begins.
    package let start: UInt64
    private let disk: IndexDisk
    private let keeper: ManifestKeeper
    private let queue: DispatchQueue
    private let name: String
    private let seed: UInt64
    private let state: Mutex<State>
    private var file: Int32?
    private var offset = 0

    init(
        start: UInt64, mark: UInt64, disk: IndexDisk, keeper: ManifestKeeper, queue: DispatchQueue
    ) {
        self.start = start
        self.disk = disk
        self.keeper = keeper
        self.queue = queue
        let facts = SnapshotFacts(
            number: keeper.nextNumber(), start: start, through: start, marked: start, mark: mark,
            chunks: 0, fileBytes: 0)
        name = facts.file
        seed = SnapshotFormat.seed(identity: keeper.identity, number: facts.number)
        state = Mutex(State(confirmed: (start, mark), facts: facts))
        queue.async { [self] in
            let head = SnapshotFormat.head(identity: keeper.identity, number: facts.number, start: start)
            attempt { () throws(DerivedFailure) in
                file = try disk.create(name)
                try write(head)
            }
        }
    }

    package var progress: Progress { state.withLock { $0.progress } }

    /// Back-pressure: false while the disk is slower than the caller, which then must not append.
    package var hasRoom: Bool { state.withLock { $0.queuedBytes < Self.queuedBytesMax } }

    /// Appends the state of some persons as of block `through`; at most 256 MiB. Returns `hasRoom`.
    @discardableResult
    package func append(through: UInt64, _ bytes: [UInt8]) -> Bool {
        add(SnapshotChunk(through: through, bytes: bytes))
        return hasRoom
    }

    /// Appends the last chunk: the state of no person.
    package func finish(through: UInt64, global bytes: [UInt8]) {
        add(SnapshotChunk(through: through, isGlobal: true, bytes: bytes))
    }

    /// Abandons the snapshot and removes its file.
    package func abandon() {
        state.withLock { state in
            switch state.progress {
            case .writing, .finishing: state.progress = .abandoned
            case .published, .failed, .abandoned: break
            }
        }
        queue.async { [self] in discard() }
    }

    private func add(_ chunk: SnapshotChunk) {
        let index: UInt64? = state.withLock { state in
            guard state.progress == .writing else { return nil }
            guard chunk.through >= start, chunk.bytes.count <= SnapshotFormat.chunkBytesMax else {
                state.progress = .failed(
                    DerivedFailure(
                        file: name,
                        reason: "a chunk of \(chunk.bytes.count) bytes as of block \(chunk.through), start \(start)"))
                return nil
            }
            if chunk.isGlobal { state.progress = .finishing }
            state.queuedBytes += chunk.bytes.count
            state.facts.through = max(state.facts.through, chunk.through)
            state.chunks += 1
            return state.chunks - 1
        }
        guard let index else { return }
        queue.async { [self] in
            attempt { () throws(DerivedFailure) in
                try write(SnapshotFormat.chunkHead(chunk, index: index, seed: seed))
                try write(chunk.bytes)
                if chunk.isGlobal { try complete() }
            }
            state.withLock { $0.queuedBytes -= chunk.bytes.count }
        }
    }

    /// Marks the blocks up to this one as durable.
    func confirm(_ block: UInt64, mark: UInt64) {
        let isReady = state.withLock { state in
            state.confirmed = (block, mark)
            return state.isWritten && state.progress == .finishing && block >= state.facts.through
        }
        if isReady { queue.async { [self] in publish() } }
    }

    /// Abandons the snapshot if it has a block after this one, which are all rolled back.
    func rollback(after block: UInt64) {
        if state.withLock({ $0.facts.through > block }) { abandon() }
    }

    // MARK: - On the queue

    private func attempt(_ work: () throws(DerivedFailure) -> Void) {
        guard isAlive else { return discard() }
        do throws(DerivedFailure) {
            try work()
        } catch {
            state.withLock { if $0.progress != .abandoned { $0.progress = .failed(error) } }
            discard()
        }
    }

    private var isAlive: Bool {
        switch progress {
        case .writing, .finishing: true
        case .published, .failed, .abandoned: false
        }
    }

    private func write(_ bytes: [UInt8]) throws(DerivedFailure) {
        guard let file else { throw DerivedFailure(file: name, reason: "is not open") }
        var failure: DerivedFailure?
        bytes.withUnsafeBytes { buffer in
            do throws(DerivedFailure) { try disk.write(buffer, to: file, name) } catch { failure = error }
        }
        if let failure { throw failure }
        offset += bytes.count
    }

    private func complete() throws(DerivedFailure) {
        guard let file else { throw DerivedFailure(file: name, reason: "is not open") }
        try disk.sync(file, name)
        IndexDisk.close(file)
        self.file = nil
        try disk.syncFolder()
        state.withLock { state in
            state.facts.chunks = state.chunks
            state.facts.fileBytes = UInt64(offset)
            state.isWritten = true
        }
        publish()
    }

    /// Makes this the live snapshot if its blocks are durable.
    private func publish() {
        let ready: SnapshotFacts? = state.withLock { state in
            guard state.isWritten, state.progress == .finishing, state.confirmed.block >= state.facts.through else {
                return nil
            }
            state.facts.marked = state.confirmed.block
            state.facts.mark = state.confirmed.mark
            return state.facts
        }
        guard let ready else { return }
        do throws(DerivedFailure) {
            try keeper.publish(ready)
            state.withLock { $0.progress = .published(ready) }
        } catch {
            // The file stays: the manifest on disk may name it.
            state.withLock { $0.progress = .failed(error) }
        }
    }

    /// Closes and removes the file of an abandoned snapshot.
    private func discard() {
        switch progress {
        case .failed, .abandoned: break
        case .writing, .finishing, .published: return
        }
        if let file {
            IndexDisk.close(file)
            self.file = nil
            disk.remove(name)
        } else if state.withLock({ $0.isWritten && $0.progress == .abandoned }) {
            disk.remove(name)
        }
    }
}
