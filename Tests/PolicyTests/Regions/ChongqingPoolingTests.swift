import Policy
import Settlement
import Testing

/// CQ-15 … CQ-19, CQ-31: outpatient pooling from 2024, personal accounts.
@Suite struct `Chongqing outpatient pooling` {
    static func visit(
        _ rule: String, _ facts: PersonFacts, _ level: Level, _ inPolicy: Fen, pool: Fen, large: Fen = 0,
        kind: ClaimKind = .outpatient, disease: String? = nil, external: Fen = 0, year: [String: Fen] = [:],
        after: [String: Fen] = [:], deductible: Fen? = nil
    ) -> Bill {
        Bill(
            rule: rule, kind: kind, date: 2024_05_05, facts: facts, inPolicy: inPolicy, institution: .level(level),
            disease: disease, external: external, year: year, pays: [.pool: pool, .largeAmount: large], after: after,
            deductible: deductible)
    }

    static let deductibles = [
        visit("CQ-15 active, at 200", .employee(), .one, 200_00, pool: 0, deductible: 200_00),
        visit("CQ-15 active, a fen above", .employee(), .one, 200_01, pool: 1, deductible: 200_00),
        visit("CQ-15 retired, at 100", .employee(.employer, .retired), .one, 100_00, pool: 0, deductible: 100_00),
        visit("CQ-15 retired, a fen above", .employee(.employer, .retired), .one, 100_01, pool: 1),
        visit(
            "CQ-15 several visits add up", .employee(), .one, 150_00, pool: 30_00,
            year: ["employee.pooling.absorbed": 100_00], after: ["employee.pooling.absorbed": 200_00],
            deductible: 100_00),
        // Retired during the year: 150 are absorbed already, more than the 100 due.
        visit(
            "CQ-15, G-8 more absorbed than due", .employee(.employer, .retired), .one, 100_00, pool: 70_00,
            year: ["employee.pooling.absorbed": 150_00], after: ["employee.pooling.absorbed": 150_00]),
    ]

    static let absorbed = ["employee.pooling.absorbed": 200_00 as Fen]
    static let ratios = [
        visit("CQ-16 active, L1: 60 %", .employee(), .one, 100_00, pool: 60_00, year: absorbed),
        visit("CQ-16 active, L2: 60 %", .employee(), .two, 100_00, pool: 60_00, year: absorbed),
        visit("CQ-16 active, L3: 50 %", .employee(), .three, 100_00, pool: 50_00, year: absorbed),
        visit("CQ-16 retired, L1: 70 %", .employee(.employer, .retired), .one, 100_00, pool: 70_00, year: absorbed),
        visit("CQ-16 retired, L2: 70 %", .employee(.employer, .retired), .two, 100_00, pool: 70_00, year: absorbed),
        visit("CQ-16 retired, L3: 60 %", .employee(.employer, .retired), .three, 100_00, pool: 60_00, year: absorbed),
    ]

    static func limit(_ membership: Membership, _ status: WorkStatus, _ limit: Fen, ratio: Int64) -> [Bill] {
        [
            visit(
                "CQ-17 \(membership) \(status): a fen left", .employee(membership, status), .one, 100_00, pool: 1,
                year: ["employee.pooling.absorbed": 200_00, "employee.pooling.paid": limit - 1],
                after: ["employee.pooling.paid": limit]),
            visit(
                "CQ-17 \(membership) \(status): at the limit", .employee(membership, status), .one, 100_00, pool: 0,
                year: ["employee.pooling.absorbed": 200_00, "employee.pooling.paid": limit]),
            visit(
                "CQ-17 \(membership) \(status): just enough", .employee(membership, status), .one, 100_00,
                pool: ratio * 1_00,
                year: ["employee.pooling.absorbed": 200_00, "employee.pooling.paid": limit - ratio * 1_00]),
        ]
    }
    static let limits =
        limit(.employer, .active, 3_000_00, ratio: 60) + limit(.tier2, .active, 3_000_00, ratio: 60)
        + limit(.tier1, .active, 800_00, ratio: 60) + limit(.employer, .retired, 4_000_00, ratio: 70)
        + limit(.tier2, .retired, 4_000_00, ratio: 70) + limit(.tier1, .retired, 1_200_00, ratio: 70)

