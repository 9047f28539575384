import TLS

/// How requests are sent, whatever they are.
package struct LoadShape: Sendable {
    package enum Loop: Equatable, Sendable {
        /// A request leaves when an answer has come.
        case closed
        /// Requests leave on a schedule of so many a second, on all connections together, whatever the answers do.
        case open(rate: Double, Arrivals)
    }

    package var host: String
    package var port: Int
    /// What encrypts its connections; nil: nothing does.
    package var tls: ClientTLS?
    /// What says who calls; empty: nothing does.
    package var token = ""
    package var wire = LoadProtocol.native
    package var loop = Loop.closed
    package var connections = 4
    /// Requests under way at once on a connection: the number of a closed loop, the bound of an open one.
    package var inFlight = 64
    package var threads = 1
    /// Open loop: requests leave together this often; what falls due in between is late by up to it, and that is part
    /// of its latency. 0: each by itself. nil: `usualTickMicroseconds` where a thread sends `tickedRate` and more.
    package var tickMicroseconds: Int?
    package var warmUpSeconds = 1.0
    package var seconds = 10.0
    /// Measured requests after which the run ends by itself; nil: the seconds end it.
    package var requests: Int?
    package var seed: UInt64 = 1
    /// How long outstanding answers are waited for at the end.
    package var patienceSeconds = 10.0

    /// Above this rate a system call for each request would measure the client: thousands of callers with a connection
    /// each are many machines, one client is not.
    package static let tickedRate = 50_000.0
    package static let usualTickMicroseconds = 100

    /// The server as HTTP names it.
    package var authority: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// The tick as it is, in microseconds.
    package var tick: Int {
        if let tickMicroseconds { return tickMicroseconds }
        guard case .open(let rate, _) = loop else { return 0 }
        return rate / Double(threads) >= Self.tickedRate ? Self.usualTickMicroseconds : 0
    }

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }
}
