import Glibc

extension GRPCStream {
    /// Takes a header field of the request; those that gRPC does not need are counted only.
    ///
    /// - Parameter route: what a path leads to.
    func header(
        _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer,
        route: (UnsafeRawBufferPointer) -> GRPCRoute
    ) {
        headerBytes += name.count + value.count + 32
        guard headerBytes <= Limits.http2HeaderBytesMax else { return }
        switch name.count {
        case 5 where Self.equal(name, ":path"): takePath(value, route)
        case 7 where Self.equal(name, ":method"): isPost = Self.equal(value, "POST")
        case 10 where Self.equal(name, "x-operator"): operatorCode = Array(value.prefix(Limits.operatorBytesMax + 1))
        case 12 where Self.equal(name, "content-type"): isGRPC = Self.isGRPC(value)
        case 12 where Self.equal(name, "grpc-timeout"): takeTimeout(value)
        case 13 where Self.equal(name, "grpc-encoding"): encoding = Self.compression(value)
        case 13 where Self.equal(name, "authorization"):
            token = Array(BearerToken.read(value).prefix(Limits.tokenBytesMax + 1))
        case 15 where Self.equal(name, "accept-language"): language = AnswerLanguage(accepting: value)
        case 20 where Self.equal(name, "grpc-accept-encoding"): takeAccepted(value)
        default: break
        }
    }

    private func takePath(_ path: UnsafeRawBufferPointer, _ find: (UnsafeRawBufferPointer) -> GRPCRoute) {
        route = find(path)
        if case .unknown = route { unknownPath = Array(path.prefix(2 * Limits.quotedNameBytesMax)) }
    }

    private func takeTimeout(_ value: UnsafeRawBufferPointer) {
        guard let milliseconds = GRPCTimeout.milliseconds(value) else {
            hasBadTimeout = true
            return
        }
        timeoutMilliseconds = milliseconds
        isExpired = milliseconds == 0
    }

    /// Names with commas between them.
    private func takeAccepted(_ value: UnsafeRawBufferPointer) {
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
    var headerRefusal: GRPCRefusal? {
        if headerBytes > Limits.http2HeaderBytesMax {
            return GRPCRefusal(
                status: .resourceExhausted,
                text: "the header fields have \(headerBytes) bytes, the limit is \(Limits.http2HeaderBytesMax): "
                    + "send less metadata")
        }
        if !isPost {
            return GRPCRefusal(status: .unimplemented, text: ":method is not POST, as gRPC has it", httpStatus: 405)
        }
        if !isGRPC {
            return GRPCRefusal(
                status: .invalidArgument,
                text: "content-type is not application/grpc or application/grpc+proto: over HTTP/2 this server "
                    + "speaks gRPC", httpStatus: 415)
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
