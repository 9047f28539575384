import NIOCore

/// HTTP/1 on one connection: methods by POST, in JSON or protobuf, and pages by GET.
///
/// Answers leave in the order of the requests, whatever order they are made in; one that is early waits as bytes.
final class HTTP1Door: Door {
    let shared: HTTP1Shared
    private let peer: PeerAddress
    private var decoder: HTTP1Decoder
    /// Requests whose answers have not left, the oldest first.
    private var exchanges = CircularBuffer<HTTP1Exchange>()
    /// The number of the first of them; the requests of a connection are counted.
    private var firstNumber: Int64 = 0
    /// Bytes of answers that wait for earlier ones.
    private var waitingBytes = 0
    private var pagesInRead = 0
    /// Nothing more is read: the last request said so, or could not be understood.
    private var isClosing = false
    private var isDraining = false

    init(_ shared: HTTP1Shared, peer: PeerAddress) {
        self.shared = shared
        self.peer = peer
        decoder = HTTP1Decoder(bodyBytesMax: shared.bodyBytesMax)
    }

    // MARK: Reading

    func read(_ bytes: UnsafeRawBufferPointer, _ burst: inout ReadBurst) -> DoorFailure? {
        guard !isClosing else { return nil }
        shared.updateDate()
        pagesInRead = 0
        var input = bytes
        while !isClosing {
            switch decoder.next(&input) {
            case .needMore: return nil
            case .request(let request): take(request, isLast: input.isEmpty, &burst)
            case .expectation(let request): goOn(request, &burst)
            case .bad(let refusal):
                isClosing = true
                let exchange = HTTP1Exchange(id: shared.makeRequestID(), closes: true)
                burst.passed(failing: RPCErrorCode.badRequest.rawValue)
                refuse(exchange, refusal, isLogged: false)
                return DoorFailure(why: "HTTP: \(refusal.text)", reason: .badFrame)
            }
        }
        return nil
    }

    /// Tells a client that waits with its body to send it, or refuses the request without the body.
    private func goOn(_ request: HTTP1Request, _ burst: inout ReadBurst) {
        var exchange = exchange(for: request)
        // Where it is refused, the body would have to be read to find the next request: the connection ends.
        exchange.closes = true
        isClosing = true
        if let refusal = refusal(of: request) {
            burst.passed(failing: RPCErrorCode.badRequest.rawValue)
            return refuse(exchange, refusal)
        }
        if page(at: request.path) == nil {
            switch HTTP1Call.read(request, &burst, isDraining: isDraining) {
            case .refused(let refusal, let allowed):
                burst.passed(failing: RPCErrorCode.badRequest.rawValue)
                return refuse(exchange, refusal, allowed: allowed)
            case .failed(let status):
                burst.passed(failing: status.code)
                return fail(exchange, status)
            case .call: break
            }
        }
        isClosing = false
        let goOn = ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")
        waitingBytes += goOn.readableBytes
        exchange.answer = goOn
        add(exchange)
    }

    private func take(_ request: HTTP1Request, isLast: Bool, _ burst: inout ReadBurst) {
        let exchange = exchange(for: request)
        if exchange.closes { isClosing = true }
        if let refusal = refusal(of: request) {
            burst.passed(failing: RPCErrorCode.badRequest.rawValue)
            return refuse(exchange, refusal)
        }
        if let page = page(at: request.path) { return answer(page, request, exchange, &burst) }
        call(request, exchange, isLast: isLast, &burst)
    }

    /// What is known of a request's answer before there is one.
    private func exchange(for request: HTTP1Request) -> HTTP1Exchange {
        let head = request.head
        var exchange = HTTP1Exchange(
            id: request[.requestID].flatMap { HTTP1RequestID($0) } ?? shared.makeRequestID(),
            closes: !head.keepsAlive || exchanges.count >= HTTP1Limits.pipelinedMax)
        exchange.isHead = head.method == .head
        exchange.tellsKeepAlive = head.minorVersion == 0 && !exchange.closes
        if let languages = request[.acceptLanguage] { exchange.language = AnswerLanguage(accepting: languages) }
        return exchange
    }

    /// Why a request is refused whatever it is for; nil: it is not.
    private func refusal(of request: HTTP1Request) -> HTTP1Refusal? {
        if exchanges.count >= HTTP1Limits.pipelinedMax {
            return HTTP1Refusal(
                503, "\(HTTP1Limits.pipelinedMax) requests of this connection wait for answers; read them first")
        }
        let takesAnyHost = page(at: request.path)?.takesAnyHost ?? false
        if !takesAnyHost, let refusal = shared.gate.refusal(ofHost: request.host) { return refusal }
        if let refusal = shared.gate.refusal(ofOrigin: request[.origin], host: request.host) { return refusal }
        switch request.head.method {
        case .post: return HTTP1Guard.refusal(ofFetchSite: request[.fetchSite])
        case .other: return HTTP1Refusal(501, "the request's method is none of HTTP's; methods are called by POST")
        default: return nil
        }
    }

