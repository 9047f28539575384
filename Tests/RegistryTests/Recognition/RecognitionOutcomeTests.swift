import Policy
import Registry
import Settlement
import Testing

@Suite struct `A recognition's payment in an outcome` {
    static func settle(_ kind: ClaimKind, inPolicy: Fen, identity: Identity = .none) throws -> (Claim, Settled) {
        let pack = try RecognitionDesk.pack()
        let claim = Claim(
            kind: kind, serviceDate: CalendarDate(2024_05_01),
            cost: CostSplit(total: inPolicy + 5_00, outOfCatalog: 5_00, inPolicy: inPolicy),
            institution: Institution(level: .two), externalBasic: inPolicy / 4)
        let identities = identity == .none ? [] : [DatedIdentity(identity, given: CalendarDate(2024_01_01))]
        let settled = pack.settle(
            claim, PersonFacts(insurance: .resident, membership: .tier1), identities: identities)
        #expect(settled.refusal.isNone)
        return (claim, settled)
    }

    @Test func `YT-7: no plan contains the layer, and every plan leaves room for it`() throws {
        let pack = try RecognitionDesk.pack()
        let layer = try #require(pack.recognitionLayer)
        for plan in pack.calculator.plans {
            let walked = plan.firstLayer..<(plan.firstLayer + UInt32(plan.layerCount))
            #expect(!walked.contains(layer) && Int(plan.layerCount) < CalculatorLimit.layersMax)
        }
        #expect(pack.calculator.plans.map(\.layerCount).max() == 5)
        #expect(pack.layers[Int(layer)].id == "recognition" && pack.layers[Int(layer)].first.id == "assistance")
        #expect(pack.layers[Int(layer)].ratio.rule == "YT-7" && pack.layers.count == pack.calculator.layers.count)
        for region in ["chongqing", "shenyang", "anhui"] {
            let other = try #require(try FilingDesk.library.get()[region])
            #expect(other.recognitionLayer == nil && other.recognition == nil)
        }
    }

    @Test func `YT-7: the burden is the base of assistance; what was assisted or is of another kind does not count`() throws {
        let pack = try RecognitionDesk.pack()
        let (claim, plain) = try Self.settle(.inpatient, inPolicy: 40_000_00)
        // 40,000 − 10,000 external; critical illness 60 % of what is above 14,000.
        #expect(
            pack.burden(of: claim, plain.outcome)
                == SettledBurden(serviceDate: claim.serviceDate, burden: 30_000_00 - 9_600_00))
        let (special, assisted) = try Self.settle(.special, inPolicy: 40_000_00, identity: .lowIncome)
        #expect(pack.burden(of: special, assisted.outcome)?.isAssisted == true)
        // Near the threshold of 3,000 nothing was received yet.
        let (small, near) = try Self.settle(.special, inPolicy: 400_00, identity: .nearLowIncome)
        #expect(pack.burden(of: small, near.outcome)?.isAssisted == false)
        let (outpatient, other) = try Self.settle(.outpatient, inPolicy: 400_00)
        #expect(pack.burden(of: outpatient, other.outcome) == nil)
    }

    @Test func `YT-7: the payment conserves, is found again, explained, and taken back without a trace in the year`() throws {
        let pack = try RecognitionDesk.pack()
        let layer = try #require(pack.recognitionLayer)
        var state = RecognitionState()
        try RecognitionDesk.recognise(
            &state, applied: 2024_03_01, on: 2024_03_02, past: [RecognitionDesk.burden(2024_01_01, yuan: 8_000)])
        let (claim, settled) = try Self.settle(.inpatient, inPolicy: 40_000_00)
        var outcome = settled.outcome
        let burden = try #require(pack.burden(of: claim, outcome))
        let result = try #require(state.result(of: burden, layer: layer))
        outcome.add(result, of: pack)
        // 8,000 + 20,400 − 10,000 = 18,400.
        #expect(result.paid == 11_040_00 && result.deductible == 2_000_00 && result.measureBefore == 8_000_00)
        #expect(state.settled(burden) == result.paid && outcome.recognitionPaid(pack) == result.paid)
        #expect(outcome.fundTotal + outcome.accountPaid + outcome.familyAccountPaid + outcome.cash == outcome.total)
        #expect(outcome.cash == settled.outcome.cash - result.paid && outcome[.assistance] == result.paid)
        // The burden stays what it was, so that a recomputation from the outcome agrees.
        #expect(pack.burden(of: claim, outcome) == burden)

        let slices = pack.tables.slices(of: result)
        #expect(slices.count == 1 && slices.slices[0].amount == 18_400_00 && slices.slices[0].ratio == 6_000)
        var before = pack.freshYear
        let quotas = before.withUnsafeMutableBufferPointer { year in
            withUnsafePointer(to: outcome) { pack.tables.quotas(of: $0, year: year.baseAddress!) }
        }
        #expect(quotas[outcome.layerCount - 1].first == 30_000_00)

        let facts = PersonFacts(insurance: .resident, membership: .tier1)
        let explanation = Explanation(
            pack: pack, claim: claim, facts: facts, outcome: outcome, yearBefore: pack.freshYear)
        let step = try #require(explanation.steps.last)
        #expect(step.id == "recognition" && step.paid == 11_040_00 && explanation.isConserving)
        #expect(step.deductible?.absorbedBefore == 8_000_00 && step.deductible?.isOverWindow == true)
        #expect(step.limit?.amount == 30_000_00 && step.limit?.leftAfter == 18_960_00)
        #expect(step.slices.map(\.paid) == [11_040_00])
        #expect(explanation.text.contains("[YT-7]") && explanation.text.contains("因病致贫依申请救助"))
        #expect(explanation.json.contains("\"layer\":\"recognition\"") || explanation.json.contains("\"recognition\""))

        var year = settled.year
        var accounts: [Fen] = []
        var years = year.mutableSpan
        var balances = accounts.mutableSpan
        pack.tables.takeBack(outcome, rows: PersonRows(year: 2024), year: &years, accounts: &balances)
        #expect(year == pack.freshYear)
        state.reversed(burden, part: outcome.recognitionPaid(pack))
        #expect(state[2024]?.burden == 8_000_00 && state[2024]?.paid == 0)
    }
}
