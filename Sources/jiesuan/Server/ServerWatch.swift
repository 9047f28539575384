import Glibc
import Logging
import RPC
import Service
import Synchronization

/// What a server shows of itself, from before its ledger opens until it ends: health, metrics, the port for operators.
final class ServerWatch: Sendable {
    let readiness = Readiness()
    private let options: WatchOptions
    private let shown = Mutex<ServerFigures?>(nil)
    private let admin = Mutex<AdminServer?>(nil)

    init(_ options: WatchOptions) { self.options = options }

    /// Serves the pages for operators, where there is an address for them.
    ///
    /// - Throws: `ServerStartError` where it cannot listen.
    func open(logger: Logger, _ log: ServerLog) throws {
        guard let address = options.admin else { return }
        var pages = HealthPages { [readiness] in readiness.whyNotServing }.all
        if options.metrics == .on { pages.append(MetricsPage.page({ [self] in present }, isLocal: false)) }
        let server = try AdminServer(address, pages: pages, logger: logger)
        log.write("jiesuan: metrics and health on \(address.text(port: server.port))", isNeeded: true)
        admin.withLock { $0 = server }
    }

    /// The figures of a server that is made next; its pages show them.
    func figures(
        of own: OwnServices, _ access: LedgerAccess?, _ yearEnds: YearEndRuns?, ledger path: String?
    ) -> ServerFigures {
        let version = ProgramVersion(
            number: ProductVersion.number, commit: ProductVersion.commit, compiler: ProductVersion.compiler)
        let figures = ServerFigures(
            version: version, health: own.health, access: access, yearEnds: yearEnds,
            place: path.map { LedgerPlace(path: $0, indexFolder: indexFolder(ofLedger: $0)) })
        shown.withLock { $0 = figures }
        return figures
    }

    /// What /metrics shows on the server's own port; nil: no such page.
    var page: ServerFigures? { options.metrics == .on ? present : nil }

    /// nil: the ledger opens.
    var present: ServerFigures? { shown.withLock { $0 } }

    /// The server takes calls.
    func begin(_ server: Server, _ health: ServerHealth) {
        present?.begin(server)
        readiness.begin(health)
    }

    /// The server is told to end: it is not ready from now on, and takes calls until the delay is over.
    func leave(_ health: ServerHealth, _ log: ServerLog) {
        health.beginDrain()
        guard options.drainDelay > 0 else { return }
        log.write("jiesuan: not ready; draining in \(options.drainDelay) s", isNeeded: true)
        sleep(UInt32(options.drainDelay))
    }

    /// The server has ended.
    func end() {
        present?.end()
        admin.withLock { admin in
            admin?.stop()
            admin = nil
        }
    }
}
