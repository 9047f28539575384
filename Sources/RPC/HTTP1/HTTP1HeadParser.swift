/// Reads a head that has come whole, every line of it ended by CR LF.
///
/// Strict where two readers could take the same bytes for different requests: no blank before a colon, no folded
/// line, no control character, one length at most and never beside chunks.
struct HTTP1HeadParser {
    private let bytes: UnsafeRawBufferPointer
    private var head = HTTP1Head()
    private var fieldCount = 0
    private var hasTransferEncoding = false

    static func parse(_ bytes: UnsafeRawBufferPointer) throws(HTTP1Refusal) -> HTTP1Head {
        var parser = HTTP1HeadParser(bytes: bytes)
        return try parser.run()
    }

    private init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    private mutating func run() throws(HTTP1Refusal) -> HTTP1Head {
        var cursor = try requestLine()
        while bytes[cursor] != 0x0D { cursor = try field(at: cursor) }
        // The scanner saw CR LF, at the end of the head and nowhere else.
        guard cursor + 2 == bytes.count else { throw Self.strayCR }
        head.bytes = bytes.count
        try check()
        return head
    }

    // MARK: The request line

    /// Returns where the first field begins.
    private mutating func requestLine() throws(HTTP1Refusal) -> Int {
        let methodEnd = token(from: 0)
        guard methodEnd > 0, bytes[methodEnd] == 0x20 else {
            throw HTTP1Refusal(400, "the request line does not begin with a method and a blank")
        }
        head.method = Self.method(UnsafeRawBufferPointer(rebasing: bytes[..<methodEnd]))
        let targetStart = methodEnd + 1
        var cursor = targetStart
        while Self.isVisible(bytes[cursor]) { cursor += 1 }
        guard cursor > targetStart, bytes[cursor] == 0x20 else {
            throw HTTP1Refusal(400, "the request line has no path, or characters that a path has not")
        }
        try target(targetStart, cursor)
        return try version(at: cursor + 1)
    }

    private mutating func version(at start: Int) throws(HTTP1Refusal) -> Int {
        let wrong = HTTP1Refusal(400, "the request line does not end with HTTP/1.1 or HTTP/1.0")
        let length = 10  // "HTTP/1.1" CR LF
        guard start + length <= bytes.count else { throw wrong }
        let name: StaticString = "HTTP/"
        for index in 0..<5 where bytes[start + index] != name.utf8Start[index] { throw wrong }
        let (major, minor) = (bytes[start + 5], bytes[start + 7])
        guard Self.isDigit(major), bytes[start + 6] == UInt8(ascii: "."), Self.isDigit(minor),
            bytes[start + 8] == 0x0D, bytes[start + 9] == 0x0A
        else { throw wrong }
        guard major == UInt8(ascii: "1") else {
            throw HTTP1Refusal(505, "HTTP/1.1 and HTTP/1.0 are spoken here, and HTTP/2 after its own preface")
        }
        head.minorVersion = minor == UInt8(ascii: "0") ? 0 : 1
        return start + length
    }

    /// A path, or an absolute address whose path counts.
    private mutating func target(_ start: Int, _ end: Int) throws(HTTP1Refusal) {
        if bytes[start] == UInt8(ascii: "/") || end == start + 1 && bytes[start] == UInt8(ascii: "*") {
            head.target = HTTP1Head.Slice(start, end)
            return
        }
        for scheme in ["http://", "https://"] as [StaticString] {
            let length = scheme.utf8CodeUnitCount
            guard end - start > length,
                (0..<length).allSatisfy({ Self.lower(bytes[start + $0]) == scheme.utf8Start[$0] })
            else { continue }
            let host = start + length
            var cursor = host
            while cursor < end, bytes[cursor] != UInt8(ascii: "/"), bytes[cursor] != UInt8(ascii: "?") { cursor += 1 }
            guard cursor < end, bytes[cursor] == UInt8(ascii: "/") else { break }
            head.authority = HTTP1Head.Slice(host, cursor)
            head.target = HTTP1Head.Slice(cursor, end)
            return
        }
        throw HTTP1Refusal(400, "the request line names no path that begins with /")
    }

    // MARK: Fields

    /// Returns where the next line begins.
    private mutating func field(at start: Int) throws(HTTP1Refusal) -> Int {
        fieldCount += 1
        guard fieldCount <= HTTP1Limits.fieldsMax else {
            throw HTTP1Refusal(431, "the head has more than \(HTTP1Limits.fieldsMax) fields; send fewer")
        }
        let line = try HTTP1Field.parse(bytes, from: start)
        try take(HTTP1Head.Slice(start, line.nameEnd), line.value)
        return line.next
    }

