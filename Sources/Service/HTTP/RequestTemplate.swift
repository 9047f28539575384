import ProtoJSON

/// A request of JSON to begin with: every field of the message with a value that says nothing.
enum RequestTemplate {
    /// Messages in messages that are written out; deeper ones begin empty.
    private static let depthMax = 3

    static func text(_ type: MessageType) -> String { message(type, indent: "", depth: 0) }

    private static func message(_ type: MessageType, indent: String, depth: Int) -> String {
        guard !type.fields.isEmpty, depth < depthMax else { return "{}" }
        let inner = indent + "  "
        let members = type.fields.map { "\(inner)\"\($0.jsonName)\": \(value($0, indent: inner, depth: depth))" }
        return "{\n" + members.joined(separator: ",\n") + "\n\(indent)}"
    }

    private static func value(_ field: FieldType, indent: String, depth: Int) -> String {
        if field.isRepeated { return "[]" }
        // One of several that exclude each other: whoever needs it writes it.
        if field.mayBeNull { return "null" }
        if field.holdsMessages { return message(field.messageType, indent: indent, depth: depth + 1) }
        if field.holdsEnum { return "\"\(field.enumType.names.first ?? "")\"" }
        switch field.kindName {
        case "true or false": return "false"
        case "text", "bytes, as Base64": return "\"\""
        default: return "0"
        }
    }
}
