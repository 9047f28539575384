import CShims
import Settlement
import WireMessages

extension Column {
    /// - Throws: `RequestProblem.column` where the column has neither 0 nor `rows` entries.
    init(_ bytes: UnsafeRawBufferPointer, rows: Int, _ name: StaticString) throws(RequestProblem) {
        let entries = bytes.count / MemoryLayout<Value>.stride
        guard entries == 0 || entries == rows else { throw .column(name, entries: entries, rows: rows) }
        self.init(bytes, rows: rows)
    }

    init(_ values: UnsafeMutablePointer<Value>?, _ count: Int, rows: Int, _ name: StaticString) throws(RequestProblem) {
        try self.init(UnsafeRawBufferPointer(UnsafeBufferPointer(start: values, count: count)), rows: rows, name)
    }
}

extension Column where Value == UInt8 {
    init(_ bytes: ProtobufCBinaryData, rows: Int, _ name: StaticString) throws(RequestProblem) {
        try self.init(UnsafeRawBufferPointer(start: bytes.data, count: bytes.len), rows: rows, name)
    }
}
