import Dispatch
import Foundation
import Ledger
import LedgerStore
import Logging
import Policy
import RPC
import Service
import TLS
import Text

/// The options of a server.
struct ServerOptions {
    var configuration: ServerConfiguration
    var packs: [PolicyPack]
    /// File of the ledger; nil: no ledger.
    var ledger: String?
    var clock: ClockOptions
    /// Whether the log leaves out start and stop.
    var isQuiet = false
    /// Whether load generators may write to it.
    var allowsLoadTests = false
    /// Whether other machines may read the page at /.
    var welcomesAll = false
    /// Whether year-end runs interrupted by the server's end are resumed; not for a server started by another command.
    var resumesYearEnds = true
    /// The arguments after `serve`, to which a reload adds the settings anew; nil: of a server that another command
    /// started.
    var commandLine: [String]?
    var watching = WatchOptions()
    var audit = AuditOptions()
    /// What has to be said at the start; nil: nothing.
    var warning: String?
    /// File of the list of callers; nil: everybody may do everything.
    var access: String?
    /// Whether it starts without taking writes.
    var isReadOnly = false
}

/// Serves until SIGTERM or SIGINT, then drains.
///
/// - Throws: `ServerStartError` where it cannot listen.
func runServer(_ options: ServerOptions) throws {
    let control = options.watching.logControl
    let log = ServerLog(isQuiet: options.isQuiet, format: options.watching.logFormat, control: control)
    log.write("jiesuan: \(ProductVersion.line)", isNeeded: true)
    let logger = Logger(label: "jiesuan") { _ in ServerLogHandler(log: log) }
    // A file at the system's size limit is handled like a full disk: the write fails, the server stays.
    signal(SIGXFSZ, SIG_IGN)
    ProcessMemory.keep()
    if let path = options.ledger { closeToOthers(ledger: path, log) }
    if let warning = options.warning { log.write("jiesuan: \(warning)", isProblem: true) }
    let certificates = CertificateWatch(options.configuration.tls, log)
    let reload = ServerReload(commandLine: options.commandLine, log)
    let regions = ServedRegions(options.packs)
    let watch = ServerWatch(options.watching)
    try watch.open(logger: logger, log)
    let condition = LedgerCondition()
    let opening = try options.ledger.map { _ throws in
        try LedgerOpening(options.configuration, watch.readiness, logger: logger)
    }
    let opened = try options.ledger.map { path throws in
        try openLedger(path, options.packs, options.clock, log, condition, watch.readiness)
    }
    let lane = SequencerLane()
    let access = opened.map { LedgerAccess($0.ledger, regions, lane: lane) }
    let yearEnds = access.flatMap { access in
        options.ledger.map { YearEndRuns(yearEndPlace(ofLedger: $0, lane), access) }
    }
    let audit = try openAudit(options.audit, log)
    let callers = ServerAccess(options.access, isReadOnly: options.isReadOnly, audit.trail, log)
    let methods =
        Services.methods(
            regions, ledger: access, yearEnd: yearEnds, allowsLoadTests: options.allowsLoadTests, audit: audit.trail,
            maintenance: callers.mode, watch: callers.watch)
        + StatusMethods(log: control) { watch.present }.methods
    let own = OwnServices(beside: methods, ledger: access == nil ? nil : condition)
    let figures = watch.figures(of: own, access, yearEnds, ledger: options.ledger)
    if let tls = options.configuration.tls {
        figures.setCertificateExpiry { Double(tls.certificate.notAfter) }
    }
    var configuration = options.configuration
    configuration.tellErrors(of: regions)
    configuration.access = try callers.control(
        methods + own.methods, allowsLoadTests: options.allowsLoadTests)
    configuration.streams = own.streams
    configuration.log = control
    configuration.http.pages =
        ServerPages(
            methods: methods + own.methods, health: own.health, version: ProductVersion.number,
            welcomeIsForAll: options.welcomesAll, figures: watch.page
        ).all
    let server = try Server(
        configuration: configuration, methods: methods + own.methods,
        barrier: access?.barrier, lane: lane, makeState: { _ in Services.makeState() }, logger: logger)

    // Installed before the line "listening" is printed: signals sent after it must find the handler.
    let stop = DispatchSemaphore(value: 0)
    // A closed reader of the log must not end the server.
    signal(SIGPIPE, SIG_IGN)
    let ready = DispatchSemaphore(value: 0)
    let sources = [SIGTERM, SIGINT].map { number in
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler { stop.signal() }
        // The source is activated on another thread; a signal before that would be ignored and lost.
        source.setRegistrationHandler { ready.signal() }
        source.resume()
        return source
    }
    for _ in sources { ready.wait() }
    reload.add(.log(control, started: options.watching))
    reload.add(certificates.part)
    reload.add(callers.part)
    reload.add(.packs(PackReplacement(regions, ledger: access)))
    reload.add(.limits(of: server, started: configuration))
    let port = try server.start(on: opening?.finish())
    watch.begin(server, own.health)
    let host = options.configuration.host
    Terminal.announce("listening on \(host.contains(":") ? "[\(host)]" : host):\(port)")
    callers.announce(host: host)
    if let note = server.listenQueueNote { log.write("jiesuan: \(note)", isNeeded: true) }
    for pack in options.packs {
        log.write("jiesuan: settling for \(pack.region), policy \(pack.digest.prefix(12))", isNeeded: true)
    }
    if options.resumesYearEnds {
        for name in yearEnds?.resumeInterrupted() ?? [] {
            log.write("jiesuan: the year's end '\(name)' was interrupted and goes on", isNeeded: true)
        }
    }
    let retries = access.map { LedgerRetries($0, while: condition) }
    stop.wait()
    watch.leave(own.health, log)
    retries?.stop()
    certificates.stop()
    reload.stop()
    let drainEnd = DispatchTime.now() + options.configuration.drain.seconds
    sources.forEach { $0.cancel() }
    log.write("jiesuan: draining", isNeeded: true)
    let cut = server.drain()
    // From here on no thread uses the ledger.
    try waitForLastWork(server, ledger: options.ledger, log)
    log.write(summary(server.statistics), isNeeded: true)
    watch.end()
    audit.end(log)
    if let opened, let path = options.ledger { close(opened, of: path, drainEnd: drainEnd, log) }
    if cut > 0 {
        log.write("jiesuan: stopped; \(counted(cut, "connection was", "connections were")) cut off")
    } else {
        log.write("jiesuan: stopped", isNeeded: true)
    }
    log.flush()
}

