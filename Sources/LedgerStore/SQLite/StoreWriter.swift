import CSQLite
import LedgerFormat

/// A store's writing connection, with the known end of the file. Not for two threads at once.
final class StoreWriter {
    private let files: StoreFiles
    private let witness: Witness
    /// The connection; nil: closed, or reopening failed.
    private var connection: SQLiteConnection?
    /// The durable end of the store.
    private var tip = StoreTip()
    private var mark: StoreMark
    /// The failure after which the file's end is uncertain: writes are refused until `recover`.
    private(set) var suspended: String?
    /// Why the last checkpoint failed; it is retried automatically.
    private(set) var checkpointFailure: String?
    /// Bytes of the log at the last checkpoint.
    private var checkpointed = 0

    /// Growth of the log between checkpoints, bytes.
    private let checkpointBytes: Int
    /// Measured with blocks of 65,536 settlements: 1.5 times the throughput of 16 MiB; little more comes of 128 MiB,
    /// and all of it is read and written anew when a ledger is opened after a crash.
    static let checkpointBytesDefault = 64 << 20
    /// A log of so many times `checkpointBytes` is not restarted because a reader is always active; the checkpoint then
    /// waits for readers.
    private static let crowdedLogFactor = 4
    /// Bound of a log that readers keep from being restarted, so that it does not fill the disk unnoticed.
    static let logBytesMax = 4 << 30
    /// Bound of one append, for SQLite's row size and a reader's memory: 256 MiB, some two million settlements, far
    /// beyond a group commit.
    static let blockBytesMax = 256 << 20
    /// Wait for readers, milliseconds; ours read one block at a time.
    private static let readersWaitMilliseconds: Int32 = 200
    /// Wait for readers at opening, where one statement of a reader may take long.
    private static let takingWaitMilliseconds: Int32 = 10_000

    /// - Parameter witnessed: the witness found at opening.
    init(_ files: StoreFiles, checkpointBytes: Int, witnessed: FoundWitness) throws(SQLiteError) {
        self.files = files
        self.checkpointBytes = checkpointBytes
        let opened = try Self.connect(files)
        mark = try StoreMark(opened)
        tip = try StoreTip(opened)
        // The witness must exist before the first acknowledgement.
        let start = WitnessRecord(identity: mark.identity, epoch: mark.epoch, tip: tip)
        witness = try Witness(path: files.witnessPath, vfs: files.vfs, start: start, after: witnessed)
        connection = opened
    }

    private static func connect(_ files: StoreFiles) throws(SQLiteError) -> SQLiteConnection {
        let opened = try SQLiteConnection(path: files.path, access: .write, vfs: files.vfs)
        opened.waitForLocks(milliseconds: readersWaitMilliseconds)
        // FULL: a commit is on disk when it returns. No checkpoints within commits: see `checkpointIfDue`.
        try opened.execute("PRAGMA synchronous = FULL")
        try opened.execute("PRAGMA wal_autocheckpoint = 0")
        try opened.execute("PRAGMA cache_size = -\(cacheKibibytes)")
        // The log is overwritten from its start instead of truncated: blocks already allocated need no change of the
        // file's size to become durable.
        try opened.execute("PRAGMA journal_size_limit = -1")
        // Maps the index of the log.
        _ = try opened.integer("SELECT count(*) FROM ledger")
        return opened
    }

    /// Cache of a transaction's pages; further ones spill to the log before the commit. Units of 1 KiB.
    private static let cacheKibibytes = 8_192

    // MARK: Writing

    func append(_ blocks: [SealedBlock]) throws(StoreFailure) {
        var next = tip
        for block in blocks {
            guard block.sequence == next.sequence + 1 else {
                throw .notWritten("block \(block.sequence) does not follow block \(next.sequence)")
            }
            guard block.bytes.count <= Self.blockBytesMax else {
                throw .notWritten(
                    "block \(block.sequence) has \(block.bytes.count) bytes, the limit is \(Self.blockBytesMax)")
            }
            next.append(block)
        }
        if blocks.isEmpty, suspended == nil { return }
        try commit(next) { (connection) throws(SQLiteError) in
            for block in blocks {
                try connection.run("INSERT INTO block VALUES (?, ?)") { (statement) throws(SQLiteError) in
                    statement.bind(Int64(block.sequence), at: 1)
                    try statement.run(with: block.bytes, at: 2)
                }
            }
        }
    }

