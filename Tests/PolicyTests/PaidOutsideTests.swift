import Policy
import Settlement
import Testing

/// G-9: what was paid outside is in the funds' totals, and nobody is owed it.
@Suite struct `Paid outside` {
    /// What each fund paid and what of it outside, by the pack's names of funds; those that paid nothing are left out.
    private static func sums(_ bill: Bill, _ region: String) throws -> (paid: [String: Fen], outside: [String: Fen]) {
        let pack = try Packs.builtIn(region)
        let settled = try bill.settle(pack)
        #expect(settled.refusal.isNone)
        var sums = FundSums()
        withUnsafePointer(to: settled.outcome) { pack.tables.add($0, to: &sums) }
        var (paid, outside): ([String: Fen], [String: Fen]) = ([:], [:])
        for (place, fund) in pack.funds.enumerated() {
            if sums.paid[place] != 0 { paid[fund.id] = sums.paid[place] }
            if sums.outside[place] != 0 { outside[fund.id] = sums.outside[place] }
        }
        #expect(paid.values.reduce(0, +) == settled.outcome.fundTotal)
        #expect(outside.values.reduce(0, +) == settled.outcome.paidOutside)
        #expect(withUnsafePointer(to: settled.outcome) { pack.tables.paidOutside($0) } == settled.outcome.paidOutside)
        #expect(settled.outcome.paidOutside == bill.external + bill.externalLarge)
        withUnsafePointer(to: settled.outcome) { pack.tables.add($0, to: &sums, sign: -1) }
        #expect(sums == FundSums())
        return (paid, outside)
    }

    @Test func `G-9: Chongqing books it on a fund of its own, apart from the pool`() throws {
        let bill = `Chongqing outpatient pooling`.visit(
            "", .employee(), .two, 1_000_00, pool: 760_00, kind: .twoDisease, external: 700_00)
        let sums = try Self.sums(bill, "chongqing")
        #expect(sums.paid == ["external": 700_00, "pool": 60_00] && sums.outside == ["external": 700_00])
    }

    @Test func `G-9, CQ-13: nothing of it moves to the large-amount fund, past 47,000 either`() throws {
        let bill = `Chongqing outpatient pooling`.visit(
            "", .employee(), .two, 1_000_00, pool: 760_00, kind: .negotiated, external: 700_00,
            year: ["employee.pool.paid": 47_000_00])
        let sums = try Self.sums(bill, "chongqing")
        // (300 − 200) × 60 % are pooling's, and the pool may pay nothing more.
        #expect(sums.paid == ["external": 700_00, "large_amount": 60_00] && sums.outside == ["external": 700_00])
    }

    @Test func `G-9: Yantai's basic insurance and large-amount fund are outside, critical illness is not`() throws {
        let bill = Bill(
            rule: "", kind: .inpatient, date: 2023_05_05, facts: .employee(), inPolicy: 40_000_00,
            external: 15_000_00, externalLarge: 5_000_00)
        let sums = try Self.sums(bill, "yantai")
        #expect(sums.outside == ["basic": 15_000_00, "large_amount": 5_000_00])
        // (20,000 − 12,000) × 80 %.
        #expect(sums.paid["employee_critical_illness"] == 6_400_00)
    }

    @Test func `G-9: a claim of which nothing was paid outside has nothing of it`() throws {
        let bill = `Chongqing outpatient pooling`.visit("", .employee(), .two, 1_000_00, pool: 480_00)
        let sums = try Self.sums(bill, "chongqing")
        #expect(sums.paid == ["pool": 480_00] && sums.outside == [:])
    }

    /// An operator's table of the basic insurance beside a large-amount fund that pays outside.
    @Test func `G-7: more paid outside than the pack's basic insurance left is refused, and nothing moves`() throws {
        let pack = try Packs.test("yantai-operator")
        // 1,000 at 90 % leaves 100.
        func settle(_ large: Fen) throws -> Settled {
            try Bill(
                rule: "", kind: .inpatient, date: 2023_05_05, facts: .employee(), inPolicy: 1_000_00,
                externalLarge: large, year: ["critical_illness.absorbed": 10_00]
            ).settle(pack)
        }
        let allowed = try settle(100_00)
        #expect(allowed.refusal.isNone && allowed.isConserving && allowed.outcome[.largeAmount] == 100_00)
        let refused = try settle(100_01)
        #expect(refused.refusal.code == .partExceedsWhole && refused.refusal.field == .externalLargeAmount)
        #expect(refused.year == (try pack.year(["critical_illness.absorbed": 10_00])))
    }
}
