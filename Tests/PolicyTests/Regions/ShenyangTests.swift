import Policy
import Settlement
import Testing

/// SY-1, SY-2, SY-3 in the built-in pack; SY-5, SY-6, SY-7 on an operator's table of the basic insurance.
@Suite struct `Shenyang` {
    static let poor = [DatedIdentity(.registeredPoor, given: CalendarDate(2019_01_01))]

    static func bill(
        _ rule: String, _ kind: ClaimKind, _ inPolicy: Fen, drugs: Fen = 0, external: Fen = 0, isPoor: Bool = true,
        year: [String: Fen] = [:], pays: [FundCategory: Fen], after: [String: Fen] = [:], hasNoRule: Bool? = nil
    ) -> Bill {
        Bill(
            rule: rule, kind: kind, date: 2020_08_01, facts: PersonFacts(insurance: .resident), inPolicy: inPolicy,
            drugs: drugs, external: external, identities: isPoor ? poor : [], year: year, pays: pays, after: after,
            hasNoRule: hasNoRule)
    }

    static let illness = [
        // 70 % of what critical illness left: assistance is beside it.
        bill(
            "SY-1 at 7,500", .inpatient, 7_500_00, pays: [.assistance: 5_250_00],
            after: ["critical_illness.absorbed": 7_500_00]),
        // A fen above: 0.7 → 1 fen.
        bill("SY-1 a fen above", .inpatient, 7_500_01, pays: [.criticalIllness: 1, .assistance: 5_250_00]),
        // (8,500 − 7,500) × 70 % = 700; (8,500 − 700) × 70 % = 5,460.
        bill("SY-1 70 %", .special, 8_500_00, pays: [.criticalIllness: 700_00, .assistance: 5_460_00]),
        bill(
            "SY-1 the deductible is yearly", .inpatient, 1_000_00,
            year: ["critical_illness.absorbed": 7_500_00], pays: [.criticalIllness: 700_00, .assistance: 210_00]),
        bill(
            "SY-1 not for outpatients", .outpatient, 100_00, year: ["critical_illness.absorbed": 7_500_00],
            pays: [.assistance: 80_00], after: ["critical_illness.absorbed": 7_500_00]),
        bill(
            "SY-1 others: the source gives no ratio", .inpatient, 100_000_00, external: 10_000_00, isPoor: false,
            pays: [.pool: 10_000_00], after: ["critical_illness.absorbed": 0], hasNoRule: false),
    ]

    static let assistance = [
        bill("SY-2 outpatient 80 %", .outpatient, 50_00, pays: [.assistance: 40_00]),
        bill("SY-2 outpatient, at 80 a year", .outpatient, 100_00, pays: [.assistance: 80_00]),
        bill("SY-2 outpatient, above", .outpatient, 100_02, pays: [.assistance: 80_00]),
        bill(
            "SY-2 outpatient, a fen left", .outpatient, 100_00, year: ["assistance.outpatient.paid": 79_99],
            pays: [.assistance: 1]),
        bill(
            "SY-2 specified disease 70 %, no cap", .special, 1_000_00, year: ["assistance.outpatient.paid": 80_00],
            pays: [.assistance: 700_00]),
        bill("SY-2 inpatient 70 %", .inpatient, 1_000_00, pays: [.assistance: 700_00]),
        bill("SY-2 emergency like inpatient", .emergency, 1_000_00, pays: [.assistance: 700_00]),
        bill(
            "SY-2 what the basic insurance left", .inpatient, 1_000_00, external: 600_00,
            pays: [.pool: 600_00, .assistance: 280_00]),
        bill("SY-2 only the registered poor", .outpatient, 1_000_00, isPoor: false, pays: [:], hasNoRule: false),
        // 附件1 三 puts hypertension and diabetes drugs under 门诊统筹 (I-35).
        bill(
            "SY-2 two-disease drugs are outpatient", .twoDisease, 100_00, external: 50_00,
            pays: [.pool: 50_00, .assistance: 40_00], after: ["assistance.outpatient.paid": 40_00],
            hasNoRule: false),
        bill(
            "SY-2 negotiated drugs by analogy", .negotiated, 100_00, external: 50_00,
            pays: [.pool: 50_00, .assistance: 40_00], after: ["assistance.outpatient.paid": 40_00]),
        bill(
            "SY-2 one limit for all outpatient", .twoDisease, 100_00, year: ["assistance.outpatient.paid": 75_00],
            pays: [.assistance: 5_00], after: ["assistance.outpatient.paid": 80_00]),
        bill(
            "SY-2 two-disease drugs of others", .twoDisease, 100_00, external: 50_00, isPoor: false,
            pays: [.pool: 50_00], hasNoRule: false),
    ]

