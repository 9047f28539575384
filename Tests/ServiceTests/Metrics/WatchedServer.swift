import Client
import ClientTesting
import Ledger
import LedgerFormat
import LedgerStore
import Logging
import RPC
import Service
import Synchronization

/// A server with a ledger in memory, with all of its pages and figures.
final class WatchedServer {
    let access: LedgerAccess
    let store = MemoryStore()
    let condition = LedgerCondition()
    let health: ServerHealth
    let figures: ServerFigures
    let log = LogControl()
    let server: Server
    let port: Int

    /// - Parameter socket: that listens already; nil: one of its own.
    init(on socket: ListeningSocket? = nil, _ configure: (inout ServerConfiguration) -> Void = { _ in }) throws {
        let clock = StandingClock()
        let ledger = try Ledger(
            store: store, library: Packs.library, clock: clock, directory: nil,
            observer: { [condition] in condition.note($0.kind) })
        try ledger.record(LedgerServer.events)
        _ = ledger.seal()
        ledger.queue.commit()
        let lane = SequencerLane()
        access = LedgerAccess(ledger, Packs.regions, lane: lane)
        let shown = Shown()
        let methods =
            Services.methods(Packs.regions, ledger: access) + StatusMethods(log: log) { shown.figures }.methods
        let own = OwnServices(beside: methods, ledger: condition)
        health = own.health
        figures = ServerFigures(
            version: ProgramVersion(number: "1.2.3", commit: "abc", compiler: "6.3"), health: health, access: access)
        shown.figures = figures
        var configuration = ServerConfiguration()
        configuration.log = log
        configuration.eventLoopThreads = 1
        configuration.workers = 1
        configuration.drain = .zero
        configuration.tellErrors(of: Packs.regions)
        configuration.streams = own.streams
        configuration.http.pages =
            ServerPages(
                methods: methods + own.methods, health: health, version: "1.2.3", figures: figures
            ).all
        configure(&configuration)
        server = try Server(
            configuration: configuration, methods: methods + own.methods, barrier: access.barrier, lane: lane,
            makeState: { _ in Services.makeState() }, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        port = try server.start(on: socket)
        figures.begin(server)
    }

    deinit {
        figures.end()
        server.drain()
        server.waitForSequencer()
        access.ledger.abandon()
    }

    func connect() throws -> SettlementClient { SettlementClient(try Client.connect(host: "127.0.0.1", port: port)) }
}

/// Figures that are made after the methods that tell them.
private final class Shown: Sendable {
    private let made = Mutex<ServerFigures?>(nil)

    var figures: ServerFigures? {
        get { made.withLock { $0 } }
        set { made.withLock { $0 = newValue } }
    }
}
