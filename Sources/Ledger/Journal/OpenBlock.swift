import LedgerFormat
import LedgerStore
import Records

/// The block that is being written; rows are appended in place.
struct OpenBlock: ~Copyable {
    private(set) var writer = ByteWriter(capacity: BlockFormat.bytesSoftMax + 4096)
    private var ends: [UInt32] = []
    private(set) var sequence: UInt64 = 0
    private(set) var time = Moment(milliseconds: 0)
    /// Number of the clock's era, see `ClockEra`.
    private(set) var era = 0

    init() { ends.reserveCapacity(1024) }

    var rowCount: Int { ends.count }
    var isEmpty: Bool { ends.isEmpty }
    var isFull: Bool {
        writer.count >= BlockFormat.bytesSoftMax || ends.count == Position.rowsPerBlockMax
    }

    /// True between `begin` and `seal`.
    private(set) var isBegun = false

    mutating func begin(sequence: UInt64, time: Moment, era: Int) {
        isBegun = true
        writer.removeAll()
        ends.removeAll(keepingCapacity: true)
        self.sequence = sequence
        self.time = time
        self.era = era
        for _ in 0..<BlockFormat.headerBytes / 8 { writer.fixed64(0) }
    }

    /// Drops the begun block, which has no rows.
    mutating func giveUp() { isBegun = false }

    /// Appends one row that `write` writes.
    @inline(__always)
    mutating func append(_ write: (inout ByteWriter) -> Void) -> Position {
        write(&writer)
        ends.append(UInt32(writer.count))
        return Position(block: sequence, row: ends.count - 1)
    }

    func row(_ index: Int) -> UnsafeRawBufferPointer? {
        guard ends.indices.contains(index) else { return nil }
        let start = index == 0 ? BlockFormat.headerBytes : Int(ends[index - 1])
        return UnsafeRawBufferPointer(rebasing: writer.bytes[start..<Int(ends[index])])
    }

    /// Returns the block's bytes and checksum, and resets the block.
    mutating func seal(after previous: UInt32) -> (SealedBlock, UInt32) {
        let rows = writer.count - BlockFormat.headerBytes
        for end in ends { writer.fixed32(end) }
        writer.patch64(BlockFormat.magic, at: 0)
        writer.patch64(sequence, at: 8)
        writer.patch64(UInt64(bitPattern: time.milliseconds), at: 16)
        writer.patch64(UInt64(ends.count), at: 24)
        writer.patch64(UInt64(rows), at: 32)
        writer.patch64(UInt64(previous) | UInt64(era) << 32, at: 40)
        let checksum = BlockFormat.checksum(writer.bytes)
        writer.fixed32(checksum)
        let block = SealedBlock(sequence: sequence, bytes: [UInt8](writer.bytes))
        writer.removeAll()
        ends.removeAll(keepingCapacity: true)
        isBegun = false
        return (block, checksum)
    }
}
