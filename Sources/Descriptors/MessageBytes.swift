import RPC

/// A protobuf message as it is written, field by field.
struct MessageBytes {
    private(set) var bytes: [UInt8] = []

    /// A field of bytes, a text or a message; also one that is empty.
    mutating func add(_ number: UInt32, _ value: some Collection<UInt8>) {
        varint(UInt64(number) << 3 | 2)
        varint(UInt64(value.count))
        bytes.append(contentsOf: value)
    }

    /// A field of a whole number; one that is 0 is left out.
    mutating func add(_ number: UInt32, _ value: UInt64) {
        guard value != 0 else { return }
        varint(UInt64(number) << 3)
        varint(value)
    }

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// A message's bytes but for one field of bytes; of a message that was read before.
    static func copy(of message: UnsafeRawBufferPointer, without number: UInt32) -> [UInt8] {
        var copy: [UInt8] = []
        copy.reserveCapacity(message.count)
        var fields = WireFields(message)
        while !fields.isAtEnd {
            let start = message.count - fields.left
            guard let field = fields.next(), fields.skip(field) else { break }
            if field.number != number { copy.append(contentsOf: message[start..<message.count - fields.left]) }
        }
        return copy
    }
}
