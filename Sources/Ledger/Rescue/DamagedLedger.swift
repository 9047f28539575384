import CSQLite
import Glibc
import Policy
import Records
import Registry

/// A ledger that is not opened as it is: says what of it is sound, and writes that as a ledger of its own.
///
/// Works on a link to the main file and a log of its own beside it, in a folder that goes away again; the ledger's
/// files are only read. Nobody else can have the ledger open for writing meanwhile.
package final class DamagedLedger {
    package private(set) var report = RescueReport()
    let place: StorePlace
    private let lock: ProcessLock
    private let file: LedgerFile
    private let work: String
    private var connection: SQLiteConnection?
    private var hasLog = false
    private var version = 0
    private var packs: [KeptPack] = []
    private(set) var identity: UInt64 = 0

    /// Reads the whole ledger once.
    ///
    /// - Parameters:
    ///   - library: packs that a kept pack whose text is damaged may be taken from.
    ///   - progress: the block that was read last, and the last one.
    /// - Throws: `.unavailable` where it is in use, `.newer`, `.damaged` where nothing can be read at all.
    package init(
        path: String, library: [PolicyPack] = [], progress: (_ done: UInt64, _ of: UInt64) -> Void = { _, _ in }
    ) throws(StoreFailure) {
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
            report.refusal = try Self.refusal(of: place)
            try prepare()
            try read(library, progress)
        } catch {
            connection = nil
            Self.remove(work)
            throw error as? StoreFailure
                ?? .damaged("\(place.path) cannot be read: \((error as? SQLiteError)?.message ?? "\(error)")")
        }
    }

    deinit {
        connection = nil
        Self.remove(work)
        file.close()
    }

    /// Why it is not opened as it is; nil: it is.
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
            (commits, report.brokenFrames) = try salvage.write(to: nil, vfs: nil)
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
            report.isWitnessed = true
            promises.append(witness.tip.sequence)
        }
        report.acknowledgedBlocks = promises.max() ?? 0
        // One that was closed in order and has no witness, such as a backup, says itself what it ends with.
        if place.markOfMainFile().mark?.isInUse == false { report.isWitnessed = true }
    }

    /// A file that was closed in order has no log: one that lies beside it belongs to a file that was there before.
    private func isOwnLog() -> Bool { place.markOfMainFile().mark?.isInUse != false }

    private func read(_ library: [PolicyPack], _ progress: (UInt64, UInt64) -> Void) throws {
        guard let connection else { return }
        for (index, row) in try PackRow.all(connection, version: version).enumerated() {
            let number = UInt32(index + 1)
            guard let pack = row.restored(number: number, library, version: version) else {
                report.lostPacks.append("\(row.pack.region) \(row.pack.digest.prefix(12))")
                continue
            }
            if pack != row.pack { report.restoredPacks.append(number) }
            packs.append(pack)
        }
        let last = UInt64(bitPattern: (try? connection.integer("SELECT max(sequence) FROM block")) ?? 0)
        var end = JournalEnd()
        let entry = SettlementEntry()
        var next: UInt64 = 1
        // A number that is damaged must not make this endless: blocks behind each other are read, with few gaps.
        var missing = 0
        while next <= max(last, report.acknowledgedBlocks), missing < Self.missingMax {
            switch look(next, after: &end, entry) {
            case .kept: missing = 0
            case .lost: missing = 0
            case .missing: missing += 1
            }
            progress(next, last)
            next += 1
        }
        report.keptBlocks = end.sequence
        report.lastKept = end.sequence > 0 ? end.time : nil
    }

    private static let missingMax = 100_000

    private enum Look { case kept, lost, missing }

    private func look(_ sequence: UInt64, after end: inout JournalEnd, _ entry: SettlementEntry) -> Look {
        func broken(_ reason: String) {
            if report.brokenBlock == nil { report.brokenBlock = (sequence, reason) }
        }
        let found: [UInt8]?
        do throws(SQLiteError) { found = try connection?.block(sequence) } catch {
            broken(error.message)
            return .missing
        }
        guard let bytes = found else {
            broken("is missing")
            return .missing
        }
        do {
            let block = try CheckedBlock(SealedBlock(sequence: sequence, bytes: bytes))
            let follows = report.brokenBlock == nil && end.sequence + 1 == sequence
            if follows, block.previousChecksum != end.checksum { broken("does not continue the block before it") }
            let isKept = follows && report.brokenBlock == nil
            try block.read { view throws(DamagedBytes) in try count(view, isKept, entry) }
            guard isKept else {
                report.readableLostBlocks += 1
                return .lost
            }
            end.sequence = sequence
            end.checksum = block.checksum
            end.time = block.time
            return .kept
        } catch {
            broken((error as? BlockDamage)?.reason ?? "a row of it cannot be read")
            return .missing
        }
    }

    private func count(_ view: BlockView, _ isKept: Bool, _ entry: SettlementEntry) throws(DamagedBytes) {
        for index in 0..<view.rowCount {
            guard let row = view.row(index), row.first == RowKind.settlement.rawValue else { continue }
            if isKept {
                report.keptSettlements += 1
                continue
            }
            report.lostSettlements += 1
            guard report.lostIDs.count < RescueReport.idsListedMax else { continue }
            try entry.read(row)
            report.lostIDs.append(entry.idText)
        }
    }

    // MARK: Keeping

    /// Writes what is sound to a new file, which is closed in order and needs nothing beside it.
    package func keep(
        to path: String, progress: (_ done: Int, _ of: Int) -> Void = { _, _ in }
    ) throws(StoreFailure) {
        guard report.lostPacks.isEmpty else {
            throw .damaged(
                "\(place.path): the texts of kept packs are damaged (\(report.lostPacks.joined(separator: ", "))): "
                    + "name a folder that has the packs of these digests by --policies")
        }
        let sound: SoundPart
        do throws(SQLiteError) {
            sound = try SoundPart(
                path: work + "/ledger.db", hasLog: hasLog, identity: identity, last: report.keptBlocks, packs: packs)
        } catch {
            throw error.asUnavailable
        }
        try StoreCopy(of: sound).write(to: path, vfs: nil, progress: progress)
    }

    /// Puts what is sound in the place of the ledger. The damaged files stay beside it, under names with `.damaged`.
    ///
    /// - Returns: the name that the damaged ledger has now.
    package func keepInPlace(
        progress: (_ done: Int, _ of: Int) -> Void = { _, _ in }
    ) throws(StoreFailure) -> String {
        let draft = place.path + ".rescued"
        unlink(draft)
        try keep(to: draft, progress: progress)
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
