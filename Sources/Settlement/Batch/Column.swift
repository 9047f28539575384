/// One column of a batch: one entry per row, or none at all, which reads as zeros.
///
/// Lies in memory of whoever made it, at any address, little-endian as on the wire. `public` and inlinable, because a
/// generic type is slow in other modules otherwise, and `package` is not inlined there.
@frozen public struct Column<Value: FixedWidthInteger & BitwiseCopyable> {
    @usableFromInline let base: UnsafeRawPointer
    /// All ones, or 0 where the column is absent: no branch in the loop over the rows.
    @usableFromInline let mask: Int
    @usableFromInline let rows: Int

    /// - Parameter bytes: one entry for each of `rows` rows, or empty.
    public init(_ bytes: UnsafeRawBufferPointer, rows: Int) {
        self.rows = rows
        if let values = bytes.baseAddress, bytes.count > 0 {
            precondition(bytes.count == rows * MemoryLayout<Value>.stride)
            base = values
            mask = -1
        } else {
            base = UnsafeRawPointer(zeros.bytes)
            mask = 0
        }
    }

    @inlinable public subscript(row: Int) -> Value {
        @inline(__always) get {
            precondition(UInt(bitPattern: row) < UInt(bitPattern: rows))
            return self[unchecked: row]
        }
    }

    /// The entry of a row that the caller knows to exist.
    @inlinable subscript(unchecked row: Int) -> Value {
        @inline(__always) get {
            Value(
                littleEndian: base.loadUnaligned(
                    fromByteOffset: (row & mask) &* MemoryLayout<Value>.stride, as: Value.self))
        }
    }
}

/// Zeros that every absent column reads.
private let zeros = SharedZeros()

private final class SharedZeros: @unchecked Sendable {
    // Unchecked: never written after `init`.
    let bytes = UnsafeMutableRawPointer.allocate(byteCount: 16, alignment: 16)
    init() { bytes.initializeMemory(as: UInt8.self, repeating: 0, count: 16) }
}
