import Policy
import Settlement
import Testing

/// CQ-1 … CQ-5 for residents: both sides of every level, tier, deductible and cap.
@Suite struct `Chongqing residents` {
    /// Inpatient in 2023, everything in policy.
    static func stay(
        _ rule: String, _ level: Level, _ tier: Membership, _ inPolicy: Fen, pays: Fen, deductible: Fen? = nil,
        year: [String: Fen] = [:], after: [String: Fen] = [:], chineseMedicine: Bool = false, outOfCity: Bool = false
    ) -> Bill {
        Bill(
            rule: rule, kind: .inpatient, date: 2023_05_05, facts: .resident(tier), inPolicy: inPolicy,
            institution: Institution(level: level, isChineseMedicine: chineseMedicine, isOutOfCity: outOfCity),
            year: year, pays: [.pool: pays], after: after, deductible: deductible)
    }

    static func special(
        _ rule: String, _ level: Level, _ tier: Membership, _ inPolicy: Fen, pays: Fen, disease: String = "dialysis",
        year: [String: Fen] = [:], after: [String: Fen] = [:], chineseMedicine: Bool = false
    ) -> Bill {
        Bill(
            rule: rule, kind: .special, date: 2023_05_05, facts: .resident(tier), inPolicy: inPolicy,
            institution: Institution(level: level, isChineseMedicine: chineseMedicine), disease: disease, year: year,
            pays: [.pool: pays], after: after)
    }

    static let deductibles = [
        // One fen above the deductible: 0.8 fen → 1 fen, 0.7 → 1, 0.5 → 1 (half up), and nothing at it or below it.
        stay("CQ-1 L1, below", .one, .tier1, 99_99, pays: 0, deductible: 99_99),
        stay("CQ-1 L1, at it", .one, .tier1, 100_00, pays: 0, deductible: 100_00),
        stay("CQ-1 L1, a fen above", .one, .tier1, 100_01, pays: 1, deductible: 100_00),
        stay("CQ-1 L2, at it", .two, .tier1, 300_00, pays: 0, deductible: 300_00),
        stay("CQ-1 L2, a fen above", .two, .tier1, 300_01, pays: 1, deductible: 300_00),
        stay("CQ-1 L3, at it", .three, .tier1, 800_00, pays: 0, deductible: 800_00),
        stay("CQ-1 L3, a fen above", .three, .tier1, 800_01, pays: 1, deductible: 800_00),
        stay("CQ-1 tier 2 has the same", .three, .tier2, 800_00, pays: 0, deductible: 800_00),
        // A second stay of the year owes the deductible again.
        stay(
            "CQ-1 per admission (I-22)", .one, .tier1, 1_100_00, pays: 800_00, deductible: 100_00,
            year: ["resident.paid": 800_00], after: ["resident.paid": 1_600_00]),
    ]

    static let ratios = [
        // 1,000 元 above the deductible.
        stay("CQ-2 tier 1, L1: 80 %", .one, .tier1, 1_100_00, pays: 800_00),
        stay("CQ-2 tier 1, L2: 70 %", .two, .tier1, 1_300_00, pays: 700_00),
        stay("CQ-2 tier 1, L3: 50 %", .three, .tier1, 1_800_00, pays: 500_00),
        stay("CQ-2 tier 2, L1: 85 %", .one, .tier2, 1_100_00, pays: 850_00),
        stay("CQ-2 tier 2, L2: 75 %", .two, .tier2, 1_300_00, pays: 750_00),
        stay("CQ-2 tier 2, L3: 55 %", .three, .tier2, 1_800_00, pays: 550_00),
        special("CQ-2 major disease, tier 1, L1", .one, .tier1, 1_100_00, pays: 800_00),
        special("CQ-2 major disease, tier 2, L3", .three, .tier2, 1_800_00, pays: 550_00, disease: "haemophilia"),
    ]

    static let caps = [
        // Tier 1: 80,000. 100,100 at L1 pays 80,000.00; one yuan less of cost pays 79,999.20.
        stay("CQ-3 tier 1, at the cap", .one, .tier1, 100_100_00, pays: 80_000_00, after: ["resident.paid": 80_000_00]),
        stay("CQ-3 tier 1, below", .one, .tier1, 100_099_00, pays: 79_999_20),
        stay("CQ-3 tier 1, above", .one, .tier1, 100_101_00, pays: 80_000_00),
        stay("CQ-3 tier 1, a fen left", .one, .tier1, 1_100_00, pays: 1, year: ["resident.paid": 79_999_99]),
        stay("CQ-3 tier 1, exhausted", .one, .tier1, 1_100_00, pays: 0, year: ["resident.paid": 80_000_00]),
        stay(
            "CQ-3 tier 2 goes on to 120,000", .one, .tier2, 1_100_00, pays: 850_00,
            year: ["resident.paid": 80_000_00]),
        stay("CQ-3 tier 2, a fen left", .one, .tier2, 1_100_00, pays: 1, year: ["resident.paid": 119_999_99]),
        stay("CQ-3 tier 2, exhausted", .one, .tier2, 1_100_00, pays: 0, year: ["resident.paid": 120_000_00]),
        // After a change to tier 1 what tier 2 was paid counts (G-8), and never makes the quota negative.
        stay("CQ-3, G-8 more paid than the cap", .one, .tier1, 1_100_00, pays: 0, year: ["resident.paid": 100_000_00]),
        special(
            "CQ-3 special and inpatient share it", .one, .tier1, 1_100_00, pays: 1,
            year: ["resident.paid": 79_999_99], after: ["resident.paid": 80_000_00]),
    ]

