/// A method's call as a request of HTTP says it.
struct HTTP1Call {
    enum Reading {
        case call(HTTP1Call)
        /// HTTP's own rules are not kept.
        case refused(HTTP1Refusal, allowed: StaticString?)
        /// The transport's rules are not kept.
        case failed(CallStatus)
    }

    var methodIndex: Int
    var form: MessageForm
    var messageCompression: Compression
    var replyCompression: Compression
    var timeoutMilliseconds: Int32 = 0

    /// - Parameter isDraining: the server shuts down, and takes no more calls.
    static func read(_ request: HTTP1Request, _ burst: inout ReadBurst, isDraining: Bool) -> Reading {
        // "/jiesuan.v1.SettlementService/Settle"
        let path = request.path
        guard let slash = path.lastIndex(of: UInt8(ascii: "/")), slash > 1 else {
            return .refused(
                HTTP1Refusal(404, "nothing is at this path; methods are at /SERVICE/METHOD, and / lists them"),
                allowed: nil)
        }
        let service = UnsafeRawBufferPointer(rebasing: path[1..<slash])
        let method = UnsafeRawBufferPointer(rebasing: path[(slash + 1)...])
        let lookup = burst.find(service: service, method: method)
        if let status = burst.admit(lookup, token: request.bearerToken) { return .failed(status) }
        guard case .found(let index) = lookup else {
            return .failed(burst.refusal(lookup, service: service, method: method))
        }
        guard request.head.method == .post else {
            return .refused(HTTP1Refusal(405, "a method is called by POST"), allowed: "POST")
        }
        if isDraining { return .failed(.loggingOff) }
        return read(request, index)
    }

    private static func read(_ request: HTTP1Request, _ index: Int) -> Reading {
        if case .unnamed = request.head.body {
            return .refused(
                HTTP1Refusal(411, "the request has no Content-Length and no chunks; a body is needed, {} at least"),
                allowed: nil)
        }
        guard let form = request[.contentType].flatMap(HTTP1Content.form) else {
            return .refused(
                HTTP1Refusal(
                    415, "the field Content-Type is none of application/json (in UTF-8) and application/proto"),
                allowed: nil)
        }
        guard let compression = HTTP1Content.compression(request[.contentEncoding]) else {
            return .refused(
                HTTP1Refusal(415, "the field Content-Encoding is none of gzip, deflate and identity"), allowed: nil)
        }
        var call = HTTP1Call(
            methodIndex: index, form: form, messageCompression: compression,
            replyCompression: HTTP1Content.accepted(request[.acceptEncoding]))
        if let sent = request[.timeout] {
            guard let timeout = milliseconds(sent) else {
                return .refused(
                    HTTP1Refusal(400, "the field X-Timeout-Ms is no whole number of milliseconds from 1"), allowed: nil)
            }
            call.timeoutMilliseconds = timeout
        }
        return .call(call)
    }

    /// A whole number from 1; a day where it is more.
    private static func milliseconds(_ text: UnsafeRawBufferPointer) -> Int32? {
        guard (1...12).contains(text.count), text.allSatisfy({ $0 &- 0x30 < 10 }) else { return nil }
        let value = text.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        return value == 0 ? nil : Int32(min(value, Int(Limits.timeoutMillisecondsMax)))
    }
}
