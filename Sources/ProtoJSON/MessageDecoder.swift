import CShims
import RPC

/// Writes a message as JSON, as proto3's JSON mapping has it: names in camel case, fields in the order of their
/// numbers, those that are not set left out, whole numbers of 64 bits as strings, enums by name.
///
/// Fields that the message's .proto does not know are left out.
package struct MessageDecoder {
    /// A value of an open message as it came.
    private struct Found {
        var field: Int
        var value: WireValue
    }

    private var writer: JSONWriter
    /// Values of the open messages, the innermost last.
    private var found: [Found] = []

    private let repairsTexts: Bool
    private let textBytesMax: Int

    private init(indents: Bool, repairsTexts: Bool, textBytesMax: Int) {
        self.repairsTexts = repairsTexts
        writer = JSONWriter(indents: indents)
        self.textBytesMax = textBytesMax
    }

    /// The JSON text of a message of `type`.
    ///
    /// - Parameter indents: a value a line, two spaces a level; else one line.
    /// - Throws: `JSONProblem` where the bytes are no such message, or the text is longer than
    ///   `JSONLimit.textBytesMax`.
    package static func decode(
        _ message: UnsafeRawBufferPointer, as type: MessageType, indents: Bool = true
    ) throws(JSONProblem) -> [UInt8] {
        var text: [UInt8] = []
        try decode(message, as: type, indents: indents, into: &text)
        return text
    }

    /// The same into memory that is used again; what it held is dropped. After a problem it is of no use.
    ///
    /// - Parameter repairsTexts: what is not UTF-8 in a text becomes U+FFFD; else the message is refused.
    package static func decode(
        _ message: UnsafeRawBufferPointer, as type: MessageType, indents: Bool = true,
        repairsTexts: Bool = false, textBytesMax: Int = JSONLimit.textBytesMax, into text: inout [UInt8]
    ) throws(JSONProblem) {
        var decoder = MessageDecoder(indents: indents, repairsTexts: repairsTexts, textBytesMax: textBytesMax)
        decoder.writer.exchange(&text)
        defer { decoder.writer.exchange(&text) }
        decoder.writer.clear()
        try decoder.message(message, type, depth: 0)
    }

    private mutating func message(
        _ bytes: UnsafeRawBufferPointer, _ type: MessageType, depth: Int
    ) throws(JSONProblem) {
        guard depth < JSONLimit.depthMax else { throw JSONProblem("messages nest \(JSONLimit.depthMax) deep at most") }
        let first = found.count
        try collect(bytes, type)
        let fields = type.fields
        writer.open("{")
        var isEmpty = true
        var next = first
        while next < found.count {
            let index = found[next].field
            let begin = next
            while next < found.count, found[next].field == index { next += 1 }
            let field = fields[index]
            guard
                field.isRepeated || field.type == PROTOBUF_C_TYPE_MESSAGE || field.hasPresence
                    || !found[next - 1].value.isDefault(field)
            else { continue }
            // Packed numbers of which there are none are as a field that did not come.
            if field.isRepeated, field.holdsNumbers, found[begin..<next].allSatisfy(\.value.isEmptyBlock) { continue }
            writer.separate(isFirst: isEmpty)
            isEmpty = false
            writer.name(field)
            do throws(JSONProblem) { try values(begin..<next, field, depth) } catch { throw error.inside(field) }
        }
        writer.close("}", isEmpty: isEmpty)
        found.removeSubrange(first...)
    }

    /// The message's fields, ascending, those of one field in the order in which they came.
    private mutating func collect(_ bytes: UnsafeRawBufferPointer, _ type: MessageType) throws(JSONProblem) {
        let first = found.count
        var next = 0
        var isSorted = true
        var fields = WireFields(bytes)
        while !fields.isAtEnd {
            guard let key = fields.next() else { throw Self.broken(type) }
            // A value of another wire type is as a field that is not known.
            guard let index = type.index(ofNumber: key.number, hint: next), type.fields[index].takes(key.wireType)
            else {
                guard fields.skip(key) else { throw Self.broken(type) }
                continue
            }
            guard let value = WireValue(&fields, key) else { throw Self.broken(type) }
            if found.count > first, found[found.count - 1].field > index { isSorted = false }
            found.append(Found(field: index, value: value))
            next = index
        }
        guard !isSorted else { return }
        let sorted = found[first...].enumerated().sorted {
            ($0.element.field, $0.offset) < ($1.element.field, $1.offset)
        }
        found.replaceSubrange(first..., with: sorted.map(\.element))
    }

    private mutating func values(_ range: Range<Int>, _ field: FieldType, _ depth: Int) throws(JSONProblem) {
        guard field.isRepeated else { return try single(range, field, depth) }
        writer.open("[")
        var count = 0
        for index in range {
            let value = found[index].value
            if case .block(let block) = value, field.holdsNumbers {
                var elements = WireFields(block)
                while !elements.isAtEnd {
                    guard let bits = elements.number(ofWireType: field.wireType) else {
                        throw JSONProblem("the packed numbers are cut off")
                    }
                    try element(.number(bits), field, &count, depth)
                }
            } else {
                try element(value, field, &count, depth)
            }
        }
        writer.close("]", isEmpty: count == 0)
    }

    /// A field that is not repeated: the last value counts; messages that came in parts are put together.
    private mutating func single(_ range: Range<Int>, _ field: FieldType, _ depth: Int) throws(JSONProblem) {
        let last = found[range.upperBound - 1].value
        guard field.type == PROTOBUF_C_TYPE_MESSAGE, range.count > 1 else { return try write(last, field, depth) }
        var whole: [UInt8] = []
        for index in range { if case .block(let part) = found[index].value { whole.append(contentsOf: part) } }
        let problem: JSONProblem? = whole.withUnsafeBytes { bytes in
            do throws(JSONProblem) {
                try message(bytes, field.messageType, depth: depth + 1)
                return nil
            } catch { return error }
        }
        if let problem { throw problem }
    }

    private mutating func element(
        _ value: WireValue, _ field: FieldType, _ count: inout Int, _ depth: Int
    ) throws(JSONProblem) {
        writer.separate(isFirst: count == 0)
        do throws(JSONProblem) { try write(value, field, depth) } catch { throw error.inside(element: count) }
        count += 1
    }

    private mutating func write(_ value: WireValue, _ field: FieldType, _ depth: Int) throws(JSONProblem) {
        guard writer.text.count <= textBytesMax else {
            throw JSONProblem("the answer has more than \(textBytesMax) bytes as JSON; ask for less at once")
        }
        switch (field.type, value) {
        case (PROTOBUF_C_TYPE_MESSAGE, .block(let bytes)): try message(bytes, field.messageType, depth: depth + 1)
        case (PROTOBUF_C_TYPE_STRING, .block(let bytes)):
            if bytes.bindMemory(to: UInt8.self).isUTF8 { return writer.string(bytes) }
            guard repairsTexts else { throw JSONProblem("the text is not UTF-8") }
            var repaired = String(decoding: bytes, as: UTF8.self)
            repaired.withUTF8 { writer.string(UnsafeRawBufferPointer($0)) }
        case (PROTOBUF_C_TYPE_BYTES, .block(let bytes)): writer.base64(bytes)
        case (_, .number(let bits)): try number(bits, field)
        case (_, .block): throw JSONProblem("a number is missing")
        }
    }

    private mutating func number(_ bits: UInt64, _ field: FieldType) throws(JSONProblem) {
        switch field.type {
        case PROTOBUF_C_TYPE_BOOL: writer.word(bits != 0 ? "true" : "false")
        case PROTOBUF_C_TYPE_ENUM:
            let value = Int32(truncatingIfNeeded: bits)
            if let name = field.enumType.name(of: value) { writer.plainString(name) } else { writer.number(value) }
        case PROTOBUF_C_TYPE_INT32, PROTOBUF_C_TYPE_SFIXED32: writer.number(Int32(truncatingIfNeeded: bits))
        case PROTOBUF_C_TYPE_UINT32, PROTOBUF_C_TYPE_FIXED32: writer.number(UInt32(truncatingIfNeeded: bits))
        case PROTOBUF_C_TYPE_SINT32: writer.number(Int32(truncatingIfNeeded: Self.unZigZag(bits & 0xFFFF_FFFF)))
        case PROTOBUF_C_TYPE_INT64, PROTOBUF_C_TYPE_SFIXED64: writer.wideNumber(Int64(bitPattern: bits))
        case PROTOBUF_C_TYPE_UINT64, PROTOBUF_C_TYPE_FIXED64: writer.wideNumber(bits)
        case PROTOBUF_C_TYPE_SINT64: writer.wideNumber(Self.unZigZag(bits))
        default: throw JSONProblem("numbers with a fraction have no place in these messages")
        }
    }

    private static func unZigZag(_ bits: UInt64) -> Int64 {
        Int64(bitPattern: bits >> 1) ^ -Int64(bitPattern: bits & 1)
    }

    private static func broken(_ type: MessageType) -> JSONProblem {
        JSONProblem("the bytes are no message of \(type.name)")
    }
}