    static let yearly = [
        special("CQ-5 first visit", .two, .tier1, 200_00, pays: 0, after: ["resident.special.absorbed": 200_00]),
        special(
            "CQ-5 rest of the deductible", .two, .tier1, 200_00, pays: 70_00,
            year: ["resident.special.absorbed": 200_00], after: ["resident.special.absorbed": 300_00]),
        special("CQ-5 absorbed", .two, .tier1, 200_00, pays: 140_00, year: ["resident.special.absorbed": 300_00]),
        special(
            "CQ-5 one for all special diseases", .two, .tier1, 200_00, pays: 140_00, disease: "haemophilia",
            year: ["resident.special.absorbed": 300_00]),
        // At a higher level the difference is owed: 800 − 300 = 500.
        special(
            "CQ-5, G-8 a higher level", .three, .tier1, 600_00, pays: 50_00,
            year: ["resident.special.absorbed": 300_00], after: ["resident.special.absorbed": 800_00]),
        special(
            "CQ-5 a lower level owes nothing more", .one, .tier1, 100_00, pays: 80_00,
            year: ["resident.special.absorbed": 800_00]),
        stay(
            "CQ-5 does not touch inpatient", .one, .tier1, 1_100_00, pays: 800_00,
            year: ["resident.special.absorbed": 800_00], after: ["resident.special.absorbed": 800_00]),
    ]

    static let chineseMedicine = [
        // One level lower for the deductible; ratios stay.
        stay("CQ-4 L3 owes 300", .three, .tier1, 1_300_00, pays: 500_00, deductible: 300_00, chineseMedicine: true),
        stay("CQ-4 L2 owes 100", .two, .tier1, 1_100_00, pays: 700_00, deductible: 100_00, chineseMedicine: true),
        stay("CQ-4 L1 stays", .one, .tier1, 1_100_00, pays: 800_00, deductible: 100_00, chineseMedicine: true),
        stay(
            "CQ-4 not outside the city", .three, .tier1, 1_800_00, pays: 500_00, deductible: 800_00,
            chineseMedicine: true, outOfCity: true),
        special(
            "CQ-4 special disease", .three, .tier1, 1_300_00, pays: 500_00,
            after: ["resident.special.absorbed": 300_00], chineseMedicine: true),
    ]

    static let others = [
        Bill(
            rule: "G-5, I-18 a disease that is not major has no rule", kind: .special, date: 2023_05_05,
            facts: .resident(), inPolicy: 500_00, disease: "diabetes", external: 100_00, pays: [.pool: 100_00],
            after: ["resident.paid": 0], hasNoRule: true),
        Bill(
            rule: "G-5, I-18 ordinary outpatient has no rule", kind: .outpatient, date: 2024_05_05,
            facts: .resident(), inPolicy: 500_00, pays: [:], hasNoRule: true),
        Bill(
            rule: "G-9 no external payment where the pack has the rule", kind: .inpatient, date: 2023_05_05,
            facts: .resident(), inPolicy: 500_00, institution: .level(.one), external: 1,
            refused: .externalNotAllowed, field: .externalBasic),
        Bill(
            rule: "G-9 no large-amount payment for residents", kind: .outpatient, date: 2023_05_05,
            facts: .resident(), inPolicy: 500_00, externalLarge: 1,
            refused: .externalNotAllowed, field: .externalLargeAmount),
        Bill(
            rule: "CQ-2 needs the tier", kind: .inpatient, date: 2023_05_05, facts: .resident(.unspecified),
            inPolicy: 500_00, refused: .factMissing, field: .membership),
        Bill(
            rule: "CQ-2 residents have no employer", kind: .inpatient, date: 2023_05_05, facts: .resident(.employer),
            inPolicy: 500_00, institution: .level(.one), refused: .factMissing, field: .membership),
        Bill(
            rule: "CQ-1 needs the level", kind: .inpatient, date: 2023_05_05, facts: .resident(), inPolicy: 500_00,
            refused: .factMissing, field: .level),
        Bill(
            rule: "CQ-2 special needs the disease", kind: .special, date: 2023_05_05, facts: .resident(),
            inPolicy: 500_00, institution: .level(.one), refused: .factMissing, field: .disease),
    ]

    @Test(arguments: deductibles) func `CQ-1: the deductible of an admission`(_ bill: Bill) throws {
        try bill.check(Packs.builtIn("chongqing"))
    }
    @Test(arguments: ratios) func `CQ-2: ratios by level and tier`(_ bill: Bill) throws {
        try bill.check(Packs.builtIn("chongqing"))
    }
    @Test(arguments: caps) func `CQ-3: the yearly cap by tier`(_ bill: Bill) throws {
        try bill.check(Packs.builtIn("chongqing"))
    }
    @Test(arguments: chineseMedicine) func `CQ-4: Chinese-medicine institutions`(_ bill: Bill) throws {
        try bill.check(Packs.builtIn("chongqing"))
    }
    @Test(arguments: yearly) func `CQ-5: the special-disease deductible is yearly`(_ bill: Bill) throws {
        try bill.check(Packs.builtIn("chongqing"))
    }
    @Test(arguments: others) func `G-5, G-9: what has no rule, and what is refused`(_ bill: Bill) throws {
        try bill.check(Packs.builtIn("chongqing"))
    }
}
