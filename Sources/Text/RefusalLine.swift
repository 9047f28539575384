/// A refusal in one line, whoever refuses: "NOT_ENTITLED claim.disease=hypertension [CQ-14]: what is wrong".
package struct RefusalLine: Equatable, Sendable {
    /// Of the code, as the error registry has it.
    package var name: String
    /// Empty where it is no single one's fault.
    package var field: String
    /// What stands in the field; nil: it is not said.
    package var value: String?
    /// Empty where none is behind it.
    package var rule: String
    package var message: String

    package init(_ name: String, field: String, value: String?, rule: String, _ message: String) {
        self.name = name
        self.field = field
        self.value = value
        self.rule = rule
        self.message = message
    }

    package var text: String {
        var line = name
        if !field.isEmpty { line += " \(field)" }
        if let value { line += "=\(value)" }
        if !rule.isEmpty { line += " [\(rule)]" }
        return line + ": " + message
    }

    package static func text(
        _ name: String, field: String, value: String?, rule: String, _ message: String
    ) -> String {
        RefusalLine(name, field: field, value: value, rule: rule, message).text
    }

    /// The parts of such a line of the code `name`, which `text` is or, after words in Chinese, ends with; nil: it has
    /// none.
    ///
    /// A value that has " [" or ": " in it, of a caller's text, may be cut there; the rest is in the message then.
    package init?(in text: String, of name: String) {
        guard let start = text.firstRange(of: name), !name.isEmpty else { return nil }
        var rest = text[start.upperBound...]
        guard rest.hasPrefix(": ") || rest.hasPrefix(" ") else { return nil }
        var (field, value, rule) = ("", String?.none, "")
        if !rest.hasPrefix(": "), !rest.hasPrefix(" [") {
            rest = rest.dropFirst()
            let path = rest.prefix { $0 != "=" && $0 != " " && $0 != ":" }
            field = String(path)
            rest = rest.dropFirst(path.count)
            if rest.first == "=" {
                guard let end = Self.endOfValue(rest.dropFirst()) else { return nil }
                value = String(rest.dropFirst()[..<end])
                rest = rest[end...]
            }
        }
        if rest.hasPrefix(" ["), let close = rest.firstIndex(of: "]") {
            rule = String(rest[rest.index(rest.startIndex, offsetBy: 2)..<close])
            rest = rest[rest.index(after: close)...]
        }
        guard rest.hasPrefix(": ") else { return nil }
        self.init(name, field: field, value: value, rule: rule, String(rest.dropFirst(2)))
    }

    /// Where " [" or ": " begins; nil: neither follows.
    private static func endOfValue(_ text: Substring) -> String.Index? {
        text.indices.first { text[$0...].hasPrefix(" [") || text[$0...].hasPrefix(": ") }
    }
}
