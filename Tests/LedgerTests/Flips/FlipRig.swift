import CSQLite
import Glibc
import LedgerFormat
import LedgerStore
import TestSupport

/// The three files of a ledger as a kill leaves them, and what it had acknowledged by then.
struct LedgerFiles: Sendable {
    static let suffixes = ["", "-wal", "-witness"]

    /// By `suffixes`; nil: there is none.
    var bytes: [[UInt8]?]
    var blocks: [SealedBlock]
    var packs: [KeptPack]

    init(_ path: String, blocks: [SealedBlock], packs: [KeptPack]) {
        bytes = Self.suffixes.map { fileBytes(path + $0) }
        self.blocks = blocks
        self.packs = packs
    }
}

/// What becomes of a ledger whose files were changed.
enum FlipOutcome: Equatable {
    /// It is refused, or reading it says what is damaged.
    case found(String)
    /// It is whole, takes something more, and is whole then.
    case harmless
    /// It gives what it never acknowledged, or not all that it did.
    case silent(String)

    var isSilent: Bool {
        if case .silent = self { return true }
        return false
    }
}

/// Makes ledgers, changes their files and looks what becomes of them, all in memory.
final class FlipRig {
    private let directory = ScratchFolder(inMemory: true)

    private var path: String { directory.file("ledger.db") }

    // MARK: Making

    /// A ledger that was opened twice: four commits are in the main file, five in the log, one of them a kept pack.
    /// Handed over after each commit.
    static func make(_ reached: (LedgerFiles) -> Void) throws {
        let directory = ScratchFolder(inMemory: true)
        let path = directory.file("ledger.db")
        var blocks: [SealedBlock] = []
        var store = try SQLiteStore(path: path, mode: .create)
        func append(_ sizes: [Int]) throws {
            var new: [SealedBlock] = []
            for size in sizes {
                let number = blocks.count + new.count + 1
                new.append(ChainedBlock.make(after: new.last ?? blocks.last, number: number, rowBytes: size))
            }
            try store.append(new)
            blocks += new
            reached(LedgerFiles(path, blocks: blocks, packs: try store.packs()))
        }
        try store.keepTestPack(1)
        try append([300])
        try append([900, 20_000])
        try append([500])
        store.close()
        store = try SQLiteStore(path: path, mode: .open)
        try append([400])
        try store.keepTestPack(2)
        reached(LedgerFiles(path, blocks: blocks, packs: try store.packs()))
        try append([18_000, 100])
        try append([700])
        try append([250])
        reached(LedgerFiles(path, blocks: blocks, packs: try store.packs()))
    }

    /// The end of that.
    static func killed() throws -> LedgerFiles {
        var last: LedgerFiles?
        try make { last = $0 }
        guard let last else { fatalError("nothing was made") }
        return last
    }

    // MARK: Looking

    /// Opens the files as they are given, reads everything, appends, and reads again.
    ///
    /// - Parameter atLeast: so many of the blocks must be there where the ledger opens; nil: all.
    func outcome(
        _ bytes: [[UInt8]?], of files: LedgerFiles, atLeast: Int? = nil, mode: SQLiteStore.Mode = .open
    ) -> FlipOutcome {
        lay(bytes)
        defer { clearBesides() }
        do {
            let store = try SQLiteStore(path: path, mode: mode)
            let found = try store.allBlocks()
            let packs = try store.packs()
            let isWhole =
                found.count >= atLeast ?? files.blocks.count
                && found[...] == files.blocks.prefix(found.count)
            guard isWhole else {
                // Whoever reads a block looks at its checksum and its place in the chain.
                let isFound = !ChainedBlock.isSound(found)
                return isFound
                    ? .found("a block does not fit its checksum")
                    : .silent("\(found.count) blocks of \(files.blocks.count)")
            }
            if atLeast == nil, packs != files.packs { return .silent("the packs are not what was kept") }
            guard mode == .open else { return .harmless }
            let next = ChainedBlock.make(after: found.last, number: found.count + 1, rowBytes: 333)
            try store.append([next])
            try store.keepTestPack(9)
            guard try store.allBlocks() == found + [next] else { return .silent("what was appended is not there") }
            store.close()
            let again = try SQLiteStore(path: path, mode: .readOnly)
            guard try again.allBlocks() == found + [next] else {
                return .silent("opened again it is not what it was")
            }
            // What nobody reads, such as where a chain of pages would go on behind its end, a verification finds.
            let problems = try again.check()
            return problems.first.map { .found("verified: \($0)") } ?? .harmless
        } catch let failure as StoreFailure {
            return failure.reason.isEmpty ? .silent("refused without a reason") : .found(failure.reason)
        } catch {
            return .silent("\(error)")
        }
    }

