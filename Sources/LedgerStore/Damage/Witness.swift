/// What a witness says: how far the ledger was acknowledged.
struct WitnessRecord: Equatable {
    static let byteCount = 88
    private static let magic = bigEndian("JSWITN01".utf8)

    /// How many have been written: the highest one counts.
    var count: UInt64
    let identity: UInt64
    var epoch: UInt64
    var tip: StoreTip
    /// The log's round and its committed end, 0: nothing was in it.
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

    /// Nil: these bytes are none, or damaged.
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

    /// Overwrites `bytes`, which are so many; allocates nothing.
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

/// The witness: a small file beside the ledger that says how far the ledger was acknowledged, written after every
/// commit and never synced for it.
///
/// A commit is on the disk before the witness says so: it is never ahead of a sound ledger, and a ledger that ends
/// before it has lost something. What was written outlives a killed process; a crash of the machine may leave an older
/// one, which asks less.
///
/// Three slots in pages of their own: one is written and synced when the ledger is opened and not touched until the
/// next opening, so that a crash that spoils what was being written leaves it; the others are written in turn, so that
/// one that is damaged leaves the one before.
final class Witness {
    static let slotBytes = 4_096
    static let slots = 3

    private let file: RawFile
    /// Not touched until the next opening.
    private let still: Int
    private let isPowersafe: Bool
    private var record: WitnessRecord
    private var bytes = [UInt8](repeating: 0, count: WitnessRecord.byteCount)
    /// Why the last commit is not in it; the next one tries again.
    private(set) var failure: String?

    /// Makes the file, or takes it up: when this returns, it says `start`, durably.
    ///
    /// - Parameter last: what it said before, which stays until this is on the disk.
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

    /// Notes a commit that is on the disk. That it cannot be noted is no reason to refuse the commit.
    func confirm(epoch: UInt64, tip: StoreTip, log: StoreLog.End?) {
        record.count &+= 1
        record.epoch = epoch
        record.tip = tip
        // Else the last frames may be there to fill a sector, and not be on the disk.
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

/// A witness as it is found.
enum FoundWitness: Equatable {
    case none
    /// There is a file, and nothing in it can be read.
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
            // A slot that cannot be read leaves the others.
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

    /// Where it says so.
    fileprivate var slot: Int? {
        guard case .says(_, let slot) = self else { return nil }
        return slot
    }
}
