import Client
import Policy
import Population
import RPC
import Service
import Settlement

/// The cost of settling: choosing a plan, the calculator, a whole call and a batch without the network.
enum CalculationCases {
    static let all = [planSelection, calculator, call, batch]

    private static let claims = 1_000
    private static let year: Int32 = 2024

    /// A claim that is refused as soon as its plan is known: the checks before it, the identity, the plan's index.
    private static let planSelection = MicroCase("plan-selection", operations: claims) {
        let tables = try pack("chongqing").tables
        let identities = [DatedIdentity(.destitute, given: CalendarDate(2023_01_01))]
        var claim = Claim(
            kind: .inpatient, serviceDate: CalendarDate(2024_06_30), cost: CostSplit(total: 100_00, inPolicy: 100_00))
        // Chongqing has rules of its own for it (G-9).
        claim.externalBasic = 1
        claim.institution = Institution(level: .two)
        let facts = PersonFacts(insurance: .employee, membership: .employer, status: .retired)
        let rows = PersonRows(year: year, identities: 0..<1)
        var amounts = [Fen](repeating: 0, count: CalculatorLimit.slotsMax)
        let refused = claim
        return {
            var outcome = Outcome()
            var none: [Fen] = []
            for _ in 0..<claims {
                var accounts = none.mutableSpan
                var slots = amounts.mutableSpan
                let filings: [DatedFiling] = []
                let refusal = tables.settle(
                    refused, person: facts, rows: rows, identities: identities.span, filings: filings.span,
                    year: &slots, accounts: &accounts, outcome: &outcome)
                guard refusal.code == .externalNotAllowed else { throw MicroFailure("refused for \(refusal.code)") }
            }
        }
    }

    /// Generated claims of Chongqing's employees and residents, each in a new year.
    private static let calculator = MicroCase("settle", operations: claims) {
        let policy = try pack("chongqing")
        var generator = Generator(Generator.Options(claims: Int64(4 * claims), seed: 1, regions: [.chongqing]))
        var rows: [ResolvedRow] = []
        while rows.count < claims, let person = generator.next() {
            for claim in person.claims.prefix(claims - rows.count) where claim.claim.serviceDate.year == year {
                rows.append(try ResolvedRow(ClaimRow(region: "chongqing", person: person.person, claim: claim), policy))
            }
        }
        guard rows.count == claims else { throw MicroFailure("only \(rows.count) claims were made") }
        let resolved = rows
        var amounts = [Fen](repeating: 0, count: policy.tables.slotCount)
        var accounts: [Fen] = []
        return {
            var outcome = Outcome()
            var settled = 0
            for row in resolved {
                for slot in amounts.indices { amounts[slot] = 0 }
                let people = PersonRows(
                    year: year, identities: 0..<row.identities.count, filings: 0..<row.filings.count)
                let refusal = row.settle(
                    policy.tables, rows: people, year: &amounts, accounts: &accounts, outcome: &outcome)
                settled += refusal.isNone ? 1 : 0
            }
            guard settled > claims / 2 else { throw MicroFailure("only \(settled) of \(claims) were settled") }
        }
    }

    /// Decode, settle and encode one claim: the handler as the transport calls it.
    private static let call = MicroCase("calculate", operations: claims) {
        let handler = try Handler("Calculate")
        let request = SampleRequest.calculate
        return {
            var reply = ReplyWriter(firstCapacity: 4 << 20)
            for _ in 0..<claims { try handler.answer(request, &reply) }
        }
    }

    /// The same for a batch in columns; an operation is a claim.
    private static let batch = MicroCase("calculate-batch", operations: claims) {
        let handler = try Handler("CalculateBatch")
        let batch = BatchRequest(region: "chongqing")
        var generator = Generator(Generator.Options(claims: Int64(claims), seed: 1, regions: [.chongqing]))
        while batch.claimCount < claims, let person = generator.next() {
            let row = batch.add(person.person, year: year)
            for claim in person.claims.prefix(claims - batch.claimCount) { batch.add(claim, person: row) }
        }
        guard batch.claimCount == claims else { throw MicroFailure("only \(batch.claimCount) claims were made") }
        let request = Array(batch.pack())
        return {
            var reply = ReplyWriter(firstCapacity: 4 << 20)
            try handler.answer(request, &reply)
        }
    }

    static func pack(_ region: String) throws -> PolicyPack {
        guard let pack = try PolicyLibrary.load()[region] else { throw MicroFailure("no pack of \(region)") }
        return pack
    }
}

/// A method of the calculation service with a worker's memory.
private struct Handler {
    private let method: Method
    private let context: WorkerContext

    init(_ name: String) throws {
        let methods = Services.methods(ServedRegions(try PolicyLibrary.load().packs))
        guard let method = methods.first(where: { $0.name == name }) else { throw MicroFailure("no method \(name)") }
        self.method = method
        context = WorkerContext(index: 0, configuration: ServerConfiguration(), state: Services.makeState())
    }

    func answer(_ request: [UInt8], _ reply: inout ReplyWriter) throws {
        try request.withUnsafeBytes { bytes in
            context.arena.reset()
            let status = method.handler(bytes, &reply, context)
            guard status.isOK else { throw MicroFailure("\(method.name): \(status.text)") }
        }
    }
}
