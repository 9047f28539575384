import CShims

/// A block of the journal: rows that were sealed together.
///
/// Header (48 bytes, numbers with the lowest byte first): magic, sequence, time in milliseconds, count of rows, bytes
/// of rows, and in 4 bytes each the checksum of the block before, which chains the blocks, and the number of the
/// clock's era. Then the rows, then where each ends (4 bytes each), then the checksum (CRC-32) of all before it.
public enum BlockFormat {
    /// "JESUAN01"
    package static let magic: UInt64 = 0x3130_4e41_5553_454a
    // Computed and public: else every use in another module would be a call.
    @inlinable public static var headerBytes: Int { 48 }
    @inlinable public static var trailerBytes: Int { 4 }
    /// A block is sealed before it grows beyond this: a look-up reads one block.
    @inlinable public static var bytesSoftMax: Int { 64 << 10 }
    /// No row is longer: a batch of register events is one row.
    package static let rowBytesMax = 16 << 20

    /// CRC-32 as zlib has it; some 5 µs for 64 KiB where the processor multiplies without carries, else 60.
    package static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        shim_crc32(bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count)
    }
}

extension BlockFormat {
    /// The checksum that stands at the end of a sealed block.
    package static func checksum(ofSealed bytes: [UInt8]) -> UInt32 {
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

    package init(sequence: UInt64, reason: String) {
        self.sequence = sequence
        self.reason = reason
    }

    package var description: String { "block \(sequence) of the journal: \(reason)" }
}
