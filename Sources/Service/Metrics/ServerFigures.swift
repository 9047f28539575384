import Glibc
import Ledger
import LedgerFormat
import RPC
import Settlement
import Synchronization
import Text

/// Which program runs.
package struct ProgramVersion: Sendable {
    package let number: String
    package let commit: String
    package let compiler: String

    package init(number: String, commit: String, compiler: String) {
        self.number = number
        self.commit = commit
        self.compiler = compiler
    }
}

/// Everything that a server tells of itself, as metrics and to `jiesuan status`.
///
/// Made before the server, whose pages show it, and given the server afterwards. Any thread may ask; an answer waits
/// for no other thread and no disk.
package final class ServerFigures: Sendable {
    let version: ProgramVersion
    let health: ServerHealth
    let access: LedgerAccess?
    let slow: SlowFigures
    private let server = Mutex<Server?>(nil)
    private let expiry = Mutex<(@Sendable () -> Double?)?>(nil)

    /// - Parameters:
    ///   - access: nil: there is no ledger.
    ///   - place: where the ledger's files are; nil: nowhere.
    package init(
        version: ProgramVersion, health: ServerHealth, access: LedgerAccess? = nil, yearEnds: YearEndRuns? = nil,
        place: LedgerPlace? = nil
    ) {
        self.version = version
        self.health = health
        self.access = access
        slow = SlowFigures(place, yearEnds)
    }

    /// From now on it tells of this server, until `end`.
    package func begin(_ server: Server) {
        self.server.withLock { $0 = server }
        slow.start()
    }

    /// Lets the server go.
    package func end() {
        slow.stop()
        server.withLock { $0 = nil }
    }

    /// Who knows when the server's certificate expires, in seconds since 1970.
    package func setCertificateExpiry(_ seconds: @escaping @Sendable () -> Double?) {
        expiry.withLock { $0 = seconds }
    }

    var certificateExpiry: Double? { expiry.withLock { $0 }?() }

    /// nil: before `begin` and after `end`.
    var serverMetrics: ServerMetrics? { server.withLock { $0 }?.metrics }

    /// Looks at files and memory now instead of in a few seconds; may wait for the disk.
    package func look() { slow.look() }

    /// Milliseconds since 1970.
    static var now: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return UInt64(time.tv_sec) * 1_000 + UInt64(time.tv_nsec) / 1_000_000
    }
}
