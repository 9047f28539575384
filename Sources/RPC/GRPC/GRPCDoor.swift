import Glibc

/// gRPC on one connection: calls become requests of the pool, its answers gRPC's messages and statuses.
final class GRPCDoor: Door, GRPCSessionDelegate {
    private let methods: MethodTable
    private let peer: PeerAddress
    private let requestLog: RequestLog
    private let streams: [StreamMethod]
    private let naming: ErrorNaming
    private let wording: ChineseWording?
    private let flow: AnswerFlow
    /// Why somebody with this token is refused what only known callers get; nil: he is not.
    private let strangers: (UnsafeRawBufferPointer?) -> CallStatus?
    private let times: ConnectionState.Times
    @exclusivity(unchecked) private var session: GRPCSession!
    /// The path that came last, and where it leads: a client calls one method over and over.
    // Unchecked exclusivity: as in the session.
    @exclusivity(unchecked) private var lastPath: [UInt8] = []
    @exclusivity(unchecked) private var lastRoute = GRPCRoute.unknown
    /// Whether answers are held, and since when none of them has left.
    @exclusivity(unchecked) private var heldSince: UInt64 = 0

    init(
        shared: SharedState, peer: PeerAddress, flow: AnswerFlow, times: ConnectionState.Times, buffers: HTTP2Buffers,
        now: UInt64,
        strangers: @escaping (UnsafeRawBufferPointer?) -> CallStatus?
    ) {
        methods = shared.methods
        self.peer = peer
        requestLog = shared.requestLog
        let configuration = shared.configuration
        streams = configuration.streams
        naming = configuration.errorNaming
        wording = configuration.chineseWording
        self.flow = flow
        self.times = times
        self.strangers = strangers
        session = GRPCSession(
            delegate: self, buffers: buffers, messageBytesMax: configuration.frameBodyBytesMax, now: now)
    }

    /// Codes of the calls that were refused here since the last read, to be counted.
    private var refused: [Int32] = []

    // MARK: Door

    func read(_ bytes: UnsafeRawBufferPointer, _ burst: inout ReadBurst) -> DoorFailure? {
        session.receive(bytes, now: burst.arrival)
        let ready = session.takeReady()
        for (index, stream) in ready.enumerated() where stream.phase == .working {
            handOver(stream, isLast: index == ready.count - 1, &burst)
        }
        session.endRound()
        for code in refused { burst.passed(failing: code) }
        refused.removeAll(keepingCapacity: true)
        return failure
    }

    var failure: DoorFailure? {
        session.failure.map { DoorFailure(why: $0.why, reason: $0.isFlood ? .flood : .badFrame) }
    }

    private func handOver(_ stream: GRPCStream, isLast: Bool, _ burst: inout ReadBurst) {
        guard case .method(let index) = stream.route else { return refuseUnknown(stream, &burst) }
        if let status = admit(stream, .found(index), &burst) {
            burst.refuse(Int64(stream.id), status, stream.fields.language)
            return session.measured(stream) { stream.message.reset(keptBytes: 0) }
        }
        stream.arrival = burst.arrival
        var request = DoorRequest(
            id: Int64(stream.id), methodIndex: index, message: stream.message.message,
            owned: stream.message.isOwned ? UnsafeMutableRawPointer(mutating: stream.message.message.baseAddress) : nil,
            timeoutMilliseconds: stream.fields.timeoutMilliseconds, messageCompression: stream.messageCompression,
            replyCompression: stream.replyCompression, language: stream.fields.language, tellsFailureParts: true,
            isLast: isLast)
        let isTaken: Bool
        if let sender = stream.fields.sender {
            isTaken = sender.operatorCode.withUnsafeBytes { code in
                request.operatorCode = code
                return burst.take(request)
            }
        } else {
            isTaken = burst.take(request)
        }
        session.measured(stream) {
            if isTaken { _ = stream.message.detach() }
            stream.message.reset(keptBytes: 0)
        }
    }

