import Logging
import RPC
import Service

/// The server's pages for operators on an address of their own, over plain HTTP: /metrics, /health, /healthz, /readyz.
///
/// A small server beside the large one, with one event loop and few connections: what happens here takes nothing from
/// there, and a scrape is answered while the large one has all the connections that it takes.
final class AdminServer: Sendable {
    /// Scrapers and balancers ask one by one; each may have a few connections.
    private static let connectionsMax = 64
    private static let idleSeconds = 60

    private let server: Server
    let port: Int

    /// - Throws: `ServerStartError` where it cannot listen.
    init(_ address: AdminAddress, pages: [HTTPPage], logger: Logger) throws {
        var configuration = ServerConfiguration()
        configuration.host = address.host
        configuration.port = address.port
        configuration.doors = [.http1]
        configuration.http.pages = pages
        configuration.eventLoopThreads = 1
        configuration.workers = 1
        configuration.readers = 1
        configuration.connectionsMax = Self.connectionsMax
        configuration.idle = .seconds(Self.idleSeconds)
        configuration.drain = .milliseconds(200)
        configuration.recordsMetrics = false
        // Pages are asked for without a body.
        configuration.frameBodyBytesMax = 4 << 10
        configuration.heldBytesMax = 16 << 20
        server = try Server(
            configuration: configuration, methods: [], makeState: { _ in Services.makeState() }, logger: logger)
        port = try server.start()
    }

    func stop() { server.drain() }
}
