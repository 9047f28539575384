import CNghttp2

/// What a session asks of whom it serves; on the connection's event loop.
package protocol GRPCSessionDelegate: AnyObject {
    /// What a path leads to; called once a call.
    func route(_ path: UnsafeRawBufferPointer) -> GRPCRoute
    /// A new call of a stream.
    func begin(stream index: Int) -> any StreamCall
    /// Why a call of a stream is refused because of who sends it; nil: it is not.
    func stranger(stream index: Int, token: [UInt8]?) -> CallStatus?
    /// How a status is told.
    func refusal(_ status: CallStatus) -> GRPCRefusal
    /// The client gave up a call that was handed out.
    func cancelled(_ id: Int32)
}

/// gRPC over HTTP/2 on one connection, as a machine of bytes: what came goes in, calls and bytes to send come out.
///
/// HTTP/2 itself is libnghttp2's; here are gRPC's framing, the limits and the floods. No socket, no clock, no thread:
/// times are monotonic nanoseconds given from outside.
package final class GRPCSession {
    /// Why the connection has to end.
    package struct Failure {
        package let why: String
        package let isFlood: Bool
    }

    // Unchecked exclusivity, here and below: one thread has a session, nghttp2 calls back into it many times a call,
    // and no access lasts longer than a number or an array is changed; each check would cost as much as that.
    @exclusivity(unchecked) private var session: OpaquePointer?
    private let memory: HTTP2Memory
    unowned let delegate: any GRPCSessionDelegate
    let messageBytesMax: Int

    /// Calls whose requests are whole since `receive` began, in the order of their ends.
    @exclusivity(unchecked) var ready: [GRPCStream] = []
    @exclusivity(unchecked) private var handedOut: [GRPCStream] = []
    /// Calls that have not ended.
    @exclusivity(unchecked) package private(set) var open: [GRPCStream] = []
    @exclusivity(unchecked) private var spare: [GRPCStream] = []
    /// Closed in this round; used again after it.
    @exclusivity(unchecked) private var leaving: [GRPCStream] = []
    /// Whose messages, or answers, lie in memory that others use after this round.
    @exclusivity(unchecked) var borrowers: [GRPCStream] = []

    /// The bytes of the read that is being taken: they stay while `receive` and what follows it run.
    @exclusivity(unchecked) private(set) var input = UnsafeRawBufferPointer(start: nil, count: 0)
    @exclusivity(unchecked) private(set) var now: UInt64
    @exclusivity(unchecked) var floods: FloodMeter
    @exclusivity(unchecked) package private(set) var failure: Failure?
    private(set) var drain = GRPCDrain()
    /// Memory of messages and answers.
    @exclusivity(unchecked) package internal(set) var requestBytes = 0
    @exclusivity(unchecked) package internal(set) var answerBytes = 0
    /// When the last frame of an answer left.
    @exclusivity(unchecked) private(set) var lastSent: UInt64
    /// Calls of streams that are open.
    @exclusivity(unchecked) var streamCalls = 0

    package init(delegate: any GRPCSessionDelegate, blocks: HTTP2Blocks, messageBytesMax: Int, now: UInt64) {
        self.delegate = delegate
        self.messageBytesMax = messageBytesMax
        self.now = now
        memory = HTTP2Memory(blocks)
        floods = FloodMeter(now: now)
        lastSent = now
        var functions = memory.functions
        let result = nghttp2_session_server_new3(
            &session, HTTP2Setup.callbacks, Unmanaged.passUnretained(self).toOpaque(), HTTP2Setup.options, &functions)
        guard result == 0 else {
            failure = Failure(why: "the system has no memory for it", isFlood: false)
            return
        }
        HTTP2Setup.announce(session)
    }

    deinit { nghttp2_session_del(session) }

    /// Memory that the connection takes here.
    package var heldBytes: Int { memory.heldBytes + requestBytes + answerBytes }

    /// nghttp2 neither expects nor has anything more.
    package var isOver: Bool { nghttp2_session_want_read(session) == 0 && nghttp2_session_want_write(session) == 0 }

    // MARK: Rounds

    /// Takes the bytes of one read; `takeReady` has the calls that are whole after it. `endRound` has to follow when
    /// they have been looked at.
    package func receive(_ bytes: UnsafeRawBufferPointer, now: UInt64) {
        self.now = now
        guard failure == nil else { return }
        input = bytes
        let result = nghttp2_session_mem_recv(
            session, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count)
        guard result < 0, failure == nil else { return }
        let code = Int32(truncatingIfNeeded: result)
        switch nghttp2_error(rawValue: code) {
        case NGHTTP2_ERR_FLOODED:
            fail("it does not read what answers its frames", .init(rawValue: NGHTTP2_ENHANCE_YOUR_CALM.rawValue))
        case NGHTTP2_ERR_NOMEM: fail("the system has no memory for it", NGHTTP2_INTERNAL_ERROR)
        default: fail("its bytes are no HTTP/2: \(String(cString: nghttp2_strerror(code)))", NGHTTP2_PROTOCOL_ERROR)
        }
    }

    /// The calls that are whole, once; valid until the next `receive`.
    package func takeReady() -> [GRPCStream] {
        handedOut.removeAll(keepingCapacity: true)
        swap(&ready, &handedOut)
        return handedOut
    }

    /// Copies what lies in memory that others use from now on, and forgets what has ended.
    package func endRound() {
        input = UnsafeRawBufferPointer(start: nil, count: 0)
        for stream in borrowers where stream.phase != .closed { keep(stream) }
        borrowers.removeAll(keepingCapacity: true)
        for stream in leaving where spare.count < Limits.http2StreamsMax { spare.append(stream) }
        leaving.removeAll(keepingCapacity: true)
    }

    private func keep(_ stream: GRPCStream) {
        measured(stream) {
            guard stream.message.keep(), stream.answer.keep() else { return reset(stream, NGHTTP2_INTERNAL_ERROR) }
        }
    }

    /// Counts what a stream holds before and after.
    func measured<Result>(_ stream: GRPCStream, _ body: () -> Result) -> Result {
        let (request, answer) = (stream.message.capacity, stream.answer.capacity)
        defer {
            requestBytes += stream.message.capacity - request
            answerBytes += stream.answer.capacity - answer
        }
        return body()
    }

    /// Everything that may leave now, piece by piece.
    package func send(_ take: (UnsafeRawBufferPointer) -> Void) {
        repeat {
            while true {
                var bytes: UnsafePointer<UInt8>?
                let count = nghttp2_session_mem_send(session, &bytes)
                guard count > 0, let bytes else { break }
                take(UnsafeRawBufferPointer(start: bytes, count: count))
            }
        } while drain.ask(session)
    }

    // MARK: Streams

    /// Calls `body` with a stream that has not been closed; it is held by `open` meanwhile.
    @inline(__always)
    func with<Result>(_ id: Int32, _ body: (GRPCStream) -> Result) -> Result? {
        guard let pointer = nghttp2_session_get_stream_user_data(session, id) else { return nil }
        return Unmanaged<GRPCStream>.fromOpaque(pointer)._withUnsafeGuaranteedRef(body)
    }

    func begin(_ id: Int32) {
        let stream = spare.popLast() ?? GRPCStream()
        stream.begin(id: id, now: now)
        stream.slot = open.count
        open.append(stream)
        nghttp2_session_set_stream_user_data(session, id, Unmanaged.passUnretained(stream).toOpaque())
    }

    /// nghttp2 has closed a stream.
    func closed(_ stream: GRPCStream) {
        if stream.phase == .working { delegate.cancelled(stream.id) }
        if stream.call != nil { streamCalls -= 1 }
        stream.phase = .closed
        stream.call = nil
        measured(stream) {
            stream.message.reset(keptBytes: 0)
            stream.answer.reset()
        }
        // Before it leaves `open`: callbacks count no references, so something else has to hold it.
        leaving.append(stream)
        let last = open.removeLast()
        if last !== stream {
            open[stream.slot] = last
            last.slot = stream.slot
        }
    }

    func reset(_ stream: GRPCStream, _ code: nghttp2_error_code) {
        nghttp2_submit_rst_stream(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), stream.id, code.rawValue)
    }

    // MARK: The connection's end

    /// Ends the connection: its peer is told why.
    func fail(_ why: String, _ code: nghttp2_error_code) {
        guard failure == nil else { return }
        failure = Failure(why: why, isFlood: code == NGHTTP2_ENHANCE_YOUR_CALM)
        // Its text is what clients log; gRPC's know "too_many_pings".
        Array(why.utf8).withUnsafeBufferPointer {
            _ = nghttp2_submit_goaway(
                session, UInt8(NGHTTP2_FLAG_NONE.rawValue), nghttp2_session_get_last_proc_stream_id(session),
                code.rawValue, $0.baseAddress, $0.count)
        }
    }

    /// nghttp2 found that the peer breaks the protocol, and tells it.
    func sentGoAway(_ code: UInt32) {
        guard failure == nil, code != NGHTTP2_NO_ERROR.rawValue else { return }
        let isFlood = code == NGHTTP2_ENHANCE_YOUR_CALM.rawValue
        failure = Failure(
            why: "it broke HTTP/2's rules: \(String(cString: nghttp2_http2_strerror(code)))", isFlood: isFlood)
    }

    /// The connection ends with nothing under way: a call that is on its way meanwhile was not taken.
    func sayGoodbye() { nghttp2_session_terminate_session(session, NGHTTP2_NO_ERROR.rawValue) }

    func sentFrameOfAnswer() {
        lastSent = now
        floods.work()
        floods.answerLeft()
    }

    /// Tells the peer to send no more, in two steps: what is on its way meanwhile is taken still.
    package func beginDrain(now: UInt64) {
        self.now = now
        if drain.begin(session, now: now) { endStreamCalls() }
    }

    func pingAcknowledged(_ opaque: UInt64) { drain.acknowledged(opaque, session) }

    /// Whether the peer knows that nothing more is taken, and has all answers.
    package var isDrained: Bool { drain.isToldTwice && open.isEmpty }

    package func tick(now: UInt64) {
        self.now = now
        drain.tick(session, now: now)
    }

    // MARK: Answers

    /// Submits an answer's first part; the rest comes of the callbacks.
    func submit(_ stream: GRPCStream, _ fields: UnsafeBufferPointer<nghttp2_nv>, hasData: Bool) {
        stream.phase = .answering
        var source = nghttp2_data_provider()
        source.source.ptr = Unmanaged.passUnretained(stream).toOpaque()
        source.read_callback = HTTP2Setup.readAnswer
        let result =
            hasData
            ? nghttp2_submit_response(session, stream.id, fields.baseAddress, fields.count, &source)
            : nghttp2_submit_response(session, stream.id, fields.baseAddress, fields.count, nil)
        if result != 0 { reset(stream, NGHTTP2_INTERNAL_ERROR) }
    }

    func submitTrailer(_ stream: GRPCStream, _ fields: UnsafeBufferPointer<nghttp2_nv>) {
        if nghttp2_submit_trailer(session, stream.id, fields.baseAddress, fields.count) != 0 {
            reset(stream, NGHTTP2_INTERNAL_ERROR)
        }
    }

    /// More is there for a stream that had nothing to send.
    func resume(_ stream: GRPCStream) {
        guard stream.isDeferred else { return }
        stream.isDeferred = false
        nghttp2_session_resume_data(session, stream.id)
    }
}
