import Policy
import Settlement
import Testing

/// CQ-4, CQ-5, CQ-10 … CQ-14 for employees: inpatient and special disease, both sides of every bound.
@Suite struct `Chongqing employees` {
    /// In 2023, before outpatient pooling.
    static func basic(
        _ rule: String, _ kind: ClaimKind, _ level: Level, _ inPolicy: Fen, pool: Fen, large: Fen = 0,
        disease: String? = nil, facts: PersonFacts = .employee(), year: [String: Fen] = [:],
        after: [String: Fen] = [:], deductible: Fen? = nil, chineseMedicine: Bool = false, outOfCity: Bool = false
    ) -> Bill {
        Bill(
            rule: rule, kind: kind, date: 2023_05_05, facts: facts, inPolicy: inPolicy,
            institution: Institution(level: level, isChineseMedicine: chineseMedicine, isOutOfCity: outOfCity),
            disease: disease, year: year, pays: [.pool: pool, .largeAmount: large], after: after,
            deductible: deductible)
    }

    static let inpatient = [
        basic("CQ-10 L1, at 200", .inpatient, .one, 200_00, pool: 0, deductible: 200_00),
        basic("CQ-10 L1, a fen above", .inpatient, .one, 200_01, pool: 1, deductible: 200_00),
        basic("CQ-10 L2, at 440", .inpatient, .two, 440_00, pool: 0, deductible: 440_00),
        basic("CQ-10 L2, a fen above", .inpatient, .two, 440_01, pool: 1, deductible: 440_00),
        basic("CQ-10 L3, at 880", .inpatient, .three, 880_00, pool: 0, deductible: 880_00),
        basic("CQ-10 L3, a fen above", .inpatient, .three, 880_01, pool: 1, deductible: 880_00),
        basic("CQ-11 L1: 90 %", .inpatient, .one, 1_200_00, pool: 900_00),
        basic("CQ-11 L2: 87 %", .inpatient, .two, 1_440_00, pool: 870_00),
        basic("CQ-11 L3: 85 %", .inpatient, .three, 1_880_00, pool: 850_00),
        // 0.87 × 0.50 = 0.435 → 44 fen for half a yuan; 0.87 × 0.49 = 0.4263 → 43 fen (G-3, half up).
        basic("G-3 half up", .inpatient, .two, 440_50, pool: 44),
        basic("G-3 down", .inpatient, .two, 440_49, pool: 43),
        basic(
            "CQ-4 L3 owes 440", .inpatient, .three, 1_440_00, pool: 850_00, deductible: 440_00,
            chineseMedicine: true),
        basic(
            "CQ-4 L2 owes 200", .inpatient, .two, 1_200_00, pool: 870_00, deductible: 200_00,
            chineseMedicine: true),
        basic(
            "CQ-4 not outside the city", .inpatient, .two, 1_440_00, pool: 870_00, deductible: 440_00,
            chineseMedicine: true, outOfCity: true),
        Bill(
            rule: "CQ-10 needs the level", kind: .inpatient, date: 2023_05_05, facts: .employee(), inPolicy: 1,
            refused: .factMissing, field: .level),
        Bill(
            rule: "CQ-11 does not look at membership or status", kind: .inpatient, date: 2023_05_05,
            facts: PersonFacts(insurance: .employee), inPolicy: 1_200_00, institution: .level(.one),
            pays: [.pool: 900_00]),
    ]

    static let special = [
        basic(
            "CQ-12 group A: 90 %", .special, .three, 1_880_00, pool: 900_00, disease: "organ_transplant",
            after: ["employee.special.absorbed": 880_00, "employee.special.group_a.paid": 900_00]),
        basic(
            "CQ-12 group B: 80 %", .special, .three, 1_880_00, pool: 800_00, disease: "haemophilia",
            after: ["employee.special.absorbed": 880_00, "employee.special.group_a.paid": 0]),
        // 36,999.10 paid: one yuan at 90 % reaches 37,000 exactly; the next fen is paid in full.
        basic(
            "CQ-12 reaches 37,000", .special, .three, 1_00, pool: 90, disease: "dialysis",
            year: ["employee.special.absorbed": 880_00, "employee.special.group_a.paid": 36_999_10],
            after: ["employee.special.group_a.paid": 37_000_00]),
        basic(
            "CQ-12 crosses 37,000", .special, .three, 2_00, pool: 1_90, disease: "dialysis",
            year: ["employee.special.absorbed": 880_00, "employee.special.group_a.paid": 36_999_10]),
        basic(
            "CQ-12 beyond 37,000: 100 %", .special, .three, 100_00, pool: 100_00, disease: "dialysis",
            year: ["employee.special.absorbed": 880_00, "employee.special.group_a.paid": 37_000_00]),
        // 37,000 less a fen paid: 0.01 ÷ 90 % of the cost fills the bracket, the rest is paid in full:
        // 0.01 + (100.00 − 0.0111…) = 99.9988… → 100.00.
        basic(
            "CQ-12 the bracket is filled exactly", .special, .three, 100_00, pool: 100_00, disease: "dialysis",
            year: ["employee.special.absorbed": 880_00, "employee.special.group_a.paid": 36_999_99]),
        basic(
            "CQ-12, I-06 other payments do not count", .special, .three, 100_00, pool: 90_00, disease: "dialysis",
            year: ["employee.special.absorbed": 880_00, "employee.pool.paid": 40_000_00]),
        basic(
            "CQ-5 one deductible for A and B", .special, .two, 500_00, pool: 400_00, disease: "diabetes",
            year: ["employee.special.absorbed": 440_00]),
        basic(
            "CQ-5, G-8 the difference to a higher level", .special, .three, 500_00, pool: 48_00, disease: "other",
            year: ["employee.special.absorbed": 440_00], after: ["employee.special.absorbed": 880_00]),
        basic(
            "CQ-4 special disease", .special, .three, 1_440_00, pool: 800_00, disease: "other",
            after: ["employee.special.absorbed": 440_00], chineseMedicine: true),
    ]

