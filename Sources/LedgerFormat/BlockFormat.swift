import CShims

/// A block of the journal: rows that were sealed together.
///
/// Header (48 bytes, numbers with the lowest byte first): magic, sequence, time in milliseconds, count of rows, bytes
/// of rows, and in 4 bytes each the checksum of the block before, which chains the blocks, and the number of the
/// clock's era. Then the rows, then where each ends (4 bytes each), then the checksum (CRC-32) of all before it.
public enum BlockFormat {
    /// "JESUAN01"
    package static let magic: UInt64 = 0x3130_4e41_5553_454a
    // Computed and public, so that uses in other modules are inlined.
    @inlinable public static var headerBytes: Int { 48 }
    @inlinable public static var trailerBytes: Int { 4 }
    /// A block is sealed before it grows beyond this size, because a look-up reads a whole block.
    @inlinable public static var bytesSoftMax: Int { 64 << 10 }
    /// Largest row; a batch of register events is one row.
    package static let rowBytesMax = 16 << 20

    /// CRC-32 as in zlib; some 5 µs for 64 KiB with the processor's carry-less multiplication, 60 µs without.
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
