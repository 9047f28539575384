import Policy
import RPC

/// The services of the product, for a server to serve.
package enum Services {
    package static let calculation = "jiesuan.v1.CalculationService"
    package static let policy = "jiesuan.v1.PolicyService"

    /// Every method, over one set of regions.
    package static func methods(_ regions: Regions) -> [Method] {
        let calculate = CalculateMethod(regions: regions)
        let batch = CalculateBatchMethod(regions: regions)
        let policies = PolicyMethods(regions: regions, calculate: calculate)
        return [
            // Small and stateless: answered where it was read. A hop to another core costs 7 to 15 µs each way.
            // What a large burst leaves goes to the workers, a person's requests to one.
            Method(
                service: calculation, name: "Calculate", placement: .readingThread, shardKey: PersonShard.key,
                handler: calculate.handle),
            Method(service: calculation, name: "CalculateBatch", placement: .worker, handler: batch.handle),
            Method(service: policy, name: "List", placement: .worker, handler: policies.list),
            Method(service: policy, name: "Show", placement: .worker, handler: policies.show),
            Method(service: policy, name: "Explain", placement: .worker, handler: policies.explain),
        ]
    }

    /// What every worker and event loop keeps for these methods.
    package static func makeState() -> AnyObject { CalculationScratch() }
}
