import CShims

/// A message as its .proto describes it, from the description that protobuf-c compiles in.
package struct MessageType: @unchecked Sendable {
    // Safe to share: a description is a constant of the program.

    /// For protobuf-c's functions that take any message.
    package let descriptor: UnsafePointer<ProtobufCMessageDescriptor>

    package init(_ descriptor: UnsafePointer<ProtobufCMessageDescriptor>) { self.descriptor = descriptor }

    /// The full name: `jiesuan.v1.SettleRequest`.
    package var name: String { String(cString: descriptor.pointee.name) }

    /// Ascending by number.
    package var fields: UnsafeBufferPointer<FieldType> {
        UnsafeBufferPointer(start: descriptor.pointee.fields, count: Int(descriptor.pointee.n_fields))
    }

    /// The index in `fields` of the field of this number; nil: there is none.
    ///
    /// - Parameter hint: it, or the one after it, is looked at first.
    func index(ofNumber number: UInt32, hint: Int) -> Int? {
        for index in hint..<min(hint + 2, fields.count) where fields[index].id == number { return index }
        return protobuf_c_message_descriptor_get_field(descriptor, number).map { $0 - descriptor.pointee.fields }
    }

    /// The index in `fields` of the field of this name, in either spelling; nil: there is none.
    ///
    /// - Parameter hint: the index that is tried first: members usually come in the order of the .proto.
    func index(ofName name: [UInt8], hint: Int) -> Int? {
        let fields = fields
        return name.withUnsafeBufferPointer { name in
            if hint < fields.count, fields[hint].isNamed(name) { return hint }
            return fields.firstIndex { $0.isNamed(name) }
        }
    }
}

package typealias FieldType = ProtobufCFieldDescriptor

extension FieldType {
    /// As in the .proto: `service_date`.
    package var protoName: String { String(cString: name) }

    /// As JSON has it: `serviceDate`.
    package var jsonName: String { String(decoding: Array(JSONNameBytes(name)), as: UTF8.self) }

    package var isRepeated: Bool { label == PROTOBUF_C_LABEL_REPEATED }
    var isPacked: Bool { isRepeated && flags & PROTOBUF_C_FIELD_FLAG_PACKED.rawValue != 0 }

    /// Whether a value that was set to 0 differs from one that was not set.
    var hasPresence: Bool {
        isInOneof || label == PROTOBUF_C_LABEL_OPTIONAL || label == PROTOBUF_C_LABEL_REQUIRED
    }

    /// Whether it may be left out and that is told from 0: "null" in JSON.
    package var mayBeNull: Bool { !holdsMessages && hasPresence || isInOneof }

    var isInOneof: Bool { flags & PROTOBUF_C_FIELD_FLAG_ONEOF.rawValue != 0 }

    /// Whether only one of the two may be set: members of one oneof keep which in the same place.
    func excludes(_ other: FieldType) -> Bool {
        isInOneof && other.isInOneof && id != other.id && quantifier_offset == other.quantifier_offset
    }

    package var holdsMessages: Bool { type == PROTOBUF_C_TYPE_MESSAGE }
    package var holdsEnum: Bool { type == PROTOBUF_C_TYPE_ENUM }

    /// What a value is, for people: "whole number, 64 bits".
    package var kindName: String {
        switch type {
        case PROTOBUF_C_TYPE_STRING: "text"
        case PROTOBUF_C_TYPE_BYTES: "bytes, as Base64"
        case PROTOBUF_C_TYPE_BOOL: "true or false"
        case PROTOBUF_C_TYPE_MESSAGE: messageType.name
        case PROTOBUF_C_TYPE_ENUM: enumType.name
        case PROTOBUF_C_TYPE_UINT32, PROTOBUF_C_TYPE_FIXED32: "whole number from 0, 32 bits"
        case PROTOBUF_C_TYPE_UINT64, PROTOBUF_C_TYPE_FIXED64: "whole number from 0, 64 bits"
        default: isNarrow ? "whole number, 32 bits" : "whole number, 64 bits"
        }
    }

    /// Of a field that holds messages.
    package var messageType: MessageType {
        MessageType(descriptor.assumingMemoryBound(to: ProtobufCMessageDescriptor.self))
    }

    /// Of a field that holds an enum's values.
    package var enumType: EnumType { EnumType(descriptor.assumingMemoryBound(to: ProtobufCEnumDescriptor.self)) }

    fileprivate func isNamed(_ asked: UnsafeBufferPointer<UInt8>) -> Bool {
        // The first letter is the same in both spellings, and nearly always decides.
        guard let first = asked.first, first == UInt8(bitPattern: name[0]) || name[0] == 0x5F else { return false }
        var length = 0
        while name[length] != 0, length < asked.count, UInt8(bitPattern: name[length]) == asked[length] { length += 1 }
        if length == asked.count, name[length] == 0 { return true }
        var bytes = JSONNameBytes(name)
        for byte in asked where bytes.next() != byte { return false }
        return bytes.next() == nil
    }
}

/// The bytes of a field's JSON name, from its name in the .proto: no underscores, the letter after one is large.
struct JSONNameBytes: Sequence, IteratorProtocol {
    private var cursor: UnsafePointer<CChar>

    init(_ protoName: UnsafePointer<CChar>) { cursor = protoName }

    mutating func next() -> UInt8? {
        var isLarge = false
        while cursor.pointee == CChar(bitPattern: UInt8(ascii: "_")) {
            isLarge = true
            cursor += 1
        }
        let byte = UInt8(bitPattern: cursor.pointee)
        guard byte != 0 else { return nil }
        cursor += 1
        return isLarge && (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) ? byte & ~0x20 : byte
    }
}

/// An enum as its .proto describes it.
package struct EnumType {
    private let descriptor: UnsafePointer<ProtobufCEnumDescriptor>

    init(_ descriptor: UnsafePointer<ProtobufCEnumDescriptor>) { self.descriptor = descriptor }

    package var name: String { String(cString: descriptor.pointee.name) }

    package var names: [String] {
        (0..<Int(descriptor.pointee.n_values)).map { String(cString: descriptor.pointee.values[$0].name) }
    }

    /// - Parameter name: as it is when this returns; a zero stands behind it meanwhile.
    func number(of name: inout [UInt8]) -> Int32? {
        // A zero in the name would end it early.
        guard !name.contains(0) else { return nil }
        name.append(0)
        defer { name.removeLast() }
        return name.withUnsafeBytes { bytes in
            protobuf_c_enum_descriptor_get_value_by_name(
                descriptor, bytes.baseAddress!.assumingMemoryBound(to: CChar.self))
        }.map { $0.pointee.value }
    }

    func name(of number: Int32) -> UnsafePointer<CChar>? {
        protobuf_c_enum_descriptor_get_value(descriptor, number)?.pointee.name
    }
}
