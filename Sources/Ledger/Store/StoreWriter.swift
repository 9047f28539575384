import CSQLite

/// The one connection of a store that writes, and what is known of the file's end. Not for two threads at once.
final class StoreWriter {
    private let path: String
    private let vfs: String?
    /// Nil after it was closed, or could not be opened again.
    private var connection: SQLiteConnection?
    /// Sequence number of the last durable block.
    private(set) var lastSequence: UInt64 = 0
    /// Why nothing may be written before `recover`: the file's end is not certain.
    private(set) var suspended: String?
    /// Why the log could not be copied into the file the last time; the next attempt comes by itself.
    private(set) var checkpointFailure: String?
    /// Bytes of the log when it was last copied into the file.
    private var checkpointed = 0

    /// The log is copied into the file when it has grown by this much.
    private let checkpointBytes: Int
    /// Measured with blocks of 65,536 settlements: 1.5 times the throughput of 16 MiB; little more comes of 128 MiB,
    /// and all of it is read and written anew when a ledger is opened after a crash.
    static let checkpointBytesDefault = 64 << 20
    /// A log of so many times the size is not restarted by itself, because somebody is always reading; then readers
    /// are waited for.
    private static let crowdedLogFactor = 4
    /// A log that nobody lets be restarted must not fill the disk unnoticed.
    static let logBytesMax = 4 << 30
    /// What SQLite can hold in one row, and what a reader must hold in memory, has an end: 256 MiB, some two million
    /// settlements, is far beyond a group of commits.
    static let blockBytesMax = 256 << 20
    /// How long to wait for readers, milliseconds: ours read one block at a time.
    private static let readersWaitMilliseconds: Int32 = 200

    init(path: String, vfs: String?, checkpointBytes: Int) throws(SQLiteError) {
        self.path = path
        self.vfs = vfs
        self.checkpointBytes = checkpointBytes
        try connect()
    }

    private func connect() throws(SQLiteError) {
        let opened = try SQLiteConnection(path: path, access: .write, vfs: vfs)
        opened.waitForLocks(milliseconds: Self.readersWaitMilliseconds)
        // FULL: every commit is on the disk when it returns. No checkpoints within commits: see `checkpointIfDue`.
        try opened.execute("PRAGMA synchronous = FULL")
        try opened.execute("PRAGMA wal_autocheckpoint = 0")
        try opened.execute("PRAGMA cache_size = -\(Self.cacheKibibytes)")
        // A log is overwritten from its start instead of being cut off: blocks that the file system has given
        // already need no change of the file's size to become durable.
        try opened.execute("PRAGMA journal_size_limit = -1")
        connection = opened
        lastSequence = UInt64(try opened.integer("SELECT max(sequence) FROM block"))
        checkpointed = 0
    }

    /// Pages of a transaction beyond this are written to the log before its commit; 1 KiB units.
    private static let cacheKibibytes = 8_192

    // MARK: Writing

    func append(_ blocks: [SealedBlock]) throws(StoreFailure) {
        var expected = lastSequence
        for block in blocks {
            expected += 1
            guard block.sequence == expected else {
                throw .notWritten("block \(block.sequence) does not follow block \(expected - 1)")
            }
            guard block.bytes.count <= Self.blockBytesMax else {
                throw .notWritten(
                    "block \(block.sequence) has \(block.bytes.count) bytes, the limit is \(Self.blockBytesMax)")
            }
        }
        if blocks.isEmpty, suspended == nil { return }
        try commit { (connection) throws(SQLiteError) in
            for block in blocks {
                try connection.run("INSERT INTO block VALUES (?, ?)") { (statement) throws(SQLiteError) in
                    statement.bind(Int64(block.sequence), at: 1)
                    try statement.run(with: block.bytes, at: 2)
                }
            }
        }
        lastSequence = expected
    }

