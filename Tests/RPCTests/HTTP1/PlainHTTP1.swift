/// Reads a whole stream of HTTP/1 the plain way: what the decoder has to find in it, however it comes.
///
/// A second reading of RFC 9112 and of docs/calling/http.md: it looks for the ends of lines, takes lines apart as arrays
/// and keeps no state between them. Its limits are the product's.
struct PlainHTTP1 {
    struct Request: Equatable {
        /// Its place among `methods`; their number: it is none of them.
        var method: Int
        var path: [UInt8]
        var host: [UInt8]?
        var body: [UInt8] = []
        var minorVersion: UInt8
        var keepsAlive = true
    }

    /// What follows the last request.
    enum End: Equatable {
        /// It may become a request, or something that is refused.
        case incomplete
        case refused
    }

    /// In the order of `HTTP1Head.Method`.
    private static let methods = [
        "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PATCH", "QUERY",
    ].map { Array($0.utf8) }

    private struct Refused: Error {}
    private struct Incomplete: Error {}

    private(set) var requests: [Request] = []
    private(set) var end = End.incomplete
    private var rest: ArraySlice<UInt8>
    private let limits: Limits

    struct Limits {
        var requestLineBytes: Int
        var headBytes: Int
        var fields: Int
        var chunkLineBytes: Int
        var trailerBytes: Int
        var bodyBytes: Int
    }

    init(_ stream: [UInt8], limits: Limits) {
        rest = stream[...]
        self.limits = limits
        do {
            while !rest.isEmpty {
                // One empty line may end the request before.
                if !requests.isEmpty, rest.starts(with: [0x0D, 0x0A]) { rest = rest.dropFirst(2) }
                requests.append(try request())
            }
        } catch {
            end = error is Refused ? .refused : .incomplete
        }
    }

    // MARK: Lines

    /// The next line without its CR LF, which is taken off the rest.
    private mutating func line() throws -> ArraySlice<UInt8> {
        guard let end = rest.firstIndex(of: 0x0A) else { throw Incomplete() }
        let line = rest[..<end]
        guard line.last == 0x0D else { throw Refused() }
        rest = rest[(end + 1)...]
        return line.dropLast()
    }

    private mutating func request() throws -> Request {
        let start = rest.startIndex
        var lines: [ArraySlice<UInt8>] = []
        while let last = try? line() {
            lines.append(last)
            if lines[0].count >= limits.requestLineBytes - 1 || lines[0].isEmpty { throw Refused() }
            if rest.startIndex - start > limits.headBytes { throw Refused() }
            if last.isEmpty { break }
        }
        guard lines.last?.isEmpty == true else {
            // An LF without its CR can be no end of a line.
            throw rest.contains(0x0A) ? Refused() : Incomplete() as any Error
        }
        var request = try requestLine(lines[0])
        let fields = try lines[1..<(lines.count - 1)].map(field)
        guard fields.count <= limits.fields else { throw Refused() }
        try check(fields, &request)
        request.body = try body(fields)
        return request
    }

    // MARK: The head

    private func requestLine(_ line: ArraySlice<UInt8>) throws -> Request {
        let parts = line.split(separator: 0x20, omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[0].isEmpty, parts[0].allSatisfy(Self.isToken) else { throw Refused() }
        guard !parts[1].isEmpty, parts[1].allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") }) else {
            throw Refused()
        }
        let version = Array(parts[2])
        guard version.count == 8, version.starts(with: Array("HTTP/1.".utf8)), Self.isDigit(version[7]) else {
            throw Refused()
        }
        var target = Array(parts[1])
        var host: [UInt8]?
        if target != [UInt8(ascii: "*")], target[0] != UInt8(ascii: "/") {
            let lower = target.map(Self.lower)
            let schemes = [Array("http://".utf8), Array("https://".utf8)]
            guard let scheme = schemes.first(where: { lower.starts(with: $0) }) else { throw Refused() }
            let name = target.dropFirst(scheme.count).prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
            target.removeFirst(scheme.count + name.count)
            guard target.first == UInt8(ascii: "/") else { throw Refused() }
            host = Array(name)
        }
        return Request(
            method: Self.methods.firstIndex(of: Array(parts[0])) ?? Self.methods.count,
            path: Array(target.prefix { $0 != UInt8(ascii: "?") }), host: host,
            minorVersion: version[7] == UInt8(ascii: "0") ? 0 : 1)
    }

    /// A field's name in small letters, and its value without the blanks around it.
    private func field(_ line: ArraySlice<UInt8>) throws -> (name: String, value: [UInt8]) {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { throw Refused() }
        let name = line[..<colon]
        let value = line[(colon + 1)...]
        guard !name.isEmpty, name.allSatisfy(Self.isToken), value.allSatisfy(Self.isText) else { throw Refused() }
        return (String(decoding: name.map(Self.lower), as: UTF8.self), Self.trimmed(value))
    }