    static let remainders = [
        // Group B at L2: (1,440 − 440) × 80 % = 800; left 640: (640 − 200) × 60 % = 264.
        visit(
            "CQ-18 after special disease", .employee(), .two, 1_440_00, pool: 1_064_00, kind: .special,
            disease: "other", after: ["employee.pooling.paid": 264_00, "employee.pool.paid": 1_064_00],
            deductible: 440_00),
        // 1,000 of which 700 were paid outside: (300 − 200) × 60 % = 60.
        visit(
            "CQ-18 after two-disease cover", .employee(), .two, 1_000_00, pool: 760_00, kind: .twoDisease,
            external: 700_00, after: ["employee.pooling.paid": 60_00, "employee.pool.paid": 760_00],
            deductible: 200_00),
        visit(
            "CQ-18 after negotiated drugs", .employee(), .three, 1_000_00, pool: 750_00, kind: .negotiated,
            external: 700_00, after: ["employee.pooling.paid": 50_00]),
        visit(
            "CQ-18 nothing is left", .employee(), .two, 1_000_00, pool: 1_000_00, kind: .twoDisease,
            external: 1_000_00, after: ["employee.pooling.absorbed": 0]),
        // CQ-17: the 9,000 of special-disease cover do not count towards the limit of 800; (1,200 − 200) × 60 % = 600.
        visit(
            "CQ-17 special cover does not count", .employee(.tier1), .one, 10_200_00, pool: 9_600_00,
            kind: .special, disease: "dialysis", after: ["employee.pooling.paid": 600_00]),
        Bill(
            rule: "CQ-16 emergency is not in the rule", kind: .emergency, date: 2024_05_05, facts: .employee(),
            inPolicy: 500_00, external: 100_00, pays: [.pool: 100_00], after: ["employee.pool.paid": 0],
            hasNoRule: true),
        Bill(
            rule: "CQ-17 needs the membership first", kind: .outpatient, date: 2024_05_05,
            facts: PersonFacts(insurance: .employee), inPolicy: 500_00, refused: .factMissing, field: .membership),
        Bill(
            rule: "CQ-15 then the status", kind: .outpatient, date: 2024_05_05,
            facts: .employee(.employer, .unspecified), inPolicy: 500_00, refused: .factMissing, field: .status),
        Bill(
            rule: "CQ-16 then the level", kind: .outpatient, date: 2024_05_05, facts: .employee(), inPolicy: 500_00,
            refused: .factMissing, field: .level),
    ]

    /// 003 第六条: fixed fees (定额报销的门诊诊费、一般诊疗费) that the pool has paid; only the rest is pooling's.
    static let fixedFees = [
        // 1,000 of which 300 were paid by fixed amounts: (700 − 200) × 60 % = 300.
        visit(
            "CQ-17 the rest is pooling's (I-38)", .employee(), .one, 1_000_00, pool: 600_00, external: 300_00,
            after: [
                "employee.pooling.absorbed": 200_00, "employee.pooling.paid": 300_00, "employee.pool.paid": 600_00,
            ], deductible: 200_00),
        // The deductible counts the rest: 150 of 450.
        visit(
            "CQ-17, CQ-15 the deductible counts the rest", .employee(), .one, 450_00, pool: 300_00,
            external: 300_00, after: ["employee.pooling.absorbed": 150_00, "employee.pooling.paid": 0]),
        visit(
            "CQ-17 fixed fees alone", .employee(), .three, 10_00, pool: 10_00, external: 10_00,
            after: ["employee.pooling.absorbed": 0, "employee.pool.paid": 10_00]),
        visit(
            "CQ-17 they do not count towards the limit", .employee(.tier1), .one, 1_000_00, pool: 900_00 + 60_00,
            external: 900_00, year: absorbed.merging(["employee.pooling.paid": 740_00]) { $1 },
            after: ["employee.pooling.paid": 800_00]),
        // Past the pool's 47,000: 1,300 − 100 − 200 = 1,000 × 60 %.
        visit(
            "CQ-17, CQ-13 counted in full, past it the rest moves", .employee(), .one, 1_300_00, pool: 100_00,
            large: 600_00, external: 100_00, year: ["employee.pool.paid": 46_950_00],
            after: ["employee.pool.paid": 47_050_00, "employee.large_amount.paid": 600_00]),
        Bill(
            rule: "CQ-17 from 2024: before, the source is silent (I-18)", kind: .outpatient, date: 2023_12_31,
            facts: .employee(), inPolicy: 500_00, external: 100_00, pays: [.pool: 100_00],
            after: ["employee.pool.paid": 0], hasNoRule: true),
        Bill(
            rule: "CQ-17 residents have no rule for it (I-18)", kind: .outpatient, date: 2024_05_05,
            facts: .resident(), inPolicy: 500_00, external: 100_00, pays: [.pool: 100_00],
            after: ["employee.pool.paid": 0], hasNoRule: true),
    ]

