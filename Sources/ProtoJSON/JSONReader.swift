/// Reads a JSON text (RFC 8259) from its start to its end, value by value; the text is UTF-8.
struct JSONReader {
    private let start: UnsafePointer<UInt8>
    private let end: UnsafePointer<UInt8>
    private var cursor: UnsafePointer<UInt8>

    /// - Throws: where the text is not UTF-8 or longer than `JSONLimit.textBytesMax`.
    init(_ text: UnsafeRawBufferPointer) throws(JSONProblem) {
        guard text.count <= JSONLimit.textBytesMax else {
            throw JSONProblem("the JSON has \(text.count) bytes; at most \(JSONLimit.textBytesMax) are read")
        }
        let bytes = text.bindMemory(to: UInt8.self)
        guard bytes.isUTF8 else { throw JSONProblem("the JSON is not UTF-8; save it as UTF-8") }
        // An empty text may have no address; any will do, nothing is read from it.
        start = bytes.baseAddress ?? UnsafePointer(bitPattern: 1)!
        cursor = start
        end = start + bytes.count
    }

    /// The byte that the next value or sign begins with; nil at the end.
    mutating func peek() -> UInt8? {
        while cursor < end {
            switch cursor.pointee {
            case 0x20, 0x09, 0x0A, 0x0D: cursor += 1
            default: return cursor.pointee
            }
        }
        return nil
    }

    /// Passes over a sign, where it is the next one.
    mutating func take(_ sign: Unicode.Scalar) -> Bool {
        guard peek() == UInt8(ascii: sign) else { return false }
        cursor += 1
        return true
    }

    mutating func expect(_ sign: Unicode.Scalar, _ context: String) throws(JSONProblem) {
        guard take(sign) else { throw wrong("a \(sign) is missing \(context)") }
    }

    /// Passes over `null`, `true` or `false`, where it is the next value.
    mutating func take(word: StaticString) -> Bool {
        guard peek() != nil, end - cursor >= word.utf8CodeUnitCount else { return false }
        for index in 0..<word.utf8CodeUnitCount where cursor[index] != word.utf8Start[index] { return false }
        cursor += word.utf8CodeUnitCount
        return true
    }

    /// A number as it is written; nil where the next value is none.
    mutating func number() throws(JSONProblem) -> UnsafeBufferPointer<UInt8>? {
        guard let first = peek(), first == UInt8(ascii: "-") || Self.isDigit(first) else { return nil }
        let begin = cursor
        if first == UInt8(ascii: "-") { cursor += 1 }
        let isZero = cursor < end && cursor.pointee == UInt8(ascii: "0")
        let whole = digits()
        guard whole > 0, !isZero || whole == 1 else { throw wrong("a number begins with a digit that is no idle 0") }
        if takeNow(".") { guard digits() > 0 else { throw wrong("a digit is missing after the point of a number") } }
        if takeNow("e") || takeNow("E") {
            if !takeNow("-") { _ = takeNow("+") }
            guard digits() > 0 else { throw wrong("a digit is missing in the exponent of a number") }
        }
        return UnsafeBufferPointer(start: begin, count: cursor - begin)
    }

    /// A whole number of at most 18 digits and nothing else, as a number or in a string, which is what nearly all are;
    /// nil, and nothing passed over, where the next value is something else.
    mutating func plainInteger() -> Int64? {
        guard let first = peek() else { return nil }
        var next = cursor
        let isQuoted = first == UInt8(ascii: "\"")
        if isQuoted { next += 1 }
        let isNegative = next < end && next.pointee == UInt8(ascii: "-")
        if isNegative { next += 1 }
        let begin = next
        var value: Int64 = 0
        while next < end, Self.isDigit(next.pointee), next - begin < 18 {
            value = value * 10 + Int64(next.pointee - UInt8(ascii: "0"))
            next += 1
        }
        // A number with a 0 before other digits is none.
        guard next > begin, next < end, begin.pointee != UInt8(ascii: "0") || next == begin + 1 else { return nil }
        if isQuoted {
            guard next.pointee == UInt8(ascii: "\"") else { return nil }
            next += 1
        } else {
            switch next.pointee {
            case UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]"), 0x20, 0x09, 0x0A, 0x0D: break
            default: return nil
            }
        }
        cursor = next
        return isNegative ? -value : value
    }

    /// Appends what a string says to `text`; false where the next value is no string.
    mutating func string(into text: inout [UInt8]) throws(JSONProblem) -> Bool {
        guard take("\"") else { return false }
        while true {
            let begin = cursor
            while cursor < end, cursor.pointee != UInt8(ascii: "\""), cursor.pointee != UInt8(ascii: "\\"),
                cursor.pointee >= 0x20
            {
                cursor += 1
            }
            text.append(contentsOf: UnsafeBufferPointer(start: begin, count: cursor - begin))
            guard cursor < end else { throw wrong("a string has no end") }
            if takeNow("\"") { return true }
            guard takeNow("\\") else { throw wrong("a control character stands in a string; write it as \\u00XX") }
            try escape(into: &text)
        }
    }

    private mutating func escape(into text: inout [UInt8]) throws(JSONProblem) {
        guard cursor < end else { throw wrong("a string has no end") }
        let byte = cursor.pointee
        cursor += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            var code = try fourHexDigits()
            if code & 0xFC00 == 0xD800, takeNow("\\"), takeNow("u") {
                let second = try fourHexDigits()
                // A first half that no second half follows stays what it is, and is refused below.
                if second & 0xFC00 == 0xDC00 { code = 0x10000 + (code & 0x3FF) << 10 + second & 0x3FF }
            }
            guard let scalar = Unicode.Scalar(code) else { throw wrong("half of a surrogate pair stands in a string") }
            text.append(contentsOf: UTF8.encode(scalar)!)
        default: throw wrong("\\\(ShownText.cut(CollectionOfOne(byte))) is no escape of JSON")
        }
    }

    private mutating func fourHexDigits() throws(JSONProblem) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard cursor < end, let digit = Self.hexDigit(cursor.pointee) else {
                throw wrong("\\u has four hexadecimal digits")
            }
            code = code << 4 | digit
            cursor += 1
        }
        return code
    }

    /// What the next value begins with, for a message to people.
    mutating func shown() -> String {
        guard peek() != nil else { return "" }
        return ShownText.cut(UnsafeBufferPointer(start: cursor, count: end - cursor).prefix { $0 != 0x0A })
    }

    /// A problem of the text itself, with its line and column.
    func wrong(_ message: String) -> JSONProblem {
        let before = UnsafeBufferPointer(start: start, count: cursor - start)
        let line = before.count { $0 == 0x0A } + 1
        // Bytes that go on with a character are none of their own.
        let column = before[(before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0)...].count { $0 & 0xC0 != 0x80 } + 1
        return JSONProblem("line \(line), column \(column) of the JSON: \(message)")
    }

    private mutating func digits() -> Int {
        let begin = cursor
        while cursor < end, Self.isDigit(cursor.pointee) { cursor += 1 }
        return cursor - begin
    }

    /// The same as `take`, without blanks before it.
    private mutating func takeNow(_ sign: Unicode.Scalar) -> Bool {
        guard cursor < end, cursor.pointee == UInt8(ascii: sign) else { return false }
        cursor += 1
        return true
    }

    static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func hexDigit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }
}

extension UnsafeBufferPointer<UInt8> {
    var isUTF8: Bool { (try? UTF8Span(validating: span)) != nil }
}
