/// A protobuf message under construction, written by hand: what these tests send does not pass through the code that
/// they test.
struct WireMessage {
    private(set) var bytes: [UInt8] = []

    /// int32, int64, enums, bool; 0 is left out, as proto3 does.
    mutating func number(_ field: Int, _ value: Int64) {
        guard value != 0 else { return }
        key(field, 0)
        varint(UInt64(bitPattern: value))
    }

    mutating func fixed32(_ field: Int, _ value: UInt32) {
        guard value != 0 else { return }
        key(field, 5)
        append(value)
    }

    mutating func fixed64(_ field: Int, _ value: UInt64) {
        guard value != 0 else { return }
        key(field, 1)
        append(value)
    }

    mutating func text(_ field: Int, _ value: String) {
        if !value.isEmpty { blob(field, Array(value.utf8)) }
    }

    /// A member of a `repeated string`, which may be empty.
    mutating func item(_ field: Int, _ value: String) { blob(field, Array(value.utf8)) }

    mutating func message(_ field: Int, _ value: WireMessage) { blob(field, value.bytes) }

    /// A column of bytes; an empty one is left out.
    mutating func column(_ field: Int, _ values: [UInt8]) {
        if !values.isEmpty { blob(field, values) }
    }

    /// A packed column of fixed-width numbers; an empty one is left out.
    mutating func column(_ field: Int, _ values: [some FixedWidthInteger]) {
        guard !values.isEmpty else { return }
        key(field, 2)
        varint(UInt64(values.count * values[0].bitWidth / 8))
        for value in values { append(value) }
    }

    mutating func blob(_ field: Int, _ value: [UInt8]) {
        key(field, 2)
        varint(UInt64(value.count))
        bytes += value
    }

    private mutating func key(_ field: Int, _ wireType: UInt64) { varint(UInt64(field) << 3 | wireType) }

    private mutating func append(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
    }

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
