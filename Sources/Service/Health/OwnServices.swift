import Descriptors
import RPC

/// The services that are about the server itself: health and reflection.
package struct OwnServices: Sendable {
    package let health: ServerHealth
    /// For `Server`, beside those that it has them for.
    package let methods: [Method]
    /// For `ServerConfiguration.streams`.
    package let streams: [StreamMethod]

    /// - Parameters:
    ///   - methods: those of the server's other services.
    ///   - ledger: nil: the server has none.
    package init(beside methods: [Method], ledger: LedgerCondition? = nil) {
        let others = Set(methods.map(\.service))
        let services = others.union([HealthService.name]).union(Reflection.services).sorted()
        health = ServerHealth(
            services: services,
            ledgerServices: others.subtracting([
                Services.calculation, Services.policy, StatusMethods.service,
            ]),
            ledger: ledger)
        let service = HealthService(health)
        self.methods = [service.check]
        streams = [service.watch] + ReflectionService(Reflection(services: services)).methods
    }
}
