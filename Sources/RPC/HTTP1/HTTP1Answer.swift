/// An answer of HTTP/1: a status, a few fields, a body.
struct HTTP1Answer {
    var status = 200
    var contentType: String?
    var encoding = Compression.none
    /// What may be asked of the path; nil: not said.
    var allowed: StaticString?
    /// Seconds after which to try again; 0: not said.
    var retryAfter = 0
    /// The error's code in the registry; 0: none.
    var code: Int32 = 0
    var fields: [(name: String, value: String)] = []

    /// Bytes that `write` may need beside the body.
    func headBytesMax(_ exchange: HTTP1Exchange) -> Int {
        512 + (contentType?.utf8.count ?? 0)
            + fields.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count + 4 }
    }

    /// Writes the answer to `exchange`; returns its bytes. `memory` has room for `headBytesMax` and the body.
    func write(
        _ body: UnsafeRawBufferPointer, to exchange: HTTP1Exchange, date: InlineArray<29, UInt8>,
        into memory: UnsafeMutableRawBufferPointer
    ) -> Int {
        var text = HTTP1Text(memory)
        text.put("HTTP/1.1 ")
        text.put(status)
        text.put(" ")
        text.put(Self.reason(status))
        text.put("\r\ndate: ")
        text.put(date: date)
        text.put("\r\nx-request-id: ")
        text.put(exchange.id)
        if let contentType {
            text.put("\r\ncontent-type: ")
            text.put(contentType)
            text.put("\r\nx-content-type-options: nosniff")
        } else {
            text.put(
                exchange.form == .json ? "\r\ncontent-type: application/json" : "\r\ncontent-type: application/proto")
        }
        text.put("\r\ncontent-length: ")
        text.put(body.count)
        if encoding != .none {
            text.put(encoding == .gzip ? "\r\ncontent-encoding: gzip" : "\r\ncontent-encoding: deflate")
        }
        if exchange.methodIndex >= 0 { text.put("\r\ncache-control: no-store") }
        if let allowed {
            text.put("\r\nallow: ")
            text.put(allowed)
        }
        if retryAfter > 0 {
            text.put("\r\nretry-after: ")
            text.put(retryAfter)
        }
        if code != 0 {
            text.put("\r\nx-error-code: ")
            text.put(Int(code))
        }
        for field in fields {
            text.put("\r\n")
            text.put(field.name)
            text.put(": ")
            text.put(field.value)
        }
        if exchange.closes {
            text.put("\r\nconnection: close")
        } else if exchange.tellsKeepAlive {
            text.put("\r\nconnection: keep-alive")
        }
        text.put("\r\n\r\n")
        if !exchange.isHead { text.put(body) }
        return text.count
    }

    /// The words after the status; clients go by the number.
    private static func reason(_ status: Int) -> StaticString {
        switch status {
        case 200: "OK"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 409: "Conflict"
        case 411: "Length Required"
        case 413: "Content Too Large"
        case 414: "URI Too Long"
        case 415: "Unsupported Media Type"
        case 417: "Expectation Failed"
        case 422: "Unprocessable Content"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        case 505: "HTTP Version Not Supported"
        default: "Status"
        }
    }
}
