/// HTTP/2 by hand: frames as their bytes.
enum HTTP2 {
    static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    enum Kind {
        static let data: UInt8 = 0
        static let headers: UInt8 = 1
        static let priority: UInt8 = 2
        static let reset: UInt8 = 3
        static let settings: UInt8 = 4
        static let pushPromise: UInt8 = 5
        static let ping: UInt8 = 6
        static let goAway: UInt8 = 7
        static let windowUpdate: UInt8 = 8
        static let continuation: UInt8 = 9
    }

    enum Flag {
        static let endStream: UInt8 = 1
        static let ack: UInt8 = 1
        static let endHeaders: UInt8 = 4
        static let padded: UInt8 = 8
    }

    enum Code {
        static let none: UInt32 = 0
        static let protocolError: UInt32 = 1
        static let flowControl: UInt32 = 3
        static let streamClosed: UInt32 = 5
        static let frameSize: UInt32 = 6
        static let refusedStream: UInt32 = 7
        static let cancel: UInt32 = 8
        static let compression: UInt32 = 9
        static let calm: UInt32 = 11
    }

    static func frame(_ kind: UInt8, flags: UInt8 = 0, stream: UInt32 = 0, _ payload: [UInt8] = []) -> [UInt8] {
        Array(bytes(UInt32(payload.count)).dropFirst()) + [kind, flags] + bytes(stream) + payload
    }

    static func bytes(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }

    static func settings(_ entries: [(id: UInt16, value: UInt32)] = []) -> [UInt8] {
        frame(Kind.settings, entries.flatMap { [UInt8($0.id >> 8), UInt8($0.id & 255)] + bytes($0.value) })
    }

    static func windowUpdate(_ stream: UInt32, _ increment: UInt32) -> [UInt8] {
        frame(Kind.windowUpdate, stream: stream, bytes(increment))
    }

    static func reset(_ stream: UInt32, _ code: UInt32 = Code.cancel) -> [UInt8] {
        frame(Kind.reset, stream: stream, bytes(code))
    }

    static func data(_ stream: UInt32, _ payload: [UInt8], isLast: Bool = false) -> [UInt8] {
        frame(Kind.data, flags: isLast ? Flag.endStream : 0, stream: stream, payload)
    }

    static func headers(
        _ stream: UInt32, _ fields: [(String, String)], isLast: Bool = false, endsHeaders: Bool = true
    ) -> [UInt8] {
        frame(
            Kind.headers, flags: (isLast ? Flag.endStream : 0) | (endsHeaders ? Flag.endHeaders : 0), stream: stream,
            block(fields))
    }

    /// A header block: every field as a literal that is not indexed.
    static func block(_ fields: [(String, String)]) -> [UInt8] {
        fields.flatMap { [0] + string($0.0) + string($0.1) }
    }

    private static func string(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        guard bytes.count >= 127 else { return [UInt8(bytes.count)] + bytes }
        return [127] + varint(UInt64(bytes.count - 127)) + bytes
    }
}

/// gRPC by hand.
enum GRPC {
    static let service = "toy.v1.EchoService"

    static func fields(
        _ method: String, service: String = service, more: [(String, String)] = []
    ) -> [(String, String)] {
        [
            (":method", "POST"), (":scheme", "http"), (":path", "/\(service)/\(method)"), (":authority", "toy"),
            ("content-type", "application/grpc"), ("te", "trailers"),
        ] + more
    }

    static func message(_ bytes: [UInt8], flag: UInt8 = 0) -> [UInt8] {
        [flag] + HTTP2.bytes(UInt32(bytes.count)) + bytes
    }

    /// A whole call.
    static func call(
        _ stream: UInt32, _ method: String, _ message: [UInt8] = [], service: String = service,
        more: [(String, String)] = []
    ) -> [UInt8] {
        HTTP2.headers(stream, fields(method, service: service, more: more))
            + HTTP2.data(stream, GRPC.message(message), isLast: true)
    }
}
