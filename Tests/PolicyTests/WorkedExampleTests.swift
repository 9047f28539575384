import Policy
import Settlement
import Testing

/// The nine worked examples of the sources (rules.md §6). Expected amounts are worked out by hand in fen;
/// what the source prints is beside them, to the yuan.
@Suite struct `Worked examples` {
    struct Case: CustomTestStringConvertible, Sendable {
        var id: String
        var rules: String
        var facts: PersonFacts
        var kind: ClaimKind
        var level: Level
        var disease: String?
        var inPolicy: Fen
        var account: Fen
        /// Of `special`, then of all funds, the account and the rest, in fen.
        var basic: Fen
        var funds: Fen
        var accountPaid: Fen
        var cash: Fen
        /// As printed: funds, account, cash, in yuan.
        var printed: [Int64]

        var testDescription: String { "\(id) (\(rules))" }
    }

    static let employees = [
        // (2,800 − 100) × 70 % = 1,890
        Case(
            id: "003-1", rules: "CQ-15, CQ-16, CQ-17, CQ-31",
            facts: PersonFacts(insurance: .employee, membership: .employer, status: .retired), kind: .outpatient,
            level: .two, disease: nil, inPolicy: yuan(2_800), account: yuan(1_260), basic: 0, funds: yuan(1_890),
            accountPaid: yuan(910), cash: 0, printed: [1_890, 910, 0]),
        // (3,000 − 200) × 50 % = 1,400
        Case(
            id: "003-2", rules: "CQ-15, CQ-16, CQ-17",
            facts: PersonFacts(insurance: .employee, membership: .employer, status: .active), kind: .outpatient,
            level: .three, disease: nil, inPolicy: yuan(3_000), account: yuan(2_000), basic: 0, funds: yuan(1_400),
            accountPaid: yuan(1_600), cash: 0, printed: [1_400, 1_600, 0]),
        // (6,350 − 440) × 80 % = 4,728; left 1,622; (1,622 − 200) × 60 % = 853.20
        Case(
            id: "003-3", rules: "CQ-5, CQ-10, CQ-12, CQ-18",
            facts: PersonFacts(insurance: .employee, membership: .employer, status: .active), kind: .special,
            level: .two, disease: "coronary_disease", inPolicy: yuan(6_350), account: yuan(989),
            basic: yuan(4_728), funds: 5_581_20, accountPaid: 768_80, cash: 0, printed: [5_581, 769, 0]),
        // (40,000 − 880) × 90 % = 35,208; left 4,792; (4,792 − 100) × 60 % = 2,815.20
        Case(
            id: "003-4", rules: "CQ-12, CQ-18",
            facts: PersonFacts(insurance: .employee, membership: .employer, status: .retired), kind: .special,
            level: .three, disease: "cancer_therapy", inPolicy: yuan(40_000), account: yuan(1_380),
            basic: yuan(35_208), funds: 38_023_20, accountPaid: yuan(1_380), cash: 596_80,
            printed: [38_023, 1_380, 597]),
        // 37,000 + (110,400 − 880 − 37,000 ÷ 90 %) × 100 % = 105,408.89; left 4,991.11; (4,991.11 − 200) × 50 %
        // = 2,395.555 → 2,395.56 (half up)
        Case(
            id: "003-5", rules: "CQ-12, CQ-13, CQ-18, CQ-19",
            facts: PersonFacts(insurance: .employee, membership: .tier2, status: .active), kind: .special,
            level: .three, disease: "dialysis", inPolicy: yuan(110_400), account: yuan(1_068), basic: 105_408_89,
            funds: 107_804_45, accountPaid: yuan(1_068), cash: 1_527_55, printed: [107_805, 1_068, 1_527]),
    ]

