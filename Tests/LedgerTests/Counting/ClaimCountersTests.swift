import Ledger
import Settlement
import Testing

@Suite struct `What a ledger counts` {
    @Test func `claims by region, kind and result, and what everybody pays and gets back`() throws {
        let world = try World()
        let counters = world.ledger.counters
        let region = try #require(counters.regions.firstIndex(of: "chongqing"))
        func count(_ result: ClaimCounters.Result) -> UInt64 { counters.count(result, .outpatient, region: region) }

        for id in ["a", "b", "a", "a"] { #expect(try world.settle(id, world.outpatient(2_800_00)).isNone) }
        let settled: [ClaimCounters.Payer: UInt64] = Dictionary(
            uniqueKeysWithValues: ClaimCounters.Payer.all.map { ($0, counters.paid($0, region: region)) })
        #expect(count(.settled) == 2 && count(.repeated) == 2 && count(.refused) == 0 && count(.reversed) == 0)
        // Of two bills of 2,800 yuan every fen is paid by somebody (G-7).
        #expect(settled.values.reduce(0, +) == 2 * 2_800_00)
        #expect(try #require(settled[.fund(.pool)]) >= 1_890_00, "the first one's (003-1)")

        try world.reverse("b")
        try world.reverse("a")
        #expect(count(.reversed) == 2)
        for payer in ClaimCounters.Payer.all {
            #expect(counters.takenBack(payer, region: region) == settled[payer], "all is taken back: \(payer)")
        }
        let others = counters.regions.indices.filter { $0 != region }
        for other in others { #expect(ClaimCounters.Payer.all.allSatisfy { counters.paid($0, region: other) == 0 }) }
        #expect(counters.settled == 2 && counters.settlementsBefore == 0)
    }

    @Test func `what is replayed is not counted again`() throws {
        let world = try World()
        _ = try world.settle("a", world.outpatient(2_800_00))
        try world.commit()
        try world.reopen()
        #expect(world.ledger.counters.settled == 0 && world.ledger.counters.settlementsBefore == 1)
    }
}
