import Client
import Policy
import Population
import RPC
import Registry

/// Makes everything that a load sends, before it is sent: what each connection's requests come from.
package struct LoadCalls {
    package let options: LoadOptions
    private let packs: [PolicyPack]
    /// What must be registered first; nil: nothing.
    package private(set) var world: SettleWorld?
    /// By connection; they may be used by several runs, one after the other.
    package private(set) var connections: [ConnectionCalls] = []

    /// - Parameters:
    ///   - inFlight: the most requests under way on a connection in any run.
    ///   - stamp: the time of the run, milliseconds since 1970.
    package init(
        _ options: LoadOptions, _ packs: [PolicyPack], connections count: Int, inFlight: Int, threads: Int,
        stamp: UInt64
    ) throws(LoadProblem) {
        self.options = options
        self.packs = packs
        let crews = min(threads, count)
        var pools: [LoadKind: [CallPool]] = [:]
        var batchPersons: [[Int]] = []
        if options.needsLedger {
            let quotes = options.sends(.quote) ? LoadOptions.quotePersons : 0
            let slots = options.sends(.settleBatch) ? count * inFlight : 0
            // A person has one request under way at most: with twice as many nobody waits for one.
            let needed = options.sends(.settle) ? 2 * count * inFlight : slots
            guard options.persons >= needed, options.persons + quotes <= SettleWorld.personsMax else {
                throw LoadProblem(
                    "--persons \(options.persons): this load needs \(needed) … \(SettleWorld.personsMax - quotes) for "
                        + "\(count) connections × \(inFlight) in flight, one request under way a person")
            }
            let world = try SettleWorld(
                packs, persons: options.persons + quotes, regions: options.regions, seed: options.seed, stamp: stamp)
            if quotes > 0 {
                pools[.quote] = try QuotePool.make(
                    world, persons: options.persons..<options.persons + quotes, threads: crews,
                    compression: options.compression)
            }
            batchPersons = (0..<slots).map { slot in Array(stride(from: slot, to: options.persons, by: slots)) }
            self.world = world
        }
        if options.sends(.calculate) {
            var maker = claimPool
            pools[.calculate] = try maker.unary(LoadOptions.requestsOfPool, threads: crews)
        }
        if options.sends(.batch) {
            var maker = claimPool
            let batches = max(2, min(LoadOptions.batchesOfPool, LoadOptions.poolClaimsMax / options.claims))
            pools[.batch] = try maker.batches(batches, of: options.claims, threads: crews)
        }
        for index in 0..<count {
            let batches = Array(batchPersons.dropFirst(index * inFlight).prefix(inFlight))
            let sources = options.parts.map { part in
                (source: source(part.kind, index, count, pools, batches), weight: Int64(part.weight))
            }
            connections.append(ConnectionCalls(sources, seed: options.seed, part: index))
        }
    }

    private var claimPool: ClaimPool {
        ClaimPool(packs, regions: options.regions, seed: options.seed, compression: options.compression)
    }

    private func source(
        _ kind: LoadKind, _ index: Int, _ count: Int, _ pools: [LoadKind: [CallPool]], _ batches: [[Int]]
    ) -> any CallSource {
        if let pools = pools[kind] {
            let pool = pools[index % pools.count]
            return PooledCalls(
                pool, first: index / pools.count * pool.count * pools.count / count,
                duplicatesPerMille: options.duplicatesPerMille, seed: options.seed)
        }
        guard let world else { preconditionFailure("\(kind) needs registered persons") }
        if kind == .settleBatch {
            return SettleBatchCalls(
                world, persons: batches, claims: options.claims, compression: options.compression,
                duplicatesPerMille: options.duplicatesPerMille, seed: options.seed, part: index)
        }
        return SettleCalls(
            world, persons: Array(stride(from: index, to: options.persons, by: count)),
            compression: options.compression, duplicatesPerMille: options.duplicatesPerMille, seed: options.seed,
            part: index)
    }

    /// Whether the server may be written to: a load that settles leaves its made-up persons and settlements for ever.
    ///
    /// - Throws: `LoadProblem` where the load writes and the server was not started for load tests.
    package func checkMayWrite(at client: Client) throws {
        guard options.needsLedger else { return }
        do throws(ClientError) {
            if try CalculationClient(client).allowsLoadTests() { return }
        } catch {
            // A server that does not know the question has not been started for it either.
            guard case .failed = error else { throw error }
        }
        throw LoadProblem(
            "the server was not started for load tests, and \(options.kind.rawValue) leaves made-up persons and "
                + "settlements in its ledger for ever: start one with `serve --allow-load-tests` on a ledger of its "
                + "own, or leave --server out")
    }

    /// Whether the server settles by the packs of this process; one that has no list of packs is taken at its word.
    package func checkPacks(at client: Client) throws {
        let served: [(region: String, digest: String)]
        do throws(ClientError) {
            served = try CalculationClient(client).policies()
        } catch {
            guard case .failed(let code, _) = error,
                code == RPCErrorCode.noService.rawValue
                    || code == RPCErrorCode.noMethod.rawValue
            else { throw error }
            return
        }
        for region in options.regions {
            let name = region.rawValue
            guard let own = packs.first(where: { $0.region == name }) else { throw LoadProblem(noPackOf: name) }
            guard let theirs = served.first(where: { $0.region == name }) else {
                throw LoadProblem("the server has no policy pack of \(name); leave it out with --regions")
            }
            guard theirs.digest == own.digest else {
                throw LoadProblem(
                    "the server settles \(name) by pack \(theirs.digest.prefix(12)), this program by "
                        + "\(own.digest.prefix(12)): its answers cannot be checked; name its packs by --policies")
            }
        }
    }
}
