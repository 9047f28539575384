import ArgumentParser
import Logging
import RPC

/// How a server is watched: metrics, health, and how it takes its leave.
struct WatchOptions: ParsableArguments {
    enum Metrics: String, ExpressibleByArgument, CaseIterable { case on, off }

    /// An hour: longer is a mistake.
    static let drainDelaySecondsMax = 3_600

    @Option(
        help: ArgumentHelp(
            """
            Also serve /metrics, /health, /healthz and /readyz here, by plain HTTP to whoever reaches it: for \
            Prometheus and balancers on other machines. Without it /metrics is shown on --port, to this machine alone.
            """, valueName: "HOST:PORT"))
    var admin: AdminAddress?

    @Option(help: "Record durations and show /metrics; off only to compare.")
    var metrics = Metrics.on

    @Option(
        help: ArgumentHelp(
            """
            Seconds between "not ready" and the drain at a shutdown: a balancer gets so long to send calls elsewhere \
            while all that come are still taken.
            """, valueName: "N"))
    var drainDelay = 0

    @Option(help: "How lines of the log are written: for people and grep, or an object of JSON each.")
    var logFormat = LogFormat.text

    @Option(help: "Write lines of this level and above: debug, info, notice, warning or error.")
    var logLevel = LogLevel.notice

    @Option(
        help: ArgumentHelp(
            "Write a line for a request that takes as long, from its last byte to its answer. 0: for none.",
            valueName: "MILLISECONDS"))
    var slowMs = 1_000

    /// What the options say of the log.
    var logControl: LogControl { LogControl(level: logLevel.level, slowMilliseconds: slowMs) }

    func validate() throws {
        guard (0...LogControl.slowMillisecondsMax).contains(slowMs) else {
            throw ValidationError("--slow-ms \(slowMs) is not in 0 … \(LogControl.slowMillisecondsMax)")
        }
        guard (0...Self.drainDelaySecondsMax).contains(drainDelay) else {
            throw ValidationError("--drain-delay \(drainDelay) is not in 0 … \(Self.drainDelaySecondsMax) seconds")
        }
    }
}

/// Levels of the log that one can ask for.
enum LogLevel: String, ExpressibleByArgument, CaseIterable {
    case debug, info, notice, warning, error

    var level: Logger.Level {
        switch self {
        case .debug: .debug
        case .info: .info
        case .notice: .notice
        case .warning: .warning
        case .error: .error
        }
    }
}
