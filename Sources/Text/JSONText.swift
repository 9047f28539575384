/// JSON written in the order in which it is built: stable bytes, integers as integers.
package struct JSONText {
    private var bytes: [UInt8] = []
    /// Whether the next value of each open object or array is its first.
    private var isFirst: [Bool] = []
    private let indents: Bool

    /// - Parameter indents: one value a line, two spaces a level; else one line.
    package init(indents: Bool = true) { self.indents = indents }

    /// The text, ended by a line feed where it is indented.
    package var text: String { String(decoding: bytes, as: UTF8.self) + (indents ? "\n" : "") }

    /// A value of an array, or the whole.
    package mutating func object(_ body: (inout JSONText) -> Void) { nest("{", "}", body) }

    package mutating func object(_ key: String, _ body: (inout JSONText) -> Void) {
        name(key)
        open("{", "}", body)
    }

    package mutating func array(_ key: String, _ body: (inout JSONText) -> Void) {
        name(key)
        open("[", "]", body)
    }

    /// The whole as an array.
    package mutating func array(_ body: (inout JSONText) -> Void) { nest("[", "]", body) }

    package mutating func value(_ text: String) {
        separate()
        string(text)
    }

    package mutating func field(_ key: String, _ text: String) {
        name(key)
        string(text)
    }

    package mutating func field(_ key: String, _ number: some BinaryInteger) {
        name(key)
        bytes.append(contentsOf: String(number).utf8)
    }

    /// A number with decimals, as it is written: 1234.50.
    package mutating func field(_ key: String, decimal number: String) {
        name(key)
        bytes.append(contentsOf: number.utf8)
    }

    package mutating func field(_ key: String, _ flag: Bool) {
        name(key)
        bytes.append(contentsOf: (flag ? "true" : "false").utf8)
    }

    package mutating func null(_ key: String) {
        name(key)
        bytes.append(contentsOf: "null".utf8)
    }

    private mutating func nest(_ start: String, _ end: String, _ body: (inout JSONText) -> Void) {
        separate()
        open(start, end, body)
    }

    private mutating func open(_ start: String, _ end: String, _ body: (inout JSONText) -> Void) {
        bytes.append(contentsOf: start.utf8)
        isFirst.append(true)
        body(&self)
        let isEmpty = isFirst.removeLast()
        if !isEmpty { breakLine() }
        bytes.append(contentsOf: end.utf8)
    }

    private mutating func name(_ key: String) {
        separate()
        string(key)
        bytes.append(UInt8(ascii: ":"))
        if indents { bytes.append(UInt8(ascii: " ")) }
    }

    private mutating func separate() {
        guard let first = isFirst.last else { return }
        if !first { bytes.append(UInt8(ascii: ",")) }
        isFirst[isFirst.count - 1] = false
        breakLine()
    }

    private mutating func breakLine() {
        guard indents else { return }
        bytes.append(UInt8(ascii: "\n"))
        for _ in 0..<2 * isFirst.count { bytes.append(UInt8(ascii: " ")) }
    }

    private mutating func string(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case UInt8(ascii: "\n"): bytes.append(contentsOf: "\\n".utf8)
            case 0..<0x20:
                let digits = Array("0123456789abcdef".utf8)
                bytes.append(contentsOf: "\\u00".utf8)
                bytes += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
