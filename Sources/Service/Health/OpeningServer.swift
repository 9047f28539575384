import Logging
import ProtoJSON
import RPC

/// Serves on the port while the ledger opens: health, which says "not ready", and every call is answered 2003 ELOGOFF,
/// with how far the opening is. Callers try again, and balancers know that the server comes.
package final class OpeningServer: Sendable {
    private let server: Server

    /// - Parameter configuration: of the server that will take its place: the same protocols, limits and certificates.
    package init(_ configuration: ServerConfiguration, _ readiness: Readiness, logger: Logger) throws {
        let methods = MethodCatalog.methods.map { described in
            Method(service: described.service, name: described.name, placement: .readingThread) { _, _, _ in
                .failed(
                    .loggingOff,
                    "\(readiness.whyNotServing ?? "the server is about to serve"); nothing was done: try again")
            }.withJSON()
        }
        let own = OwnServices(beside: methods)
        own.health.beginDrain()
        var configuration = configuration
        configuration.streams = own.streams
        configuration.http.pages = HealthPages { readiness.whyNotServing }.all
        configuration.eventLoopThreads = 1
        configuration.workers = 1
        configuration.readers = 1
        configuration.drain = .seconds(1)
        server = try Server(
            configuration: configuration, methods: methods + own.methods, makeState: { _ in Services.makeState() },
            logger: logger)
    }

    package func start(on socket: ListeningSocket) throws { _ = try server.start(on: socket) }

    /// Gives the socket to the server that takes its place; who is connected here is let go within a second.
    package func handOver() -> ListeningSocket? { server.handOver() }

    /// Ends the connections; blocks for a second at most.
    package func end() { server.drain() }
}
