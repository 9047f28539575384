import Testing

/// A client of HTTP/2 that sends what it is told to, byte by byte if need be, and reads frames.
final class HTTP2Peer {
    struct Frame: Equatable {
        var kind: UInt8
        var flags: UInt8
        var stream: UInt32
        var payload: [UInt8]

        func has(_ flag: UInt8) -> Bool { flags & flag != 0 }
        /// The number that a GOAWAY, a reset or a window update has at this byte.
        func number(at offset: Int = 0) -> UInt32 {
            payload[offset..<(offset + 4)].reduce(0) { $0 << 8 | UInt32($1) }
        }
    }

    /// What a call got.
    struct Reply {
        var fields: [String: String] = [:]
        var body: [UInt8] = []
        /// Why the server reset it.
        var reset: UInt32?
        var isComplete = false

        var status: Int? { fields["grpc-status"].flatMap { Int($0) } }
        /// The answer's one message.
        var message: [UInt8] { body.count >= 5 ? Array(body[5...]) : [] }
        /// `grpc-message`, decoded.
        var text: String {
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

    let peer: Peer
    private var bytes: [UInt8] = []
    private let inflater = ReferenceInflater()
    private var replies: [UInt32: Reply] = [:]
    /// The GOAWAYs that came.
    private(set) var goAways: [(last: UInt32, code: UInt32, text: String)] = []
    private(set) var pings: [Frame] = []
    /// What the server takes still: of the connection, of a stream, of a new stream.
    private var window = 65_535
    private var windows: [UInt32: Int] = [:]
    private var firstWindow = 65_535

    /// Connects and sends preface and settings, with windows that are never full unless they are told to be small.
    init(_ toy: ToyServer, window: UInt32 = 64 << 20, isSilent: Bool = false) throws {
        peer = try Peer(toy)
        guard !isSilent else { return }
        peer.send(HTTP2.preface + HTTP2.settings([(4, window)]))
        if window > 65_535 { peer.send(HTTP2.windowUpdate(0, window - 65_535)) }
    }

    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool { peer.send(bytes) }

    /// Sends the data of a request in frames of at most `frameBytes`, as fast as the server's windows allow.
    func sendData(_ stream: UInt32, _ body: [UInt8], frameBytes: Int = 16_384) {
        var sent = 0
        repeat {
            let room = min(window, windows[stream] ?? firstWindow)
            if room <= 0, sent < body.count {
                guard let frame = next() else { return }
                note(frame)
                continue
            }
            let end = min(sent + min(room, frameBytes), body.count)
            guard send(HTTP2.data(stream, Array(body[sent..<end]), isLast: end == body.count)) else { return }
            window -= end - sent
            windows[stream] = (windows[stream] ?? firstWindow) - (end - sent)
            sent = end
        } while sent < body.count
    }

    /// The next frame; nil: the server has closed.
    func next() -> Frame? {
        while true {
            if let frame = take() { return frame }
            guard let more = peer.receive() else { return nil }
            bytes += more
        }
    }

    private func take() -> Frame? {
        guard bytes.count >= 9 else { return nil }
        let length = bytes[..<3].reduce(0) { $0 << 8 | Int($1) }
        guard bytes.count >= 9 + length else { return nil }
        let stream = bytes[5..<9].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7fff_ffff
        defer { bytes.removeFirst(9 + length) }
        return Frame(
            kind: bytes[3], flags: bytes[4], stream: stream, payload: Array(bytes[9..<(9 + length)]))
    }

    /// Reads until the call of a stream is over; nil: the connection ended before.
    func reply(_ stream: UInt32) -> Reply? {
        while true {
            if let reply = replies[stream], reply.isComplete { return reply }
            guard let frame = next() else { return nil }
            note(frame)
        }
    }

    /// Reads until the server has closed; the GOAWAY's code that it said before, if any.
    func codeAtEnd() -> UInt32? {
        while let frame = next() { note(frame) }
        return goAways.last?.code
    }

    /// Reads until a frame of a kind comes; nil: the connection ended before.
    func wait(for kind: UInt8) -> Frame? {
        while let frame = next() {
            note(frame)
            if frame.kind == kind { return frame }
        }
        return nil
    }

    private func note(_ frame: Frame) {
        switch frame.kind {
        case HTTP2.Kind.headers:
            for (name, value) in inflate(frame.payload) { replies[frame.stream, default: Reply()].fields[name] = value }
        case HTTP2.Kind.data: replies[frame.stream, default: Reply()].body += frame.payload
        case HTTP2.Kind.reset:
            replies[frame.stream, default: Reply()].reset = frame.number()
            replies[frame.stream]!.isComplete = true
        case HTTP2.Kind.goAway:
            goAways.append((frame.number(), frame.number(at: 4), String(decoding: frame.payload[8...], as: UTF8.self)))
        case HTTP2.Kind.ping: pings.append(frame)
        case HTTP2.Kind.windowUpdate:
            if frame.stream == 0 {
                window += Int(frame.number())
            } else {
                windows[frame.stream, default: firstWindow] += Int(frame.number())
            }
        case HTTP2.Kind.settings where !frame.has(HTTP2.Flag.ack):
            for start in stride(from: 0, to: frame.payload.count, by: 6) where frame.payload[start + 1] == 4 {
                let change = Int(frame.number(at: start + 2)) - firstWindow
                firstWindow += change
                for stream in windows.keys { windows[stream]! += change }
            }
            send(HTTP2.frame(HTTP2.Kind.settings, flags: HTTP2.Flag.ack))
        default: break
        }
        let isOfStream = frame.kind == HTTP2.Kind.headers || frame.kind == HTTP2.Kind.data
        if isOfStream, frame.has(HTTP2.Flag.endStream) { replies[frame.stream]!.isComplete = true }
    }

    private func inflate(_ block: [UInt8]) -> [(String, String)] {
        guard let fields = inflater.fields(block) else {
            Issue.record("the server's header block does not inflate: \(block)")
            return []
        }
        return fields.map { ($0.name, $0.value) }
    }
}