    static let supplementary = [
        // Assistance leaves 300; a third of the bill is drugs: 100; outpatient has no deductible.
        bill(
            "SY-3 specified disease: no deductible, 50 %", .special, 1_000_00, drugs: 333_33,
            pays: [.assistance: 700_00, .supplementary: 50_00]),
        bill(
            "SY-3 emergency too", .emergency, 1_000_00, drugs: 500_00,
            pays: [.assistance: 700_00, .supplementary: 75_00]),
        // 80 % of 50 leaves 10, all drugs.
        bill("SY-3 outpatient", .outpatient, 50_00, drugs: 50_00, pays: [.assistance: 40_00, .supplementary: 5_00]),
        // Left after 50 outside and 40 of assistance: 10, all drugs (I-35).
        bill(
            "SY-3 two-disease drugs", .twoDisease, 100_00, drugs: 100_00, external: 50_00,
            pays: [.pool: 50_00, .assistance: 40_00, .supplementary: 5_00]),
        bill(
            "SY-3 negotiated drugs", .negotiated, 100_00, drugs: 100_00, external: 50_00,
            pays: [.pool: 50_00, .assistance: 40_00, .supplementary: 5_00]),
        // 急危重症 without admission: assistance as inpatient leaves 1,500, half of it drugs, no deductible (I-44).
        bill(
            "SY-3 emergency has no deductible (I-44)", .emergency, 5_000_00, drugs: 2_500_00,
            pays: [.assistance: 3_500_00, .supplementary: 375_00]),
        // 300 are left of 1,000 and 299.997 → 300.00 of the drugs: below 500.
        bill("SY-3 inpatient, below 500", .inpatient, 1_000_00, drugs: 1_000_00, pays: [.assistance: 700_00]),
        // 5,000: assistance 3,500, left 1,500, a third drugs: 500.00 (1,666.67 / 5,000 of it = 500.001 → 500.00).
        bill("SY-3 inpatient, at 500 of drugs", .inpatient, 5_000_00, drugs: 1_666_67, pays: [.assistance: 3_500_00]),
        // 1,500 × 1,700 / 5,000 = 510: (510 − 500) × 50 % = 5.
        bill(
            "SY-3 inpatient, above (I-13)", .inpatient, 5_000_00, drugs: 1_700_00,
            pays: [.assistance: 3_500_00, .supplementary: 5_00]),
        // 1,500 × 1,666.75 / 5,000 = 500.025 → 500.03 (I-12, half up): 0.015 → 0.02.
        bill(
            "SY-3 the drug part is rounded half up (I-12)", .inpatient, 5_000_00, drugs: 1_666_75,
            pays: [.assistance: 3_500_00, .supplementary: 2]),
        bill("SY-3 nothing in policy", .special, 0, pays: [:]),
        bill("SY-3 no drugs, nothing", .special, 1_000_00, pays: [.assistance: 700_00]),
    ]

    /// A resident's stay on the operator's table: D 200/400/800, 90/80/70 %.
    static func stay(
        _ rule: String, _ level: Level, _ inPolicy: Fen, pays: Fen, deductible: Fen, county: Bool = false,
        from: Level = .unspecified, outOfCity: Bool = false
    ) -> Bill {
        Bill(
            rule: rule, kind: .inpatient, date: 2020_08_01, facts: PersonFacts(insurance: .resident),
            inPolicy: inPolicy,
            institution: Institution(level: level, isCountyArea: county, isOutOfCity: outOfCity),
            referredFrom: from, pays: [.pool: pays], deductible: deductible)
    }

    static let levels = [
        stay("SY-7 L1", .one, 1_200_00, pays: 900_00, deductible: 200_00),
        stay("SY-7 L2", .two, 1_400_00, pays: 800_00, deductible: 400_00),
        stay("SY-7 L3", .three, 1_800_00, pays: 700_00, deductible: 800_00),
        stay("SY-5 L3 in a county area is as L2", .three, 1_400_00, pays: 800_00, deductible: 400_00, county: true),
        stay("SY-5 L2 in a county area stays", .two, 1_400_00, pays: 800_00, deductible: 400_00, county: true),
        stay("SY-5 L1 in a county area stays", .one, 1_200_00, pays: 900_00, deductible: 200_00, county: true),
        stay(
            "SY-5 not outside the city", .three, 1_800_00, pays: 700_00, deductible: 800_00, county: true,
            outOfCity: true),
    ]

