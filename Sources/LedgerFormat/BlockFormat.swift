import CShims
import Records
import Registry

/// A block of the journal: rows that were sealed together.
///
/// Header (48 bytes, numbers with the lowest byte first): magic, sequence, time in milliseconds, count of rows, bytes
/// of rows, and in 4 bytes each the checksum of the block before, which chains the blocks, and the number of the
/// clock's era. Then the rows, then where each ends (4 bytes each), then the checksum (CRC-32) of all before it.
package enum BlockFormat {
    static let magic: UInt64 = 0x3130_4e41_5553_454a  // "JESUAN01"
    static let headerBytes = 48
    static let trailerBytes = 4
    /// A block is sealed before it grows beyond this: a look-up reads one block.
    static let bytesSoftMax = 64 << 10
    /// No row is longer: a batch of register events is one row.
    static let rowBytesMax = 16 << 20

    /// CRC-32 as zlib has it; some 5 µs for 64 KiB where the processor multiplies without carries, else 60.
    package static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        shim_crc32(bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count)
    }
}

extension BlockFormat {
    /// The checksum that stands at the end of a sealed block.
    static func checksum(ofSealed bytes: [UInt8]) -> UInt32 {
        bytes.withUnsafeBytes { bytes in
            guard bytes.count >= trailerBytes else { return 0 }
            return UInt32(
                littleEndian: bytes.loadUnaligned(fromByteOffset: bytes.count - trailerBytes, as: UInt32.self))
        }
    }
}

/// Why a block of the journal cannot be read.
package struct BlockDamage: Error, Equatable, Sendable, CustomStringConvertible {
    package var sequence: UInt64
    package var reason: String

    package var description: String { "block \(sequence) of the journal: \(reason)" }
}

/// The block that is being written; rows are appended in place.
struct OpenBlock: ~Copyable {
    private(set) var writer = ByteWriter(capacity: BlockFormat.bytesSoftMax + 4096)
    private var ends: [UInt32] = []
    private(set) var sequence: UInt64 = 0
    private(set) var time = Moment(milliseconds: 0)
    /// How often the clock had been accepted, see `ClockEra`.
    private(set) var era = 0

    init() { ends.reserveCapacity(1024) }

    var rowCount: Int { ends.count }
    var isEmpty: Bool { ends.isEmpty }
    var isFull: Bool {
        writer.count >= BlockFormat.bytesSoftMax || ends.count == Position.rowsPerBlockMax
    }

    /// Between `begin` and `seal`.
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

    /// Forgets that it was begun; it has no rows.
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

    /// The block's bytes and its checksum; it begins anew afterwards.
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