    static let largeAmount = [
        visit(
            "CQ-19 a fen left in the pool", .employee(), .one, 1_200_00, pool: 1, large: 599_99,
            year: ["employee.pool.paid": 46_999_99], after: ["employee.pooling.paid": 600_00]),
        visit(
            "CQ-19 the large-amount fund, same ratio", .employee(), .one, 1_200_00, pool: 0, large: 600_00,
            year: ["employee.pool.paid": 47_000_00], after: ["employee.pooling.paid": 600_00]),
        visit(
            "CQ-19, CQ-17 the yearly limit still holds (I-23)", .employee(), .one, 1_200_00, pool: 0, large: 1,
            year: ["employee.pool.paid": 47_000_00, "employee.pooling.paid": 2_999_99]),
        // Two-disease cover counts into the 47,000 and is never refused for it (第八条).
        visit(
            "CQ-13 external payments fill the pool", .employee(), .one, 1_000_00, pool: 1_000_00,
            kind: .twoDisease, external: 1_000_00, year: ["employee.pool.paid": 46_999_00],
            after: ["employee.pool.paid": 47_999_00]),
        visit(
            "CQ-13 past the limit all the same", .employee(), .one, 1_000_00, pool: 700_00, large: 60_00,
            kind: .negotiated, external: 700_00, year: ["employee.pool.paid": 47_999_00]),
        // Ordinary outpatient of 2024 and inpatient of 2024 share the pool.
        Bill(
            rule: "CQ-19 pooling payments count into inpatient's pool", kind: .inpatient, date: 2024_05_05,
            facts: .employee(), inPolicy: 1_200_00, institution: .level(.one), year: ["employee.pool.paid": 46_500_00],
            pays: [.pool: 500_00, .largeAmount: 400_00]),
    ]

    /// L2, 2024: 500 in policy of which pooling pays (500 − 200) × 60 % = 180; 320 are left, and 10 of each
    /// other part.
    static func use(
        _ rule: String, _ use: AccountUse, _ accounts: [Fen], left: [Fen], facts: PersonFacts = .employee()
    ) -> Bill {
        Bill(
            rule: rule, kind: .outpatient, date: 2024_05_05, facts: facts, inPolicy: 500_00, firstSelfPay: 10_00,
            overLimit: 10_00, outOfCatalog: 10_00, institution: .level(.two), accountUse: use, accounts: accounts,
            pays: facts.insurance == .employee ? [.pool: 180_00] : [:], accountsAfter: left)
    }
    static let accounts = [
        use("CQ-31 what is left of in_policy", .standard, [1_000_00], left: [680_00]),
        use("CQ-31 exactly enough", .standard, [320_00], left: [0]),
        use("CQ-31 a fen too little", .standard, [319_99], left: [0]),
        use("CQ-31 on request every cost", .all, [1_000_00], left: [650_00]),
        use("CQ-31 none", .none, [1_000_00], left: [1_000_00]),
        use(
            "CQ-31 the own account first, then the family's", .standard, [100_00, 200_00, 300_00],
            left: [0, 0, 280_00]),
        use("CQ-31 a resident by a relative's account", .standard, [1_000_00], left: [500_00], facts: .resident()),
        Bill(
            rule: "CQ-31 before 2024 too (问答十六)", kind: .outpatient, date: 2023_05_05, facts: .employee(),
            inPolicy: 500_00, accounts: [600_00], accountsAfter: [100_00], hasNoRule: true),
    ]

    @Test(arguments: deductibles) func `CQ-15: the yearly deductible`(_ bill: Bill) throws {
        try bill.check(Packs.builtIn("chongqing"))
    }
    @Test(arguments: ratios) func `CQ-16: ratios by level and status`(_ bill: Bill) throws {
        try bill.check(Packs.builtIn("chongqing"))
    }
    @Test(arguments: limits) func `CQ-17: the yearly limit`(_ bill: Bill) throws {
        try bill.check(Packs.builtIn("chongqing"))
    }
    @Test(arguments: remainders) func `CQ-18: what other covers left`(_ bill: Bill) throws {
        try bill.check(Packs.builtIn("chongqing"))
    }
    @Test(arguments: fixedFees) func `CQ-17: fixed fees of outpatient visits`(_ bill: Bill) throws {
        try bill.check(Packs.builtIn("chongqing"))
    }

    @Test func `CQ-17: a bill without fixed fees has no row for them, one with them cites 第六条 and I-38`() throws {
        let pack = try Packs.builtIn("chongqing")
        func layers(_ external: Fen) throws -> [LayerDescription] {
            let bill = Self.visit("", .employee(), .one, 1_000_00, pool: 0, external: external)
            let outcome = try bill.settle(pack).outcome
            return (0..<outcome.layerCount).map { pack.layers[Int(outcome.layers[$0].layer)] }
        }
        #expect(try layers(0).map(\.id) == ["employee.pooling"])
        #expect(try layers(1).map(\.id) == ["employee.fixed_fees", "employee.pooling"])
        let fees = try layers(1)[0]
        #expect(fees.ratio.article == "实施细则第六条" && fees.ratio.interpretations == ["I-38"])
        #expect(fees.first.id == "external")
    }

    @Test(arguments: largeAmount) func `CQ-19: the large-amount fund`(_ bill: Bill) throws {
        try bill.check(Packs.builtIn("chongqing"))
    }
    @Test(arguments: accounts) func `CQ-31: personal accounts`(_ bill: Bill) throws {
        try bill.check(Packs.builtIn("chongqing"))
    }
}