    // MARK: Pages

    private func page(at path: UnsafeRawBufferPointer) -> HTTPPage? {
        shared.settings.pages.first { $0.path.utf8.count == path.count && $0.path.utf8.elementsEqual(path) }
    }

    private func answer(
        _ page: HTTPPage, _ request: HTTP1Request, _ exchange: HTTP1Exchange, _ burst: inout ReadBurst
    ) {
        guard request.head.method == .get || request.head.method == .head else {
            burst.passed(failing: RPCErrorCode.badRequest.rawValue)
            return refuse(exchange, HTTP1Refusal(405, "a page is read by GET or HEAD"), allowed: "GET, HEAD")
        }
        guard !page.isLocal || peer.isLoopback else {
            burst.passed(failing: RPCErrorCode.badRequest.rawValue)
            return refuse(
                exchange, HTTP1Refusal(403, "this page is shown on the server's own machine only; see --http-page"))
        }
        if !page.isPublic, !peer.isLoopback, let status = burst.stranger(token: request.bearerToken) {
            burst.passed(failing: status.code)
            return fail(exchange, status)
        }
        burst.passed()
        pagesInRead += 1
        var exchange = exchange
        if pagesInRead >= HTTP1Limits.pagesPerRead {
            exchange.closes = true
            isClosing = true
        }
        let made = page.answer(HTTPPage.Request(isDraining: isDraining))
        var answer = HTTP1Answer(status: made.status, contentType: made.contentType)
        answer.fields = made.fields
        made.body.withUnsafeBytes { add(exchange, answer, $0) }
    }

    // MARK: Methods

    private func call(
        _ request: HTTP1Request, _ unfinished: HTTP1Exchange, isLast: Bool, _ burst: inout ReadBurst
    ) {
        var exchange = unfinished
        let called: HTTP1Call
        switch HTTP1Call.read(request, &burst, isDraining: isDraining) {
        case .refused(let refusal, let allowed):
            burst.passed(failing: RPCErrorCode.badRequest.rawValue)
            return refuse(exchange, refusal, allowed: allowed)
        case .failed(let status):
            burst.passed(failing: status.code)
            return fail(exchange, status)
        case .call(let call): called = call
        }
        exchange.form = called.form
        exchange.methodIndex = Int32(truncatingIfNeeded: called.methodIndex)
        exchange.arrival = burst.arrival
        let number = firstNumber + Int64(exchanges.count)
        add(exchange)
        var door = DoorRequest(id: number, methodIndex: called.methodIndex, message: request.body)
        door.owned = decoder.deliveredMemory
        door.timeoutMilliseconds = called.timeoutMilliseconds
        door.messageCompression = called.messageCompression
        door.replyCompression = called.replyCompression
        door.language = exchange.language
        if let code = request[.operatorCode] { door.operatorCode = code }
        door.form = called.form
        door.tellsFailureParts = true
        door.isLast = isLast
        if burst.take(door) { decoder.forgetMemory() }
    }

    // MARK: Answers

    func answer(_ packets: UnsafeRawBufferPointer, _ output: inout OutgoingBytes) {
        shared.updateDate()
        let now = MonotonicClock.nanoseconds()
        var rest = packets
        while let packet = AnswerPacket.next(&rest) { answer(packet.meta, packet.message, now, &output) }
    }

    private func answer(
        _ meta: RPCMeta, _ message: UnsafeRawBufferPointer, _ now: UInt64, _ output: inout OutgoingBytes
    ) {
        let index = Int(meta.correlationID - firstNumber)
        precondition(
            exchanges.indices.contains(exchanges.index(exchanges.startIndex, offsetBy: index)), "no such request")
        let exchange = self[index]
        shared.requestLog.tellIfSlow(exchange, peer, now: now)
        guard meta.errorCode == 0 else {
            let text = meta.errorText ?? UnsafeRawBufferPointer(start: nil, count: 0)
            let (answer, json) = failure(exchange, meta.errorCode, text, meta.failureParts ?? FailureParts())
            return json.withUnsafeBytes { put(answer, $0, at: index, &output) }
        }
        var answer = HTTP1Answer()
        answer.encoding = Compression(rawValue: meta.compressType) ?? .none
        put(answer, message, at: index, &output)
    }

    /// Writes an answer if it is the next one's turn, and keeps it else.
    private func put(
        _ answer: HTTP1Answer, _ body: UnsafeRawBufferPointer, at index: Int, _ output: inout OutgoingBytes
    ) {
        let exchange = self[index]
        let capacity = answer.headBytesMax(exchange) + body.count
        guard index == 0 else {
            var bytes = ByteBufferAllocator().buffer(capacity: capacity)
            bytes.writeWithUnsafeMutableBytes(minimumWritableBytes: capacity) {
                answer.write(body, to: exchange, date: shared.date, into: $0)
            }
            waitingBytes += bytes.readableBytes
            self[index].answer = bytes
            return
        }
        output.append(capacity) { answer.write(body, to: exchange, date: shared.date, into: $0) }
        removeFirst()
        release(&output)
    }

