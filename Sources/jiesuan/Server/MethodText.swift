import ProtoJSON

/// The text of a method, for `jiesuan call --list` and `--describe`.
enum MethodText {
    static func line(_ method: MethodType) -> String {
        "\(method.path)  (\(short(method.request.name))) → \(short(method.response.name))"
    }

    /// The request's and the answer's fields, and those of the messages in them, each message once.
    static func description(_ method: MethodType) -> String {
        var lines = [line(method)]
        var waiting = [method.request, method.response]
        var seen = Set(waiting.map(\.name))
        while !waiting.isEmpty {
            let message = waiting.removeFirst()
            lines += ["", short(message.name)]
            if message.fields.isEmpty { lines.append("  no fields") }
            for field in message.fields {
                lines.append("  \(field.jsonName): \(kind(field))")
                if field.holdsMessages, seen.insert(field.messageType.name).inserted {
                    waiting.append(field.messageType)
                }
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func kind(_ field: FieldType) -> String {
        let one: String
        if field.holdsMessages {
            one = short(field.messageType.name)
        } else if field.holdsEnum {
            one = field.enumType.names.joined(separator: " | ")
        } else {
            one = field.kindName
        }
        return field.isRepeated ? "[\(one)]" : one
    }

    private static func short(_ name: String) -> String { name.split(separator: ".").last.map(String.init) ?? name }
}
