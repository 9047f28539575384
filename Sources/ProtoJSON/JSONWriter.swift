import CShims
import Glibc

/// Writes JSON: on one line, or a value a line with two spaces a level.
struct JSONWriter {
    private(set) var text: [UInt8] = []
    private let indents: Bool
    private var depth = 0

    init(indents: Bool) { self.indents = indents }

    mutating func clear() { text.removeAll(keepingCapacity: true) }

    /// Writes into other memory from now on.
    mutating func exchange(_ other: inout [UInt8]) { swap(&text, &other) }

    mutating func open(_ sign: Unicode.Scalar) {
        text.append(UInt8(ascii: sign))
        depth += 1
    }

    /// - Parameter isEmpty: whether nothing was written since it was opened.
    mutating func close(_ sign: Unicode.Scalar, isEmpty: Bool) {
        depth -= 1
        if !isEmpty { breakLine() }
        text.append(UInt8(ascii: sign))
    }

    /// Before a member or an element.
    mutating func separate(isFirst: Bool) {
        if !isFirst { text.append(UInt8(ascii: ",")) }
        breakLine()
    }

    mutating func name(_ field: FieldType) {
        text.append(UInt8(ascii: "\""))
        var bytes = JSONNameBytes(field.name)
        while let byte = bytes.next() { text.append(byte) }
        text.append(UInt8(ascii: "\""))
        text.append(UInt8(ascii: ":"))
        if indents { text.append(UInt8(ascii: " ")) }
    }

    mutating func word(_ word: StaticString) {
        text.append(contentsOf: UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
    }

    mutating func number(_ value: some FixedWidthInteger) {
        if value < 0 { text.append(UInt8(ascii: "-")) }
        var rest = UInt64(value.magnitude)
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var first = 20
            repeat {
                first -= 1
                let tenth = rest / 10
                digits[first] = UInt8(truncatingIfNeeded: rest - tenth * 10) + 0x30
                rest = tenth
            } while rest > 0
            text.append(contentsOf: UnsafeBufferPointer(rebasing: digits[first...]))
        }
    }

    /// A whole number of 64 bits: a string, because readers of JSON in other languages lose digits past 2^53.
    mutating func wideNumber(_ value: some FixedWidthInteger) {
        text.append(UInt8(ascii: "\""))
        number(value)
        text.append(UInt8(ascii: "\""))
    }

    /// A name that needs no escapes.
    mutating func plainString(_ name: UnsafePointer<CChar>) {
        text.append(UInt8(ascii: "\""))
        text.append(contentsOf: UnsafeRawBufferPointer(start: name, count: strlen(name)))
        text.append(UInt8(ascii: "\""))
    }

    mutating func base64(_ bytes: UnsafeRawBufferPointer) {
        text.append(UInt8(ascii: "\""))
        Base64.append(bytes, to: &text)
        text.append(UInt8(ascii: "\""))
    }

    /// A text in UTF-8. Control characters are escaped, those past ASCII too: a terminal must not obey an answer.
    mutating func string(_ bytes: UnsafeRawBufferPointer) {
        text.append(UInt8(ascii: "\""))
        var previous: UInt8 = 0
        var plain = 0
        for (index, byte) in bytes.enumerated() where Self.mayNeedEscape(byte) {
            text.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[plain..<index]))
            plain = index + 1
            previous = index > 0 ? bytes[index - 1] : 0
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): text += [UInt8(ascii: "\\"), byte]
            case 0x08: word("\\b")
            case 0x09: word("\\t")
            case 0x0A: word("\\n")
            case 0x0C: word("\\f")
            case 0x0D: word("\\r")
            case 0..<0x20, 0x7F: escape(byte)
            case 0x80..<0xA0 where previous == 0xC2:
                text.removeLast()
                escape(byte)
            default: text.append(byte)
            }
        }
        text.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[plain...]))
        text.append(UInt8(ascii: "\""))
    }

    @inline(__always)
    private static func mayNeedEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte == 0x7F || byte & 0xE0 == 0x80
    }

    private mutating func escape(_ code: UInt8) {
        word("\\u00")
        for digit in [code >> 4, code & 15] { text.append(digit < 10 ? 0x30 + digit : 0x61 + digit - 10) }
    }

    private mutating func breakLine() {
        guard indents else { return }
        text.append(UInt8(ascii: "\n"))
        text.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * depth))
    }
}
