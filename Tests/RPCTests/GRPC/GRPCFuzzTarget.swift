import Glibc

// What the fuzzer runs, and what the suite runs again over its corpus: see Tests/Fuzz/run.sh.
#if !FUZZING
import RPC
#endif

/// Takes any bytes as what a client sends over HTTP/2; traps when a promise of the gRPC door's machine does not hold.
///
/// Of the first byte the highest bit says whether a preface and settings go before the rest, the others in pieces of
/// how many bytes it comes. Every call is echoed, every stream is one that echoes too.
func fuzzGRPC(_ bytes: UnsafeRawBufferPointer) {
    guard let first = bytes.first else { return }
    let rest = UnsafeRawBufferPointer(rebasing: bytes[1...])
    let echo = EchoOfCalls()
    let buffers = HTTP2Buffers(keptBytesMax: 0)
    let session = GRPCSession(delegate: echo, buffers: buffers, messageBytesMax: 1 << 20, now: 1)
    let bare = session.heldBytes
    if first & 0x80 != 0 {
        let beginning = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + [0, 0, 0, 4, 0, 0, 0, 0, 0]
        beginning.withUnsafeBytes { take($0, session, now: 1) }
    }
    let pieceBytes = max(1, Int(first & 0x7f) * Int(first & 0x7f))
    var offset = 0
    while offset < rest.count, session.failure == nil {
        let end = min(offset + pieceBytes, rest.count)
        // Memory of its own, so that reading past a piece is seen.
        let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: end - offset, alignment: 1)
        piece.copyMemory(from: UnsafeRawBufferPointer(rebasing: rest[offset..<end]))
        defer { piece.deallocate() }
        take(UnsafeRawBufferPointer(piece), session, now: 1 + UInt64(end))
        offset = end
        precondition(session.open.count <= Limits.http2StreamsMax, "more streams than were announced")
        precondition(session.requestBytes <= 2 * end + 256 * session.open.count, "more memory than twice what came")
        // What nghttp2 keeps of a stream, its header fields and what it has to send, none of it by what is claimed.
        let most = bare + (512 << 10) + 8 * end + (4 << 10) * session.open.count + session.answerBytes
        precondition(session.heldBytes <= most, "\(session.heldBytes) bytes are held after \(end)")
    }
    session.beginDrain(now: 2_000_000_000)
    session.send { _ in }
    session.tick(now: 4_000_000_000)
    session.send { _ in }
    session.endRound()
    for stream in session.open { precondition(stream.phase != .closed, "a closed stream is open") }
}

/// One read: what is whole is echoed.
private func take(_ bytes: UnsafeRawBufferPointer, _ session: GRPCSession, now: UInt64) {
    session.receive(bytes, now: now)
    for stream in session.takeReady() where stream.phase == .working {
        let message = stream.message.message
        #if FUZZ_CANARY
        // A planted fault, to see that the fuzzer finds what it should: one byte past a message of three.
        if message.count == 3 { precondition(message.baseAddress!.load(fromByteOffset: 3, as: UInt8.self) != 1) }
        #endif
        if case .unknown = stream.route {
            session.refuse(stream, GRPCRefusal(status: .unimplemented, text: "nothing 无"))
        } else {
            // Of its own, for as long as the answer may refer to it.
            session.answer(stream, message, .none)
        }
    }
    session.send { _ in }
    session.endRound()
    session.tickStreamCalls()
    session.send { _ in }
    session.endRound()
}

private final class EchoOfCalls: GRPCSessionDelegate {
    func route(_ path: UnsafeRawBufferPointer) -> GRPCRoute {
        switch path.count {
        case 4: .method(0)
        case 6: .stream(0)
        default: .unknown
        }
    }

    func begin(stream index: Int) -> any StreamCall { EchoOfStream() }
    func cancelled(_ id: Int32) {}
    func stranger(stream index: Int, token: [UInt8]?) -> CallStatus? { nil }

    func told(_ refusal: GRPCRefusal, in language: AnswerLanguage) -> GRPCRefusal { refusal }
    func refusal(_ status: CallStatus) -> GRPCRefusal { GRPCRefusal(status: .unknown, text: status.text) }
}

private final class EchoOfStream: StreamCall {
    private var ticks = 0
    func received(_ message: UnsafeRawBufferPointer, _ answers: inout StreamAnswers) {
        if message.first == 9 { answers.finish(.failed(1003, "nine")) } else { answers.send(Array(message)) }
    }
    func clientEnded(_ answers: inout StreamAnswers) { answers.finish(.ok) }
    func tick(isDraining: Bool, _ answers: inout StreamAnswers) {
        ticks += 1
        if ticks == 1 || isDraining { answers.send([1]) }
    }
}
