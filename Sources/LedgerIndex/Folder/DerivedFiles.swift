import Dispatch
import Glibc
import LedgerFormat

/// The files derived from the journal, in a folder beside it: two indexes, the visits and a snapshot.
///
/// The journal is authoritative: a derived file that is damaged, missing, of another ledger or beyond the journal's end
/// is dropped, and the blocks after `replayStart` are inserted again. One process writes; others may read meanwhile
/// without changing anything. Used by one thread.
package final class DerivedFiles {
    /// The queries of the journal that opening needs.
    package struct Journal {
        /// Number of the last durable block; 0: none.
        package var last: () -> UInt64
        /// Fingerprint of a block's content, for instance its checksum, which differs in another journal. nil: no such
        /// block.
        package var mark: (UInt64) -> UInt64?

        package init(last: @escaping () -> UInt64, mark: @escaping (UInt64) -> UInt64?) {
            self.last = last
            self.mark = mark
        }
    }

    package enum Access: Sendable {
        case writer
        /// Changes nothing in the folder; data that does not fit into memory goes to a temporary folder.
        case reader
    }

    package let ids: SortedRunIndex
    package let institutions: SortedRunIndex
    /// The index of visits, for lists.
    package let visits: VisitIndex
    /// Set once a look-up found damage in any of them; cleared by `repair`.
    package let damageFlag = DamageFlag()
    /// Why files were not usable, for the log; empty where all were, or none existed.
    package let findings: [DerivedFailure]
    private let disk: IndexDisk
    private let scratch: IndexDisk?
    private let keeper: ManifestKeeper
    private let snapshotQueue = DispatchQueue(label: "jiesuan.snapshot", qos: .utility)
    private let writeQueue = DispatchQueue(label: "jiesuan.index.write", qos: .utility)
    /// A queue of its own for merges, which may take seconds: writing of tables must not wait for them.
    private let mergeQueue = DispatchQueue(label: "jiesuan.index.merge", qos: .utility)
    private var lockFile: Int32?
    private var snapshot: SnapshotFacts?
    private var snapshotWriter: SnapshotWriter?
    private var confirmed: (block: UInt64, mark: UInt64)
    /// Receives failures to write.
    package var observer: LedgerObserver = { _ in } {
        didSet {
            ids.observer = observer
            institutions.observer = observer
            visits.observer = observer
        }
    }

    /// Opens the folder for the ledger `identity`; unusable contents are no error.
    ///
    /// Throws where another process writes there, or where the folder cannot be made.
    package init(
        folder: String, identity: UInt64, access: Access, journal: Journal,
        settings: (IndexKind) -> RunSettings = RunSettings.standard,
        visitsPerChunk: Int = VisitIndex.chunkVisitsUsual, watch: IndexDisk.Watch? = nil
    ) throws(DerivedFailure) {
        disk = IndexDisk(folder: folder, watch: watch)
        let opening = DerivedOpening(disk: disk, identity: identity, journal: journal)
        var result: DerivedOpening.Result
        switch access {
        case .writer:
            lockFile = try Self.lock(disk)
            scratch = nil
            result = opening.open()
            Self.removeUnnamed(disk, &result)
        case .reader:
            scratch = try IndexDisk.scratch()
            result = opening.openPatiently()
        }
        findings = result.findings
        snapshot = result.manifest.snapshot
        let home = scratch ?? disk
        let keeper = ManifestKeeper(result.manifest, disk: home, isDurable: access == .writer)
        keeper.forget(result.unused)
        self.keeper = keeper
        let (writeQueue, mergeQueue) = (self.writeQueue, self.mergeQueue)
        let workers = [IndexKind.ids, .institutions].map {
            SortedRunWorker(kind: $0, disk: home, keeper: keeper, writeQueue: writeQueue, mergeQueue: mergeQueue)
        }
        let flag = damageFlag
        let indexes = workers.map {
            SortedRunIndex(
                worker: $0, settings: settings($0.kind), runs: result.runs[$0.kind] ?? [], damageFlag: flag)
        }
        ids = indexes[0]
        institutions = indexes[1]
        visits = VisitIndex(
            disk: home, keeper: keeper, opened: result.visits, chunkVisits: visitsPerChunk, damageFlag: flag)
        let start = min(
            result.manifest.snapshot?.start ?? 0, min(ids.through, institutions.through, visits.through))
        confirmed = (start, journal.mark(start) ?? 0)
    }

    deinit { close() }

    private static let lockAttempts = 20
    private static let lockPauseMicroseconds: UInt32 = 20_000

    private static func lock(_ disk: IndexDisk) throws(DerivedFailure) -> Int32 {
        try disk.makeFolder()
        // A child process being started holds every open file for a moment: a retry may find the lock free.
        for _ in 0..<lockAttempts {
            if let file = try disk.lock("lock") { return file }
            usleep(lockPauseMicroseconds)
        }
        throw DerivedFailure(file: "lock", reason: "another process writes in \(disk.folder)")
    }

    private static let suffixes = [".run", ".snap", ".vis"]

    /// Removes files not named by the manifest: left unfinished when the machine or the process stopped.
    private static func removeUnnamed(_ disk: IndexDisk, _ result: inout DerivedOpening.Result) {
        let named = Set(result.manifest.files + result.unused)
        for name in disk.names() where Self.suffixes.contains(where: name.hasSuffix) || name == Manifest.newFile {
            if let number = name.split(separator: "-").last?.split(separator: ".").first.flatMap({ UInt64($0) }),
                number < UInt64.max / 2
            {
                // A reader may have the file open: its number is not reused.
                result.manifest.nextNumber = max(result.manifest.nextNumber, number + 1)
            }
            if !named.contains(name) { disk.remove(name) }
        }
    }

    // MARK: - Replay

    /// The block after which the replay begins.
    package var replayStart: UInt64 {
        min(snapshot?.start ?? 0, min(ids.through, institutions.through, visits.through))
    }

    /// The live snapshot; nil: none, the state begins empty.
    package var snapshotFacts: SnapshotFacts? { snapshot }

    /// Opens the live snapshot; nil: none. If the reader throws, call `dropSnapshot` and start over.
    package func openSnapshot() throws(DerivedFailure) -> SnapshotReader? {
        guard let snapshot else { return nil }
        guard let reader = try SnapshotReader.open(snapshot, identity: keeper.identity, disk: disk) else {
            throw DerivedFailure(file: snapshot.file, reason: "is missing")
        }
        return reader
    }

    /// Drops the snapshot; `replayStart` is then 0.
    package func dropSnapshot() {
        snapshot = nil
        keeper.dropSnapshot()
    }

    // MARK: - Blocks

    /// Marks the entries inserted since the last call, in both indexes and the visits, as all of this block.
    package func seal(_ block: UInt64) {
        ids.seal(block)
        institutions.seal(block)
        visits.seal(block)
    }

    /// Marks the blocks up to this one as durable; see `SortedRunIndex.confirm`.
    package func confirm(_ block: UInt64, mark: UInt64) {
        if block > confirmed.block { confirmed = (block, mark) }
        ids.confirm(block, mark: mark)
        institutions.confirm(block, mark: mark)
        visits.confirm(block, mark: mark)
        guard let writer = snapshotWriter else { return }
        writer.confirm(confirmed.block, mark: confirmed.mark)
        takeUp(writer)
    }

    /// Takes over a finished snapshot, or drops a failed one.
    private func takeUp(_ writer: SnapshotWriter) {
        switch writer.progress {
        case .published(let facts):
            snapshot = facts
            snapshotWriter = nil
        case .failed(let trouble):
            observer(
                LedgerIncident(
                    .snapshotNotWritten,
                    "a snapshot was not written (\(trouble)): a restart reads more of the journal "
                        + "until the next one is"))
            snapshotWriter = nil
        case .abandoned:
            snapshotWriter = nil
        case .writing, .finishing: break
        }
    }

    /// Removes the entries of blocks after this one, which did not become durable.
    package func rollback(after block: UInt64) {
        ids.rollback(after: max(block, ids.through))
        institutions.rollback(after: max(block, institutions.through))
        visits.rollback(after: block)
        snapshotWriter?.rollback(after: block)
    }

    private var hasDamagedFile: Bool { ids.isDamaged || institutions.isDamaged || visits.shelf.isDamaged }

    /// The damage found by a look-up; nil: none.
    package var damage: DerivedFailure? { ids.damage ?? institutions.damage ?? visits.shelf.damage }

    /// Drops damaged files and abandons a snapshot in progress; the journal must then be replayed from `replayStart`.
    package func repair() {
        for index in [ids, institutions] where index.isDamaged { _ = index.repair() }
        if visits.shelf.isDamaged { visits.reset() }
        damageFlag.clear { hasDamagedFile }
        abandonSnapshot()
    }

    /// Abandons a snapshot in progress; the previous one stays live.
    package func abandonSnapshot() {
        snapshotWriter?.abandon()
        snapshotWriter = nil
    }

    /// Back-pressure: false when entries come faster than files can be written, or writing fails.
    package var hasRoom: Bool { ids.hasRoom && institutions.hasRoom && visits.hasRoom }

    /// Waits until `hasRoom`; false: the disk is full or failed, see `writeTrouble` of the indexes.
    package func waitForRoom() -> Bool {
        ids.waitForRoom() && institutions.waitForRoom() && visits.waitForRoom()
    }

    // MARK: - Snapshots and the end

    /// Begins a snapshot as of the last confirmed block, and flushes both indexes up to there, so that a restart
    /// replays from there. nil: one is in progress, or this is a reader.
    package func beginSnapshot() -> SnapshotWriter? {
        guard keeper.isDurable, snapshotWriter == nil else { return nil }
        ids.freeze()
        institutions.freeze()
        visits.freeze()
        let writer = SnapshotWriter(
            start: confirmed.block, mark: confirmed.mark, disk: disk, keeper: keeper, queue: snapshotQueue)
        snapshotWriter = writer
        return writer
    }

    /// Writes all confirmed entries in memory, so that the next start has little to replay; false: writing failed.
    package func flush() -> Bool {
        let first = ids.flush()
        let second = visits.flush()
        return institutions.flush() && first && second
    }

    /// Wait of `finish` for each index: a full or failed disk must not block it, and writing a table takes a second at
    /// most.
    private static let finishMilliseconds = 5_000

    /// Waits, at most until `end`, for all confirmed entries to be in files and for a completed snapshot to be live or
    /// failed.
    package func finish(until end: DispatchTime = .distantFuture) {
        guard DispatchTime.now() < end else { return }
        func milliseconds() -> Int {
            let (now, end) = (DispatchTime.now().uptimeNanoseconds, end.uptimeNanoseconds)
            return min(Self.finishMilliseconds, end > now ? Int(clamping: (end - now) / 1_000_000) : 0)
        }
        _ = ids.flush(milliseconds: milliseconds())
        _ = institutions.flush(milliseconds: milliseconds())
        _ = visits.flush(milliseconds: milliseconds())
        guard let writer = snapshotWriter, snapshotIsWritten(before: end) else { return }
        writer.confirm(confirmed.block, mark: confirmed.mark)
        guard snapshotIsWritten(before: end) else { return }
        takeUp(writer)
    }

    /// Whether the snapshot's queue becomes empty before `end`.
    private func snapshotIsWritten(before end: DispatchTime) -> Bool {
        let done = DispatchSemaphore(value: 0)
        snapshotQueue.async { done.signal() }
        return done.wait(timeout: end) == .success
    }

    /// Stops background work and releases the writer's lock. No insert is allowed afterwards.
    package func close() {
        snapshotWriter?.abandon()
        snapshotQueue.sync {}
        ids.worker.stop()
        institutions.worker.stop()
        visits.close()
        writeQueue.sync {}
        mergeQueue.sync {}
        scratch?.removeFolder()
        if let lockFile { IndexDisk.close(lockFile) }
        lockFile = nil
    }
}
