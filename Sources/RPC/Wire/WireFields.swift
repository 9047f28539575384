/// The fields of a protobuf message, one after the other, with protobuf-c's idea of what is well-formed.
package struct WireFields {
    package struct Field {
        package let number: UInt32
        package let wireType: UInt8
    }

    private var cursor: UnsafeRawPointer
    private let end: UnsafeRawPointer

    package init(_ bytes: UnsafeRawBufferPointer) {
        // An empty message may have no address; any will do, nothing is read from it.
        cursor = bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 1)!
        end = cursor + bytes.count
    }

    package var isAtEnd: Bool { cursor == end }
    /// Bytes that have not been read.
    package var left: Int { end - cursor }

    /// The next field's key: up to five bytes.
    @inline(__always)
    package mutating func next() -> Field? {
        let first = cursor.load(as: UInt8.self)
        let wireType = first & 7
        // No field has the number 0; like protobuf-c we refuse it in its shortest form only.
        if first & 0xf8 == 0 { return nil }
        if first < 0x80 {
            cursor += 1
            return Field(number: UInt32(first >> 3), wireType: wireType)
        }
        var number = UInt32(first & 0x7f) >> 3
        var shift: UInt32 = 4
        for index in 1..<max(1, min(5, left)) {
            let byte = cursor.load(fromByteOffset: index, as: UInt8.self)
            number |= UInt32(byte & 0x7f) << shift
            shift += 7
            if byte < 0x80 {
                cursor += index + 1
                return Field(number: number, wireType: wireType)
            }
        }
        return nil
    }

    /// The value of a varint field: up to ten bytes, bits past 64 dropped.
    @inline(__always)
    package mutating func varint(_ field: Field) -> UInt64? {
        guard field.wireType == 0 else { return nil }
        return rawVarint()
    }

    @inline(__always)
    private mutating func rawVarint() -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        for index in 0..<min(10, left) {
            let byte = cursor.load(fromByteOffset: index, as: UInt8.self)
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 {
                cursor += index + 1
                return value
            }
            shift += 7
        }
        return nil
    }

    /// The value of a field that says yes or no, of any wire type, as protobuf-c takes it: yes where any of its bytes
    /// says something.
    package mutating func boolean(_ field: Field) -> Bool? {
        let start = cursor
        guard skip(field) else { return nil }
        return UnsafeRawBufferPointer(start: start, count: cursor - start).contains { $0 & 0x7f != 0 }
    }

    /// The value of a length-delimited field; the length in up to five bytes.
    @inline(__always)
    package mutating func bytes(_ field: Field) -> UnsafeRawBufferPointer? {
        guard field.wireType == 2 else { return nil }
        var length: UInt64 = 0
        var index = 0
        let most = min(5, left)
        while true {
            guard index < most else { return nil }
            let byte = cursor.load(fromByteOffset: index, as: UInt8.self)
            length |= UInt64(byte & 0x7f) << UInt64(7 * index)
            index += 1
            if byte < 0x80 { break }
        }
        guard length <= UInt64(left - index) else { return nil }
        let value = UnsafeRawBufferPointer(start: cursor + index, count: Int(length))
        cursor += index + Int(length)
        return value
    }

    /// The value of a fixed 64-bit field.
    package mutating func fixed64(_ field: Field) -> UInt64? {
        guard field.wireType == 1, left >= 8 else { return nil }
        let value = cursor.loadUnaligned(as: UInt64.self)
        cursor += 8
        return UInt64(littleEndian: value)
    }

    /// The bits of a number: a field's whose key says this wire type, or the next of packed ones.
    package mutating func number(ofWireType wireType: UInt8) -> UInt64? {
        switch wireType {
        case 0: return rawVarint()
        case 1: return fixed64(Field(number: 0, wireType: 1))
        case 5:
            guard left >= 4 else { return nil }
            let value = cursor.loadUnaligned(as: UInt32.self)
            cursor += 4
            return UInt64(UInt32(littleEndian: value))
        default: return nil
        }
    }

    /// Passes over a field that nobody asked for.
    package mutating func skip(_ field: Field) -> Bool {
        switch field.wireType {
        case 0: return rawVarint() != nil
        case 1: return pass(8)
        case 2: return bytes(field) != nil
        case 5: return pass(4)
        default: return false
        }
    }

    private mutating func pass(_ count: Int) -> Bool {
        guard left >= count else { return false }
        cursor += count
        return true
    }
}