    @Test(arguments: employees)
    func `Chongqing's examples come out to the fen and agree with what the source prints`(_ example: Case) throws {
        let pack = try Packs.builtIn("chongqing")
        let disease = try example.disease.map { try pack.number(ofDisease: $0) } ?? 0
        let settled = pack.settle(
            claim(example.kind, on: 2024_06_30, inPolicy: example.inPolicy, level: example.level, disease: disease),
            example.facts, accounts: [example.account])
        #expect(settled.refusal == .none)
        #expect(settled.isConserving)
        #expect(settled.outcome.fundTotal == example.funds)
        #expect(settled.outcome.accountPaid == example.accountPaid)
        #expect(settled.outcome.cash == example.cash)
        if example.kind == .special { #expect(settled.outcome.layers[0].paid == example.basic) }
        let amounts = [settled.outcome.fundTotal, settled.outcome.accountPaid, settled.outcome.cash]
        for (amount, printed) in zip(amounts, example.printed) { #expect(abs(amount - yuan(printed)) <= yuan(1)) }
        #expect(settled.accounts == [example.account - example.accountPaid])
    }

    @Test(arguments: employees.filter { $0.kind == .special })
    func `twelve equal instalments give the year's amounts within a fen per settlement`(_ example: Case) throws {
        let pack = try Packs.builtIn("chongqing")
        let disease = try pack.number(ofDisease: try #require(example.disease))
        var year = pack.freshYear
        var accounts = [example.account]
        var funds: Fen = 0
        var cash: Fen = 0
        for month in 1...12 {
            // The fen that do not divide by twelve come with the last instalment.
            let share = example.inPolicy / 12
            let amount = month < 12 ? share : example.inPolicy - 11 * share
            let settled = pack.settle(
                claim(
                    .special, on: 2024_00_15 + Int32(month) * 100, inPolicy: amount, level: example.level,
                    disease: disease),
                example.facts, year: year, accounts: accounts)
            #expect(settled.refusal == .none)
            #expect(settled.isConserving)
            year = settled.year
            accounts = settled.accounts
            funds += settled.outcome.fundTotal
            cash += settled.outcome.cash
        }
        // A fen per settlement.
        #expect(abs(funds - example.funds) <= 12)
        #expect(abs(cash - example.cash) <= 12)
        #expect(abs(example.account - accounts[0] - example.accountPaid) <= 12)
    }

    @Test(
        arguments: [
            // (6,175 − 4,149) × 70 % = 1,418.20 and so on: total, in policy, external, assistance, all funds, person.
            ("002-1", ClaimKind.inpatient, yuan(6_264), yuan(6_175), yuan(4_149), 1_418_20, 5_567_20, 696_80),
            ("002-2", .inpatient, yuan(8_152), yuan(7_025), yuan(4_352), 1_871_10, 6_223_10, 1_928_90),
            ("002-3", .special, yuan(5_492), yuan(5_486), yuan(4_371), 780_50, 5_151_50, 340_50),
            ("002-4", .special, yuan(7_313), yuan(7_310), yuan(4_924), 1_670_20, 6_594_20, 718_80),
        ] as [(String, ClaimKind, Fen, Fen, Fen, Fen, Fen, Fen)])
    func `Shenyang's examples come out to the fen (SY-2)`(
        _ id: String, kind: ClaimKind, total: Fen, inPolicy: Fen, external: Fen, assistance: Fen, funds: Fen,
        cash: Fen
    ) throws {
        let pack = try Packs.builtIn("shenyang")
        let settled = pack.settle(
            claim(kind, on: 2020_08_01, inPolicy: inPolicy, total: total, level: .two, external: external),
            PersonFacts(insurance: .resident),
            identities: [DatedIdentity(.registeredPoor, given: CalendarDate(2019_01_01))])
        #expect(settled.refusal == .none)
        #expect(settled.isConserving)
        #expect(settled.outcome[.pool] == external)
        #expect(settled.outcome[.criticalIllness] == 0)
        #expect(settled.outcome[.assistance] == assistance)
        #expect(settled.outcome.fundTotal == funds)
        #expect(settled.outcome.cash == cash)
    }
}