    private mutating func take(_ name: HTTP1Head.Slice, _ value: HTTP1Head.Slice) throws(HTTP1Refusal) {
        guard let known = HTTP1Field.Known(name.of(bytes)) else { return }
        switch known {
        case .contentLength: try contentLength(value.of(bytes))
        case .transferEncoding: try transferEncoding(value.of(bytes))
        case .connection: connection(value.of(bytes))
        case .expect:
            guard Self.equals(value.of(bytes), "100-continue") else {
                throw HTTP1Refusal(417, "the field Expect says something else than 100-continue")
            }
            head.expectsContinue = true
        case .kept(let field):
            guard !head.fields[field.rawValue].isThere else {
                // Lists may stand in several lines; the first is what counts here, for nobody loses by it.
                if field == .acceptEncoding || field == .acceptLanguage { return }
                throw HTTP1Refusal(400, "the field \(field.name) stands twice; send it once")
            }
            head.fields[field.rawValue] = value
        }
    }

    private mutating func contentLength(_ value: UnsafeRawBufferPointer) throws(HTTP1Refusal) {
        guard head.body == .unnamed, !hasTransferEncoding else { throw Self.twoLengths }
        guard !value.isEmpty, value.allSatisfy(Self.isDigit) else {
            throw HTTP1Refusal(400, "the field Content-Length is not one whole number")
        }
        var length = 0
        for digit in value {
            let (shifted, tooLarge) = length.multipliedReportingOverflow(by: 10)
            let (sum, overflows) = shifted.addingReportingOverflow(Int(digit - 0x30))
            // Larger than any limit, whatever follows.
            length = tooLarge || overflows ? Int.max : sum
            if length == Int.max { break }
        }
        head.body = .length(length)
    }

    private mutating func transferEncoding(_ value: UnsafeRawBufferPointer) throws(HTTP1Refusal) {
        guard head.body == .unnamed, !hasTransferEncoding else { throw Self.twoLengths }
        hasTransferEncoding = true
        guard Self.equals(value, "chunked") else {
            throw HTTP1Refusal(501, "the field Transfer-Encoding says something else than chunked")
        }
        head.body = .chunked
    }

    private mutating func connection(_ value: UnsafeRawBufferPointer) {
        for option in value.split(separator: UInt8(ascii: ",")) {
            let word = UnsafeRawBufferPointer(rebasing: option).trimmed
            if Self.equals(word, "close") { closes = true }
            if Self.equals(word, "keep-alive") { asksToKeep = true }
        }
    }

    private var closes = false
    private var asksToKeep = false

    /// What the head says as a whole.
    private mutating func check() throws(HTTP1Refusal) {
        if head.minorVersion == 0 {
            guard !hasTransferEncoding else {
                throw HTTP1Refusal(400, "HTTP/1.0 has no Transfer-Encoding; send Content-Length")
            }
            // Its clients wait for no word before their body.
            head.expectsContinue = false
            head.keepsAlive = asksToKeep && !closes
        } else {
            guard head.fields[HTTP1Head.Field.host.rawValue].isThere else {
                throw HTTP1Refusal(400, "the field Host is missing; HTTP/1.1 needs it")
            }
            head.keepsAlive = !closes
        }
    }

    // MARK: Bytes

    private static var twoLengths: HTTP1Refusal {
        HTTP1Refusal(
            400, "the length of the body is named twice; send one Content-Length or Transfer-Encoding: chunked")
    }
    private static var strayCR: HTTP1Refusal { HTTP1Field.strayControl }

    private func token(from start: Int) -> Int {
        var cursor = start
        while HTTP1Field.isToken(bytes[cursor]) { cursor += 1 }
        return cursor
    }

    private static func isVisible(_ byte: UInt8) -> Bool {
        // A fragment is the browser's own, and some proxies cut it off.
        byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "#")
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

    static func lower(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }

    /// Whether the bytes say `word`, which is in small letters, in large or small ones.
    static func equals(_ bytes: UnsafeRawBufferPointer, _ word: StaticString) -> Bool {
        guard bytes.count == word.utf8CodeUnitCount else { return false }
        for index in 0..<bytes.count where lower(bytes[index]) != word.utf8Start[index] { return false }
        return true
    }

    /// Methods are told apart by large and small letters.
    private static func method(_ name: UnsafeRawBufferPointer) -> HTTP1Head.Method {
        func isNamed(_ word: StaticString) -> Bool {
            name.count == word.utf8CodeUnitCount && (0..<name.count).allSatisfy { name[$0] == word.utf8Start[$0] }
        }
        if isNamed("POST") { return .post }
        if isNamed("GET") { return .get }
        if isNamed("HEAD") { return .head }
        if isNamed("PUT") { return .put }
        if isNamed("DELETE") { return .delete }
        if isNamed("OPTIONS") { return .options }
        if isNamed("PATCH") { return .patch }
        if isNamed("TRACE") { return .trace }
        if isNamed("QUERY") { return .query }
        return isNamed("CONNECT") ? .connect : .other
    }
}

extension UnsafeRawBufferPointer {
    /// Without the blanks and tabs around it.
    var trimmed: UnsafeRawBufferPointer {
        var (start, end) = (0, count)
        while start < end, self[start] == 0x20 || self[start] == 0x09 { start += 1 }
        while end > start, self[end - 1] == 0x20 || self[end - 1] == 0x09 { end -= 1 }
        return UnsafeRawBufferPointer(rebasing: self[start..<end])
    }
}