    static let referrals = [
        // The ratio is the receiving institution's; the deductible the difference.
        stay("SY-6 L1 → L2 owes 200", .two, 1_200_00, pays: 800_00, deductible: 200_00, from: .one),
        stay("SY-6 L2 → L3 owes 400", .three, 1_400_00, pays: 700_00, deductible: 400_00, from: .two),
        stay(
            "SY-6 L1 → L3 skips a step: a new admission", .three, 1_800_00, pays: 700_00, deductible: 800_00,
            from: .one),
        stay("SY-6 not downwards", .one, 1_200_00, pays: 900_00, deductible: 200_00, from: .two),
        stay("SY-6 not at the same level", .two, 1_400_00, pays: 800_00, deductible: 400_00, from: .two),
        stay(
            "SY-6 not outside the city", .two, 1_400_00, pays: 800_00, deductible: 400_00, from: .one,
            outOfCity: true),
        stay(
            "SY-5, SY-6 L2 → L3 in a county area owes nothing", .three, 1_000_00, pays: 800_00, deductible: 0,
            county: true, from: .two),
        stay(
            "SY-5, SY-6 L1 → L3 in a county area owes 200", .three, 1_200_00, pays: 800_00, deductible: 200_00,
            county: true, from: .one),
    ]

    @Test(arguments: illness) func `SY-1: critical illness`(_ bill: Bill) throws {
        try bill.check(Packs.builtIn("shenyang"))
    }
    @Test(arguments: assistance) func `SY-2: assistance`(_ bill: Bill) throws {
        try bill.check(Packs.builtIn("shenyang"))
    }
    @Test(arguments: supplementary) func `SY-3: supplementary insurance, first round`(_ bill: Bill) throws {
        try bill.check(Packs.builtIn("shenyang"))
    }
    @Test(arguments: levels) func `SY-5, SY-7: levels on an operator's table`(_ bill: Bill) throws {
        try bill.check(Packs.test("shenyang-operator"))
    }
    @Test(arguments: referrals) func `SY-6: the deductible continues after a referral`(_ bill: Bill) throws {
        try bill.check(Packs.test("shenyang-operator"))
    }

    @Test func `SY-1: a silent layer has its row and moves nothing`() throws {
        let pack = try Packs.builtIn("shenyang")
        let settled = try Self.bill("", .inpatient, 100_000_00, isPoor: false, pays: [:]).settle(pack)
        let row = settled.outcome.layers[1]
        #expect(pack.layers[Int(row.layer)].id == "critical_illness.others")
        #expect(row.paid == 0 && row.base == 0)
        #expect(pack.layers[Int(row.layer)].ratio.note?.en.contains("no ratio") == true)
        #expect(settled.year == pack.freshYear)
    }

    @Test func `SY-5, SY-6: the rules that acted are cited, and only they`() throws {
        let pack = try Packs.test("shenyang-operator")
        func also(_ bill: Bill) throws -> [String] {
            let settled = try bill.settle(pack)
            return pack.layers[Int(settled.outcome.layers[0].layer)].also.map(\.rule)
        }
        #expect(try also(Self.levels[2]) == [])
        #expect(try also(Self.levels[3]) == ["SY-5"])
        #expect(try also(Self.referrals[0]) == ["SY-6"])
        #expect(try Set(also(Self.referrals[7])) == ["SY-5", "SY-6"])
    }

    @Test func `SY-7: the built-in pack leaves the basic insurance to the claim, whatever the level`() throws {
        for level in Level.allCases {
            var bill = Self.bill("", .inpatient, 1_000_00, external: 600_00, pays: [.pool: 600_00, .assistance: 280_00])
            bill.institution = Institution(level: level, isCountyArea: true)
            bill.referredFrom = .one
            try bill.check(Packs.builtIn("shenyang"))
        }
    }

    @Test func `SY-4: the pack declares its second round, over what the first round left`() throws {
        let pack = try Packs.builtIn("shenyang")
        let round = try #require(pack.secondRound)
        #expect(round.layer == "supplementary" && pack.funds[round.fund].id == "supplementary")
        #expect(round.citation.rule == "SY-4" && round.citation.interpretations == ["I-14"])
        let settled = try Self.bill("", .outpatient, 50_00, drugs: 50_00, pays: [:]).settle(pack)
        let rows = (0..<settled.outcome.layerCount).map { settled.outcome.layers[$0].layer }
        #expect(rows.map { pack.isInSecondRound($0) } == [false, false, true])
        for region in ["chongqing", "yantai", "anhui"] { #expect(try Packs.builtIn(region).secondRound == nil) }
    }
}
