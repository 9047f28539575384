import CShims
import WireMessages

/// Zeros that every absent column reads.
private let zeros: SharedZeros = SharedZeros()

private final class SharedZeros: @unchecked Sendable {
    // Unchecked: never written after `init`.
    let bytes = UnsafeMutableRawPointer.allocate(byteCount: 16, alignment: 16)
    init() { bytes.initializeMemory(as: UInt8.self, repeating: 0, count: 16) }
}

/// One column of a batch: one entry per row, or none at all, which reads as zeros.
struct Column<Value: BitwiseCopyable> {
    private let base: UnsafePointer<Value>
    /// All ones, or 0 where the column is absent: no branch in the loop over the rows.
    private let mask: Int
    private let rows: Int

    /// - Throws: `RequestProblem.column` where the column has neither 0 nor `rows` entries.
    init(_ values: UnsafeMutablePointer<Value>?, _ count: Int, rows: Int, _ name: StaticString) throws(RequestProblem) {
        self.rows = rows
        if let values, count > 0 {
            guard count == rows else { throw .column(name, entries: count, rows: rows) }
            base = UnsafePointer(values)
            mask = -1
        } else {
            base = UnsafePointer(zeros.bytes.assumingMemoryBound(to: Value.self))
            mask = 0
        }
    }

    subscript(row: Int) -> Value {
        @inline(__always) get {
            precondition(UInt(bitPattern: row) < UInt(bitPattern: rows))
            return base[row & mask]
        }
    }
}

extension Column where Value == UInt8 {
    init(_ bytes: ProtobufCBinaryData, rows: Int, _ name: StaticString) throws(RequestProblem) {
        try self.init(bytes.data, bytes.len, rows: rows, name)
    }
}
