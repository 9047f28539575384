import CNghttp2
import Glibc
import Testing

/// What a call of gRPC got.
package struct GRPCReply: Sendable {
    /// Header fields and trailers.
    package var fields: [String: String] = [:]
    package var body: [UInt8] = []
    /// The error code of HTTP/2 with which the server reset the stream.
    package var reset: UInt32?

    package var status: Int? { fields["grpc-status"].flatMap { Int($0) } }
    package var httpStatus: Int? { fields[":status"].flatMap { Int($0) } }
    /// The answer's one message, as it came.
    package var message: [UInt8] { Array(body.dropFirst(5)) }
    /// `grpc-message`, decoded.
    package var text: String {
        var bytes: [UInt8] = []
        var rest = Array((fields["grpc-message"] ?? "").utf8)[...]
        while let first = rest.popFirst() {
            guard first == UInt8(ascii: "%") else {
                bytes.append(first)
                continue
            }
            bytes.append(UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) ?? 0)
            rest = rest.dropFirst(2)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// A connection that calls methods over gRPC one by one, with any header fields and any bytes for a message.
package final class GRPCSocket {
    private let socket: HTTPSocket
    private var inflater: OpaquePointer?
    private var nextStream: UInt32 = 1
    /// What the server said as it ended the connection.
    package private(set) var goAway: UInt32?

    package init(port: Int) throws {
        socket = try HTTPSocket(port: port)
        nghttp2_hd_inflate_new(&inflater)
        socket.send(Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8))
        // Windows that no answer fills: of a stream, of the connection.
        socket.send(Self.frame(4, [0, 4] + Self.bytes(64 << 20)) + Self.frame(8, Self.bytes(64 << 20)))
    }

    deinit { nghttp2_hd_inflate_del(inflater) }

    /// Calls `/SERVICE/METHOD` with one message.
    ///
    /// - Parameters:
    ///   - flag: 1: the message is compressed.
    ///   - fields: in place of those of the same name, or beside them.
    /// - Returns: nil: the connection ended before the call.
    package func call(
        _ path: String, _ message: [UInt8], flag: UInt8 = 0, fields: [(String, String)] = []
    ) -> GRPCReply? {
        call(path, body: [flag] + Self.bytes(UInt32(message.count)) + message, fields: fields)
    }

    /// The same with any body.
    package func call(_ path: String, body: [UInt8], fields: [(String, String)] = []) -> GRPCReply? {
        let stream = nextStream
        nextStream += 2
        var all = [
            (":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "localhost"),
            ("content-type", "application/grpc"), ("te", "trailers"),
        ].filter { own in !fields.contains { $0.0 == own.0 } }
        // Those with a colon come first.
        all = fields.filter { $0.0.first == ":" } + all + fields.filter { $0.0.first != ":" }
        var block: [UInt8] = []
        for (name, value) in all { block += [0] + Self.text(name) + Self.text(value) }
        var bytes = Self.frame(1, flags: 4, stream: stream, block)
        var rest = body[...]
        repeat {
            let part = rest.prefix(16_384)
            rest = rest.dropFirst(part.count)
            bytes += Self.frame(0, flags: rest.isEmpty ? 1 : 0, stream: stream, Array(part))
        } while !rest.isEmpty
        socket.send(bytes)
        return receive(stream)
    }

    package func send(_ bytes: [UInt8]) { socket.send(bytes) }

    /// Whether the server has closed, after everything that it sent was received.
    package var isAtEnd: Bool {
        while let frame = next() { note(frame) }
        return true
    }

    package static func frame(_ kind: UInt8, flags: UInt8 = 0, stream: UInt32 = 0, _ payload: [UInt8]) -> [UInt8] {
        Array(bytes(UInt32(payload.count)).dropFirst()) + [kind, flags] + bytes(stream) + payload
    }

    // MARK: Answers

    private typealias Frame = (kind: UInt8, flags: UInt8, stream: UInt32, payload: [UInt8])

    private func receive(_ stream: UInt32) -> GRPCReply? {
        var reply = GRPCReply()
        while let frame = next() {
            note(frame)
            guard frame.stream == stream else { continue }
            switch frame.kind {
            case 0: reply.body += frame.payload
            case 1: for (name, value) in inflate(frame.payload) { reply.fields[name] = value }
            case 3:
                reply.reset = Self.number(frame.payload[...])
                return reply
            default: continue
            }
            if frame.flags & 1 != 0 { return reply }
        }
        return nil
    }

    private func note(_ frame: Frame) {
        if frame.kind == 7, frame.payload.count >= 8 { goAway = Self.number(frame.payload[4..<8]) }
        if frame.kind == 4, frame.flags & 1 == 0 { socket.send(Self.frame(4, flags: 1, [])) }
    }

    private func next() -> Frame? {
        guard let head = socket.receive(bytes: 9) else { return nil }
        let count = head[..<3].reduce(0) { $0 << 8 | Int($1) }
        guard let payload = socket.receive(bytes: count) else { return nil }
        return (head[3], head[4], Self.number(head[5..<9]) & 0x7FFF_FFFF, payload)
    }

    private func inflate(_ block: [UInt8]) -> [(String, String)] {
        var fields: [(String, String)] = []
        block.withUnsafeBufferPointer { block in
            var used = 0
            while true {
                var field = nghttp2_nv()
                var flags: Int32 = 0
                let count = nghttp2_hd_inflate_hd2(
                    inflater, &field, &flags, block.baseAddress.map { $0 + used }, block.count - used, 1)
                guard count >= 0 else {
                    Issue.record("the server's header block does not inflate: \(count)")
                    return
                }
                used += count
                if flags & Int32(NGHTTP2_HD_INFLATE_EMIT.rawValue) != 0 {
                    let name = UnsafeBufferPointer(start: field.name, count: field.namelen)
                    let value = UnsafeBufferPointer(start: field.value, count: field.valuelen)
                    fields.append((String(decoding: name, as: UTF8.self), String(decoding: value, as: UTF8.self)))
                }
                if flags & Int32(NGHTTP2_HD_INFLATE_FINAL.rawValue) != 0 { break }
            }
            nghttp2_hd_inflate_end_headers(inflater)
        }
        return fields
    }

    // MARK: Bytes

    private static func bytes(_ value: UInt32) -> [UInt8] { withUnsafeBytes(of: value.bigEndian, Array.init) }
    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt32 { bytes.reduce(0) { $0 << 8 | UInt32($1) } }

    /// A text of HPACK without Huffman's code.
    private static func text(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        precondition(bytes.count < 127 + 128, "a field of a test is longer than its length takes two bytes")
        return (bytes.count < 127 ? [UInt8(bytes.count)] : [127, UInt8(bytes.count - 127)]) + bytes
    }
}
