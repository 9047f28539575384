import Foundation
import Text

/// Settings as a file, a table and JSON.
enum ConfigurationText {
    /// A configuration file: what is set as lines, the rest as comments, each below what it does.
    static func file(_ settings: ServerSettings) -> [String] {
        var lines = [
            "# Settings of jiesuan serve. JIESUAN_… in the environment goes before this file, options before both."
        ]
        for value in settings.values {
            lines.append("")
            lines += wrapped(value.setting.abstract).map { "# " + $0 }
            let isSet = value.source != .byDefault
            lines.append((isSet ? "" : "#") + "\(value.setting.name): \(yaml(value))")
        }
        return lines
    }

    /// Setting, value, source.
    static func table(_ settings: ServerSettings) -> [String] {
        var table = TextTable([.left, .left, .left])
        table.add(["setting", "value", "from"])
        for value in settings.values {
            table.add([value.setting.name, shown(value).joined(separator: ", "), value.source.description])
        }
        return table.lines()
    }

    static func json(_ settings: ServerSettings) -> String {
        var json = JSONText()
        json.array { json in
            for value in settings.values {
                json.object { json in
                    json.field("setting", value.setting.name)
                    json.field("variable", value.setting.variable)
                    json.array("values") { json in
                        for text in shown(value) { json.value(text) }
                    }
                    json.field("from", value.source.description)
                }
            }
        }
        return json.text
    }

    private static func yaml(_ value: ServerSettings.Value) -> String {
        let texts = shown(value).map(quoted)
        return value.setting.isRepeating ? "[" + texts.joined(separator: ", ") + "]" : texts.first ?? ""
    }

    /// The text as one value of YAML: quoted where it might be read as something else.
    private static func quoted(_ text: String) -> String {
        let isPlain =
            !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "_"),
                    UInt8(ascii: "-"):
                    true
                default: byte >= 0x80
                }
            } && !text.hasPrefix("-")
        return isPlain ? text : "'" + text.replacing("'", with: "''") + "'"
    }

    /// The values with the password of an address hidden: "postgresql://office:…@db".
    private static func shown(_ value: ServerSettings.Value) -> [String] {
        value.values.map { text in
            guard let scheme = text.range(of: "://"), let at = text[scheme.upperBound...].firstIndex(of: "@"),
                let colon = text[scheme.upperBound..<at].firstIndex(of: ":")
            else { return text }
            return text[...colon] + "…" + text[at...]
        }
    }

    /// Words in lines of at most 116 columns.
    private static func wrapped(_ text: String) -> [String] {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, last.count + 1 + word.count <= 116 {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }
}