    func keep(region: String, digest: String, yaml: String, fingerprint: String) throws(StoreFailure) -> UInt32 {
        var number: Int64 = 0
        try commit { (connection) throws(SQLiteError) in
            number = try connection.integer("SELECT max(number) FROM pack") + 1
            try connection.run("INSERT INTO pack VALUES (?, ?, ?, ?, ?)") { (statement) throws(SQLiteError) in
                statement.bind(number, at: 1)
                for (index, text) in [region, digest, yaml, fingerprint].enumerated() {
                    statement.bind(text, at: Int32(index) + 2)
                }
                _ = try statement.step()
            }
        }
        return UInt32(number)
    }

    /// Runs a transaction; when it returns, the transaction is on the disk.
    private func commit(_ body: (SQLiteConnection) throws(SQLiteError) -> Void) throws(StoreFailure) {
        guard let connection, suspended == nil else {
            throw .notWritten("the ledger waits to be taken up again: \(suspended ?? "it is closed")")
        }
        try makeRoomInLog()
        do {
            try connection.run("BEGIN IMMEDIATE")
            try body(connection)
            try connection.run("COMMIT")
        } catch {
            throw failure(of: connection, after: error)
        }
    }

    /// What a failed transaction leaves behind decides what may be said of it: an error while or after SQLite wrote
    /// its last frame leaves a complete transaction in the log, which the next opener would take for committed.
    private func failure(of connection: SQLiteConnection, after error: SQLiteError) -> StoreFailure {
        if error.isFailedSync { suspended = error.message }
        if connection.isInTransaction {
            // Some errors have rolled back already.
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

    /// Opens the file anew and commits a mark behind the last certain transaction. What a failed one left there is
    /// overwritten by it or, by checksums that build on each other, cut off: it can never be recovered.
    func recover() throws(StoreFailure) {
        suspended = suspended ?? "it is being taken up again"
        connection = nil
        do {
            try connect()
            guard let connection else { return }
            try connection.execute("UPDATE ledger SET epoch = epoch + 1")
            try checkpoint(connection, SQLITE_CHECKPOINT_TRUNCATE)
        } catch {
            suspended = error.message
            throw error.asUnavailable
        }
        suspended = nil
    }

    // MARK: The log

    /// Bytes of the log that a commit of ours could not overwrite yet.
    func logBytes() -> Int {
        guard let connection else { return 0 }
        return (try? StoreLog(connection: connection.handle).byteCount()) ?? 0
    }

    /// Copies the log into the file when it has grown enough; called between commits, when nobody waits.
    func checkpointIfDue() {
        guard let connection, suspended == nil else { return }
        let size = logBytes()
        // A commit has begun the log again from its start.
        if size < checkpointed { checkpointed = 0 }
        guard size - checkpointed >= checkpointBytes else { return }
        let isCrowded = size >= Self.crowdedLogFactor * checkpointBytes
        do {
            try checkpoint(connection, isCrowded ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE)
        } catch {
            // Nothing is lost: the log keeps what the file does not have. A failed sync may have hit the log, too.
            if error.isFailedSync { suspended = error.message }
        }
    }

    /// Bounds the log for callers who never leave time for `checkpointIfDue`.
    private func makeRoomInLog() throws(StoreFailure) {
        let size = logBytes()
        if size < checkpointed { checkpointed = 0 }
        if size - checkpointed >= 2 * checkpointBytes { checkpointIfDue() }
        if let suspended { throw .notWritten("the ledger waits to be taken up again: \(suspended)") }
        guard size < Self.logBytesMax else {
            throw .notWritten(
                "\(path)-wal has reached \(size) bytes of \(Self.logBytesMax) and cannot be begun again: "
                    + (checkpointFailure ?? "a program that reads the ledger holds on to it; end that one"))
        }
    }

    /// Brings what the log of an earlier process holds into the file. That readers hold on to an old state, or that the
    /// disk is full, is no failure: the log still has it.
    func checkpoint() throws(SQLiteError) {
        guard let connection else { return }
        do {
            try checkpoint(connection, SQLITE_CHECKPOINT_TRUNCATE)
        } catch {
            if error.kind != SQLITE_FULL { throw error }
        }
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

    /// Closes the file; after a failure the log stays as it is, for the next one who opens the ledger.
    func close() {
        if suspended == nil { connection?.tidyUpOnClose() }
        connection = nil
        suspended = suspended ?? "it is closed"
    }
}
