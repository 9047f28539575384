import Client
import Policy
import Population
import RPC
import Settlement

/// Makes the pools of requests to `Calculate` and `CalculateBatch` from a generated population.
///
/// A person's claims follow each other as they do in a year: each request carries the accumulators and balances that
/// the one before it left.
struct ClaimPool {
    /// Claims that a maker may draw: more than any pool takes.
    private static let claimsMax: Int64 = 1_000_000_000

    private var generator: Generator
    private var settler: LocalSettler
    private let packs: [PolicyPack]
    private let compression: Compression

    init(_ packs: [PolicyPack], regions: [GeneratedPerson.Region], seed: UInt64, compression: Compression) {
        generator = Generator(Generator.Options(claims: Self.claimsMax, seed: seed, regions: regions))
        settler = LocalSettler(packs)
        self.packs = packs
        self.compression = compression
    }

    /// Pools for so many threads: the requests are dealt out one by one.
    mutating func unary(_ count: Int, threads: Int) throws(LoadProblem) -> [CallPool] {
        let pools = (0..<threads).map { _ in
            CallPool(CalculationClient.calculate, compression: compression, isRepeatable: true)
        }
        var made = 0
        while made < count {
            let person = nextPerson()
            for claim in person.claims.prefix(count - made) {
                let row = ClaimRow(region: person.region.rawValue, person: person.person, claim: claim)
                try add(row, to: pools[made % threads])
                made += 1
            }
        }
        return pools
    }

    private mutating func add(_ row: ClaimRow, to pool: CallPool) throws(LoadProblem) {
        let pack = try pack(row)
        do throws(RowProblem) {
            let before = try settler.state(before: row)
            let outcome = try settler.settle(row)
            let after = try settler.state(before: row)
            var sent = row
            sent.person.accounts = before.accounts
            let year = zip(pack.accumulators, before.year).filter { $0.1 != 0 }.map { (name: $0.0.name, amount: $0.1) }
            let figures = after.year.withUnsafeBufferPointer { buffer in
                ExpectedFigures(
                    outcome, year: buffer.baseAddress!, names: pack.accumulatorKeys,
                    ofYear: row.claim.claim.serviceDate.year, balances: after.accounts.map(\.balance))
            }
            CalculationClient.pack(sent, year: year).withUnsafeBytes { pool.add($0, claims: 1, .claim(figures)) }
        } catch { throw LoadProblem(refused: error) }
    }

    /// Pools for so many threads, each of `count` requests of exactly `claims` claims.
    mutating func batches(_ count: Int, of claims: Int, threads: Int) throws(LoadProblem) -> [CallPool] {
        let pools = (0..<threads).map { _ in
            CallPool(CalculationClient.calculateBatch, compression: compression, isRepeatable: true)
        }
        var open: [String: OpenBatch] = [:]
        var made = 0
        while made < count * threads {
            let person = nextPerson()
            let region = person.region.rawValue
            guard let pack = packs.first(where: { $0.region == region }) else { throw LoadProblem(noPackOf: region) }
            var batch = open.removeValue(forKey: region) ?? OpenBatch(pack)
            // The last person's claims are cut where the batch is full.
            let taken = person.claims.prefix(claims - batch.count)
            var isFull = !batch.request.hasRoom(for: person.person, taken)
            if !isFull {
                try batch.add(person, taken, &settler)
                isFull = batch.count == claims
            }
            guard isFull else {
                open[region] = batch
                continue
            }
            pools[made % threads].add(batch.request.pack(), claims: batch.count, .batch(batch.expected))
            made += 1
        }
        return pools
    }

    private mutating func nextPerson() -> GeneratedPerson {
        guard let person = generator.next() else { preconditionFailure("the population has \(Self.claimsMax) claims") }
        return person
    }

    private func pack(_ row: ClaimRow) throws(LoadProblem) -> PolicyPack {
        if let pack = packs.first(where: { $0.region == row.region }) { return pack }
        throw LoadProblem(noPackOf: row.region)
    }
}

/// A batch under construction.
private struct OpenBatch {
    let request: BatchRequest
    var expected = ExpectedBatch()

    init(_ pack: PolicyPack) {
        request = BatchRequest(region: pack.region)
        expected.names = pack.accumulators.map(\.name)
    }

    var count: Int { request.claimCount }

    mutating func add(
        _ person: GeneratedPerson, _ claims: ArraySlice<ClaimRecord>, _ settler: inout LocalSettler
    ) throws(LoadProblem) {
        guard let first = claims.first else { return }
        let number = request.add(person.person, year: first.claim.serviceDate.year)
        var row = ClaimRow(region: person.region.rawValue, person: person.person, claim: first)
        do throws(RowProblem) {
            for claim in claims {
                row.claim = claim
                request.add(claim, person: number)
                let outcome = try settler.settle(row)
                expected.outcomes.append(RowOutcome(outcome))
                expected.totals.append(outcome.total)
            }
            let after = try settler.state(before: row)
            expected.years += after.year
            expected.balances += after.accounts.map(\.balance)
            expected.persons += 1
        } catch { throw LoadProblem(refused: error) }
    }
}

/// Why a load cannot be made, in words for whoever started it.
package struct LoadProblem: Error, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }

    init(refused problem: RowProblem) {
        self.init("the calculator of this process refuses a generated claim: \(problem.code) \(problem.message)")
    }

    init(noPackOf region: String) {
        self.init("there is no policy pack of region '\(region)'; see `jiesuan policy list`")
    }
}
