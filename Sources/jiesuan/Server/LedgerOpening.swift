import Dispatch
import Logging
import RPC
import Service
import Synchronization

/// The port while the ledger opens: it listens from the start on, and where the opening takes long somebody answers.
final class LedgerOpening: Sendable {
    /// Who calls while a ledger opens within this time is served then, as if he had come a little later.
    private static let patienceMilliseconds = 2_000

    private enum Stage {
        case waiting(ListeningSocket)
        case serving(OpeningServer)
        case over
    }

    private let stage: Mutex<Stage>

    /// - Throws: `ServerStartError` where it cannot listen.
    init(_ configuration: ServerConfiguration, _ readiness: Readiness, logger: Logger) throws {
        stage = Mutex(.waiting(try ListeningSocket(configuration)))
        let after = DispatchTime.now() + .milliseconds(Self.patienceMilliseconds)
        DispatchQueue.global(qos: .userInitiated).asyncAfter(deadline: after) { [weak self] in
            do { try self?.serve(configuration, readiness, logger) } catch {
                logger.warning("while the ledger opens nobody is answered: \(error)")
            }
        }
    }

    private func serve(_ configuration: ServerConfiguration, _ readiness: Readiness, _ logger: Logger) throws {
        try stage.withLock { stage in
            guard case .waiting(let socket) = stage else { return }
            let server = try OpeningServer(configuration, readiness, logger: logger)
            try server.start(on: socket)
            stage = .serving(server)
        }
    }

    /// The socket for the server itself; who was told to wait is let go meanwhile.
    func finish() -> ListeningSocket? {
        stage.withLock { stage in
            defer { stage = .over }
            switch stage {
            case .waiting(let socket): return socket
            case .serving(let server):
                let socket = server.handOver()
                DispatchQueue.global(qos: .utility).async { server.end() }
                return socket
            case .over: return nil
            }
        }
    }
}
