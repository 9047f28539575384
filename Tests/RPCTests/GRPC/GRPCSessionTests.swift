import RPC
import Testing

/// The machine of gRPC by itself: bytes in, calls and bytes out.
@Suite struct `gRPC's machine` {
    /// Notes which calls were given up.
    private final class Notes: GRPCSessionDelegate {
        var cancelled: [Int32] = []

        func route(_ path: UnsafeRawBufferPointer) -> GRPCRoute { .method(0) }
        func begin(stream index: Int) -> any StreamCall { preconditionFailure("no stream was called") }
        func stranger(stream index: Int, token: [UInt8]?) -> CallStatus? { nil }
        func told(_ refusal: GRPCRefusal, in language: AnswerLanguage) -> GRPCRefusal { refusal }
        func refusal(_ status: CallStatus) -> GRPCRefusal { GRPCRefusal(status: .unknown, text: status.text) }
        func cancelled(_ id: Int32) { cancelled.append(id) }
    }

    private let notes = Notes()

    private func session(window: UInt32 = 65_535) -> GRPCSession {
        let session = GRPCSession(delegate: notes, buffers: HTTP2Buffers(), messageBytesMax: 1 << 20, now: 1)
        _ = read(HTTP2.preface + HTTP2.settings([(4, window)]), session)
        return session
    }

    /// One read; the ids of the calls that are to be worked on.
    private func read(_ bytes: [UInt8], _ session: GRPCSession) -> [Int32] {
        bytes.withUnsafeBytes { session.receive($0, now: 2) }
        let ids = session.takeReady().filter { $0.phase == .working }.map(\.id)
        session.send { _ in }
        session.endRound()
        return ids
    }

    @Test func `a call that is reset in its own read was never handed out, and nobody is told`() {
        let session = session()
        #expect(read(GRPC.call(1, "Inline", [1]) + HTTP2.reset(1) + GRPC.call(3, "Inline", [3]), session) == [3])
        #expect(notes.cancelled.isEmpty)
        _ = read(HTTP2.reset(3), session)
        #expect(notes.cancelled == [3])
        #expect(session.open.isEmpty)
    }

    /// The messages of the calls that are to be worked on, read after read.
    private func messages(_ reads: [[UInt8]], _ session: GRPCSession) -> [[UInt8]] {
        var messages: [[UInt8]] = []
        for bytes in reads {
            bytes.withUnsafeBytes { bytes in
                session.receive(bytes, now: 2)
                for stream in session.takeReady() where stream.phase == .working {
                    messages.append(Array(stream.message.message))
                }
                session.send { _ in }
                session.endRound()
            }
        }
        return messages
    }

    @Test func `a whole message stays what it is, whatever data come behind it, in its read or in a later one`() {
        let headers = HTTP2.headers(1, GRPC.fields("Inline"))
        let first = GRPC.message([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
        let rows: [(name: String, reads: [[UInt8]])] = [
            (
                "the same length again",
                [HTTP2.data(1, first) + HTTP2.data(1, Array(repeating: 7, count: 10), isLast: true)]
            ),
            ("a part, then its end", [HTTP2.data(1, first) + HTTP2.data(1, [7, 7]), HTTP2.data(1, [], isLast: true)]),
            ("a part, then more", [HTTP2.data(1, first) + HTTP2.data(1, [7, 7, 7, 7]), HTTP2.data(1, [7])]),
            ("a part that ends it", [HTTP2.data(1, first) + HTTP2.data(1, [7, 7], isLast: true)]),
            ("another read", [HTTP2.data(1, first), HTTP2.data(1, Array(repeating: 7, count: 10), isLast: true)]),
        ]
        for (name, reads) in rows {
            let session = session()
            #expect(messages([headers + reads[0]] + reads.dropFirst(), session).isEmpty, "\(name)")
            // The connection goes on, and a sound call beside it is answered for what it sent.
            #expect(messages([GRPC.call(3, "Inline", [9, 8, 7])], session) == [[9, 8, 7]], "\(name)")
        }
        // Nothing behind it but the end, which may come by itself.
        let session = session()
        let alone = [headers + HTTP2.data(1, first), HTTP2.data(1, [], isLast: true)]
        #expect(messages(alone, session) == [Array(first.dropFirst(5))])
    }

    @Test func `a large answer leaves in pieces and is held once, wherever windows cut it`() throws {
        for window in [UInt32(10_000), 65_535, 8 << 20] {
            let session = session(window: window)
            let answer = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 >> 3) }
            bytes(GRPC.call(1, "Inline", [1]), session)
            let stream = try #require(session.takeReady().first)
            var sent: [UInt8] = []
            var largest = 0
            func send() {
                session.send { piece in
                    largest = max(largest, piece.count)
                    sent += piece
                }
            }
            answer.withUnsafeBytes { message in
                session.answer(stream, message, .none)
                send()
                session.endRound()
            }
            #expect(session.heldBytes < answer.count + Limits.http2WrittenBytesMax)
            var rounds = 0
            while !session.open.isEmpty, rounds < 1_000 {
                bytes(HTTP2.windowUpdate(1, window) + HTTP2.windowUpdate(0, window), session)
                send()
                session.endRound()
                rounds += 1
            }
            #expect(session.failure == nil)
            #expect(largest <= Limits.http2WrittenBytesMax + 2 * Limits.http2FrameBytesMax)
            let isSame = Self.data(sent) == GRPC.message(answer)
            #expect(isSame)
            #expect(session.heldBytes < 64 << 10)
        }
    }

    private func bytes(_ bytes: [UInt8], _ session: GRPCSession) {
        bytes.withUnsafeBytes { session.receive($0, now: 3) }
    }

    /// What the DATA frames among `bytes` carry.
    private static func data(_ bytes: [UInt8]) -> [UInt8] {
        var data: [UInt8] = []
        var start = 0
        while start + 9 <= bytes.count {
            let length = bytes[start..<(start + 3)].reduce(0) { $0 << 8 | Int($1) }
            if bytes[start + 3] == HTTP2.Kind.data { data += bytes[(start + 9)..<(start + 9 + length)] }
            start += 9 + length
        }
        return data
    }
}
