import Glibc
import RPC
import TLS

/// The names of a remote method, encoded once for many calls.
package struct RemoteMethod: Sendable {
    package let service: [UInt8]
    package let method: [UInt8]

    /// `service` full (`jiesuan.v1.CalculationService`) or short.
    package init(service: String, method: String) {
        self.service = Array(service.utf8)
        self.method = Array(method.utf8)
    }
}

/// One answer; `message` lies in the client and is valid until its next use.
package struct Response {
    package let correlationID: Int64
    /// 0: success.
    package let code: Int32
    package let errorText: String
    package let message: UnsafeRawBufferPointer
}

/// A blocking client of one `baidu_std` connection: `call` for one at a time, `send` and `receive` for many in flight.
///
/// Not for use by two threads at once.
public final class Client {
    /// Time limit of a connection attempt.
    package static let connectSecondsMax = 10
    /// Bytes of answers that are kept while requests are still being written.
    package static let earlyAnswerBytesMax = 64 << 20
    /// Bytes of one read: about a thousand small answers.
    package static let readBytes = 256 << 10

    private var socket: Socket
    private var outbox: Outbox
    private var inbox = Inbox()
    private var decoder: FrameDecoder
    private var inflater = Inflater()
    private var deflater = Deflater()
    private var nextID: Int64 = 1
    /// Requests sent whose answers have not been received.
    package private(set) var outstanding = 0
    /// Nanoseconds for which `receive` and `call` poll for an answer before the thread sleeps. For one
    /// call at a time whose latency matters more than a core: waking up takes tens of
    /// microseconds.
    package var busyWait: UInt64 = 0
    /// Nanoseconds that `receive`, `call` and `flush` wait for a server that neither answers nor reads; then they
    /// throw `timedOut`. Unlimited by default.
    package var patience = UInt64.max
    /// The language of errors.
    package var language = AnswerLanguage.english
    /// Behind the meta of each call: who acts; empty: nobody is named.
    var operatorField: [UInt8] = []
    /// The token's bytes; empty: none.
    var secret: [UInt8] = []
    /// Calls that timed out, whose answers are dropped.
    private var abandoned: Set<Int64> = []

    private init(_ socket: consuming Socket, answerBytesMax: Int) {
        self.socket = socket
        outbox = Outbox()
        decoder = FrameDecoder(bodyBytesMax: answerBytesMax)
    }

    /// Connects; `answerBytesMax` bounds the memory of one answer.
    package static func connect(
        host: String, port: Int, tls: ClientTLS? = nil, answerBytesMax: Int = Limits.frameBodyBytesMax
    ) throws(ClientError) -> Client {
        Client(try Socket(host: host, port: port, tls: tls), answerBytesMax: answerBytesMax)
    }

    /// Calls a method and waits for its answer's message.
    ///
    /// With `timeoutMilliseconds` above 0 the server drops late work, and this client stops waiting.
    package func call(
        _ method: RemoteMethod, _ message: UnsafeRawBufferPointer, timeoutMilliseconds: Int32 = 0,
        compression: Compression = .none
    ) throws(ClientError) -> [UInt8] {
        guard outstanding == abandoned.count else {
            throw .misuse("\(outstanding) answers of send() are outstanding: receive them before call()")
        }
        let id = try send(method, message, timeoutMilliseconds: timeoutMilliseconds, compression: compression)
        let deadline =
            timeoutMilliseconds > 0
            ? MonotonicClock.nanoseconds() &+ UInt64(timeoutMilliseconds) &* 1_000_000 : UInt64.max
        while true {
            let response: Response
            do {
                response = try receive(until: deadline)
            } catch {
                guard case .timedOut(let waited) = error else { throw error }
                abandoned.insert(id)
                throw .timedOut(milliseconds: timeoutMilliseconds > 0 ? timeoutMilliseconds : waited)
            }
            guard response.correlationID == id else {
                guard abandoned.remove(response.correlationID) != nil else {
                    throw .badAnswer("an answer to \(response.correlationID), which was not asked")
                }
                continue
            }
            guard response.code == 0 else { throw .failed(code: response.code, text: response.errorText) }
            return Array(response.message)
        }
    }

