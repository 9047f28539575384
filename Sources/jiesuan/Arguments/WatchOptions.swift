import ArgumentParser

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

    func validate() throws {
        guard (0...Self.drainDelaySecondsMax).contains(drainDelay) else {
            throw ValidationError("--drain-delay \(drainDelay) is not in 0 … \(Self.drainDelaySecondsMax) seconds")
        }
    }
}
