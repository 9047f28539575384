import CSQLite
import Glibc

/// The paths of a store's files, and the operations before opening: creating, inspecting, migrating.
struct StoreFiles {
    /// The path with symbolic links resolved, so that one file has one lock.
    let path: String
    let vfs: String?

    var lockPath: String { path + ".lock" }
    var logPath: String { path + "-wal" }
    /// The witness of the last acknowledged commit, see `Witness`.
    var witnessPath: String { path + "-witness" }
    /// The durable copy of the log while it is rewritten, see `makeLogDurable`.
    var rescuePath: String { path + "-wal.rescue" }

    init(path given: String, vfs: String?) throws(StoreFailure) {
        self.vfs = vfs
        // A file that does not exist yet has no real path; its directory has.
        let cut = given.utf8.lastIndex(of: UInt8(ascii: "/"))
        let directory = cut.map { $0 == given.startIndex ? "/" : String(given[..<$0]) } ?? "."
        let name = cut.map { String(given[given.utf8.index(after: $0)...]) } ?? given
        guard !name.isEmpty else { throw .unavailable("\(given) names no file") }
        if let whole = realPath(given) {
            guard !isFolder(whole) else {
                throw .unavailable("\(given) is a folder; name the ledger's file in it, such as \(given)/ledger.db")
            }
            path = whole
        } else if let parent = realPath(directory) {
            path = parent == "/" ? "/" + name : parent + "/" + name
        } else {
            throw .unavailable("\(directory): \(systemError())")
        }
    }

    /// Makes a new store under a temporary name and renames it when it is complete and durable: a crash leaves no
    /// partial store.
    func create(schema: StoreSchema) throws(StoreFailure) {
        guard !fileExists(path) else { throw .unavailable("\(path) exists already") }
        // These belong to a missing ledger: a new one would hide the loss.
        for beside in [logPath, witnessPath] where fileExists(beside) {
            throw .unavailable(
                "\(beside) is there without its ledger \(path); restore the ledger, or move that file away")
        }
        let draft = path + ".new"
        try Self.make(draft, identity: UInt64.random(in: 1...UInt64.max), schema: schema, vfs: vfs)
        try publish(draft)
    }

    /// Bytes of the log beside the file; 0: no log.
    var logBytes: Int {
        var facts = stat()
        return stat(logPath, &facts) == 0 ? Int(facts.st_size) : 0
    }

    /// Opens the file itself, which must outlive all connections to it.
    func openFile() throws(StoreFailure) -> LedgerFile {
        guard fileExists(path) else { throw .unavailable("\(path): there is no ledger") }
        return try LedgerFile(path: path)
    }

    /// Makes a complete, empty store at `path`, replacing the remains of an earlier attempt.
    static func make(_ path: String, identity: UInt64, schema: StoreSchema, vfs: String?) throws(StoreFailure) {
        do {
            for suffix in ["", "-journal", "-wal", "-shm"] { try RawFile.delete(path + suffix, vfs: vfs) }
            let connection = try SQLiteConnection(path: path, access: .create, vfs: vfs)
            try connection.execute("PRAGMA page_size = \(SQLiteStore.pageBytes)")
            try connection.execute("PRAGMA synchronous = FULL")
            try connection.execute("BEGIN IMMEDIATE")
            try connection.execute("PRAGMA application_id = \(StoreSchema.applicationID)")
            try schema.migrate(connection, from: 0)
            try connection.execute("INSERT INTO ledger(identity, epoch) VALUES (0, 0)")
            try StoreMark(identity: identity).write(connection)
            try connection.execute("COMMIT")
            try connection.execute("PRAGMA journal_mode = WAL")
            connection.checkpointOnClose()
        } catch {
            throw .unavailable("\(path): \(error.message)")
        }
    }

    /// Gives a complete file the store's name, durably.
    func publish(_ draft: String) throws(StoreFailure) {
        do {
            try RawFile(path: draft, kind: .databaseForWriting, vfs: vfs).sync()
        } catch {
            throw .unavailable("\(draft): \(error.message)")
        }
        guard rename(draft, path) == 0 else { throw .unavailable("\(path): \(systemError())") }
        try syncDirectory()
    }

    private func syncDirectory() throws(StoreFailure) {
        let directory = path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex) + "/"
        let descriptor = Glibc.open(String(directory), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unavailable("\(directory): \(systemError())") }
        defer { Glibc.close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .unavailable("\(directory): \(systemError())") }
    }

    /// Migrates an older file to this version in one transaction.
    func migrate(from version: Int, to schema: StoreSchema) throws(StoreFailure) {
        guard version < schema.version else { return }
        do {
            let connection = try SQLiteConnection(path: path, access: .write, vfs: vfs)
            try connection.execute("PRAGMA synchronous = FULL")
            try connection.execute("BEGIN IMMEDIATE")
            try schema.migrate(connection, from: version)
            try connection.execute("COMMIT")
        } catch {
            throw .unavailable(
                "\(path) cannot be brought from version \(version) to \(schema.version): \(error.message)")
        }
    }

    func readingConnection() throws(StoreFailure) -> SQLiteConnection {
        do {
            return try open(.readOnly)
        } catch {
            // In a read-only directory a file without a log is opened as immutable.
            let isRefused = error.kind == SQLITE_CANTOPEN || error.kind == SQLITE_READONLY
            guard isRefused, !fileExists(logPath) else { throw error.asUnavailable }
        }
        do { return try open(.immutable) } catch { throw error.asUnavailable }
    }

    private func open(_ access: SQLiteConnection.Access) throws(SQLiteError) -> SQLiteConnection {
        let connection = try SQLiteConnection(path: path, access: access, vfs: vfs)
        // A reader waits for locks only while another process recovers the log.
        connection.waitForLocks(milliseconds: 5_000)
        try connection.execute("PRAGMA cache_size = -4096")
        _ = try connection.integer("SELECT max(sequence) FROM block")
        return connection
    }
}

func fileExists(_ path: String) -> Bool { access(path, F_OK) == 0 }

private func isFolder(_ path: String) -> Bool {
    var facts = stat()
    return stat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFDIR
}

private func realPath(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
}