    /// The answer to a request that failed.
    private func failure(
        _ exchange: HTTP1Exchange, _ code: Int32, _ text: UnsafeRawBufferPointer, _ parts: FailureParts
    ) -> (HTTP1Answer, [UInt8]) {
        var answer = HTTP1Answer(status: shared.settings.statusOf(code), contentType: "application/json")
        answer.code = code
        if answer.status == 503 { answer.retryAfter = 1 }
        if answer.status == 401 { answer.fields = [("www-authenticate", "Bearer realm=\"jiesuan\"")] }
        if answer.status >= 500 {
            shared.requestLog.failed(exchange.methodIndex, id: exchange.id.text, peer: peer, code: code)
        }
        let chinese = exchange.language == .chinese ? shared.chinese(code, text) : nil
        let json = HTTP1Failure.json(
            code: code, name: shared.naming.name(of: code), text: text, parts: parts, chinese: chinese,
            requestID: exchange.id.text)
        return (answer, json)
    }

    private func fail(_ exchange: HTTP1Exchange, _ status: CallStatus) {
        var text = status.text
        text.withUTF8 { bytes in
            let (answer, json) = failure(exchange, status.code, UnsafeRawBufferPointer(bytes), status.parts)
            json.withUnsafeBytes { add(exchange, answer, $0) }
        }
    }

    /// The answer to what is refused by HTTP's own rules.
    ///
    /// - Parameter isLogged: false where the log tells anyhow why the connection ends.
    private func refuse(
        _ exchange: HTTP1Exchange, _ refusal: HTTP1Refusal, allowed: StaticString? = nil, isLogged: Bool = true
    ) {
        if isLogged { shared.logRefusal(exchange, refusal) }
        var answer = HTTP1Answer(status: refusal.status, contentType: "application/json")
        answer.allowed = allowed
        if refusal.status == 503 { answer.retryAfter = 1 }
        let code = RPCErrorCode.badRequest
        var text = refusal.text
        let json = text.withUTF8 { bytes in
            HTTP1Failure.json(
                code: code.rawValue, name: code.name, text: UnsafeRawBufferPointer(bytes), parts: FailureParts(),
                chinese: exchange.language == .chinese
                    ? shared.chinese(code.rawValue, UnsafeRawBufferPointer(bytes)) : nil,
                requestID: exchange.id.text)
        }
        json.withUnsafeBytes { add(exchange, answer, $0) }
    }

    // MARK: The row of exchanges

    private subscript(index: Int) -> HTTP1Exchange {
        get { exchanges[exchanges.index(exchanges.startIndex, offsetBy: index)] }
        set { exchanges[exchanges.index(exchanges.startIndex, offsetBy: index)] = newValue }
    }

    private func add(_ exchange: HTTP1Exchange) { exchanges.append(exchange) }

    /// Adds a request whose answer is there already.
    private func add(_ exchange: HTTP1Exchange, _ answer: HTTP1Answer, _ body: UnsafeRawBufferPointer) {
        var exchange = exchange
        let capacity = answer.headBytesMax(exchange) + body.count
        var bytes = ByteBufferAllocator().buffer(capacity: capacity)
        bytes.writeWithUnsafeMutableBytes(minimumWritableBytes: capacity) { [exchange] in
            answer.write(body, to: exchange, date: shared.date, into: $0)
        }
        waitingBytes += bytes.readableBytes
        exchange.answer = bytes
        add(exchange)
    }

    private func removeFirst() {
        exchanges.removeFirst()
        firstNumber += 1
    }

    /// Sends the answers whose turn it is.
    private func release(_ output: inout OutgoingBytes) {
        while let answer = exchanges.first?.answer {
            waitingBytes -= answer.readableBytes
            answer.withUnsafeReadableBytes { output.append($0) }
            removeFirst()
        }
    }

    func flush(_ output: inout OutgoingBytes) { release(&output) }

    // MARK: State

    func beginDrain() { isDraining = true }

    func tick(_ now: UInt64, mayRead: Bool) -> DoorFailure? { nil }

    var requestCounter: Counters.Name { .requestsOfHTTP }
    var heldBytes: Int { decoder.heldCapacity + waitingBytes }
    /// None: an answer that waits for an earlier one must not keep workers from making that.
    var heldAnswerBytes: Int { 0 }
    var unfinishedBytes: Int { decoder.heldBytes }
    var isBusy: Bool { !exchanges.isEmpty }
    var isDrained: Bool { isDraining }
    var isFinished: Bool { isClosing && exchanges.isEmpty }
}