    /// Calls a method by its names.
    package func call(
        service: String, method: String, message: [UInt8], timeoutMilliseconds: Int32 = 0,
        compression: Compression = .none
    ) throws(ClientError) -> [UInt8] {
        let target = RemoteMethod(service: service, method: method)
        let result: Result<[UInt8], ClientError> = message.withUnsafeBytes { bytes in
            do throws(ClientError) {
                return .success(
                    try call(target, bytes, timeoutMilliseconds: timeoutMilliseconds, compression: compression))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// Queues a request; returns its correlation id. It is sent by `flush`, or when the buffer is full.
    @discardableResult
    package func send(
        _ method: RemoteMethod, _ message: UnsafeRawBufferPointer, timeoutMilliseconds: Int32 = 0,
        compression: Compression = .none
    ) throws(ClientError) -> Int64 {
        let id = nextID
        nextID += 1
        var body = message
        var used = Compression.none
        if compression != .none, let smaller = deflater.deflate(message, compression) {
            body = smaller
            used = compression
        }
        outbox.append(method, body, timeoutMilliseconds, used, language, id, operatorField, token: secret)
        outstanding += 1
        if outbox.count >= Self.readBytes { try flush() }
        return id
    }

    /// Queues raw bytes: a packet made elsewhere, or one malformed on purpose.
    package func sendRaw(_ bytes: UnsafeRawBufferPointer) throws(ClientError) {
        outbox.append(raw: bytes)
        try flush()
    }

    /// Sends queued requests; reads answers meanwhile, in case the server waits for that.
    package func flush() throws(ClientError) {
        var written = 0
        while written < outbox.count || socket.hasUnsent {
            if let count = try socket.write(UnsafeRawBufferPointer(rebasing: outbox.bytes[written...])) {
                written += count
                continue
            }
            let mayRead = inbox.count < Self.earlyAnswerBytesMax
            switch try socket.wait(toRead: mayRead, toWrite: true, until: patienceEnd) {
            case .readable: try inbox.fill(&socket)
            case .writable: break
            case .timedOut: throw outOfPatience
            }
        }
        outbox.clear()
    }

    /// The next answer, of any request; sends queued requests before it waits.
    ///
    /// `deadline` is a monotonic time in nanoseconds.
    package func receive(until deadline: UInt64 = .max) throws(ClientError) -> Response {
        while true {
            switch decoder.next(&inbox.unread) {
            case .frame(let frame):
                return try response(frame)
            case .bad(let error):
                throw .badAnswer("\(error)")
            case .needMore:
                if outbox.count > 0 { try flush() }
                if inbox.count > 0 { continue }
                if busyWait > 0 {
                    _ = socket.isReadable(asking: min(deadline, MonotonicClock.nanoseconds() &+ busyWait))
                }
                let end = min(deadline, patienceEnd)
                if end != .max, try socket.wait(toRead: true, toWrite: false, until: end) == .timedOut {
                    if end < deadline { throw outOfPatience }
                    throw .timedOut(milliseconds: 0)
                }
                try inbox.fill(&socket)
            }
        }
    }

    private var patienceEnd: UInt64 {
        guard patience != .max else { return .max }
        return MonotonicClock.nanoseconds() &+ patience
    }

    private var outOfPatience: ClientError { .timedOut(milliseconds: Int32(clamping: patience / 1_000_000)) }

    /// Shuts down sending; answers can still be received.
    package func closeOutput() throws(ClientError) {
        try flush()
        socket.closeOutput()
    }

    /// Ends the connection like a crash: unsent and unread bytes are dropped.
    package func reset() { socket.reset() }

    private func response(_ frame: Frame) throws(ClientError) -> Response {
        guard let meta = RPCMeta.read(frame.meta), meta.hasResponse else {
            throw .badAnswer("the meta is no response")
        }
        outstanding -= 1
        let attachment = Int(meta.attachmentSize)
        guard attachment >= 0, attachment <= frame.payload.count else {
            throw .badAnswer("attachment_size \(attachment) of \(frame.payload.count) bytes")
        }
        var message = UnsafeRawBufferPointer(rebasing: frame.payload[..<(frame.payload.count - attachment)])
        let behind = UnsafeRawBufferPointer(rebasing: frame.payload[message.count...])
        guard meta.features.checksumFits(message: message, attachment: behind) else {
            throw .badAnswer("its checksum is not that of the message")
        }
        guard let compression = Compression(rawValue: meta.compressType) else {
            throw .badAnswer("compress_type \(meta.compressType)")
        }
        if compression != .none {
            do {
                message = try inflater.inflate(message, compression)
            } catch {
                throw .badAnswer("\(error)")
            }
        }
        return Response(
            correlationID: meta.correlationID, code: meta.errorCode,
            errorText: meta.errorText.map { String(decoding: $0, as: UTF8.self) } ?? "", message: message)
    }
}
