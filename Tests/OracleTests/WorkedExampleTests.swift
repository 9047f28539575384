import Settlement
import Testing

/// The oracle against the worked examples of the sources (rules.md, section 6); the sources round to the yuan.
struct WorkedExampleTests {
    static let chongqing = Oracle(
        region: "chongqing", diseases: ["cancer_therapy", "dialysis", "coronary_disease"], products: [])
    static let shenyang = Oracle(region: "shenyang", diseases: [], products: [])

    struct Example {
        let id: String
        let facts: PersonFacts
        let claim: Claim
        let credit: Fen
        let fund: Fen
        let account: Fen
        let cash: Fen
        /// Fen that the source's own rounding may differ by.
        var tolerance: Fen = 100
    }

    static func employee(_ membership: Membership, _ status: WorkStatus) -> PersonFacts {
        PersonFacts(insurance: .employee, membership: membership, status: status)
    }

    static func claim(_ kind: ClaimKind, _ inPolicy: Fen, _ level: Level, disease: UInt8 = 0) -> Claim {
        Claim(
            kind: kind, serviceDate: CalendarDate(2024_06_15), cost: CostSplit(total: inPolicy, inPolicy: inPolicy),
            institution: Institution(level: level), disease: disease)
    }

    static let document003: [Example] = [
        Example(
            id: "003-1", facts: employee(.employer, .retired), claim: claim(.outpatient, yuan(2_800), .two),
            credit: yuan(1_260), fund: yuan(1_890), account: yuan(910), cash: 0, tolerance: 0),
        Example(
            id: "003-2", facts: employee(.employer, .active), claim: claim(.outpatient, yuan(3_000), .three),
            credit: yuan(2_000), fund: yuan(1_400), account: yuan(1_600), cash: 0, tolerance: 0),
        Example(
            id: "003-3", facts: employee(.employer, .active), claim: claim(.special, yuan(6_350), .two, disease: 3),
            credit: yuan(989), fund: yuan(5_581), account: yuan(769), cash: 0),
        Example(
            id: "003-4", facts: employee(.employer, .retired),
            claim: claim(.special, yuan(40_000), .three, disease: 1),
            credit: yuan(1_380), fund: yuan(38_023), account: yuan(1_380), cash: yuan(597)),
        Example(
            id: "003-5", facts: employee(.tier2, .active),
            claim: claim(.special, yuan(110_400), .three, disease: 2),
            credit: yuan(1_068), fund: yuan(107_805), account: yuan(1_068), cash: yuan(1_527)),
    ]

    static func outcome(
        _ oracle: Oracle, _ input: inout OracleInput, _ year: inout OracleYear
    ) throws -> OracleOutcome {
        let answer = oracle.settle(&input, &year)
        guard case .settled(let outcome) = answer else {
            Issue.record("refused: \(answer)")
            throw OracleRefusal(.factInvalid)
        }
        return outcome
    }

    @Test(arguments: document003.indices)
    func `the oracle pays what 003 prints, at once and in twelve claims`(index: Int) throws {
        let example = Self.document003[index]
        for parts in [Int64(1), 12] {
            var year = OracleYear(2024)
            var input = OracleInput(claim: example.claim, facts: example.facts, accounts: [example.credit])
            var (fund, account, cash): (Fen, Fen, Fen) = (0, 0, 0)
            for part in 0..<parts {
                let whole = example.claim.cost.inPolicy
                let amount = whole * (part + 1) / parts - whole * part / parts
                input.claim.cost = CostSplit(total: amount, inPolicy: amount)
                let outcome = try Self.outcome(Self.chongqing, &input, &year)
                fund += outcome.funds.values.reduce(0, +)
                account += outcome.accounts[0]
                cash += outcome.cash
            }
            // Each of the twelve may round by a fen per layer.
            let tolerance = example.tolerance + (parts == 1 ? 0 : 2 * parts)
            #expect(abs(fund - example.fund) <= tolerance, "\(example.id) in \(parts): fund \(fund)")
            #expect(abs(account - example.account) <= tolerance, "\(example.id) in \(parts): account \(account)")
            #expect(abs(cash - example.cash) <= tolerance, "\(example.id) in \(parts): cash \(cash)")
        }
    }

    @Test(
        arguments: [
            (6_264, 6_175, 4_149, 1_418, 697), (8_152, 7_025, 4_352, 1_871, 1_929),
            (5_492, 5_486, 4_371, 781, 340), (7_313, 7_310, 4_924, 1_670, 719),
        ] as [(Fen, Fen, Fen, Fen, Fen)])
    func `the oracle pays what 002 prints`(total: Fen, inPolicy: Fen, external: Fen, aid: Fen, cash: Fen) throws {
        var year = OracleYear(2020)
        var input = OracleInput(
            claim: Claim(
                kind: .inpatient, serviceDate: CalendarDate(2020_09_02),
                cost: CostSplit(
                    total: yuan(total), outOfCatalog: yuan(total - inPolicy), inPolicy: yuan(inPolicy)),
                externalBasic: yuan(external)),
            facts: PersonFacts(insurance: .resident),
            identities: [DatedIdentity(.registeredPoor, given: CalendarDate(2019_01_01))])
        let outcome = try Self.outcome(Self.shenyang, &input, &year)
        #expect(abs((outcome.funds[.assistance] ?? 0) - yuan(aid)) <= 100)
        #expect(abs(outcome.cash - yuan(cash)) <= 100)
        #expect(outcome.funds[.pool] == yuan(external))
        #expect(outcome.identity == .registeredPoor)
    }
}
