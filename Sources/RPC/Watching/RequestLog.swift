import Logging
import Synchronization

/// Lines of the log for requests that took long, and for those that failed by the server's fault: with method, peer and
/// the id by which the caller finds the request, and nothing of its content.
///
/// Asked for every answer that took long or failed; a few lines a second are written, the others counted.
final class RequestLog: Sendable {
    private struct Second {
        var number: UInt64 = 0
        var lines = 0
        var leftOut = 0
    }

    let control: LogControl
    private let logger: Logger
    private let methods: MethodTable
    private let status: @Sendable (Int32) -> Int
    private let second = Mutex(Second())

    init(configuration: ServerConfiguration, methods: MethodTable, logger: Logger) {
        control = configuration.log
        status = configuration.http.statusOf
        self.methods = methods
        self.logger = logger
    }

    /// A request that took so many nanoseconds.
    func slow(_ method: Int32, id: @autoclosure () -> String, peer: PeerAddress?, _ nanoseconds: UInt64) {
        write("slow", method, id, peer, "took \(nanoseconds / 1_000_000) ms", ("milliseconds", nanoseconds / 1_000_000))
    }

    /// A request that was answered with an error, which is told where it is the server's fault.
    ///
    /// That it shuts down is none.
    func failed(_ method: Int32, id: @autoclosure () -> String, peer: PeerAddress?, code: Int32) {
        guard code != RPCErrorCode.loggingOff.rawValue, status(code) >= 500 else { return }
        write("failed", method, id, peer, "error \(code)", ("code", UInt64(clamping: code)))
    }

    private func write(
        _ what: String, _ method: Int32, _ id: () -> String, _ peer: PeerAddress?, _ story: @autoclosure () -> String,
        _ figure: @autoclosure () -> (name: String, value: UInt64)
    ) {
        guard let leftOut = admit() else { return }
        let name = methods.entries.indices.contains(Int(method)) ? methods.entries[Int(method)].method : nil
        let path = name.map { "\($0.service)/\($0.name)" } ?? "no method"
        let (id, peer, figure) = (id(), peer.map { "\($0)" } ?? "nobody any more", figure())
        let more = leftOut > 0 ? " (and \(leftOut) more slow or failed since the last line)" : ""
        logger.warning(
            "\(what) request \(id) of \(peer): \(path), \(story())\(more)",
            metadata: [
                "event": "\(what)_request", "request": "\(id)", "peer": "\(peer)", "method": "\(path)",
                figure.name: "\(figure.value)",
            ])
    }

    /// The lines left out before this one; nil: this one is too.
    private func admit() -> Int? {
        let now = MonotonicClock.nanoseconds() / 1_000_000_000
        return second.withLock { second in
            if second.number != now { (second.number, second.lines) = (now, 0) }
            second.lines += 1
            guard second.lines <= Limits.requestLinesPerSecond else {
                second.leftOut += 1
                return nil
            }
            defer { second.leftOut = 0 }
            return second.leftOut
        }
    }

    /// A native request's id: the number of the call on its connection, and the caller's `log_id` where there is one.
    static func native(_ correlationID: Int64, _ logID: Int64) -> String {
        logID == 0 ? "\(correlationID)" : "\(correlationID) log_id \(logID)"
    }
}

extension RequestLog {
    /// A request of HTTP, whose answer is made now.
    func tellIfSlow(_ exchange: HTTP1Exchange, _ peer: PeerAddress, now: UInt64) {
        let took = now &- exchange.arrival
        guard exchange.arrival != 0, control.isSlow(took) else { return }
        slow(exchange.methodIndex, id: exchange.id.text, peer: peer, took)
    }

    /// A call of gRPC, whose answer is made now: told where it took long, or failed by the server's fault.
    func tell(_ stream: GRPCStream, _ peer: PeerAddress, code: Int32) {
        let took = slowTime(since: stream.arrival)
        guard took != nil || code != 0, case .method(let index) = stream.fields.route else { return }
        let own = stream.fields.sender?.requestID ?? []
        let id = own.isEmpty ? "\(stream.id)" : String(decoding: own, as: UTF8.self)
        if code != 0 { failed(Int32(truncatingIfNeeded: index), id: id, peer: peer, code: code) }
        if let took { slow(Int32(truncatingIfNeeded: index), id: id, peer: peer, took) }
    }

    /// The nanoseconds since then where they are many.
    private func slowTime(since arrival: UInt64) -> UInt64? {
        guard control.slowMilliseconds > 0 else { return nil }
        let took = MonotonicClock.nanoseconds() &- arrival
        return control.isSlow(took) ? took : nil
    }
}

extension WorkerContext {
    /// Counts a failure; of a native request it is logged where it is the server's fault. Doors do that themselves, by
    /// the ids of their protocols.
    @inline(never)
    func failed(_ code: Int32, _ head: RequestHead) {
        counters.addError(code)
        guard !head.traits.contains(.failureParts), let log = counters.log else { return }
        let (id, logID) = (head.correlationID, head.logID)
        log.failed(head.methodIndex, id: RequestLog.native(id, logID), peer: peer, code: code)
    }

    /// Of the request that is being worked on.
    private var peer: PeerAddress? { call.origin?.peer ?? reading?.peer }
}
