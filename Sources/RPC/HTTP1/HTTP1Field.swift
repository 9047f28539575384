/// One field's line of a head or a trailer.
enum HTTP1Field {
    /// Fields that mean something here.
    enum Known {
        case contentLength, transferEncoding, connection, expect
        case kept(HTTP1Head.Field)

        init?(_ name: UnsafeRawBufferPointer) {
            guard let known = Self.find(name) else { return nil }
            self = known
        }

        private static func find(_ name: UnsafeRawBufferPointer) -> Known? {
            func isNamed(_ word: StaticString) -> Bool { HTTP1HeadParser.equals(name, word) }
            switch name.count {
            case 4: return isNamed("host") ? .kept(.host) : nil
            case 6: return isNamed("expect") ? .expect : isNamed("origin") ? .kept(.origin) : nil
            case 10: return isNamed("connection") ? .connection : isNamed("x-operator") ? .kept(.operatorCode) : nil
            case 12:
                return isNamed("content-type")
                    ? .kept(.contentType)
                    : isNamed("x-request-id") ? .kept(.requestID) : isNamed("x-timeout-ms") ? .kept(.timeout) : nil
            case 13: return isNamed("authorization") ? .kept(.authorization) : nil
            case 14:
                return isNamed("content-length")
                    ? .contentLength : isNamed("sec-fetch-site") ? .kept(.fetchSite) : nil
            case 15:
                return isNamed("accept-encoding")
                    ? .kept(.acceptEncoding) : isNamed("accept-language") ? .kept(.acceptLanguage) : nil
            case 16: return isNamed("content-encoding") ? .kept(.contentEncoding) : nil
            case 17: return isNamed("transfer-encoding") ? .transferEncoding : nil
            default: return nil
            }
        }
    }

    struct Line {
        let nameEnd: Int
        /// Without the blanks around it.
        let value: HTTP1Head.Slice
        /// Where the next line begins.
        let next: Int
    }

    /// The line that begins at `start`; the bytes end with CR LF.
    static func parse(_ bytes: UnsafeRawBufferPointer, from start: Int) throws(HTTP1Refusal) -> Line {
        var cursor = start
        while isToken(bytes[cursor]) { cursor += 1 }
        let nameEnd = cursor
        guard nameEnd > start, bytes[cursor] == UInt8(ascii: ":") else {
            if bytes[start] == 0x20 || bytes[start] == 0x09 {
                throw HTTP1Refusal(400, "a line of the head begins with a blank: folded fields are not taken")
            }
            throw HTTP1Refusal(400, "a line of the head is no field: a name, a colon right after it, a value")
        }
        cursor += 1
        while bytes[cursor] == 0x20 || bytes[cursor] == 0x09 { cursor += 1 }
        let valueStart = cursor
        var valueEnd = cursor
        while true {
            let byte = bytes[cursor]
            if byte > 0x20 && byte != 0x7F {
                valueEnd = cursor + 1
            } else if byte != 0x20 && byte != 0x09 {
                break
            }
            cursor += 1
        }
        guard bytes[cursor] == 0x0D, bytes[cursor + 1] == 0x0A else { throw strayControl }
        return Line(nameEnd: nameEnd, value: HTTP1Head.Slice(valueStart, valueEnd), next: cursor + 2)
    }

    static var strayControl: HTTP1Refusal { HTTP1Refusal(400, "a control character stands in the head") }

    /// Characters of the names of methods and fields.
    @inline(__always)
    static func isToken(_ byte: UInt8) -> Bool {
        byte < 64 ? low >> UInt64(byte) & 1 != 0 : byte < 128 && high >> UInt64(byte - 64) & 1 != 0
    }

    /// ! # $ % & ' * + - . and the digits.
    private static let low = bits("!#$%&'*+-.0123456789", from: 0)
    /// ^ _ ` | ~ and the letters.
    private static let high = bits("ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz|~", from: 64)

    private static func bits(_ characters: String, from first: UInt8) -> UInt64 {
        characters.utf8.reduce(0) { $0 | 1 << UInt64($1 - first) }
    }
}

extension HTTP1Head.Field {
    /// As people write it.
    package var name: String {
        switch self {
        case .host: "Host"
        case .origin: "Origin"
        case .fetchSite: "Sec-Fetch-Site"
        case .contentType: "Content-Type"
        case .contentEncoding: "Content-Encoding"
        case .acceptEncoding: "Accept-Encoding"
        case .acceptLanguage: "Accept-Language"
        case .requestID: "X-Request-Id"
        case .timeout: "X-Timeout-Ms"
        case .operatorCode: "X-Operator"
        case .authorization: "Authorization"
        }
    }
}
