import CSQLite
import LedgerFormat

/// The one connection of a store that writes, and what is known of the file's end. Not for two threads at once.
final class StoreWriter {
    private let place: StorePlace
    private let witness: Witness
    /// Nil after it was closed, or could not be opened again.
    private var connection: SQLiteConnection?
    /// What is durable.
    private var tip = StoreTip()
    private var mark: StoreMark
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
    /// When the ledger is taken into use, where one statement of a reader may take long.
    private static let takingWaitMilliseconds: Int32 = 10_000

    /// - Parameter witnessed: what the witness said before.
    init(_ place: StorePlace, checkpointBytes: Int, witnessed: FoundWitness) throws(SQLiteError) {
        self.place = place
        self.checkpointBytes = checkpointBytes
        let opened = try Self.connect(place)
        mark = try StoreMark(opened)
        tip = try StoreTip(opened)
        // Before anything is acknowledged that it must know of.
        let start = WitnessRecord(identity: mark.identity, epoch: mark.epoch, tip: tip)
        witness = try Witness(path: place.witnessPath, vfs: place.vfs, start: start, after: witnessed)
        connection = opened
    }

    private static func connect(_ place: StorePlace) throws(SQLiteError) -> SQLiteConnection {
        let opened = try SQLiteConnection(path: place.path, access: .write, vfs: place.vfs)
        opened.waitForLocks(milliseconds: readersWaitMilliseconds)
        // FULL: every commit is on the disk when it returns. No checkpoints within commits: see `checkpointIfDue`.
        try opened.execute("PRAGMA synchronous = FULL")
        try opened.execute("PRAGMA wal_autocheckpoint = 0")
        try opened.execute("PRAGMA cache_size = -\(cacheKibibytes)")
        // A log is overwritten from its start instead of being cut off: blocks that the file system has given
        // already need no change of the file's size to become durable.
        try opened.execute("PRAGMA journal_size_limit = -1")
        // Maps the index of the log.
        _ = try opened.integer("SELECT count(*) FROM ledger")
        return opened
    }

    /// Pages of a transaction beyond this are written to the log before its commit; 1 KiB units.
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

    /// Runs a transaction; when it returns, the transaction is on the disk and `next` is the store's end.
    private func commit(
        _ next: StoreTip, _ body: (SQLiteConnection) throws(SQLiteError) -> Void
    ) throws(StoreFailure) {
        guard let connection, suspended == nil else {
            throw .notWritten("the ledger waits to be taken up again: \(suspended ?? "it is closed")")
        }
        try transact(connection, next, markOfNextCommit(behind: try makeRoomInLog(connection)), body)
    }

    /// - Parameter mark: what the file is to say of itself from now on; nil: what it says.
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

    /// Nil: it cannot be seen.
    private func logEnd(_ connection: SQLiteConnection) -> StoreLog.End? {
        try? StoreLog(connection: connection.handle).end()
    }

    /// The first commit of a round of the log names the round, see `StoreMark`; nil: it is not the first one.
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
            let opened = try Self.connect(place)
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

    /// Bytes of the log that a commit of ours could not overwrite yet.
    func logBytes() -> Int {
        connection.flatMap(logEnd)?.byteCount ?? 0
    }

    /// Copies the log into the file when it has grown enough; called between commits, when nobody waits.
    func checkpointIfDue() {
        guard let connection, suspended == nil else { return }
        let size = logBytes()
        // A commit has begun the log again from its start.
        if size < checkpointed { checkpointed = 0 }
        guard size - checkpointed >= checkpointBytes else { return }
        // The main file is to say how far it was acknowledged when the log was last copied into it. Where that cannot
        // be written, for a disk that is full, the log is copied all the same: that makes room.
        if mark.sequence != tip.sequence { try? transact(connection, tip, markOfCheckpoint(connection)) }
        guard suspended == nil else { return }
        let isCrowded = size >= Self.crowdedLogFactor * checkpointBytes
        do {
            try checkpoint(connection, isCrowded ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE)
        } catch {
            // Nothing is lost: the log keeps what the file does not have. A failed sync may have hit the log, too.
            if error.isFailedSync { suspended = error.message }
        }
    }

    /// Bounds the log for callers who never leave time for `checkpointIfDue`; where it ends then.
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
                "\(place.logPath) has reached \(size) bytes of \(Self.logBytesMax) and cannot be begun again: "
                    + (checkpointFailure ?? "a program that reads the ledger holds on to it; end that one"))
        }
        return end
    }

    /// Brings what the log of an earlier process holds into the file, which from now on says that it is in use.
    ///
    /// That readers hold on to an old state, or that the disk is full, is no failure where the file says so already:
    /// the log still has the rest.
    func takeIntoUse() throws(StoreFailure) {
        guard let connection else { return }
        let isInUse = mark.isInUse && place.markOfMainFile().mark?.isInUse == true
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
        // What is acknowledged from now on is in the log alone for a while: a main file without it must not look whole.
        guard isInUse || place.markOfMainFile().mark?.isInUse == true else {
            throw .unavailable(
                "\(place.path) cannot be marked as in use while another program reads it; "
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

    /// Why the last commit is not noted in the witness.
    var witnessFailure: String? { witness.failure }

    /// Closes the file: when the log is copied into it, it says that it was closed in order. After a failure the log
    /// stays as it is, for the next one who opens the ledger.
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
                // The file still says that it is in use, and everything is in the log.
                suspended = suspended ?? "\(error)"
            }
        }
        connection = nil
        suspended = suspended ?? "it is closed"
    }
}
