import Glibc

/// What RFC 9113, section 8, asks of a request's header fields, looked at one by one.
struct HTTP2FieldRules {
    /// A request that breaks a rule is malformed: its stream is reset.
    private(set) var isBroken = false
    /// -1: it says none.
    private(set) var contentLength = -1
    private var hasMethod = false
    private var hasScheme = false
    private var hasPath = false
    private var hasAuthority = false
    private var isConnect = false
    private var hasRegular = false

    /// What a field of the start or of the trailer may be.
    mutating func take(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, isTrailer: Bool) {
        guard let first = name.first, Self.isValue(value) else {
            isBroken = true
            return
        }
        if first == UInt8(ascii: ":") {
            if isTrailer || hasRegular || !takePseudo(name, value) { isBroken = true }
            return
        }
        hasRegular = true
        if !Self.isName(name) || Self.isOfConnection(name, value) { isBroken = true }
        if Self.equal(name, "content-length"), !isTrailer { takeLength(value) }
    }

    /// Nothing more comes: whether all that a request needs was there.
    var isComplete: Bool {
        if isConnect { return hasAuthority && !hasScheme && !hasPath }
        return hasMethod && hasScheme && hasPath
    }

    private mutating func takePseudo(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Bool {
        if Self.equal(name, ":method") {
            isConnect = Self.equal(value, "CONNECT")
            return Self.once(&hasMethod) && value.count > 0
        }
        if Self.equal(name, ":scheme") { return Self.once(&hasScheme) && value.count > 0 }
        if Self.equal(name, ":path") { return Self.once(&hasPath) && value.count > 0 }
        return Self.equal(name, ":authority") && Self.once(&hasAuthority)
    }

    private static func once(_ flag: inout Bool) -> Bool {
        defer { flag = true }
        return !flag
    }

    private mutating func takeLength(_ value: UnsafeRawBufferPointer) {
        // 18 digits: no overflow.
        guard contentLength < 0, (1...18).contains(value.count), value.allSatisfy({ $0 &- 48 < 10 }) else {
            isBroken = true
            return
        }
        contentLength = value.reduce(0) { 10 * $0 + Int($1 - 48) }
    }

    /// What says something about a connection of HTTP/1 has no meaning here, and splits requests behind proxies.
    private static func isOfConnection(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Bool {
        switch name.count {
        case 2: equal(name, "te") && !equal(value, "trailers")
        case 7: equal(name, "upgrade")
        case 10: equal(name, "connection") || equal(name, "keep-alive")
        case 16: equal(name, "proxy-connection")
        case 17: equal(name, "transfer-encoding")
        default: false
        }
    }

    private static func equal(_ bytes: UnsafeRawBufferPointer, _ text: StaticString) -> Bool {
        bytes.count == text.utf8CodeUnitCount && memcmp(bytes.baseAddress!, text.utf8Start, bytes.count) == 0
    }

    /// Of a token's characters (RFC 9110, 5.6.2), none of them upper-case.
    private static func isName(_ name: UnsafeRawBufferPointer) -> Bool {
        name.allSatisfy { byte in
            byte < 128 && (byte < 64 ? nameBits.low >> UInt64(byte) : nameBits.high >> UInt64(byte - 64)) & 1 == 1
        }
    }

    private static let nameBits: (low: UInt64, high: UInt64) = {
        var bits: (low: UInt64, high: UInt64) = (0, 0)
        for byte in "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz".utf8 {
            if byte < 64 { bits.low |= 1 << UInt64(byte) } else { bits.high |= 1 << UInt64(byte - 64) }
        }
        return bits
    }()

    /// No control characters but the tab, and no blanks at its ends.
    private static func isValue(_ value: UnsafeRawBufferPointer) -> Bool {
        guard let first = value.first, let last = value.last else { return true }
        guard first != 0x20, first != 0x09, last != 0x20, last != 0x09 else { return false }
        return value.allSatisfy { $0 >= 0x20 && $0 != 0x7f || $0 == 0x09 }
    }
}
