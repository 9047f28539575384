import Synchronization

/// Whether a server's services take calls now, for balancers and clients that ask.
///
/// The server as a whole, and with it every service of the ledger, does not while the ledger takes nothing; what needs
/// no ledger goes on. While the server drains nothing does. Any thread may ask.
package final class ServerHealth: Sendable {
    /// gRPC's words; the numbers are those of `grpc.health.v1.HealthCheckResponse.ServingStatus`.
    package enum Status: UInt8, Sendable {
        case serving = 1
        case notServing = 2
        /// There is no such service.
        case unknown = 3
    }

    /// Full names of all services, sorted.
    package let services: [String]
    private let ledgerServices: Set<String>
    /// nil: there is none.
    let ledger: LedgerCondition?
    private let isDraining = Atomic(false)

    /// - Parameters:
    ///   - services: full names of all services that the server has.
    ///   - ledgerServices: those of them that need the ledger.
    ///   - ledger: nil: there is none.
    package init(services: [String], ledgerServices: Set<String> = [], ledger: LedgerCondition? = nil) {
        self.services = Set(services).sorted()
        self.ledgerServices = ledgerServices
        self.ledger = ledger
    }

    /// Of a service by its full name, or of the server as a whole where it is empty.
    package func status(of service: String) -> Status {
        guard service.isEmpty || services.contains(service) else { return .unknown }
        if isDraining.load(ordering: .relaxed) { return .notServing }
        let needsLedger = service.isEmpty || ledgerServices.contains(service)
        return needsLedger && ledger?.isRefusing == true ? .notServing : .serving
    }

    /// Whether the server as a whole takes calls.
    package var isServing: Bool { status(of: "") == .serving }

    /// Why the server as a whole takes no calls, in one line; nil: it does.
    package var whyNotServing: String? {
        if isDraining.load(ordering: .relaxed) { return "draining: the server shuts down" }
        if ledger?.isStoreFailing == true { return "store: the ledger's disk takes nothing; the log says why" }
        if ledger?.isClockBehind == true { return "clock: the machine's clock is behind the ledger; the log says why" }
        return nil
    }

    /// From now on nothing takes calls.
    package func beginDrain() { isDraining.store(true, ordering: .relaxed) }
}
