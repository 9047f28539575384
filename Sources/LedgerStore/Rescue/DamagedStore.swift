import CSQLite
import Glibc

/// The files of a damaged ledger: reads their readable rows, and writes a sound part as a new file. The caller decides
/// which part is sound, by the contents of the blocks.
///
/// Works in a temporary folder on a link to the main file and a log of its own; the ledger's files are only read. Holds
/// the writer's lock meanwhile. For one thread.
package final class DamagedStore {
    /// The given path, with links resolved.
    package var path: String { files.path }
    /// Why the ledger cannot be opened; nil: it can.
    package let refusal: String?
    /// Damaged frames of the log; 0 is its header.
    package private(set) var brokenFrames: [BrokenFrame] = []
    /// The last acknowledged block, by the witness or by the file itself.
    package private(set) var acknowledgedBlocks: UInt64 = 0
    /// Whether that is exact, known from a witness or a file closed in order; otherwise more may have been
    /// acknowledged.
    package private(set) var isWitnessed = false
    private let files: StoreFiles
    private let lock: ProcessLock
    private let file: LedgerFile
    private let work: String
    private var connection: SQLiteConnection?
    private var hasLog = false
    private var version = 0
    private var identity: UInt64 = 0

    /// Reads the log once.
    ///
    /// - Throws: `.unavailable` where the ledger is in use, `.newer`, `.damaged` where nothing can be read at all.
    package init(path: String) throws(StoreFailure) {
        files = try StoreFiles(path: path, vfs: nil)
        guard fileExists(files.path) else { throw .unavailable("\(files.path): there is no ledger") }
        if files.logBytes == 0, let other = files.otherNameWithLog() {
            throw .unavailable(
                "\(files.path) is the same file as \(other), and its log lies beside that name: rescue it by that name")
        }
        lock = try ProcessLock(path: files.lockPath, ledger: files.path)
        file = try files.openFile()
        try file.claim()
        work = files.path + ".rescue-work"
        Self.remove(work)
        do {
            try files.finishInterruptedRescue(mayWrite: false)
            refusal = try Self.refusal(of: files)
            try prepare()
        } catch {
            connection = nil
            Self.remove(work)
            throw error as? StoreFailure ?? Self.unreadable(files.path, error)
        }
    }

    deinit {
        connection = nil
        Self.remove(work)
        file.close()
    }

    private static func unreadable(_ path: String, _ error: any Error) -> StoreFailure {
        .damaged("\(path) cannot be read: \((error as? SQLiteError)?.message ?? "\(error)")")
    }

    private static func refusal(of files: StoreFiles) throws(StoreFailure) -> String? {
        do {
            _ = try OpeningCheck(files: files, schema: .current, isAlone: true).run()
            return nil
        } catch {
            guard case .damaged(let reason) = error else { throw error }
            return reason
        }
    }

    private static func remove(_ folder: String) {
        for name in ["ledger.db", "ledger.db-wal", "ledger.db-shm"] { unlink(folder + "/" + name) }
        rmdir(folder)
    }

    // MARK: Looking

    private func prepare() throws {
        guard mkdir(work, 0o700) == 0 else { throw StoreFailure.unavailable("\(work): \(systemError())") }
        let main = work + "/ledger.db"
        guard link(files.path, main) == 0 else { throw StoreFailure.unavailable("\(main): \(systemError())") }
        let witness = (try? FoundWitness(path: files.witnessPath, vfs: nil))?.record
        var commits = 0
        if fileExists(files.logPath) {
            let log = try RawFile(path: files.logPath, kind: .beside, vfs: nil)
            let salvage = LogSalvage(file: log, pageBytes: SQLiteStore.pageBytes, witness: witness)
            (commits, brokenFrames) = try salvage.write(to: nil, vfs: nil)
            if isOwnLog(), commits > 0 { _ = try salvage.write(to: main + "-wal", vfs: nil) } else { commits = 0 }
        }
        hasLog = commits > 0
        let opened = try SQLiteConnection(path: main, access: hasLog ? .readOnly : .immutable, vfs: nil)
        connection = opened
        version = Int(try opened.integer("PRAGMA user_version"))
        identity = UInt64(bitPattern: try opened.integer("SELECT identity FROM ledger"))
        guard identity != 0 else { throw StoreFailure.damaged("\(files.path) has no identity") }
        // A row that does not match its digest is no evidence.
        var promises = [files.markOfMainFile().mark, version >= StoreSchema.marked ? try? StoreMark(opened) : nil]
            .compactMap { $0?.sequence }
        if let witness, witness.identity == identity {
            isWitnessed = true
            promises.append(witness.tip.sequence)
        }
        acknowledgedBlocks = promises.max() ?? 0
        // A file closed in order and without a witness, such as a backup, has its end in its own mark.
        if files.markOfMainFile().mark?.isInUse == false { isWitnessed = true }
    }

    /// Whether the log belongs to the file. A file closed in order has none: a log beside it is of an earlier file.
    private func isOwnLog() -> Bool { files.markOfMainFile().mark?.isInUse != false }

    /// The rows of kept packs, sound or not, in order.
    package func packRows() throws(StoreFailure) -> [PackRow] {
        guard let connection else { return [] }
        do throws(SQLiteError) { return try PackRow.all(connection, version: version) } catch {
            throw Self.unreadable(files.path, error)
        }
    }

    /// The highest block number in the table of blocks; 0: none, or unreadable.
    package func lastBlock() -> UInt64 {
        UInt64(bitPattern: (try? connection?.integer("SELECT max(sequence) FROM block")) ?? 0)
    }

    /// A block's unchecked bytes; nil: no such block.
    package func block(_ sequence: UInt64) throws(StoreFailure) -> [UInt8]? {
        do throws(SQLiteError) { return try connection?.block(sequence) } catch { throw error.asUnavailable }
    }

    // MARK: Keeping

    /// Writes the blocks up to `last` and `packs` to a new file, closed in order and complete without a log or witness.
    package func keep(
        last: UInt64, packs: [KeptPack], to path: String, progress: (_ done: Int, _ of: Int) -> Void
    ) throws(StoreFailure) {
        let sound: SoundPart
        do throws(SQLiteError) {
            sound = try SoundPart(
                path: work + "/ledger.db", hasLog: hasLog, identity: identity, last: last, packs: packs)
        } catch {
            throw error.asUnavailable
        }
        try StoreCopy(of: sound).write(to: path, vfs: nil, progress: progress)
    }

    /// Replaces the ledger by the file that `write` makes at the path passed to it. The damaged files stay beside it,
    /// under names with `.damaged`.
    ///
    /// - Returns: the new name of the damaged ledger.
    package func replace(_ write: (_ draft: String) throws(StoreFailure) -> Void) throws(StoreFailure) -> String {
        let draft = files.path + ".rescued"
        unlink(draft)
        try write(draft)
        let aside = files.path + ".damaged"
        let suffixes = ["", "-wal", "-witness"].filter { fileExists(files.path + $0) }
        for suffix in suffixes where fileExists(aside + suffix) {
            throw .unavailable("\(aside + suffix) exists already; move it away, it is from an earlier rescue")
        }
        for suffix in suffixes where link(files.path + suffix, aside + suffix) != 0 {
            throw .unavailable("\(aside + suffix): \(systemError())")
        }
        // From here on the ledger is the new file; a log or witness left beside it is foreign and would be refused.
        try StoreFiles(path: files.path, vfs: nil).publish(draft)
        for suffix in ["-wal", "-witness", "-shm"] { unlink(files.path + suffix) }
        return aside
    }
}