    private func admit(
        _ stream: GRPCStream, _ lookup: MethodTable.Lookup, _ burst: inout ReadBurst
    ) -> CallStatus? {
        guard let token = stream.fields.sender?.token else { return burst.admit(lookup, token: nil) }
        return token.withUnsafeBytes { burst.admit(lookup, token: $0) }
    }

    /// The path leads nowhere: names what there is.
    private func refuseUnknown(_ stream: GRPCStream, _ burst: inout ReadBurst) {
        let (id, language) = (Int64(stream.id), stream.fields.language)
        if let status = admit(stream, .noService, &burst) { return burst.refuse(id, status, language) }
        stream.unknownPath.withUnsafeBytes { path in
            guard let (service, method) = Self.split(path) else {
                return burst.refuse(
                    id, .failed(.noService, "the path \(quoted(path)) is not /package.Service/Method"), language)
            }
            let lookup = burst.find(service: service, method: method)
            burst.refuse(id, burst.refusal(lookup, service: service, method: method), language)
        }
    }

    func answer(_ packets: UnsafeRawBufferPointer, _ output: inout OutgoingBytes) {
        var rest = packets
        while let packet = AnswerPacket.next(&rest) {
            let id = packet.meta.correlationID
            let isAnswered = session.with(Int32(truncatingIfNeeded: id)) { stream in
                guard stream.phase == .working else { return false }
                requestLog.tell(stream, peer, code: packet.meta.errorCode)
                if packet.meta.errorCode == 0 {
                    session.answer(stream, packet.message, Compression(rawValue: packet.meta.compressType) ?? .none)
                } else {
                    session.refuse(stream, refusal(packet.meta, stream.fields.language))
                }
                return true
            }
            if isAnswered != true { flow.forget(id) }
        }
        flush(&output)
        // What the windows have no room for lies in memory that others use from here on.
        session.endRound()
    }

    func flush(_ output: inout OutgoingBytes) {
        session.send { output.append($0) }
        if session.answerBytes == 0 { heldSince = 0 }
    }

    func beginDrain() { session.beginDrain(now: MonotonicClock.nanoseconds()) }

    func sayGoodbye() { session.sayGoodbye() }

    func tick(_ now: UInt64, mayRead: Bool) -> DoorFailure? {
        session.tick(now: now)
        session.tickStreamCalls()
        session.refuseLate(after: times.partialFrame, mayRead: mayRead)
        session.endRound()
        return stuck(now)
    }

    /// Answers that the client's windows have held back for too long.
    private func stuck(_ now: UInt64) -> DoorFailure? {
        guard session.answerBytes > 0 else { return nil }
        if heldSince == 0 || session.lastSent > heldSince { heldSince = now }
        guard now > heldSince, now - heldSince >= times.slowReader else { return nil }
        return DoorFailure(why: "it opens no window for its answers", reason: .slowReader)
    }

    var requestCounter: Counters.Name { .requestsOfGRPC }
    var heldBytes: Int { session.heldBytes }
    var heldAnswerBytes: Int { session.answerBytes }
    /// Requests have their own clock each.
    var unfinishedBytes: Int { 0 }
    var isBusy: Bool { !session.open.isEmpty }
    var isDrained: Bool { session.isDrained }
    var isFinished: Bool { session.failure == nil && session.isOver }

    // MARK: Delegate

    func route(_ path: UnsafeRawBufferPointer) -> GRPCRoute {
        if path.count == lastPath.count, path.count > 0,
            lastPath.withUnsafeBytes({ memcmp($0.baseAddress!, path.baseAddress!, path.count) == 0 })
        {
            return lastRoute
        }
        let route = find(path)
        if case .unknown = route { return route }
        (lastPath, lastRoute) = (Array(path), route)
        return route
    }

