import CShims
import Glibc
import Policy

/// Writes the message that a JSON text says, as proto3's JSON mapping has it: names in both spellings, whole numbers as
/// numbers or strings, enums by name or number, bytes as Base64, `null` for a field that is not set.
///
/// The fields come out ascending by number, whatever their order in the text: the same facts are the same bytes.
package struct MessageEncoder {
    /// Where a field of an open message was written.
    private struct Written {
        var field: Int
        var start: Int
        var end: Int
    }

    private var reader: JSONReader
    private var output: [UInt8] = []
    /// Fields of the open messages, the innermost last.
    private var written: [Written] = []
    private var scratch: [UInt8] = []

    private init(_ reader: JSONReader) { self.reader = reader }

    /// The message of `type` that `json` says.
    ///
    /// - Throws: `JSONProblem`, which names the field: one that the message has not, a value of another kind or out of
    ///   range, a name twice, a text that is no JSON.
    package static func encode(_ json: UnsafeRawBufferPointer, as type: MessageType) throws(JSONProblem) -> [UInt8] {
        var output: [UInt8] = []
        try encode(json, as: type, into: &output)
        return output
    }

    /// The same into memory that is used again; what it held is dropped. After a problem it is of no use.
    package static func encode(
        _ json: UnsafeRawBufferPointer, as type: MessageType, into output: inout [UInt8]
    ) throws(JSONProblem) {
        var encoder = MessageEncoder(try JSONReader(json))
        swap(&encoder.output, &output)
        defer { swap(&encoder.output, &output) }
        encoder.output.removeAll(keepingCapacity: true)
        try encoder.message(type, depth: 0)
        guard encoder.reader.peek() == nil else { throw encoder.reader.wrong("something follows the message") }
    }

    // MARK: messages

    private mutating func message(_ type: MessageType, depth: Int) throws(JSONProblem) {
        guard depth < JSONLimit.depthMax else { throw JSONProblem("messages nest \(JSONLimit.depthMax) deep at most") }
        guard reader.take("{") else { throw unexpected("an object {…} of \(type.name)") }
        let (first, begin) = (written.count, output.count)
        if !reader.take("}") {
            repeat { try member(of: type, since: first, depth: depth) } while reader.take(",")
            try reader.expect("}", "after a value")
        }
        sortFields(since: first, from: begin)
        written.removeSubrange(first...)
    }

    private mutating func member(of type: MessageType, since first: Int, depth: Int) throws(JSONProblem) {
        scratch.removeAll(keepingCapacity: true)
        guard try reader.string(into: &scratch) else { throw reader.wrong("a name in \"…\" is missing") }
        let hint = written.count > first ? written[written.count - 1].field + 1 : 0
        guard let index = type.index(ofName: scratch, hint: hint) else { throw unknown(scratch, type) }
        let field = type.fields[index]
        for other in written[first...] {
            if other.field == index { throw JSONProblem("stands twice; leave one out").inside(field) }
            let sibling = type.fields[other.field]
            if field.excludes(sibling), other.end > other.start {
                throw JSONProblem("only one of it and \(sibling.jsonName) may be set").inside(field)
            }
        }
        try reader.expect(":", "after a name")
        let start = output.count
        if !reader.take(word: "null") {
            do throws(JSONProblem) { try value(field, depth: depth) } catch { throw error.inside(field) }
        }
        written.append(Written(field: index, start: start, end: output.count))
    }

    private mutating func value(_ field: FieldType, depth: Int) throws(JSONProblem) {
        guard field.isRepeated else { return try element(field, isKept: field.hasPresence, depth: depth) }
        guard reader.take("[") else { throw unexpected("an array […]") }
        if reader.take("]") { return }
        if field.isPacked { openBlock(field) }
        let start = output.count
        var index = 0
        repeat {
            do throws(JSONProblem) {
                guard !reader.take(word: "null") else { throw JSONProblem("an array has no null; leave it out") }
                try element(field, isKept: true, depth: depth)
            } catch {
                throw error.inside(element: index)
            }
            index += 1
        } while reader.take(",")
        try reader.expect("]", "after an element")
        if field.isPacked { closeBlock(from: start) }
    }

    /// Fields in ascending order, as protobuf's own writers have them.
    private mutating func sortFields(since first: Int, from begin: Int) {
        let fields = written[first...]
        var isSorted = true
        for index in fields.indices.dropFirst() where fields[index - 1].field > fields[index].field { isSorted = false }
        guard !isSorted else { return }
        let bytes = Array(output[begin...])
        output.removeSubrange(begin...)
        for field in fields.sorted(by: { $0.field < $1.field }) {
            output.append(contentsOf: bytes[(field.start - begin)..<(field.end - begin)])
        }
    }

    // MARK: values

    /// One value; `isKept`: one that is 0 is written, too.
    private mutating func element(_ field: FieldType, isKept: Bool, depth: Int) throws(JSONProblem) {
        switch field.type {
        case PROTOBUF_C_TYPE_MESSAGE:
            openBlock(field)
            let start = output.count
            try message(field.messageType, depth: depth + 1)
            closeBlock(from: start)
        case PROTOBUF_C_TYPE_STRING:
            try text("a text in \"…\"")
            if !scratch.isEmpty || isKept { block(field) }
        case PROTOBUF_C_TYPE_BYTES:
            try text("Base64 in \"…\"")
            var bytes: [UInt8] = []
            guard Base64.append(decoded: scratch, to: &bytes) else {
                throw JSONProblem("this is no Base64", value: ShownText.cut(scratch))
            }
            scratch = bytes
            if !scratch.isEmpty || isKept { block(field) }
        case PROTOBUF_C_TYPE_BOOL:
            let isTrue = reader.take(word: "true")
            guard isTrue || reader.take(word: "false") else { throw unexpected("true or false") }
            varint(field, isTrue ? 1 : 0, isKept)
        case PROTOBUF_C_TYPE_ENUM: varint(field, UInt64(bitPattern: Int64(try enumValue(field.enumType))), isKept)
        default: try number(field, isKept)
        }
    }

    private mutating func number(_ field: FieldType, _ isKept: Bool) throws(JSONProblem) {
        switch field.type {
        case PROTOBUF_C_TYPE_INT32: varint(field, UInt64(bitPattern: Int64(try integer(Int32.self))), isKept)
        case PROTOBUF_C_TYPE_INT64: varint(field, UInt64(bitPattern: try integer(Int64.self)), isKept)
        case PROTOBUF_C_TYPE_UINT32: varint(field, UInt64(try integer(UInt32.self)), isKept)
        case PROTOBUF_C_TYPE_UINT64: varint(field, try integer(UInt64.self), isKept)
        case PROTOBUF_C_TYPE_SINT32: varint(field, Self.zigZag(Int64(try integer(Int32.self))), isKept)
        case PROTOBUF_C_TYPE_SINT64: varint(field, Self.zigZag(try integer(Int64.self)), isKept)
        case PROTOBUF_C_TYPE_FIXED32: fixed(field, try integer(UInt32.self), .bits32, isKept)
        case PROTOBUF_C_TYPE_SFIXED32: fixed(field, try integer(Int32.self), .bits32, isKept)
        case PROTOBUF_C_TYPE_FIXED64: fixed(field, try integer(UInt64.self), .bits64, isKept)
        case PROTOBUF_C_TYPE_SFIXED64: fixed(field, try integer(Int64.self), .bits64, isKept)
        default: throw JSONProblem("numbers with a fraction have no place in these messages")
        }
    }

    /// A whole number, written as a number or as a string.
    private mutating func integer<Integer: FixedWidthInteger>(_: Integer.Type) throws(JSONProblem) -> Integer {
        let before = reader
        if let plain = reader.plainInteger() {
            if let value = Integer(exactly: plain) { return value }
            reader = before
        }
        if let token = try reader.number() {
            guard let value = ExactInteger(token)?.value(Integer.self) else {
                throw JSONProblem("not \(Self.range(Integer.self))", value: ShownText.cut(token))
            }
            return value
        }
        try text(Self.range(Integer.self))
        let digits = scratch.first == UInt8(ascii: "-") ? scratch.dropFirst() : scratch[...]
        guard !digits.isEmpty, digits.allSatisfy(JSONReader.isDigit),
            let value = ExactInteger(scratch)?.value(Integer.self)
        else { throw JSONProblem("not \(Self.range(Integer.self))", value: ShownText.cut(scratch)) }
        return value
    }

    private static func range<Integer: FixedWidthInteger>(_: Integer.Type) -> String {
        "a whole number from \(Integer.min) to \(Integer.max)"
    }

    private mutating func enumValue(_ type: EnumType) throws(JSONProblem) -> Int32 {
        if let first = reader.peek(), first != UInt8(ascii: "\"") { return try integer(Int32.self) }
        try text("a name of \(type.name)")
        guard let value = type.number(of: &scratch) else {
            let asked = ShownText.cut(scratch)
            let hint = NearestName.of(asked, among: type.names).map { "the nearest is \($0)" }
            throw JSONProblem(
                "\(type.name) has no such name; \(hint ?? "there are: \(type.names.joined(separator: ", "))")",
                value: asked)
        }
        return value
    }

    /// Reads a string into `scratch`.
    private mutating func text(_ wanted: @autoclosure () -> String) throws(JSONProblem) {
        scratch.removeAll(keepingCapacity: true)
        guard try reader.string(into: &scratch) else { throw unexpected(wanted()) }
    }

    // MARK: bytes

    /// Numbers of the wire types.
    private enum WireType: UInt32 {
        case varint = 0
        case bits64 = 1
        case lengthDelimited = 2
        case bits32 = 5
    }

    private mutating func tag(_ field: FieldType, _ type: WireType) {
        varint(UInt64(field.id << 3 | type.rawValue))
    }

    /// Elements of a packed field have no tag of their own.
    private mutating func varint(_ field: FieldType, _ value: UInt64, _ isKept: Bool) {
        guard value != 0 || isKept else { return }
        if !field.isPacked { tag(field, .varint) }
        varint(value)
    }

    private mutating func fixed(
        _ field: FieldType, _ value: some FixedWidthInteger, _ type: WireType, _ isKept: Bool
    ) {
        guard value != 0 || isKept else { return }
        if !field.isPacked { tag(field, type) }
        withUnsafeBytes(of: value.littleEndian) { output.append(contentsOf: $0) }
    }

    /// What is in `scratch`.
    private mutating func block(_ field: FieldType) {
        tag(field, .lengthDelimited)
        varint(UInt64(scratch.count))
        output.append(contentsOf: scratch)
    }

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            output.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        output.append(UInt8(rest))
    }

    /// Before what has a length that is not known yet: most have one of one byte.
    private mutating func openBlock(_ field: FieldType) {
        tag(field, .lengthDelimited)
        output.append(0)
    }

    /// Puts the length of what was written since `start` into the byte before it, and makes room where it has more.
    private mutating func closeBlock(from start: Int) {
        let count = output.count - start
        guard count >= 0x80 else {
            output[start - 1] = UInt8(count)
            return
        }
        let more = (63 - count.leadingZeroBitCount) / 7
        for _ in 0..<more { output.append(0) }
        output.withUnsafeMutableBytes { bytes in
            let from = bytes.baseAddress! + start
            memmove(from + more, from, count)
            for index in 0...more {
                let rest = UInt8(truncatingIfNeeded: count >> (7 * index))
                bytes[start - 1 + index] = index < more ? rest | 0x80 : rest & 0x7F
            }
        }
    }

    private static func zigZag(_ value: Int64) -> UInt64 { UInt64(bitPattern: value << 1 ^ value >> 63) }

    // MARK: problems

    private mutating func unexpected(_ wanted: String) -> JSONProblem {
        guard reader.peek() != nil else { return reader.wrong("the text ends where there should be \(wanted)") }
        return JSONProblem("not \(wanted)", value: reader.shown())
    }

    private func unknown(_ name: [UInt8], _ type: MessageType) -> JSONProblem {
        let asked = ShownText.cut(name)
        let names = type.fields.map(\.jsonName)
        let hint = NearestName.of(asked, among: names).map { "the nearest is \($0)" }
        let all = names.isEmpty ? "it has none" : "it has: \(names.joined(separator: ", "))"
        return JSONProblem("\(type.name) has no field \"\(asked)\"; \(hint ?? all)")
    }
}