    /// Whether a refusal left the three files as they were.
    func isUntouched(_ bytes: [[UInt8]?]) -> Bool {
        LedgerFiles.suffixes.map { fileBytes(path + $0) } == bytes
    }

    /// Without any check of ours: what SQLite reads of the files.
    func plainBlocks(_ bytes: [[UInt8]?]) -> [SealedBlock]? {
        lay(bytes)
        defer { clearBesides() }
        var connection: OpaquePointer?
        defer { sqlite3_close(connection) }
        guard sqlite3_open_v2(path, &connection, SQLITE_OPEN_READWRITE, nil) == SQLITE_OK else { return nil }
        var statement: OpaquePointer?
        defer { sqlite3_finalize(statement) }
        let sql = "SELECT sequence, bytes FROM block ORDER BY sequence"
        guard sqlite3_prepare_v2(connection, sql, -1, &statement, nil) == SQLITE_OK else { return nil }
        var blocks: [SealedBlock] = []
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_DONE: return blocks
            case SQLITE_ROW:
                let start = sqlite3_column_blob(statement, 1)
                let bytes = UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, 1)))
                blocks.append(
                    SealedBlock(sequence: UInt64(sqlite3_column_int64(statement, 0)), bytes: [UInt8](bytes)))
            default: return nil
            }
        }
    }

    private func lay(_ bytes: [[UInt8]?]) {
        for (index, suffix) in LedgerFiles.suffixes.enumerated() {
            if let bytes = bytes[index] { writeFile(path + suffix, bytes) } else { unlink(path + suffix) }
        }
    }

    private func clearBesides() {
        for suffix in ["-shm", "-wal.rescue", "-journal"] { unlink(path + suffix) }
    }
}

/// Blocks of the journal's own format, written and checked by a second hand: header, one row, where it ends, checksum.
enum ChainedBlock {
    private static let headerBytes = 48

    static func make(after last: SealedBlock?, number: Int, rowBytes: Int) -> SealedBlock {
        let previous = last.map { word($0.bytes, $0.bytes.count - 4, 4) } ?? 0
        var bytes: [UInt8] = []
        let header = [0x3130_4e41_5553_454a, UInt64(number), 1_700_000_000_000, 1, UInt64(rowBytes), previous]
        for value in header { bytes += low(value, 8) }
        bytes += testBlock(UInt64(number), bytes: rowBytes).bytes
        bytes += low(UInt64(headerBytes + rowBytes), 4)
        return SealedBlock(sequence: UInt64(number), bytes: bytes + low(UInt64(crc32(bytes[...])), 4))
    }

    /// Whether each fits its checksum, has its number and names the one before.
    static func isSound(_ blocks: [SealedBlock]) -> Bool {
        var previous: UInt64 = 0
        for (index, block) in blocks.enumerated() {
            let bytes = block.bytes
            guard bytes.count > headerBytes + 8, word(bytes, 8, 8) == UInt64(index + 1),
                block.sequence == UInt64(index + 1), word(bytes, 40, 8) == previous
            else { return false }
            previous = word(bytes, bytes.count - 4, 4)
            guard UInt64(crc32(bytes.dropLast(4))) == previous else { return false }
        }
        return true
    }

    private static func low(_ value: UInt64, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }
    }

    private static func word(_ bytes: [UInt8], _ start: Int, _ count: Int) -> UInt64 {
        bytes[start..<start + count].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
    }

    private static func crc32(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        ~bytes.reduce(~0) { table[Int(($0 ^ UInt32($1)) & 0xFF)] ^ $0 >> 8 }
    }
}
