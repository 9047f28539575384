import Policy
import Settlement
import Testing

/// AH-5, AH-6, AH-7.
@Suite struct `Anhui` {
    static func bill(
        _ rule: String, on date: Int32 = 2020_08_01, disease: String?, filings: [(String, DateRange)],
        pays: [FundCategory: Fen] = [:], refused: DomainCode = .none, field: ClaimField = .none
    ) -> Bill {
        Bill(
            rule: rule, kind: .special, date: date, facts: PersonFacts(insurance: .resident), inPolicy: 1_000_00,
            disease: disease, external: refused == .none ? pays[.pool] ?? 0 : 0, filings: filings, pays: pays,
            hasNoRule: refused == .none ? false : nil, refused: refused, field: field)
    }

    static let july = DateRange(from: CalendarDate(2020_07_10), until: CalendarDate(2020_12_31))

    static let entitlements = [
        bill("AH-5 on file", disease: "diabetes", filings: [("diabetes", july)], pays: [.pool: 600_00]),
        bill(
            "AH-5 one of several on file", disease: "diabetes",
            filings: [("copd", july), ("diabetes", july)], pays: [.pool: 600_00]),
        bill(
            "AH-5 another disease", disease: "copd", filings: [("diabetes", july)],
            refused: .notEntitled, field: .filing),
        bill("AH-5 nothing on file", disease: "copd", filings: [], refused: .notEntitled, field: .filing),
        bill(
            "AH-5 the day before the card", on: 2020_07_09, disease: "diabetes", filings: [("diabetes", july)],
            refused: .notEntitled, field: .filing),
        bill(
            "AH-5 the first day", on: 2020_07_10, disease: "diabetes", filings: [("diabetes", july)],
            pays: [.pool: 600_00]),
        bill(
            "AH-5 the last day", on: 2020_12_31, disease: "diabetes", filings: [("diabetes", july)],
            pays: [.pool: 600_00]),
        bill(
            "AH-5 the day after", on: 2021_01_01, disease: "diabetes", filings: [("diabetes", july)],
            refused: .notEntitled, field: .filing),
        bill(
            "AH-5 no disease said", disease: nil, filings: [("diabetes", july)],
            refused: .factMissing, field: .disease),
    ]

    @Test(arguments: entitlements) func `AH-5: only the disease on file`(_ bill: Bill) throws {
        try bill.check(Packs.builtIn("anhui"))
    }

    @Test func `AH-5: the refusal cites the rule`() throws {
        let pack = try Packs.builtIn("anhui")
        let settled = try Self.entitlements[2].settle(pack)
        let plan = pack.calculator.plans[Int(settled.refusal.detail)]
        #expect(pack.refusals[Int(plan.citation) - 1].rule == "AH-5")
    }

    @Test func `AH-7: other kinds have no rule in the source`() throws {
        try Bill(
            rule: "AH-7", kind: .inpatient, date: 2020_08_01, facts: PersonFacts(insurance: .resident),
            inPolicy: 1_000_00, external: 400_00, pays: [.pool: 400_00], hasNoRule: true
        ).check(Packs.builtIn("anhui"))
    }

    @Test func `AH-7: an operator's table takes the place of the external payment`() throws {
        // (1,300 − 300) × 95 % = 950 for the registered poor, 60 % for others; 3,000 a year.
        let poor = [DatedIdentity(.registeredPoor, given: CalendarDate(2019_01_01))]
        func bill(_ identities: [DatedIdentity], pays: Fen, external: Fen = 0, year: [String: Fen] = [:]) -> Bill {
            Bill(
                rule: "AH-7", kind: .special, date: 2020_08_01, facts: PersonFacts(insurance: .resident),
                inPolicy: 1_300_00, disease: "diabetes", external: external, identities: identities,
                filings: [("diabetes", Self.july)], year: year, pays: [.pool: pays],
                refused: external == 0 ? .none : .externalNotAllowed, field: external == 0 ? .none : .externalBasic)
        }
        let pack = try Packs.test("anhui-operator")
        try bill(poor, pays: 950_00).check(pack)
        try bill([], pays: 600_00).check(pack)
        try bill(poor, pays: 1, year: ["chronic.paid": 2_999_99]).check(pack)
        try bill(poor, pays: 0, external: 1).check(pack)
    }

    @Test func `AH-6: the calculation knows no channel, so it is the same at the counter and afterwards`() throws {
        // One-stop at a networked institution of the county and, later, at the place of insurance for one elsewhere.
        let pack = try Packs.test("anhui-operator")
        var networked = Self.entitlements[0]
        networked.external = 0
        networked.pays = [.pool: 420_00]
        networked.institution = Institution(level: .two, isCountyArea: true)
        var elsewhere = networked
        elsewhere.institution = Institution(level: .three, isOutOfCity: true)
        for bill in [networked, elsewhere] { try bill.check(pack) }
        let builtIn = try Packs.builtIn("anhui")
        #expect(builtIn.rules.contains("AH-6"))
        #expect(builtIn.layers.contains { $0.also.contains { $0.rule == "AH-6" && $0.words.contains("非联网") } })
    }
}
