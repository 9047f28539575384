import Text

/// Messages and enums as JSON Schema (2020-12), as proto3 JSON has their values.
enum OpenAPISchema {
    static func reference(to type: String) -> String { "#/components/schemas/\(type)" }

    /// What stands before the first full stop of a comment, which is none of an abbreviation or a number.
    static func firstSentence(of comment: String) -> String? {
        guard let line = comment.split(separator: "\n").first else { return nil }
        let end = line.firstRange(of: /[.。](?: |$)/)?.lowerBound ?? line.endIndex
        return end == line.startIndex ? nil : String(line[..<end])
    }

    /// The members of a message's schema.
    static func write(_ message: MessageDescription, _ json: inout JSONText) {
        json.field("type", "object")
        if !message.comment.isEmpty { json.field("description", message.comment) }
        guard !message.fields.isEmpty else { return }
        json.object("properties") { json in
            for field in message.fields { json.object(field.jsonName) { write(field, &$0) } }
        }
    }

    /// The members of an enum's schema.
    static func write(_ enumeration: EnumDescription, _ json: inout JSONText) {
        json.field("type", "string")
        json.array("enum") { json in for value in enumeration.values { json.value(value.name) } }
        let values = enumeration.values.map { value in
            "- \(value.name) = \(value.number)" + (value.comment.isEmpty ? "" : ": " + onOneLine(value.comment))
        }
        let head = enumeration.comment.isEmpty ? "" : enumeration.comment + "\n\n"
        json.field("description", head + values.joined(separator: "\n"))
    }

    private static func write(_ field: FieldDescription, _ json: inout JSONText) {
        if field.isRepeated {
            json.field("type", "array")
            json.object("items") { value(field, &$0) }
        } else {
            value(field, &json)
        }
        if !field.comment.isEmpty { json.field("description", field.comment) }
    }

    private static func value(_ field: FieldDescription, _ json: inout JSONText) {
        switch field.kind {
        case .message, .group, .enumeration: json.field("$ref", reference(to: field.type))
        case .string: json.field("type", "string")
        case .bytes:
            json.field("type", "string")
            json.field("contentEncoding", "base64")
        case .bool: json.field("type", "boolean")
        case .double, .float:
            json.field("type", "number")
            json.field("format", field.kind == .double ? "double" : "float")
        case .int32, .sint32, .sfixed32:
            json.field("type", "integer")
            json.field("format", "int32")
        case .uint32, .fixed32:
            json.field("type", "integer")
            json.field("minimum", 0)
            json.field("maximum", UInt32.max)
        case .int64, .sint64, .sfixed64: wide("int64", "^-?[0-9]+$", &json)
        case .uint64, .fixed64: wide("uint64", "^[0-9]+$", &json)
        }
    }

    /// A whole number of 64 bits: readers of JSON in other languages lose digits past 2^53.
    private static func wide(_ format: String, _ pattern: String, _ json: inout JSONText) {
        json.array("type") { json in
            json.value("string")
            json.value("integer")
        }
        json.field("format", format)
        json.field("pattern", pattern)
    }

    private static func onOneLine(_ text: String) -> String { text.split(separator: "\n").joined(separator: " ") }
}
