import CSQLite
import Glibc

/// The files of a ledger that is not opened as it is: reads of them what can be read, and writes a sound part as a file
/// of its own. What its blocks say, and so which part is sound, its caller knows.
///
/// Works on a link to the main file and a log of its own beside it, in a folder that goes away again; the ledger's
/// files are only read. Nobody else can have the ledger open for writing meanwhile. For one thread.
package final class DamagedStore {
    /// As it was given, with links followed.
    package var path: String { place.path }
    /// Why it is not opened as it is; nil: it is.
    package let refusal: String?
    /// Frames of the log that are broken; 0 stands for its header.
    package private(set) var brokenFrames: [BrokenFrame] = []
    /// The last block that was acknowledged, by the witness or by the file itself.
    package private(set) var acknowledgedBlocks: UInt64 = 0
    /// Whether that is by a witness, or by a file that was closed in order. Else more may have been acknowledged.
    package private(set) var isWitnessed = false
    private let place: StorePlace
    private let lock: ProcessLock
    private let file: LedgerFile
    private let work: String
    private var connection: SQLiteConnection?
    private var hasLog = false
    private var version = 0
    private var identity: UInt64 = 0

    /// Reads the log once.
    ///
    /// - Throws: `.unavailable` where it is in use, `.newer`, `.damaged` where nothing can be read at all.
    package init(path: String) throws(StoreFailure) {
        place = try StorePlace(path: path, vfs: nil)
        guard fileExists(place.path) else { throw .unavailable("\(place.path): there is no ledger") }
        if place.logBytes == 0, let other = place.otherNameWithLog() {
            throw .unavailable(
                "\(place.path) is the same file as \(other), and its log lies beside that name: rescue it by that name")
        }
        lock = try ProcessLock(path: place.lockPath, ledger: place.path)
        file = try place.openFile()
        try file.claim()
        work = place.path + ".rescue-work"
        Self.remove(work)
        do {
            try place.finishInterruptedRescue(mayWrite: false)
            refusal = try Self.refusal(of: place)
            try prepare()
        } catch {
            connection = nil
            Self.remove(work)
            throw error as? StoreFailure ?? Self.unreadable(place.path, error)
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

    private static func refusal(of place: StorePlace) throws(StoreFailure) -> String? {
        do {
            _ = try OpeningCheck(place: place, schema: .current, isAlone: true).run()
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
        guard link(place.path, main) == 0 else { throw StoreFailure.unavailable("\(main): \(systemError())") }
        let witness = (try? FoundWitness(path: place.witnessPath, vfs: nil))?.record
        var commits = 0
        if fileExists(place.logPath) {
            let log = try RawFile(path: place.logPath, kind: .beside, vfs: nil)
            let salvage = LogSalvage(file: log, pageBytes: SQLiteStore.pageBytes, witness: witness)
            (commits, brokenFrames) = try salvage.write(to: nil, vfs: nil)
            if isOwnLog(), commits > 0 { _ = try salvage.write(to: main + "-wal", vfs: nil) } else { commits = 0 }
        }
        hasLog = commits > 0
        let opened = try SQLiteConnection(path: main, access: hasLog ? .readOnly : .immutable, vfs: nil)
        connection = opened
        version = Int(try opened.integer("PRAGMA user_version"))
        identity = UInt64(bitPattern: try opened.integer("SELECT identity FROM ledger"))
        guard identity != 0 else { throw StoreFailure.damaged("\(place.path) has no identity") }
        // A row that does not fit its digest promises nothing.
        var promises = [place.markOfMainFile().mark, version >= StoreSchema.marked ? try? StoreMark(opened) : nil]
            .compactMap { $0?.sequence }
        if let witness, witness.identity == identity {
            isWitnessed = true
            promises.append(witness.tip.sequence)
        }
        acknowledgedBlocks = promises.max() ?? 0
        // One that was closed in order and has no witness, such as a backup, says itself what it ends with.
        if place.markOfMainFile().mark?.isInUse == false { isWitnessed = true }
    }

    /// A file that was closed in order has no log: one that lies beside it belongs to a file that was there before.
    private func isOwnLog() -> Bool { place.markOfMainFile().mark?.isInUse != false }

    /// The rows of kept packs, sound or not, in their order.
    package func packRows() throws(StoreFailure) -> [PackRow] {
        guard let connection else { return [] }
        do throws(SQLiteError) { return try PackRow.all(connection, version: version) } catch {
            throw Self.unreadable(place.path, error)
        }
    }

    /// The highest number of a block that the table of blocks has; 0: none, or that cannot be read.
    package func lastBlock() -> UInt64 {
        UInt64(bitPattern: (try? connection?.integer("SELECT max(sequence) FROM block")) ?? 0)
    }

    /// A block's bytes, as they are; nil: there is none of that number.
    package func block(_ sequence: UInt64) throws(StoreFailure) -> [UInt8]? {
        do throws(SQLiteError) { return try connection?.block(sequence) } catch { throw error.asUnavailable }
    }

    // MARK: Keeping

    /// Writes the blocks up to `last` and `packs` to a new file, which is closed in order and needs nothing beside it.
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

    /// Puts the file that `write` writes at the path it is given in the place of the ledger. The damaged files stay
    /// beside it, under names with `.damaged`.
    ///
    /// - Returns: the name that the damaged ledger has now.
    package func replace(_ write: (_ draft: String) throws(StoreFailure) -> Void) throws(StoreFailure) -> String {
        let draft = place.path + ".rescued"
        unlink(draft)
        try write(draft)
        let aside = place.path + ".damaged"
        let suffixes = ["", "-wal", "-witness"].filter { fileExists(place.path + $0) }
        for suffix in suffixes where fileExists(aside + suffix) {
            throw .unavailable("\(aside + suffix) exists already; move it away, it is from an earlier rescue")
        }
        for suffix in suffixes where link(place.path + suffix, aside + suffix) != 0 {
            throw .unavailable("\(aside + suffix): \(systemError())")
        }
        // From here on the ledger is the new file; what is still beside it belongs to another one and is refused.
        try StorePlace(path: place.path, vfs: nil).publish(draft)
        for suffix in ["-wal", "-witness", "-shm"] { unlink(place.path + suffix) }
        return aside
    }
}
