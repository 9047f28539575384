import Glibc
import TLS

/// How a server is set up; every limit's default and reason is in `Limits`.
package struct ServerConfiguration: Sendable {
    package var host = "127.0.0.1"
    /// 0: a free one, which `start()` returns.
    package var port = 0
    /// The certificates of TLS, which then every connection has; nil: none has it.
    package var tls: ServerTLS?
    /// Protocols that are served on the port beside the native one.
    package var doors: Set<WireProtocol> = [.http1, .http2]
    /// What the HTTP door has beside the methods.
    package var http = HTTPSettings()
    /// gRPC's streams, of the server's own services.
    package var streams: [StreamMethod] = []
    /// The words of other doors for the services' errors.
    package var errorNaming = ErrorNaming.none
    package var eventLoopThreads = ServerConfiguration.cores
    package var workers = ServerConfiguration.cores

    /// Threads for `Method.Placement.reader`.
    package var readers = Limits.readers

    package var frameBodyBytesMax = Limits.frameBodyBytesMax
    package var inflatedBytesMax = Limits.inflatedBytesMax
    package var replyBytesMax = Limits.replyBytesMax
    package var arenaBytesMax = Limits.arenaBytesMax
    package var heldBytesMax = Limits.heldBytesMax

    package var connectionsMax = Limits.connectionsMax
    package var handshakesMax = Limits.handshakesMax
    /// Of one address; nil: all but a tenth of `connectionsMax`, and as many as there are for loopback, where proxies
    /// and load generators are.
    package var connectionsPerAddress: Int?
    package var inFlightPerConnectionMax = Limits.inFlightPerConnectionMax
    package var pendingWritePauseBytes = Limits.pendingWritePauseBytes
    package var readBytesMax = Limits.readBytesMax

    /// Zero: idle connections stay until the connection limit makes one give way.
    package var idle: Duration = .seconds(60 * Limits.idleMinutes)
    package var partialFrame: Duration = .seconds(Limits.partialFrameSeconds)
    package var handshake: Duration = .seconds(Limits.handshakeSeconds)
    package var slowReader: Duration = .seconds(Limits.slowReaderSeconds)
    package var keepAlive = KeepAlive(
        idleSeconds: Limits.keepAliveIdleSeconds, intervalSeconds: Limits.keepAliveIntervalSeconds,
        probes: Limits.keepAliveProbes)
    package var drain: Duration = .seconds(Limits.drainSeconds)
    package var drainQuiet: Duration = .milliseconds(Limits.drainQuietMilliseconds)
    package var linger: Duration = .seconds(Limits.lingerSeconds)

    package var inlineBurstMax = Limits.inlineBurstMax
    package var inlineMessageBytesMax = Limits.inlineMessageBytesMax
    package var workerQueueRequestsMax = Limits.workerQueueRequestsMax
    package var workerQueueBytesMax = Limits.workerQueueBytesMax
    package var backlogPerConnection: Duration = .milliseconds(Limits.backlogPerConnectionMilliseconds)
    package var uncommittedBytesMax = Limits.uncommittedBytesMax
    package var uncommittedRequestsMax = Limits.uncommittedRequestsMax

    /// Who may call, and whether writes are taken; nil: everybody may everything.
    package var access: AccessControl?

    /// Whether durations are recorded for each method and queue. Counting goes on without.
    package var recordsMetrics = true
    /// What stands in the log, and which requests are slow; those are found where durations are recorded.
    package var log = LogControl()

    /// How failures are told to those who ask for Chinese; nil: to nobody.
    package var chineseWording: ChineseWording?

    package init() {}

    /// Cores that this process may use.
    private static let cores = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))

    /// The settings that contradict each other, one sentence each; empty when all are valid.
    package var problems: [String] {
        var problems: [String] = []
        func require(_ holds: Bool, _ problem: @autoclosure () -> String) {
            if !holds { problems.append(problem()) }
        }
        require((0...65_535).contains(port), "port \(port) is not in 0 … 65535")
        require(
            (1...Limits.eventLoopsMax).contains(eventLoopThreads),
            "event loop threads \(eventLoopThreads) are not in 1 … \(Limits.eventLoopsMax)")
        require(
            (1...Limits.workersMax).contains(workers), "workers \(workers) are not in 1 … \(Limits.workersMax)")
        require(
            (64...Limits.frameBodyBytesMax).contains(frameBodyBytesMax),
            "the frame body limit \(frameBodyBytesMax) is not in 64 … \(Limits.frameBodyBytesMax) bytes")
        require(
            (1...Limits.inflatedBytesMax).contains(inflatedBytesMax),
            "the inflate limit \(inflatedBytesMax) is not in 1 … \(Limits.inflatedBytesMax) bytes")
        require(
            (1...Limits.replyBytesMax).contains(replyBytesMax),
            "the answer limit \(replyBytesMax) is not in 1 … \(Limits.replyBytesMax) bytes")
        require(
            arenaBytesMax >= Limits.arenaFirstBytes,
            "the arena limit \(arenaBytesMax) is below \(Limits.arenaFirstBytes) bytes")
        require(handshakesMax >= 1, "TLS handshakes under way \(handshakesMax) are below 1")
        require(connectionsMax >= 1, "connections max \(connectionsMax) is below 1")
        require(
            connectionsPerAddress ?? 1 >= 1, "connections per address \(connectionsPerAddress ?? 0) are below 1")
        require(idle >= .zero, "the idle limit \(idle) is below 0")
        require(inFlightPerConnectionMax >= 1, "requests in flight \(inFlightPerConnectionMax) are below 1")
        require(pendingWritePauseBytes >= 4, "the write pause \(pendingWritePauseBytes) is below 4 bytes")
        require(
            readBytesMax >= Limits.readBytesFirst, "a read of \(readBytesMax) is below \(Limits.readBytesFirst) bytes")
        require(workerQueueRequestsMax >= 1, "a worker's queue of \(workerQueueRequestsMax) requests is below 1")
        require(
            uncommittedRequestsMax >= 1 && uncommittedBytesMax >= 1,
            "\(uncommittedRequestsMax) requests or \(uncommittedBytesMax) bytes that wait to be durable are below 1")
        require((1...Limits.workersMax).contains(readers), "readers \(readers) are not in 1 … \(Limits.workersMax)")
        require(backlogPerConnection > .zero, "the work that may wait for a connection is not above 0")
        require(
            workerQueueBytesMax >= frameBodyBytesMax,
            "a worker's queue of \(workerQueueBytesMax) bytes cannot hold one frame of \(frameBodyBytesMax)")
        return problems
    }
}
