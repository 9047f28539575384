import CShims
import RPC

/// A field's value as it came: the bits of a number, or the bytes of a text, of bytes, of a message or of packed
/// numbers.
enum WireValue {
    case number(UInt64)
    case block(UnsafeRawBufferPointer)

    /// The value of the field whose key was just read; nil where the bytes are cut off.
    init?(_ fields: inout WireFields, _ key: WireFields.Field) {
        if key.wireType == FieldType.blockWireType {
            guard let bytes = fields.bytes(key) else { return nil }
            self = .block(bytes)
        } else {
            guard let bits = fields.number(ofWireType: key.wireType) else { return nil }
            self = .number(bits)
        }
    }

    var isEmptyBlock: Bool {
        if case .block(let bytes) = self { return bytes.isEmpty }
        return false
    }

    /// Whether it says what a field that is not set says.
    func isDefault(_ field: FieldType) -> Bool {
        switch self {
        case .block(let bytes): bytes.isEmpty
        // What is past a number's 32 bits is dropped; a truth is any bit.
        case .number(let bits): field.isNarrow ? UInt32(truncatingIfNeeded: bits) == 0 : bits == 0
        }
    }
}

extension FieldType {
    /// Of texts, bytes, messages and packed numbers.
    static let blockWireType: UInt8 = 2

    /// The wire type of one value.
    var wireType: UInt8 {
        switch type {
        case PROTOBUF_C_TYPE_STRING, PROTOBUF_C_TYPE_BYTES, PROTOBUF_C_TYPE_MESSAGE: Self.blockWireType
        case PROTOBUF_C_TYPE_FIXED64, PROTOBUF_C_TYPE_SFIXED64, PROTOBUF_C_TYPE_DOUBLE: 1
        case PROTOBUF_C_TYPE_FIXED32, PROTOBUF_C_TYPE_SFIXED32, PROTOBUF_C_TYPE_FLOAT: 5
        default: 0
        }
    }

    var holdsNumbers: Bool { wireType != Self.blockWireType }

    /// Whether a value of this wire type may be one of it: numbers come packed or one by one, whatever the .proto says.
    func takes(_ wireType: UInt8) -> Bool {
        wireType == self.wireType || isRepeated && holdsNumbers && wireType == Self.blockWireType
    }

    /// Whether it holds numbers of 32 bits.
    var isNarrow: Bool {
        switch type {
        case PROTOBUF_C_TYPE_INT32, PROTOBUF_C_TYPE_UINT32, PROTOBUF_C_TYPE_SINT32, PROTOBUF_C_TYPE_FIXED32,
            PROTOBUF_C_TYPE_SFIXED32, PROTOBUF_C_TYPE_ENUM:
            true
        default: false
        }
    }
}