    static let funds = [
        // 60,000 above the deductible at L1: 54,000; the pool has 47,000, the large-amount fund takes 7,000.
        basic(
            "CQ-13 the large-amount fund takes over", .inpatient, .one, 60_200_00, pool: 47_000_00, large: 7_000_00,
            after: ["employee.pool.paid": 47_000_00, "employee.large_amount.paid": 7_000_00]),
        basic(
            "CQ-13 a fen left in the pool", .inpatient, .one, 1_200_00, pool: 1, large: 899_99,
            year: ["employee.pool.paid": 46_999_99]),
        basic(
            "CQ-13 the pool exhausted", .inpatient, .one, 1_200_00, pool: 0, large: 900_00,
            year: ["employee.pool.paid": 47_000_00]),
        basic(
            "CQ-13 both: a fen left", .inpatient, .one, 1_200_00, pool: 0, large: 1,
            year: ["employee.pool.paid": 47_000_00, "employee.large_amount.paid": 499_999_99]),
        basic(
            "CQ-13 both exhausted: the person", .inpatient, .one, 1_200_00, pool: 0,
            year: ["employee.pool.paid": 47_000_00, "employee.large_amount.paid": 500_000_00]),
        // Group A's bracket counts what the layer paid, whichever fund paid it (003-5).
        basic(
            "CQ-12, CQ-13 group A on the large-amount fund", .special, .three, 1_000_00, pool: 0, large: 900_00,
            disease: "dialysis", year: ["employee.special.absorbed": 880_00, "employee.pool.paid": 47_000_00],
            after: ["employee.special.group_a.paid": 900_00]),
        // … and nothing where both are exhausted (decision: what was really paid).
        basic(
            "CQ-12, CQ-13 nothing paid does not count", .special, .three, 1_000_00, pool: 0, disease: "dialysis",
            year: [
                "employee.special.absorbed": 880_00, "employee.pool.paid": 47_000_00,
                "employee.large_amount.paid": 500_000_00,
            ],
            after: ["employee.special.group_a.paid": 0]),
    ]

    static func entitlement(_ disease: String, _ membership: Membership, isRefused: Bool) -> Bill {
        Bill(
            rule: "CQ-14 \(membership) \(disease)", kind: .special, date: 2023_05_05, facts: .employee(membership),
            inPolicy: 880_00, institution: .level(.three), disease: disease,
            refused: isRefused ? .notEntitled : .none, field: isRefused ? .disease : .none)
    }

    static let entitlements =
        ["cancer_therapy", "kidney_transplant", "dialysis", "haemophilia"].map {
            entitlement($0, .tier1, isRefused: false)
        }
        + ["organ_transplant", "hypertension", "diabetes", "coronary_disease", "other"].flatMap {
            [
                entitlement($0, .tier1, isRefused: true), entitlement($0, .tier2, isRefused: false),
                entitlement($0, .employer, isRefused: false),
            ]
        }
        + [
            Bill(
                rule: "CQ-14 retired in tier 1 too", kind: .special, date: 2023_05_05,
                facts: .employee(.tier1, .retired), inPolicy: 1, institution: .level(.three), disease: "other",
                refused: .notEntitled, field: .disease),
            Bill(
                rule: "CQ-14 needs the membership", kind: .special, date: 2023_05_05, facts: .employee(.unspecified),
                inPolicy: 1, institution: .level(.three), disease: "other", refused: .factMissing, field: .membership),
            Bill(
                rule: "CQ-12 needs the disease", kind: .special, date: 2023_05_05, facts: .employee(), inPolicy: 1,
                institution: .level(.three), refused: .factMissing, field: .disease),
            // FACT_MISSING comes before NOT_ENTITLED.
            Bill(
                rule: "CQ-14 not entitled, and no level", kind: .special, date: 2023_05_05, facts: .employee(.tier1),
                inPolicy: 1, disease: "other", refused: .factMissing, field: .level),
        ]

    @Test(arguments: inpatient) func `CQ-10, CQ-11: inpatient`(_ bill: Bill) throws {
        try bill.check(Packs.builtIn("chongqing"))
    }
    @Test(arguments: special) func `CQ-5, CQ-12: special disease, group A and B`(_ bill: Bill) throws {
        try bill.check(Packs.builtIn("chongqing"))
    }
    @Test(arguments: funds) func `CQ-13: the pool, then the large-amount fund`(_ bill: Bill) throws {
        try bill.check(Packs.builtIn("chongqing"))
    }
    @Test(arguments: entitlements) func `CQ-14: what tier 1 may use`(_ bill: Bill) throws {
        try bill.check(Packs.builtIn("chongqing"))
    }
}