/// The folder of a ledger's year-end runs, and their access to the ledger.
private func yearEndPlace(ofLedger path: String, _ lane: SequencerLane) -> YearEndEnvironment {
    YearEndEnvironment(folder: path + ".year-end", lane: lane) { try SQLiteStore(path: path, mode: .readOnly) }
}

/// Statistics of the server in one line; no personal data.
private func summary(_ statistics: ServerStatistics) -> String {
    let errors = statistics.errors.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", ")
    let parts = [
        "\(statistics.requests) requests of \(statistics.connectionsAccepted) connections",
        "errors by code: \(errors.isEmpty ? "none" : errors)",
        "closed for bad packets \(statistics.closedForBadFrames), floods \(statistics.closedForFloods)",
        """
        TLS handshakes \(statistics.handshakes), failed \(statistics.handshakeFailures); closed for plain bytes \
        \(statistics.closedForPlainBytes), for TLS where there is none \(statistics.closedForUnwantedTLS)
        """,
        "slow readers \(statistics.slowReaders)",
        "unfinished packets \(statistics.partialFrameTimeouts), memory \(statistics.closedOverBudget)",
        "idle \(statistics.idleTimeouts), gave way \(statistics.gaveWay), peer gone \(statistics.vanished)",
        """
        refused connections \(statistics.connectionsRefused), of these for their address \
        \(statistics.connectionsRefusedForAddress)
        """,
    ]
    return "jiesuan: " + parts.joined(separator: "; ")
}
