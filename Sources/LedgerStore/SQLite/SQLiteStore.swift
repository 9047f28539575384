import CSQLite
import LedgerFormat
import Synchronization

/// A ledger's journal in one SQLite file: one row per sealed block, write-ahead log, every commit synced.
///
/// One connection writes; another one reads concurrently; threads that read much use further ones. Only the writing
/// connection checkpoints.
package final class SQLiteStore: LedgerStore {
    package enum Mode: Sendable {
        /// Creates a new file, which must not exist.
        case create
        /// Opens an existing file for writing, as the only such process.
        case open
        /// Opens an existing file for reading, concurrently with a writing process.
        case readOnly
    }

    package let identity: UInt64
    /// The path with symbolic links resolved.
    package let path: String
    let vfs: String?
    /// Nil: for reading only, or closed.
    private let lock: Mutex<ProcessLock?>
    private let file: LedgerFile
    private let watch: Mutex<StoreWatch>
    /// The file's format: the number of migrations applied to its tables, see `StoreSchema`.
    package let version: Int
    /// Nil: for reading only, or closed.
    private let writer: Mutex<StoreWriter?>
    /// Nil: closed.
    private let reader: Mutex<SQLiteConnection?>
    private let readers: ReadingConnections

    /// 16 KiB, measured: single rows and blocks of 256 settlements are as fast as in 4 KiB pages or faster, blocks of
    /// 65,536 settlements 1.8 times as fast; larger pages make the small commits slower.
    package static let pageBytes = 16_384

    /// Growth of the log before `maintain` checkpoints it, bytes.
    package static let checkpointBytes = StoreWriter.checkpointBytesDefault

    /// - Parameter vfs: SQLite's file layer; nil: the system's.
    /// - Throws: `.damaged` and `.newer` leave the file and its directory as they were; `.unavailable` for everything
    ///   else, such as another process that has the ledger open for writing.
    package convenience init(path: String, mode: Mode, vfs: String? = nil) throws(StoreFailure) {
        try self.init(path: path, mode: mode, vfs: vfs, schema: .current)
    }

    /// - Parameters:
    ///   - schema: the schema to create or migrate to; others than `.current` are for tests.
    ///   - checkpointBytes: growth of the log before `maintain` checkpoints it.
    package init(
        path: String, mode: Mode, vfs: String?, schema: StoreSchema,
        checkpointBytes: Int = SQLiteStore.checkpointBytes
    ) throws(StoreFailure) {
        let files = try StoreFiles(path: path, vfs: vfs)
        self.path = files.path
        self.vfs = vfs
        watch = Mutex(StoreWatch(path: files.path))
        if mode != .readOnly, let reason = DiskSpace.shortage(for: files.path, log: files.logBytes) {
            throw .unavailable(reason)
        }
        lock = Mutex(mode == .readOnly ? nil : try ProcessLock(path: files.lockPath, ledger: files.path))
        if mode == .create { try files.create(schema: schema) }
        file = try files.openFile()
        if mode != .readOnly { try file.claim() }
        try files.finishInterruptedRescue(mayWrite: mode != .readOnly)
        let found = try OpeningCheck(files: files, schema: schema, isAlone: mode != .readOnly).run()
        identity = found.identity
        readers = ReadingConnections(files, file)
        version = mode == .readOnly ? found.version : schema.version
        guard mode != .readOnly else {
            guard found.version >= schema.readableFrom else {
                throw .unavailable(
                    "\(files.path) has version \(found.version) of the ledger's tables, this program reads version "
                        + "\(schema.readableFrom) and later ones; open it for writing once, which brings it forward")
            }
            writer = Mutex(nil)
            reader = Mutex(try files.readingConnection())
            return
        }
        try files.makeLogDurable()
        try files.migrate(from: found.version, to: schema)
        let opened: StoreWriter
        do {
            opened = try StoreWriter(files, checkpointBytes: checkpointBytes, witnessed: found.witness)
        } catch {
            throw error.asUnavailable
        }
        try opened.takeIntoUse()
        writer = Mutex(opened)
        reader = Mutex(try files.readingConnection())
    }

    deinit { close() }

    /// Closes the file and releases its locks; every later call throws.
    package func close() {
        readers.close()
        reader.withLock { $0 = nil }
        writer.withLock {
            $0?.close()
            $0 = nil
        }
        // Closed after the connections: closing this descriptor earlier would drop their locks.
        file.close()
        lock.withLock { $0 = nil }
    }

    // MARK: Writing

    package func append(_ blocks: [SealedBlock]) throws(StoreFailure) {
        try writer.withLock { (writer) throws(StoreFailure) in
            let writer = try Self.opened(writer)
            if let reason = file.displacement() { throw .notWritten(reason) }
            try writer.append(blocks)
        }
    }

    package func keep(
        region: String, digest: String, yaml: String, fingerprint: String
    ) throws(StoreFailure) -> UInt32 {
        try writer.withLock { (writer) throws(StoreFailure) in
            let writer = try Self.opened(writer)
            if let reason = file.displacement() { throw .notWritten(reason) }
            return try writer.keep(region: region, digest: digest, yaml: yaml, fingerprint: fingerprint)
        }
    }

    package func recover() throws(StoreFailure) {
        try writer.withLock { (writer) throws(StoreFailure) in
            guard let writer else { throw .unavailable("the ledger is closed or open for reading only") }
            // Otherwise another file would be opened.
            if let reason = file.displacement() { throw .unavailable(reason) }
            try writer.recover()
        }
    }

    @discardableResult
    package func maintain() -> [LedgerIncident] {
        writer.withLock { $0?.checkpointIfDue() }
        let (status, displacement) = (status(), file.displacement())
        return watch.withLock { $0.look(status, displacement: displacement) }
    }

    /// The file's state for operators.
    package func status() -> StoreStatus {
        writer.withLock {
            StoreStatus(
                logBytes: $0?.logBytes() ?? 0, suspended: $0?.suspended, checkpointFailure: $0?.checkpointFailure,
                witnessFailure: $0?.witnessFailure)
        }
    }

    private static func opened(_ writer: StoreWriter?) throws(StoreFailure) -> StoreWriter {
        guard let writer else { throw .notWritten("the ledger is closed or open for reading only") }
        return writer
    }

    // MARK: Reading

    package func lastSequence() throws(StoreFailure) -> UInt64 {
        try read { (connection) throws(SQLiteError) in
            UInt64(try connection.integer("SELECT max(sequence) FROM block"))
        }
    }

    package func block(_ sequence: UInt64) throws(StoreFailure) -> [UInt8]? {
        try read { (connection) throws(SQLiteError) in try connection.block(sequence) }
    }

    package func ownReader() throws(StoreFailure) -> any BlockSource { try readers.take() }

    /// Blocks never change, so they are read one by one up to the last one at the start: no long transaction prevents a
    /// restart of the log.
    package func scan(after sequence: UInt64, _ body: (SealedBlock) -> Bool) throws(StoreFailure) {
        let last = try lastSequence()
        guard sequence < last else { return }
        for next in sequence + 1...last {
            guard let bytes = try block(next) else {
                throw .damaged("\(path): block \(next) of \(last) is missing")
            }
            if !body(SealedBlock(sequence: next, bytes: bytes)) { return }
        }
    }

    package func packs() throws(StoreFailure) -> [KeptPack] {
        try read { (connection) throws(SQLiteError) in
            try KeptPack.all(connection, version: version)
        }
    }

    package func backup(to path: String, progress: (_ done: Int, _ of: Int) -> Void) throws(StoreFailure) {
        try StoreCopy(of: self).write(to: path, vfs: vfs, progress: progress)
    }

    private func read<Result: Sendable>(
        _ body: (SQLiteConnection) throws(SQLiteError) -> Result
    ) throws(StoreFailure) -> Result {
        try reader.withLock { (connection) throws(StoreFailure) in
            guard let connection else { throw .unavailable("the ledger is closed") }
            do throws(SQLiteError) { return try body(connection) } catch { throw error.asUnavailable }
        }
    }
}

/// The state of a store's file, for operators.
package struct StoreStatus: Equatable, Sendable {
    /// Bytes of the write-ahead log in use.
    package let logBytes: Int
    /// Why writes are refused until the store is recovered.
    package let suspended: String?
    /// Why the last checkpoint failed.
    package let checkpointFailure: String?
    /// Why the witness lacks the last commit; the next commit retries.
    package let witnessFailure: String?
}
