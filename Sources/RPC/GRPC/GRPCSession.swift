/// What a session asks of whom it serves; on the connection's event loop.
package protocol GRPCSessionDelegate: AnyObject {
    /// What a path leads to; called once a call, or once for calls whose header fields are the same.
    func route(_ path: UnsafeRawBufferPointer) -> GRPCRoute
    /// A new call of a stream.
    func begin(stream index: Int) -> any StreamCall
    /// Why a call of a stream is refused because of who sends it; nil: it is not.
    func stranger(stream index: Int, token: [UInt8]?) -> CallStatus?
    /// How a status is told.
    func refusal(_ status: CallStatus) -> GRPCRefusal
    /// A refusal of the session's own, as it is told to somebody who reads this language best.
    func told(_ refusal: GRPCRefusal, in language: AnswerLanguage) -> GRPCRefusal
    /// The client gave up a call that was handed out.
    func cancelled(_ id: Int32)
}

/// gRPC over HTTP/2 (RFC 9113) on one connection, as a machine of bytes: what came goes in, calls and bytes to send
/// come out.
///
/// No socket, no clock, no thread: times are monotonic nanoseconds given from outside.
package final class GRPCSession {
    /// Why the connection has to end.
    package struct Failure {
        package let why: String
        package let isFlood: Bool
    }

    private static let preface: StaticString = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

    // Unchecked exclusivity, here and below: one thread has a session, and no access lasts longer than a number or an
    // array is changed; the checks would cost as much as all that is done here.
    unowned let delegate: any GRPCSessionDelegate
    let messageBytesMax: Int

    // MARK: What comes in

    /// The bytes of the read that is being taken: they stay while `receive` and what follows it run.
    @exclusivity(unchecked) private(set) var input = UnsafeRawBufferPointer(start: nil, count: 0)
    /// Bytes of the preface that came.
    private var prefaceBytes = 0
    @exclusivity(unchecked) private var partial = PartialFrame()
    @exclusivity(unchecked) var decoder = HPACKDecoder()
    /// The header block that is coming in.
    @exclusivity(unchecked) var block = GRPCHeaderBlock()
    /// The last one that came whole, and what it meant.
    @exclusivity(unchecked) var remembered = GRPCRememberedBlock()
    /// The first frame came, which are the client's settings.
    var hasSettings = false
    /// The client knows what was announced.
    var isAcknowledged = false
    /// The client says that it goes.
    var isPeerLeaving = false
    /// The highest number that a stream had, and the last one that was taken.
    @exclusivity(unchecked) var lastSeen: Int32 = 0
    @exclusivity(unchecked) var lastTaken: Int32 = 0
    /// Bytes that the client may send before it is told that it may send more.
    @exclusivity(unchecked) var receiveWindow = Limits.http2ConnectionWindowBytes
    @exclusivity(unchecked) var floods: FloodMeter
    /// Calls whose requests are whole since `receive` began, in the order of their ends.
    @exclusivity(unchecked) var ready: [GRPCStream] = []
    @exclusivity(unchecked) private var handedOut: [GRPCStream] = []

    // MARK: Streams

    @exclusivity(unchecked) private(set) var streams = StreamTable()
    /// Calls that have not ended.
    @exclusivity(unchecked) package private(set) var open: [GRPCStream] = []
    @exclusivity(unchecked) private var spare: [GRPCStream] = []
    /// Closed in this round; used again after it.
    @exclusivity(unchecked) private var leaving: [GRPCStream] = []
    /// Whose messages, or answers, lie in memory that others use after this round.
    @exclusivity(unchecked) var borrowers: [GRPCStream] = []
    /// Calls of streams that are open.
    @exclusivity(unchecked) var streamCalls = 0
    /// Memory of messages and answers.
    @exclusivity(unchecked) package internal(set) var requestBytes = 0
    @exclusivity(unchecked) package internal(set) var answerBytes = 0

    // MARK: What goes out

    @exclusivity(unchecked) var writer: FrameWriter
    @exclusivity(unchecked) var answerFields = GRPCAnswerFields()
    /// Bytes that the client takes of all streams before it says that it takes more.
    @exclusivity(unchecked) var sendWindow = GRPCSession.firstWindow
    /// The same of a new stream.
    @exclusivity(unchecked) var streamWindow = GRPCSession.firstWindow
    /// Whose answers wait for a window, or for their turn.
    @exclusivity(unchecked) var waiting: [GRPCStream] = []
    /// Some of them may have what they waited for.
    @exclusivity(unchecked) var mayGoOn = false
    /// When the last frame of an answer was written.
    @exclusivity(unchecked) var lastSent: UInt64

    // MARK: Time and end

    @exclusivity(unchecked) private(set) var now: UInt64
    @exclusivity(unchecked) package private(set) var failure: Failure?
    /// The client broke the protocol: it is told so, and nothing more.
    @exclusivity(unchecked) private(set) var isSilent = false
    private var hasSaidGoodbye = false
    @exclusivity(unchecked) var drain = GRPCDrain()

    /// Of either kind, until somebody says otherwise.
    static let firstWindow = 65_535
    static let windowMax = 0x7fff_ffff

    package init(delegate: any GRPCSessionDelegate, buffers: HTTP2Buffers, messageBytesMax: Int, now: UInt64) {
        self.delegate = delegate
        self.messageBytesMax = messageBytesMax
        self.now = now
        floods = FloodMeter(now: now)
        writer = FrameWriter(buffers)
        lastSent = now
        announce()
    }

    /// Memory that the connection takes here.
    package var heldBytes: Int {
        requestBytes + answerBytes + partial.capacity + decoder.capacity + block.capacity + writer.capacity
    }

    /// Nothing more is expected, and nothing is to be sent.
    package var isOver: Bool {
        let isLeaving = hasSaidGoodbye || (open.isEmpty && (drain.isToldTwice || isPeerLeaving))
        return isLeaving && writer.count == 0
    }

    // MARK: Rounds

    /// Takes the bytes of one read; `takeReady` has the calls that are whole after it. `endRound` has to follow when
    /// they have been looked at.
    package func receive(_ bytes: UnsafeRawBufferPointer, now: UInt64) {
        self.now = now
        guard failure == nil else { return }
        input = bytes
        var rest = bytes
        if prefaceBytes < Self.preface.utf8CodeUnitCount { takePreface(&rest) }
        while failure == nil, rest.count > 0 {
            if partial.count == 0, rest.count >= HTTP2FrameHead.bytes {
                let head = HTTP2FrameHead(rest.baseAddress!)
                let end = HTTP2FrameHead.bytes + head.length
                if rest.count >= end, head.length <= Limits.http2FrameBytesMax {
                    take(head, UnsafeRawBufferPointer(rebasing: rest[HTTP2FrameHead.bytes..<end]))
                    rest = UnsafeRawBufferPointer(rebasing: rest[end...])
                    continue
                }
            }
            switch partial.take(&rest) {
            case .needMore: return
            case .tooLong:
                return breach("a frame is longer than \(Limits.http2FrameBytesMax) bytes", .frameSize)
            case .whole:
                take(partial.head, partial.payload)
                partial.clear()
            }
        }
    }

    private func takePreface(_ bytes: inout UnsafeRawBufferPointer) {
        let preface = UnsafeRawBufferPointer(
            start: Self.preface.utf8Start, count: Self.preface.utf8CodeUnitCount)
        let count = min(preface.count - prefaceBytes, bytes.count)
        guard bytes.prefix(count).elementsEqual(preface[prefaceBytes..<(prefaceBytes + count)]) else {
            return breach("it does not begin with HTTP/2's preface", .protocolError)
        }
        prefaceBytes += count
        bytes = UnsafeRawBufferPointer(rebasing: bytes[count...])
    }

    /// The calls that are whole, once; valid until the next `receive`. What was reset in the same read is among them,
    /// and closed; the others are to be worked on.
    package func takeReady() -> [GRPCStream] {
        handedOut.removeAll(keepingCapacity: true)
        swap(&ready, &handedOut)
        for stream in handedOut where stream.phase == .whole { stream.phase = .working }
        return handedOut
    }

    /// Copies what lies in memory that others use from now on, and forgets what has ended.
    package func endRound() {
        input = UnsafeRawBufferPointer(start: nil, count: 0)
        for stream in borrowers where stream.phase != .closed { keep(stream) }
        borrowers.removeAll(keepingCapacity: true)
        for stream in leaving where spare.count < Limits.http2StreamsMax { spare.append(stream) }
        leaving.removeAll(keepingCapacity: true)
        decoder.trim()
    }

    private func keep(_ stream: GRPCStream) {
        let isKept = measured(stream) { stream.message.keep() && stream.answer.keep() }
        if !isKept { reset(stream, .internalError) }
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

    // MARK: Streams

    /// Calls `body` with a stream that is open; `open`, or `leaving`, holds it meanwhile.
    @inline(__always)
    func with<Result>(_ id: Int32, _ body: (GRPCStream) -> Result) -> Result? {
        streams.find(id)?._withUnsafeGuaranteedRef(body)
    }

    func begin(_ id: Int32) {
        let stream = spare.popLast() ?? GRPCStream()
        stream.begin(id: id, now: now, sendWindow: streamWindow)
        stream.slot = open.count
        open.append(stream)
        streams.insert(stream)
    }

    /// Both sides have ended a stream, or one has reset it.
    func close(_ stream: GRPCStream) {
        guard stream.phase != .closed else { return }
        if stream.phase == .working { delegate.cancelled(stream.id) }
        if stream.call != nil {
            streamCalls -= 1
            stream.call = nil
        }
        stream.phase = .closed
        streams.remove(stream.id)
        if stream.isWaiting {
            stream.isWaiting = false
            waiting.removeAll { $0 === stream }
        }
        measured(stream) {
            stream.message.reset(keptBytes: 0)
            stream.answer.reset()
        }
        // Before it leaves `open`: the table counts no references, so something else has to hold it.
        leaving.append(stream)
        let last = open.removeLast()
        if last !== stream {
            open[stream.slot] = last
            last.slot = stream.slot
        }
    }

    /// Ends a stream at once; the client is told why.
    func reset(_ stream: GRPCStream, _ code: HTTP2Code) {
        guard stream.phase != .closed else { return }
        writer.write(.reset, stream: stream.id, number: code.rawValue)
        close(stream)
    }

    /// A stream's rules are broken: it is reset, which costs the client more than a frame.
    func breach(of stream: GRPCStream, _ code: HTTP2Code) {
        reset(stream, code)
        countBreach()
    }

    func countBreach() {
        if let why = floods.controlFrame(cost: Limits.http2InvalidFrameCost, now: now) { fail(why, .enhanceYourCalm) }
    }

    // MARK: The connection's end

    /// Ends the connection: its peer is told why.
    func fail(_ why: String, _ code: HTTP2Code) {
        guard failure == nil else { return }
        failure = Failure(why: why, isFlood: code == .enhanceYourCalm)
        // Its text is what clients log; gRPC's know "too_many_pings".
        writer.write(goAway: code, last: lastTaken, why)
    }

    /// The peer breaks the protocol: what it has asked for is answered no more.
    func breach(_ what: String, _ code: HTTP2Code) {
        guard failure == nil else { return }
        isSilent = true
        fail("it broke HTTP/2's rules: \(what) (\(code.name))", code)
    }

    /// The connection ends with nothing under way: a call that is on its way meanwhile was not taken.
    func sayGoodbye() {
        guard !hasSaidGoodbye, failure == nil else { return }
        hasSaidGoodbye = true
        writer.write(goAway: .noError, last: lastTaken)
    }

    /// Tells the peer to send no more, in two steps: what is on its way meanwhile is taken still.
    package func beginDrain(now: UInt64) {
        self.now = now
        if drain.begin(&writer, now: now) { endStreamCalls() }
    }

    /// Whether the peer knows that nothing more is taken, and has all answers.
    package var isDrained: Bool { drain.isToldTwice && open.isEmpty }

    package func tick(now: UInt64) {
        self.now = now
        drain.tick(&writer, last: lastTaken, now: now)
    }
}
