import Glibc

/// What a request's header fields say of who sends it. It does not change, so requests with the same fields share it.
final class GRPCSender: Sendable {
    /// Its operator's code as it was sent, at most a byte longer than one may be; empty: not sent.
    let operatorCode: [UInt8]
    /// The token of `authorization`; nil: the field did not come.
    let token: [UInt8]?
    /// The caller's id for the call, by `x-request-id`; empty: none, or none that a log can have.
    let requestID: [UInt8]

    init(operatorCode: [UInt8], token: [UInt8]?, requestID: [UInt8]) {
        self.requestID = requestID
        self.operatorCode = operatorCode
        self.token = token
    }
}

/// What a request's header fields say. Next to nothing but numbers: what the same fields of another request say is a
/// copy.
struct GRPCRequestFields {
    var route = GRPCRoute.unknown
    /// As HTTP/2 counts them.
    private(set) var bytes = 0
    private(set) var rules = HTTP2FieldRules()
    private var isPost = false
    private var isGRPC = false
    /// What the client says of the messages that it compresses; nil: a name that is not known.
    private(set) var encoding: Compression? = Compression.none
    /// Whether the client takes each.
    private(set) var takesGzip = false
    private(set) var takesDeflate = false
    /// 0: no deadline.
    private(set) var timeoutMilliseconds: Int32 = 0
    private var hasBadTimeout = false
    /// A deadline of nothing.
    private var isExpired = false
    /// What its caller reads best, by `accept-language`.
    private(set) var language = AnswerLanguage.english
    /// nil: it says nothing of it.
    private(set) var sender: GRPCSender?

    /// Takes a header field of the request, but the path; those that gRPC does not need are counted only.
    ///
    /// - Returns: whether it is the path, which is the caller's to look up.
    mutating func take(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Bool {
        bytes += name.count + value.count + 32
        guard bytes <= Limits.http2HeaderBytesMax else { return false }
        rules.take(name, value, isTrailer: false)
        switch name.count {
        case 5: return Self.equal(name, ":path")
        case 7 where Self.equal(name, ":method"): isPost = Self.equal(value, "POST")
        case 10 where Self.equal(name, "x-operator"):
            let code = Array(value.prefix(Limits.operatorBytesMax + 1))
            sender = GRPCSender(
                operatorCode: code, token: sender?.token, requestID: sender?.requestID ?? [])
        case 12 where Self.equal(name, "content-type"): isGRPC = Self.isGRPC(value)
        case 12 where Self.equal(name, "grpc-timeout"): takeTimeout(value)
        case 12 where Self.equal(name, "x-request-id"):
            let id = HTTP1RequestID(value) == nil ? [] : Array(value)
            sender = GRPCSender(operatorCode: sender?.operatorCode ?? [], token: sender?.token, requestID: id)
        case 13 where Self.equal(name, "grpc-encoding"): encoding = Self.compression(value)
        case 13 where Self.equal(name, "authorization"):
            let token = Array(BearerToken.read(value).prefix(Limits.tokenBytesMax + 1))
            sender = GRPCSender(
                operatorCode: sender?.operatorCode ?? [], token: token, requestID: sender?.requestID ?? [])
        case 15 where Self.equal(name, "accept-language"): language = AnswerLanguage(accepting: value)
        case 20 where Self.equal(name, "grpc-accept-encoding"): takeAccepted(value)
        default: break
        }
        return false
    }

    /// Takes a field of the trailer: gRPC's clients have none that mean anything.
    mutating func takeTrailer(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
        rules.take(name, value, isTrailer: true)
    }

    /// Whether the request is malformed: not one that HTTP has.
    var isMalformed: Bool { rules.isBroken || bytes <= Limits.http2HeaderBytesMax && !rules.isComplete }

    private mutating func takeTimeout(_ value: UnsafeRawBufferPointer) {
        guard let milliseconds = GRPCTimeout.milliseconds(value) else {
            hasBadTimeout = true
            return
        }
        timeoutMilliseconds = milliseconds
        isExpired = milliseconds == 0
    }

    /// Names with commas between them.
    private mutating func takeAccepted(_ value: UnsafeRawBufferPointer) {
        for part in value.split(separator: UInt8(ascii: ",")) {
            let name = part.drop { $0 == UInt8(ascii: " ") }
            switch Self.compression(UnsafeRawBufferPointer(rebasing: name)) {
            case .gzip: takesGzip = true
            case .zlib: takesDeflate = true
            default: break
            }
        }
    }

    /// gRPC's deflate is zlib's format.
    private static func compression(_ name: UnsafeRawBufferPointer) -> Compression? {
        if equal(name, "identity") { return Compression.none }
        if equal(name, "gzip") { return .gzip }
        return equal(name, "deflate") ? .zlib : nil
    }

    /// `application/grpc`, `application/grpc+proto`, either with parameters.
    private static func isGRPC(_ value: UnsafeRawBufferPointer) -> Bool {
        let type = UnsafeRawBufferPointer(rebasing: value.prefix { $0 != UInt8(ascii: ";") })
        return equal(type, "application/grpc") || equal(type, "application/grpc+proto")
    }

    private static func equal(_ bytes: UnsafeRawBufferPointer, _ text: StaticString) -> Bool {
        guard bytes.count == text.utf8CodeUnitCount else { return false }
        return bytes.count == 0 || memcmp(bytes.baseAddress!, text.utf8Start, bytes.count) == 0
    }

    /// What is wrong with the call as its header fields tell it; nil: nothing.
    var refusal: GRPCRefusal? {
        if bytes > Limits.http2HeaderBytesMax {
            return GRPCRefusal(
                status: .resourceExhausted, code: RPCErrorCode.badRequest.rawValue,
                text: "the header fields have \(bytes) bytes, the limit is \(Limits.http2HeaderBytesMax): "
                    + "send less metadata")
        }
        if !isPost {
            return GRPCRefusal(status: .unimplemented, text: ":method is not POST, as gRPC has it", httpStatus: 405)
        }
        if !isGRPC {
            return GRPCRefusal(
                status: .invalidArgument,
                text: "content-type is not application/grpc or application/grpc+proto: over HTTP/2 this server "
                    + "speaks gRPC alone; send JSON over HTTP/1.1", httpStatus: 415)
        }
        if hasBadTimeout {
            return GRPCRefusal(
                status: .invalidArgument, code: RPCErrorCode.badRequest.rawValue,
                text: "grpc-timeout is not up to eight digits and one of H, M, S, m, u, n")
        }
        if isExpired {
            return GRPCRefusal(
                status: .deadlineExceeded, code: RPCErrorCode.timedOut.rawValue,
                text: "the deadline passed before the work began; nothing was done")
        }
        return nil
    }
}
