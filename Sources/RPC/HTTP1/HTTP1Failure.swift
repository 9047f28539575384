/// A failure as HTTP's clients read it: one JSON object, whatever form the request had.
///
/// ```
/// {"code":4005,"name":"AMOUNTS_DO_NOT_ADD_UP","field":"claim.cost.total","value":"100","rule":"G-5",
///  "message":"total is not …; correct the amounts","text":"AMOUNTS_DO_NOT_ADD_UP claim.cost.total=100 [G-5]: …"}
/// ```
package struct HTTP1Failure {
    /// Its bytes, from the text that every door tells and the places of its parts.
    package static func json(
        code: Int32, name: String, text: UnsafeRawBufferPointer, parts: FailureParts, chinese: String?,
        requestID: String
    ) -> [UInt8] {
        var json = FailureJSON()
        json.member("code", Int(code))
        json.member("name", name)
        let parts = parts.fits(text.count) ? parts : FailureParts()
        func part(_ range: Range<Int>) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: text[range]) }
        json.member("field", part(parts.field))
        json.member("value", part(parts.value))
        json.member("rule", part(parts.rule))
        json.member("message", part(parts.message(of: text.count)))
        json.member("source", part(parts.source))
        json.member("text", text)
        if let chinese { json.member("chinese", chinese) }
        json.member("requestId", requestID)
        return json.end()
    }
}

/// An object of JSON with texts and numbers; a text that is empty is left out.
private struct FailureJSON {
    private var bytes: [UInt8] = [UInt8(ascii: "{")]

    mutating func member(_ name: StaticString, _ number: Int) {
        begin(name)
        bytes.append(contentsOf: String(number).utf8)
    }

    mutating func member(_ name: StaticString, _ text: String) {
        var text = text
        text.withUTF8 { member(name, UnsafeRawBufferPointer($0)) }
    }

    mutating func member(_ name: StaticString, _ text: UnsafeRawBufferPointer) {
        guard !text.isEmpty else { return }
        begin(name)
        bytes.append(UInt8(ascii: "\""))
        // Made of a caller's bytes in part: what is not UTF-8 is replaced.
        for byte in String(decoding: text, as: UTF8.self).utf8 { character(byte) }
        bytes.append(UInt8(ascii: "\""))
    }

    mutating func end() -> [UInt8] {
        bytes.append(contentsOf: "}\n".utf8)
        return bytes
    }

    private mutating func begin(_ name: StaticString) {
        if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
        bytes.append(contentsOf: "\":".utf8)
    }

    private mutating func character(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"):
            bytes.append(UInt8(ascii: "\\"))
            bytes.append(byte)
        case 0..<0x20, 0x7F:
            bytes.append(contentsOf: "\\u00".utf8)
            for digit in [byte >> 4, byte & 15] { bytes.append(digit < 10 ? 0x30 + digit : 0x61 + digit - 10) }
        default: bytes.append(byte)
        }
    }
}