    func keep(region: String, digest: String, yaml: String, fingerprint: String) throws(StoreFailure) -> UInt32 {
        let pack = KeptPack(
            number: tip.packs + 1, region: region, digest: digest, yaml: yaml, fingerprint: fingerprint)
        var next = tip
        next.packs = pack.number
        try commit(next) { (connection) throws(SQLiteError) in try pack.insert(connection) }
        return pack.number
    }

    /// Runs a transaction; on return it is on disk and `next` is the store's end.
    private func commit(
        _ next: StoreTip, _ body: (SQLiteConnection) throws(SQLiteError) -> Void
    ) throws(StoreFailure) {
        guard let connection, suspended == nil else {
            throw .notWritten("the ledger waits to be taken up again: \(suspended ?? "it is closed")")
        }
        try transact(connection, next, markOfNextCommit(behind: try makeRoomInLog(connection)), body)
    }

    /// - Parameter mark: the file's new mark; nil: unchanged.
    private func transact(
        _ connection: SQLiteConnection, _ next: StoreTip, _ mark: StoreMark?,
        _ body: (SQLiteConnection) throws(SQLiteError) -> Void = { _ in }
    ) throws(StoreFailure) {
        do {
            try connection.run("BEGIN IMMEDIATE")
            try body(connection)
            if let mark { try mark.write(connection) }
            try connection.run("COMMIT")
        } catch {
            throw failure(of: connection, after: error)
        }
        tip = next
        if let mark { self.mark = mark }
        confirm(connection)
    }

    private func confirm(_ connection: SQLiteConnection) {
        witness.confirm(epoch: mark.epoch, tip: tip, log: logEnd(connection))
    }

    /// The log's committed end; nil: unknown.
    private func logEnd(_ connection: SQLiteConnection) -> StoreLog.End? {
        try? StoreLog(connection: connection.handle).end()
    }

    /// The mark that names the log's round, for the round's first commit, see `StoreMark`; nil: not the first.
    private func markOfNextCommit(_ connection: SQLiteConnection) -> StoreMark? {
        markOfNextCommit(behind: logEnd(connection))
    }

    private func markOfNextCommit(behind end: StoreLog.End?) -> StoreMark? {
        if let end, !end.mayBeginAgain { return nil }
        return markOfRound()
    }

    private func markOfRound() -> StoreMark {
        var next = mark
        next.roundBefore = mark.round
        next.round = UInt64.random(in: 1...UInt64.max)
        (next.sequence, next.checksum) = (tip.sequence, tip.checksum)
        return next
    }

    /// Classifies a failed transaction by its remains: an error while or after SQLite wrote the last frame leaves a
    /// complete transaction in the log, which the next opener would recover as committed.
    private func failure(of connection: SQLiteConnection, after error: SQLiteError) -> StoreFailure {
        if error.isFailedSync { suspended = error.message }
        if connection.isInTransaction {
            // After some errors SQLite has rolled back already.
            do { try connection.run("ROLLBACK") } catch { suspended = error.message }
        }
        do {
            guard try StoreLog(connection: connection.handle).holdsGhost() else {
                return error.isDamage ? .damaged(error.message) : .notWritten(error.message)
            }
        } catch let second {
            suspended = error.message
            return .unknown("\(error.message); then, looking what was written: \(second.message)")
        }
        suspended = error.message
        return .unknown(error.message)
    }

    /// Reopens the file and commits a mark behind the last certain transaction. The remains of a failed one are thereby
    /// overwritten, or cut off by the chained checksums, and can never be recovered.
    func recover() throws(StoreFailure) {
        suspended = suspended ?? "it is being taken up again"
        connection = nil
        do {
            let opened = try Self.connect(files)
            connection = opened
            checkpointed = 0
            mark = try StoreMark(opened)
            tip = try StoreTip(opened)
            var next = markOfNextCommit(opened) ?? mark
            next.epoch += 1
            try next.write(opened)
            mark = next
            try checkpoint(opened, SQLITE_CHECKPOINT_TRUNCATE)
            confirm(opened)
        } catch {
            suspended = error.message
            throw error.asUnavailable
        }
        suspended = nil
    }

    // MARK: The log

    /// Bytes of the log that the next commit cannot overwrite.
    func logBytes() -> Int {
        connection.flatMap(logEnd)?.byteCount ?? 0
    }

