import CAllocationCounter
import Policy
import Population
import RPC
import Service
import Settlement
import Testing

/// Counts of malloc calls on the thread that works (reliability.md, row 28).
@Suite struct `Settling allocates nothing` {
    static let settlements = 1_000_000

    @Test func `the counter counts`() {
        let before = allocation_count()
        // The canary: a harness that finds nothing proves nothing.
        let memory = UnsafeMutablePointer<Int64>.allocate(capacity: 1_000)
        memory.initialize(repeating: Int64(before), count: 1_000)
        let sum = (0..<1_000).reduce(0) { $0 &+ memory[$1] }
        memory.deallocate()
        #expect(allocation_count() > before, "\(sum)")
    }

    @Test func `a million settlements of a real pack make no malloc call`() {
        let pack = Packs.pack("chongqing")
        let tables = pack.calculator.tables
        let claims = Self.claims(pack)
        let identities: [DatedIdentity] = [DatedIdentity(.destitute, given: CalendarDate(2023_01_01))]
        let filings: [DatedFiling] = [DatedFiling(disease: 1, inForce: DateRange())]
        var years = [Fen](repeating: 0, count: tables.slotCount)
        var accounts: [Fen] = [1_000_00, 5_000_00]
        var outcome = Outcome()
        var settled = 0
        var paid: Fen = 0
        let rows = PersonRows(year: 2024, identities: 0..<1, filings: 0..<1, accounts: 0..<2)
        var year = years.mutableSpan
        var balances = accounts.mutableSpan
        let identitySpan = identities.span
        let filingSpan = filings.span
        let span = claims.span

        let before = allocation_count()
        for index in 0..<Self.settlements {
            let refusal = tables.settle(
                span[index % span.count].claim, person: span[index % span.count].facts, rows: rows,
                identities: identitySpan, filings: filingSpan, year: &year, accounts: &balances, outcome: &outcome)
            if refusal.isNone { settled += 1 }
            paid &+= outcome.fundTotal
            // A person-year does not hold a million claims: begin it anew.
            if index % 64 == 63 {
                for slot in year.indices { year[slot] = 0 }
                balances[0] = 1_000_00
            }
        }
        let count = allocation_count() - before

        #expect(count == 0, "\(count) malloc calls in \(Self.settlements) settlements")
        #expect(settled > Self.settlements / 2 && settled < Self.settlements && paid > 0)
    }

    /// Claims of every kind, a refused one among them: a refusal allocates nothing either.
    private static func claims(_ pack: PolicyPack) -> [(claim: Claim, facts: PersonFacts)] {
        var claims: [(claim: Claim, facts: PersonFacts)] = WorkedExamples.all.filter { $0.region == "chongqing" }.map {
            var claim = $0.claim.claim
            claim.disease = pack.disease(code: $0.claim.disease) ?? 0
            return (claim, $0.person.facts)
        }
        var stay = claims[0]
        stay.claim.kind = .inpatient
        claims.append(stay)
        var bad = claims[1]
        bad.claim.cost.total += 1
        claims.append(bad)
        return claims
    }

    // MARK: Through the handlers: decode, settle, encode

    /// Calls the handler of `method` as the transport does, once for each request.
    private struct Handler {
        let method: Method
        let context = WorkerContext(index: 0, configuration: ServerConfiguration(), state: Services.makeState())

        init(_ name: String) {
            method = Services.methods(Packs.regions).first { $0.name == name }!
        }

        /// Malloc calls of one request; the answer's room is there beforehand, as the connection's is.
        func mallocs(_ request: [UInt8], room: Int) -> UInt64 {
            var reply = ReplyWriter(firstCapacity: room)
            return request.withUnsafeBytes { bytes in
                let before = allocation_count()
                context.arena.reset()
                let status = method.handler(bytes, &reply, context)
                let count = allocation_count() - before
                #expect(status.isOK, "\(status.text)")
                return count
            }
        }
    }

    @Test func `a request for one claim makes no malloc call`() {
        let handler = Handler("Calculate")
        let requests = WorkedExamples.all.map { Sample($0).request }
        for request in requests { _ = handler.mallocs(request, room: 64 << 10) }
        var most: UInt64 = 0
        for _ in 0..<100 {
            for request in requests { most = max(most, handler.mallocs(request, room: 64 << 10)) }
        }
        print("malloc calls of a Calculate, decoded, settled and encoded: \(most)")
        #expect(most == 0)
    }

    @Test func `a batch makes a few malloc calls, none for a claim`() {
        /// Of a batch as a whole: the arena's pieces where it is larger than what is kept.
        let mallocsOfABatchMax: UInt64 = 16
        let handler = Handler("CalculateBatch")
        let counts = [100, 10_000].map { claims in
            // Nothing is refused here: the text of a refusal is made of strings.
            let batch = Batch((0..<claims).map { .example($0 % 2 == 0 ? "003-1" : "003-5") })
            let request = batch.with { $0.wantsLayers = true }.request
            // The first ones find out how much memory a batch takes, which is then kept.
            for _ in 0..<3 { _ = handler.mallocs(request, room: 16 << 20) }
            return handler.mallocs(request, room: 16 << 20)
        }
        print("malloc calls of a batch of 100 and of 10,000 claims: \(counts)")
        for count in counts { #expect(count <= mallocsOfABatchMax) }
    }
}
