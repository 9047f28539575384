/// The header of a request: all that the transport knows of it beside its message.
struct RequestHead {
    var correlationID: Int64
    var methodIndex: Int32
    /// 0: no deadline.
    var timeoutMilliseconds: Int32
    var messageCompression: Compression
    var replyCompression: Compression
    var traits: RequestTraits = []
    /// The number by which a native caller finds the request in its own logs and ours; 0: none.
    var logID: Int64 = 0

    /// Whether its handler takes the message as it came, and writes an answer like any other.
    @inline(__always)
    var isPlain: Bool { messageCompression == .none && traits.isEmpty }

    @inline(__always)
    var isJSON: Bool { traits.contains(.json) }

    /// When a request that arrived at `arrival` has to be answered; 0: it has no deadline. Monotonic nanoseconds.
    @inline(__always)
    func deadline(arrival: UInt64) -> UInt64 {
        timeoutMilliseconds > 0 ? arrival &+ UInt64(timeoutMilliseconds) &* 1_000_000 : 0
    }

    /// Whether a request that arrived at `arrival` is too late at `now`; monotonic nanoseconds.
    @inline(__always)
    func isExpired(arrival: UInt64, now: UInt64) -> Bool {
        timeoutMilliseconds > 0 && now &- arrival >= UInt64(timeoutMilliseconds) &* 1_000_000
    }
}

extension WorkerContext {
    /// Answers one request into `reply`.
    @inline(__always)
    func run(
        _ entry: MethodTable.Entry, _ head: RequestHead, _ message: UnsafeRawBufferPointer,
        _ reply: inout ReplyWriter
    ) {
        guard head.isPlain else { return runUnusual(entry, head, message, &reply) }
        reply.begin(correlationID: head.correlationID)
        answer(entry, head, message, &reply)
    }

    @inline(__always)
    private func answer(
        _ entry: MethodTable.Entry, _ head: RequestHead, _ message: UnsafeRawBufferPointer,
        _ reply: inout ReplyWriter
    ) {
        arena.reset()
        var status = entry.handler(message, &reply, self)
        if status.code == RPCErrorCode.timedOut.rawValue, call.flow?.isOver(call.id) ?? false { status = .loggingOff }
        let code = reply.finish(status, compression: head.replyCompression, context: self)
        if code != 0 { failed(code, head) }
    }

    @inline(never)
    private func runUnusual(
        _ entry: MethodTable.Entry, _ head: RequestHead, _ message: UnsafeRawBufferPointer,
        _ reply: inout ReplyWriter
    ) {
        answersInChinese = head.traits.contains(.chinese)
        defer { answersInChinese = false }
        var plain = message
        if head.messageCompression != .none {
            do {
                plain = try inflater.inflate(message, head.messageCompression, bytesMax: entry.messageBytesMax)
            } catch {
                return refuse(head, .failed(.badRequest, error.description), &reply)
            }
        }
        if head.traits.contains(.json) { return runJSON(entry, head, plain, &reply) }
        reply.begin(correlationID: head.correlationID, head.traits)
        answer(entry, head, plain, &reply)
    }

    /// The same of a message in JSON, whose answer is JSON too.
    private func runJSON(
        _ entry: MethodTable.Entry, _ head: RequestHead, _ text: UnsafeRawBufferPointer, _ reply: inout ReplyWriter
    ) {
        guard let form = entry.method.jsonForm else { return refuse(head, .noJSON(entry.method), &reply) }
        let read = form.request(text, &requestMessage)
        guard read.isOK else { return refuse(head, read, &reply) }
        reply.begin(correlationID: head.correlationID, head.traits)
        arena.reset()
        var status = requestMessage.withUnsafeBytes { entry.handler($0, &reply, self) }
        if status.code == RPCErrorCode.timedOut.rawValue, call.flow?.isOver(call.id) ?? false { status = .loggingOff }
        if status.isOK { status = reply.translate(form.answer, self) }
        let code = reply.finish(status, compression: head.replyCompression, context: self)
        if code != 0 { failed(code, head) }
        trimForms()
    }

    /// Answers a request with a failure, without running its handler.
    func refuse(_ head: RequestHead, _ status: CallStatus, _ reply: inout ReplyWriter) {
        reply.begin(correlationID: head.correlationID, head.traits)
        failed(reply.fail(status), head)
    }

    /// The same where nothing more is known of the request.
    func refuse(
        _ correlationID: Int64, _ status: CallStatus, _ traits: RequestTraits = [], _ reply: inout ReplyWriter
    ) {
        reply.begin(correlationID: correlationID, traits)
        counters.addError(reply.fail(status))
    }

    /// Answers a request whose deadline has passed.
    func refuseExpired(_ head: RequestHead, _ reply: inout ReplyWriter) {
        refuse(head, .expired(head), &reply)
    }
}

extension CallStatus {
    /// The method's messages have no JSON.
    static func noJSON(_ method: Method) -> CallStatus {
        .failed(.badRequest, "\(method.service)/\(method.name) is not called with JSON; send application/proto")
    }

    /// The message is larger than any of its method is.
    static func tooLarge(_ count: Int, _ most: Int, _ method: String) -> CallStatus {
        .failed(
            .badRequest,
            "the message has \(count) bytes, one of \(method) at most \(most): leave out what is not in the .proto")
    }

    /// The deadline has passed.
    static func expired(_ head: RequestHead) -> CallStatus {
        .failed(
            .timedOut, "the deadline of \(head.timeoutMilliseconds) ms passed before the work began; nothing was done")
    }
}
