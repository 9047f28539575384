import ArgumentParser
import RPC

struct Serve: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve claims over TCP (baidu_std: length-prefixed protobuf).",
        discussion: """
            Prints "listening on HOST:PORT" once it accepts calls, and runs until SIGTERM or SIGINT: then new work is
            refused (ELOGOFF), work in flight is answered, and the process ends with 0. SIGHUP takes up changed
            settings, packs, certificates and callers; connections that are open go on. An address beyond this machine
            needs TLS, and a list of callers or --tls-client-ca.

            EXAMPLES:
              jiesuan serve --port 8123
              jiesuan serve --port 8123 --ledger ./ledger.db      settle for keeps, too
              jiesuan serve --port 8123 --policies ./policies --workers 8
              jiesuan serve --host 0.0.0.0 --tls-certificate server.pem --tls-key server.key --tls-client-ca ca.pem
              jiesuan serve --port 0          a free port; read it from the first line
              jiesuan serve --http-host settle.hospital.local     a name that HTTP clients use
              jiesuan serve --admin 10.0.0.5:9123 --drain-delay 10     metrics and health for other machines
              jiesuan serve --port 8123 --ledger ./ledger.db --access ./access.list     known callers only
              jiesuan serve --connections 2000 --idle-minutes 2 --connections-per-address 200
              jiesuan serve --ledger ./ledger.db --audit ./audit     who did what ('jiesuan audit')
              jiesuan serve --config /etc/jiesuan/jiesuan.yaml     settings from a file ('jiesuan config')

            \(Exit.help)
            """)

    /// Read before the options are parsed, by `completed`.
    @Option(
        help: ArgumentHelp(
            """
            A file of settings, which are these options without dashes ('jiesuan config show' prints one). Options go \
            before the environment (JIESUAN_PORT …), that before the file.
            """, valueName: "FILE"))
    var config: String?

    @Option(help: "Address to listen on.")
    var host = "127.0.0.1"

    @Option(help: "Port to listen on; 0: a free one.")
    var port = 8123

    @Option(help: "Worker threads; default: one per core.")
    var workers: Int?

    @Option(help: "Event-loop threads; default: one per core.")
    var eventLoops: Int?

    @Option(help: "Connections at once; a new one above them takes the place of the one idle longest.")
    var connections = Limits.connectionsMax

    @Option(
        help: ArgumentHelp(
            """
            Connections of one address (an IPv6 address counts by its first 64 bits); a new one above them takes the \
            place of its own idle longest. Default: all but a tenth of --connections, because hospitals behind one \
            router are one address; of this machine itself, where proxies and load generators are, all.
            """, valueName: "N"))
    var connectionsPerAddress: Int?

    @Option(
        help: ArgumentHelp(
            "Close a connection after so many minutes without a request; never while one is under way. 0: never.",
            valueName: "N"))
    var idleMinutes = Limits.idleMinutes

    @Flag(help: "Do not serve gRPC on the port.")
    var noGrpc = false

    @Flag(help: "Do not serve HTTP/1.1 and JSON on the port.")
    var noHttp = false

    @Option(
        help: ArgumentHelp(
            """
            A name under which HTTP clients reach the server, beside its addresses, localhost and --host; may be given \
            several times. "*": every name, also one that a web page made to mean this machine.
            """, valueName: "NAME"))
    var httpHost: [String] = []

    @Flag(help: "Show the page at /, with its forms, to other machines too, not to this one alone.")
    var httpPage = false

    @Option(help: "Seconds that work in flight gets at shutdown.")
    var drainSeconds = Limits.drainSeconds

    @Option(
        help: ArgumentHelp(
            "File of the ledger (made where there is none); without one the server only calculates.",
            valueName: "FILE"))
    var ledger: String?

    @Flag(
        help: """
            Let `jiesuan load` register made-up persons and settle for them; they stay in the ledger for ever. Never \
            for a ledger that people are paid from.
            """)
    var allowLoadTests = false

    /// For a server started by another command.
    @Flag(help: .hidden) var leaveYearEnds = false

    @Flag(help: "Log only what goes wrong, not start and stop.")
    var quiet = false

    @OptionGroup var audit: AuditOptions
    @Option(
        help: ArgumentHelp(
            "The list of callers (`jiesuan access`): only they are answered, each what its role and reach allow.",
            valueName: "FILE"))
    var access: String?

    @Flag(help: "Answer questions and take no writes, until `jiesuan maintenance off`.")
    var readOnly = false

    @OptionGroup var watching: WatchOptions
    @OptionGroup(title: "TLS") var tls: ServeTLSOptions
    @OptionGroup var clock: ClockOptions
    @OptionGroup var policies: PolicyOptions

    func run() throws { try runServer(options()) }

    /// The server that the options describe.
    ///
    /// - Throws: `Failure` and `PolicyProblems`: what is wrong with them, or with what they name.
    func options() throws -> ServerOptions {
        var configuration = ServerConfiguration()
        configuration.host = host
        configuration.port = port
        if let workers { configuration.workers = workers }
        if let eventLoops { configuration.eventLoopThreads = eventLoops }
        configuration.connectionsMax = connections
        configuration.connectionsPerAddress = connectionsPerAddress
        guard (0...Limits.idleMinutesMax).contains(idleMinutes) else {
            throw Failure(.usage, "--idle-minutes \(idleMinutes) is not in 0 … \(Limits.idleMinutesMax)")
        }
        if noGrpc { configuration.doors.remove(.http2) }
        if noHttp { configuration.doors.remove(.http1) }
        configuration.http.hostNames = httpHost
        configuration.idle = .seconds(60 * idleMinutes)
        configuration.drain = .seconds(drainSeconds)
        configuration.recordsMetrics = watching.metrics == .on
        let problems = configuration.problems
        guard problems.isEmpty else { throw Failure(.usage, problems.joined(separator: "\n")) }
        try tls.check()
        let exposure = ServeExposure(
            host: host, hasTLS: tls.tlsCertificate != nil, asksForCertificates: tls.tlsClientCa != nil,
            knowsCallers: access != nil, allowsPlaintext: tls.insecurePlaintext)
        if let problem = exposure.problem { throw Failure(.usage, problem) }
        configuration.tls = try tls.load(configuration.doors)
        guard drainSeconds >= 0 else { throw Failure(.usage, "--drain-seconds is below 0") }
        return ServerOptions(
            configuration: configuration, packs: try policies.load(), ledger: ledger, clock: clock, isQuiet: quiet,
            allowsLoadTests: allowLoadTests, welcomesAll: httpPage, resumesYearEnds: !leaveYearEnds,
            commandLine: leaveYearEnds ? nil : Array(CommandLine.arguments.dropFirst(2)),
            watching: watching, audit: audit, warning: exposure.warning, access: access, isReadOnly: readOnly)
    }
}