    /// Checkpoints the log when it has grown enough; called between commits, while none waits.
    func checkpointIfDue() {
        guard let connection, suspended == nil else { return }
        let size = logBytes()
        // A commit has restarted the log.
        if size < checkpointed { checkpointed = 0 }
        guard size - checkpointed >= checkpointBytes else { return }
        // The main file records the acknowledged end at its last checkpoint. If that cannot be written because the disk
        // is full, the checkpoint runs all the same: it makes room.
        if mark.sequence != tip.sequence { try? transact(connection, tip, markOfCheckpoint(connection)) }
        guard suspended == nil else { return }
        let isCrowded = size >= Self.crowdedLogFactor * checkpointBytes
        do {
            try checkpoint(connection, isCrowded ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE)
        } catch {
            // Nothing is lost: the log keeps all pages. But a failed sync may have hit the log, too.
            if error.isFailedSync { suspended = error.message }
        }
    }

    /// Bounds the log for callers that never leave time for `checkpointIfDue`; returns its end.
    private func makeRoomInLog(_ connection: SQLiteConnection) throws(StoreFailure) -> StoreLog.End? {
        var end = logEnd(connection)
        let size = end?.byteCount ?? 0
        if size < checkpointed { checkpointed = 0 }
        if size - checkpointed >= 2 * checkpointBytes {
            checkpointIfDue()
            end = logEnd(connection)
        }
        if let suspended { throw .notWritten("the ledger waits to be taken up again: \(suspended)") }
        guard size < Self.logBytesMax else {
            throw .notWritten(
                "\(files.logPath) has reached \(size) bytes of \(Self.logBytesMax) and cannot be begun again: "
                    + (checkpointFailure ?? "a program that reads the ledger holds on to it; end that one"))
        }
        return end
    }

    /// Checkpoints the log of an earlier process, and marks the file as in use.
    ///
    /// If the file is already marked, a checkpoint blocked by readers or a full disk is no failure: the log has the
    /// rest.
    func takeIntoUse() throws(StoreFailure) {
        guard let connection else { return }
        let isInUse = mark.isInUse && files.markOfMainFile().mark?.isInUse == true
        if !isInUse {
            var next = markOfNextCommit(connection) ?? mark
            next.isInUse = true
            try transact(connection, tip, next)
            connection.waitForLocks(milliseconds: Self.takingWaitMilliseconds)
        }
        do throws(SQLiteError) {
            try checkpoint(connection, SQLITE_CHECKPOINT_TRUNCATE)
        } catch {
            if error.kind != SQLITE_FULL || !isInUse { throw error.asUnavailable }
        }
        connection.waitForLocks(milliseconds: Self.readersWaitMilliseconds)
        // New commits are in the log alone for a while: a main file without it must not look complete.
        guard isInUse || files.markOfMainFile().mark?.isInUse == true else {
            throw .unavailable(
                "\(files.path) cannot be marked as in use while another program reads it; "
                    + "wait for that one (a verification, a backup, an export), or end it")
        }
        confirm(connection)
    }

    private func markOfCheckpoint(_ connection: SQLiteConnection) -> StoreMark {
        var next = markOfNextCommit(connection) ?? mark
        (next.sequence, next.checksum) = (tip.sequence, tip.checksum)
        return next
    }

    private func checkpoint(_ connection: SQLiteConnection, _ mode: Int32) throws(SQLiteError) {
        let size = logBytes()
        let code = sqlite3_wal_checkpoint_v2(connection.handle, nil, mode, nil, nil)
        guard code == SQLITE_OK || code & 0xFF == SQLITE_BUSY else {
            let error = SQLiteError(code, of: connection.handle)
            checkpointFailure = error.message
            throw error
        }
        checkpointFailure = nil
        checkpointed = size
    }

    /// Why the witness lacks the last commit.
    var witnessFailure: String? { witness.failure }

    /// Closes the file: after a full checkpoint it is marked as closed in order. After a failure the log stays, for the
    /// next opening.
    func close() {
        if suspended == nil, let connection {
            var next = markOfCheckpoint(connection)
            next.isInUse = false
            do {
                try transact(connection, tip, next)
                try checkpoint(connection, SQLITE_CHECKPOINT_TRUNCATE)
                confirm(connection)
                connection.checkpointOnClose()
            } catch {
                // The file stays marked as in use, and everything is in the log.
                suspended = suspended ?? "\(error)"
            }
        }
        connection = nil
        suspended = suspended ?? "it is closed"
    }
}
