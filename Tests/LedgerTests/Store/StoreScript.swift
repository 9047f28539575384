import LedgerFormat
import LedgerStore
import TestSupport

/// A life of a store in steps, with what was acknowledged of it: run over a disk that crashes or fails anywhere.
final class StoreScript {
    let directory: ScratchFolder
    /// Blocks that an append has acknowledged.
    private(set) var acknowledged: UInt64 = 0
    /// Blocks that the file may end with besides: of the append that was under way or is in doubt.
    private(set) var attempted: UInt64 = 0
    private(set) var acknowledgedPacks = 0
    private(set) var attemptedPacks = 0
    private(set) var wasCreated = false
    /// Blocks of a backup that was acknowledged.
    private(set) var backedUp: UInt64?
    private var store: SQLiteStore?

    var path: String { directory.file("ledger.db") }
    var backupPath: String { directory.file("backup.db") }

    init(_ directory: ScratchFolder) {
        self.directory = directory
    }

    /// Sizes of the blocks of each group, by turns small and larger than a page.
    static let groups = [
        [100], [100], [20_000, 100, 60_000, 100, 5_000], [100], [40_000], [100, 100], [100], [30_000],
    ]

    /// So small a log that the script meets checkpoints and logs that begin again.
    static let checkpointBytes = 100_000

    /// Creates, appends, keeps packs, checkpoints, backs up, closes, opens again; ends at the first failure.
    func run(vfs: String) throws(StoreFailure) {
        try open(.create, vfs: vfs)
        wasCreated = true
        for group in 0..<Self.groups.count {
            if group == 6 {
                try backUp()
                close()
                try open(.open, vfs: vfs)
            }
            try append(group)
            if group == 1 || group == 5 { try keepPack() }
            store?.maintain()
        }
        close()
    }

    func open(_ mode: SQLiteStore.Mode, vfs: String?) throws(StoreFailure) {
        store = try SQLiteStore(
            path: path, mode: mode, vfs: vfs, schema: .current, checkpointBytes: Self.checkpointBytes)
    }

    func append(_ group: Int) throws(StoreFailure) {
        let first = acknowledged
        let blocks = Self.groups[group].enumerated().map { testBlock(first + UInt64($0.offset) + 1, bytes: $0.element) }
        attempted = first + UInt64(blocks.count)
        do {
            try opened().append(blocks)
        } catch {
            // Said to be certain: then it must be.
            if error.kind == "notWritten" { attempted = first }
            throw error
        }
        acknowledged = attempted
    }

    func keepPack() throws(StoreFailure) {
        attemptedPacks = acknowledgedPacks + 1
        do {
            _ = try opened().keep(region: "r", digest: "d", yaml: "pack \(attemptedPacks)", fingerprint: "f")
        } catch {
            if error.kind == "notWritten" { attemptedPacks = acknowledgedPacks }
            throw error
        }
        acknowledgedPacks = attemptedPacks
    }

    func backUp() throws(StoreFailure) {
        try opened().backup(to: backupPath) { _, _ in }
        backedUp = acknowledged
    }

    func maintain() { store?.maintain() }

    /// An append that should be refused, outside of the script's count.
    func appendOutOfTurn() throws(StoreFailure) {
        try opened().append([testBlock(opened().lastSequence() + 1)])
    }

    func recover() throws(StoreFailure) {
        try opened().recover()
        try takeAsTruth()
    }

    /// What the store says now is what must be there after a crash.
    func takeAsTruth() throws(StoreFailure) {
        acknowledged = try opened().lastSequence()
        attempted = acknowledged
        acknowledgedPacks = try opened().packs().count
        attemptedPacks = acknowledgedPacks
    }

    /// Appends the groups that are not there yet.
    func fill(upTo end: Int) throws(StoreFailure) {
        var blocks = 0
        for group in 0..<end {
            blocks += Self.groups[group].count
            guard blocks > acknowledged else { continue }
            try append(group)
            maintain()
        }
    }

    func lastSequence() throws(StoreFailure) -> UInt64 { try opened().lastSequence() }

    func close() {
        store?.close()
        store = nil
    }

    private func opened() throws(StoreFailure) -> SQLiteStore {
        guard let store else { throw .unavailable("the script has closed its store") }
        return store
    }

    /// What is wrong with what a crash left, read by a store on a sound disk.
    func violations(vfs: String?) -> [String] {
        close()
        do {
            guard fileBytes(path) != nil else {
                // Nothing was promised: then it must be possible to begin again.
                if wasCreated { return ["the ledger is gone"] }
                _ = try SQLiteStore(path: path, mode: .create, vfs: vfs)
                return []
            }
            let survivor = try SQLiteStore(path: path, mode: .open, vfs: vfs)
            var problems = try check(survivor)
            let last = try survivor.lastSequence()
            try survivor.append([testBlock(last + 1, bytes: 777)])
            if try survivor.allBlocks().last != testBlock(last + 1, bytes: 777) {
                problems.append("what was appended after the crash is not there")
            }
            return try problems + checkBackup(vfs: vfs)
        } catch {
            return ["\(error)"]
        }
    }

    private func check(_ survivor: SQLiteStore) throws -> [String] {
        var problems: [String] = []
        let blocks = try survivor.allBlocks()
        let count = UInt64(blocks.count)
        if count != acknowledged, count != attempted {
            problems.append("\(count) blocks; acknowledged \(acknowledged), under way up to \(attempted)")
        }
        let sizes = Self.groups.joined().prefix(blocks.count)
        for (block, size) in zip(blocks, sizes) where block != testBlock(block.sequence, bytes: size) {
            problems.append("block \(block.sequence) is not what was written")
        }
        let packs = try survivor.packs()
        if packs.count != acknowledgedPacks, packs.count != attemptedPacks {
            problems.append("\(packs.count) packs of \(acknowledgedPacks) acknowledged")
        }
        return try problems + survivor.check().map { "integrity: \($0)" }
    }

    private func checkBackup(vfs: String?) throws -> [String] {
        guard fileBytes(backupPath) != nil else { return backedUp == nil ? [] : ["the backup is gone"] }
        let backup = try SQLiteStore(path: backupPath, mode: .readOnly, vfs: vfs)
        let count = UInt64(try backup.allBlocks().count)
        return count == backedUp ?? count && count > 0 ? [] : ["the backup has \(count) blocks"]
    }
}
