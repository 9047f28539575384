/// A record of a witness: the last acknowledged commit.
struct WitnessRecord: Equatable {
    static let byteCount = 88
    private static let magic = bigEndian("JSWITN01".utf8)

    /// Counter of records; the highest one is valid.
    var count: UInt64
    let identity: UInt64
    var epoch: UInt64
    var tip: StoreTip
    /// The log's round and its committed end, 0: the log was empty.
    var logSalt: UInt64
    var logFrames: UInt32
    var logSum: LogSum

    init(identity: UInt64, epoch: UInt64, tip: StoreTip) {
        count = 0
        self.identity = identity
        self.epoch = epoch
        self.tip = tip
        logSalt = 0
        logFrames = 0
        logSum = LogSum()
    }

    /// Reads a record; nil: absent or damaged.
    init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        func number(_ index: Int) -> UInt64 { bigEndian(bytes[index * 8..<index * 8 + 8]) }
        var sum = LogSum()
        sum.add(bytes[..<(Self.byteCount - 8)], isBigEndian: false)
        guard number(0) == Self.magic, number(10) == sum.number, let frames = UInt32(exactly: number(8)),
            let checksum = UInt32(exactly: number(5)), let packs = UInt32(exactly: number(6))
        else { return nil }
        count = number(1)
        identity = number(2)
        epoch = number(3)
        tip = StoreTip(sequence: number(4), checksum: checksum, packs: packs)
        logSalt = number(7)
        logFrames = frames
        logSum = LogSum(bytes[72..<80])
    }

    /// Overwrites `bytes`, of length `byteCount`; allocates nothing.
    func write(to bytes: inout [UInt8]) {
        bytes.withUnsafeMutableBytes { record in
            func put(_ number: UInt64, _ index: Int) {
                record.storeBytes(of: number.bigEndian, toByteOffset: index * 8, as: UInt64.self)
            }
            put(Self.magic, 0)
            put(count, 1)
            put(identity, 2)
            put(epoch, 3)
            put(tip.sequence, 4)
            put(UInt64(tip.checksum), 5)
            put(UInt64(tip.packs), 6)
            put(logSalt, 7)
            put(UInt64(logFrames), 8)
            put(logSum.number, 9)
            var sum = LogSum()
            sum.add(words: UnsafeRawBufferPointer(rebasing: record[..<(Self.byteCount - 8)]), isBigEndian: false)
            put(sum.number, 10)
        }
    }
}

/// The witness: a small file beside the ledger with the last acknowledged commit, written after every commit without a
/// sync.
///
/// A commit is on disk before its witness record: the witness is never ahead of a sound ledger, and a ledger that ends
/// before it has lost data. A record survives the process; after a crash of the machine it may be an older one, which
/// demands less.
///
/// Three slots in pages of their own: one is written and synced at opening and not touched until the next, so that it
/// survives a crash that damages a write; the other two are written in turn, so that damage of one leaves the one
/// before.
final class Witness {
    static let slotBytes = 4_096
    static let slots = 3

    private let file: RawFile
    /// The slot not touched until the next opening.
    private let still: Int
    private let isPowersafe: Bool
    private var record: WitnessRecord
    private var bytes = [UInt8](repeating: 0, count: WitnessRecord.byteCount)
    /// Why the last record was not written; the next commit retries.
    private(set) var failure: String?

    /// Creates or opens the file; on return `start` is durable in it.
    ///
    /// - Parameter last: the witness found, which stays until `start` is on disk.
    init(path: String, vfs: String?, start: WitnessRecord, after last: FoundWitness) throws(SQLiteError) {
        file = try RawFile(path: path, kind: .new, vfs: vfs)
        isPowersafe = file.isPowersafe
        record = start
        still = last.slot.map { ($0 + 1) % Self.slots } ?? 0
        record.count = (last.record?.count ?? 0) &+ 1
        if last.slot != nil { try file.sync() }
        record.write(to: &bytes)
        try file.write(bytes, at: still * Self.slotBytes)
        let missing = Self.slotBytes * Self.slots - (try file.size())
        if missing > 0 {
            try file.write([UInt8](repeating: 0, count: missing), at: Self.slotBytes * Self.slots - missing)
        }
        try file.sync()
    }

    /// Records a durable commit. A failure to record does not fail the commit.
    func confirm(epoch: UInt64, tip: StoreTip, log: StoreLog.End?) {
        record.count &+= 1
        record.epoch = epoch
        record.tip = tip
        // Without powersafe overwrite the last frames may only pad a sector, and not be on disk.
        record.logFrames = isPowersafe ? UInt32(truncatingIfNeeded: log?.frames ?? 0) : 0
        record.logSalt = record.logFrames == 0 ? 0 : log?.salt ?? 0
        record.logSum = record.logFrames == 0 ? LogSum() : log?.sum ?? LogSum()
        record.write(to: &bytes)
        do throws(SQLiteError) {
            let turn = 1 + Int(truncatingIfNeeded: record.count & 1)
            try file.write(bytes, at: (still + turn) % Self.slots * Self.slotBytes)
            failure = nil
        } catch {
            failure = error.message
        }
    }
}

/// A witness as found at opening.
enum FoundWitness: Equatable {
    case none
    /// The file exists and no slot is readable.
    case unreadable
    case says(WitnessRecord, slot: Int)

    init(path: String, vfs: String?) throws(SQLiteError) {
        guard fileExists(path) else {
            self = .none
            return
        }
        self.init(try RawFile(path: path, kind: .beside, vfs: vfs))
    }

    private init(_ file: RawFile) {
        self = .unreadable
        for slot in 0..<Witness.slots {
            // An unreadable slot is skipped.
            guard let bytes = try? file.read(at: slot * Witness.slotBytes, count: WitnessRecord.byteCount),
                let record = WitnessRecord(bytes)
            else { continue }
            if record.count >= self.record?.count ?? 0 { self = .says(record, slot: slot) }
        }
    }

    var record: WitnessRecord? {
        guard case .says(let record, _) = self else { return nil }
        return record
    }

    /// The slot of the record found.
    fileprivate var slot: Int? {
        guard case .says(_, let slot) = self else { return nil }
        return slot
    }
}
