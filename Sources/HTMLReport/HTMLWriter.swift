/// Writes HTML that is XML too: every element is closed, every text and value escaped.
///
/// Names are literals, so nothing that comes from input can become markup.
package struct HTMLWriter {
    package private(set) var bytes: [UInt8] = []
    /// The language that comes first where something is said in both.
    package let lead: Lead

    package enum Lead: Sendable { case chinese, english }

    package init(lead: Lead = .chinese) {
        self.lead = lead
    }

    /// An element with what `content` writes inside it.
    package mutating func element(
        _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:],
        _ content: (inout HTMLWriter) -> Void
    ) {
        open(name, attributes)
        literal(">")
        content(&self)
        literal("</")
        literal(name)
        literal(">\n")
    }

    /// An element that holds one text.
    package mutating func element(
        _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:], text: String
    ) {
        open(name, attributes)
        literal(">")
        self.text(text)
        literal("</")
        literal(name)
        literal(">")
    }

    /// An element that never holds anything: `meta`, `rect`.
    package mutating func void(_ name: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:]) {
        open(name, attributes)
        literal("/>\n")
    }

    /// Text as it is to be read; escaped.
    package mutating func text(_ text: String) {
        for scalar in text.unicodeScalars { append(scalar) }
    }

    /// Markup or style that is a literal of the program.
    package mutating func literal(_ literal: StaticString) {
        literal.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    private mutating func open(_ name: StaticString, _ attributes: KeyValuePairs<StaticString, String>) {
        literal("<")
        literal(name)
        for (attribute, value) in attributes {
            literal(" ")
            literal(attribute)
            literal("=\"")
            text(value)
            literal("\"")
        }
    }

    private mutating func append(_ scalar: Unicode.Scalar) {
        switch scalar {
        case "&": literal("&amp;")
        case "<": literal("&lt;")
        case ">": literal("&gt;")
        case "\"": literal("&quot;")
        case "'": literal("&#39;")
        case "\t", "\n", "\r": literal(" ")
        // XML has no way to write these.
        case "\0"..<" ", "\u{7F}"..."\u{9F}", "\u{FFFE}", "\u{FFFF}": literal("\u{FFFD}")
        default: bytes.append(contentsOf: UTF8.encode(scalar)!)
        }
    }
}