    private func check(_ fields: [(name: String, value: [UInt8])], _ request: inout Request) throws {
        func values(_ name: String) -> [[UInt8]] { fields.filter { $0.name == name }.map(\.value) }
        let once = [
            "host", "origin", "sec-fetch-site", "content-type", "content-encoding", "x-request-id", "x-timeout-ms",
            "x-operator", "authorization", "content-length", "transfer-encoding",
        ]
        for name in once where values(name).count > 1 { throw Refused() }
        guard values("expect").allSatisfy({ $0.map(Self.lower) == Array("100-continue".utf8) }) else {
            throw Refused()
        }
        let lengths = values("content-length") + values("transfer-encoding")
        guard lengths.count <= 1 else { throw Refused() }
        let isChunked = !values("transfer-encoding").isEmpty
        guard !isChunked || lengths[0].map(Self.lower) == Array("chunked".utf8) else { throw Refused() }
        if !isChunked, let length = lengths.first { _ = try self.length(length) }
        let options = values("connection").flatMap { $0.split(separator: UInt8(ascii: ",")) }.map {
            String(decoding: Self.trimmed($0).map(Self.lower), as: UTF8.self)
        }
        if request.minorVersion == 0 {
            guard !isChunked else { throw Refused() }
            request.keepsAlive = options.contains("keep-alive") && !options.contains("close")
        } else {
            guard !values("host").isEmpty else { throw Refused() }
            request.keepsAlive = !options.contains("close")
        }
        if request.host == nil { request.host = values("host").first }
    }

    // MARK: The body

    private func length(_ text: [UInt8]) throws -> Int {
        guard !text.isEmpty, text.allSatisfy(Self.isDigit) else { throw Refused() }
        let digits = text.drop { $0 == UInt8(ascii: "0") }
        guard digits.count < 18 else { throw Refused() }
        let length = digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        guard length <= limits.bodyBytes else { throw Refused() }
        return length
    }

    private mutating func body(_ fields: [(name: String, value: [UInt8])]) throws -> [UInt8] {
        if fields.contains(where: { $0.name == "transfer-encoding" }) { return try chunks() }
        guard let named = fields.first(where: { $0.name == "content-length" }) else { return [] }
        return try take(length(named.value))
    }

    private mutating func take(_ count: Int) throws -> [UInt8] {
        guard rest.count >= count else { throw Incomplete() }
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }

    private mutating func chunks() throws -> [UInt8] {
        var body: [UInt8] = []
        while true {
            let line = try line()
            // The CR counts.
            guard line.count < limits.chunkLineBytes else { throw Refused() }
            let digits = line.prefix { $0 != UInt8(ascii: ";") }
            guard !digits.isEmpty, digits.allSatisfy({ Self.hexDigit($0) != nil }), line.allSatisfy(Self.isText) else {
                throw Refused()
            }
            let significant = digits.drop { $0 == UInt8(ascii: "0") }
            guard significant.count < 8 else { throw Refused() }
            let size = significant.reduce(0) { $0 << 4 | Self.hexDigit($1)! }
            guard body.count + size <= limits.bodyBytes else { throw Refused() }
            if size == 0 { break }
            body += try take(size)
            guard try take(2) == [0x0D, 0x0A] else { throw Refused() }
        }
        try trailer()
        return body
    }

    private mutating func trailer() throws {
        let start = rest.startIndex
        var lines = 0
        while true {
            let line = try line()
            // Of the last line the LF does not count.
            guard rest.startIndex - start - (line.isEmpty ? 1 : 0) <= limits.trailerBytes else { throw Refused() }
            if line.isEmpty { break }
            _ = try field(line)
            lines += 1
            guard lines <= limits.fields else { throw Refused() }
        }
    }

    // MARK: Bytes

    private static func isToken(_ byte: UInt8) -> Bool {
        isDigit(byte) || lower(byte) >= 0x61 && lower(byte) <= 0x7A || "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
    private static func isText(_ byte: UInt8) -> Bool { byte == 0x09 || byte >= 0x20 && byte != 0x7F }
    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
    private static func lower(_ byte: UInt8) -> UInt8 { byte >= 0x41 && byte <= 0x5A ? byte + 0x20 : byte }
    private static func hexDigit(_ byte: UInt8) -> Int? { Int(String(UnicodeScalar(byte)), radix: 16) }

    private static func trimmed(_ text: some Collection<UInt8>) -> [UInt8] {
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
        return Array(Array(text.drop(while: isBlank)).reversed().drop(while: isBlank).reversed())
    }
}