    private func find(_ path: UnsafeRawBufferPointer) -> GRPCRoute {
        guard let (service, method) = Self.split(path) else { return .unknown }
        if case .found(let index) = methods.find(service: service, method: method) { return .method(index) }
        for (index, stream) in streams.enumerated()
        where service.elementsEqual(stream.service.utf8) && method.elementsEqual(stream.name.utf8) {
            return .stream(index)
        }
        return .unknown
    }

    /// Service and method of `/service/method`.
    private static func split(
        _ path: UnsafeRawBufferPointer
    ) -> (service: UnsafeRawBufferPointer, method: UnsafeRawBufferPointer)? {
        guard path.first == UInt8(ascii: "/"), let slash = path.dropFirst().firstIndex(of: UInt8(ascii: "/")) else {
            return nil
        }
        return (
            UnsafeRawBufferPointer(rebasing: path[1..<slash]), UnsafeRawBufferPointer(rebasing: path[(slash + 1)...])
        )
    }

    func begin(stream index: Int) -> any StreamCall { streams[index].begin() }

    func stranger(stream index: Int, token: [UInt8]?) -> CallStatus? {
        if streams[index].isPublic { return nil }
        guard let token else { return strangers(nil) }
        return token.withUnsafeBytes { strangers($0) }
    }

    func cancelled(_ id: Int32) { flow.cancel(Int64(id)) }

    func refusal(_ status: CallStatus) -> GRPCRefusal {
        if status.isOK { return GRPCRefusal(status: .ok, text: "") }
        refused.append(status.code)
        return refusal(code: status.code, text: status.text)
    }

    private func refusal(_ meta: RPCMeta, _ language: AnswerLanguage) -> GRPCRefusal {
        guard let bytes = meta.errorText else { return refusal(code: meta.errorCode, text: "") }
        var facts: [(String, String)] = []
        if let parts = meta.failureParts, parts.fits(bytes.count) {
            for (key, range) in [("field", parts.field), ("rule", parts.rule)] where !range.isEmpty {
                facts.append((key, String(decoding: bytes[range], as: UTF8.self)))
            }
        }
        var text = String(decoding: bytes, as: UTF8.self)
        // A text without parts is in its caller's language already.
        if language == .chinese, meta.failureParts != nil, let wording { text = wording(meta.errorCode, text) }
        return refusal(code: meta.errorCode, text: text, facts)
    }

    func told(_ refusal: GRPCRefusal, in language: AnswerLanguage) -> GRPCRefusal {
        var told = refusal
        if told.code == 0 { told.code = Self.code(of: refusal.status).rawValue }
        refused.append(told.code)
        if language == .chinese, let wording { told.text = wording(told.code, told.text) }
        told.text = Self.cut(told.text)
        told.details = GRPCErrorDetails.message(
            status: told.status, text: told.text, reason: naming.name(of: told.code), domain: naming.domain,
            metadata: [("code", "\(told.code)")])
        return told
    }

    /// What breaks gRPC's own rules has one code in the registry, as what breaks HTTP's has.
    private static func code(of status: GRPCStatus) -> RPCErrorCode {
        switch status {
        case .resourceExhausted: .overLimit
        case .deadlineExceeded: .timedOut
        case .unavailable: .loggingOff
        default: .badRequest
        }
    }

    /// What a client's limit for header fields has room for, no character torn.
    private static func cut(_ text: String) -> String {
        guard text.utf8.count > Limits.grpcTextBytesMax else { return text }
        var cut = text
        while cut.utf8.count > Limits.grpcTextBytesMax { cut.removeLast() }
        return cut
    }

    private func refusal(code: Int32, text: String, _ facts: [(String, String)] = []) -> GRPCRefusal {
        let status = naming.status(of: code)
        let text = Self.cut(text)
        let details = GRPCErrorDetails.message(
            status: status, text: text, reason: naming.name(of: code), domain: naming.domain,
            metadata: [("code", "\(code)")] + facts)
        return GRPCRefusal(status: status, code: code, text: text, details: details)
    }
}
