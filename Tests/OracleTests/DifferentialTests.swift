import Policy
import Settlement
import TestSupport
import Testing

/// Rules G-1 … G-12 and every rule of the four regions: product and oracle agree to the fen.
struct DifferentialTests {
    static let casesPerRegion = SeededRandom.cases(150_000)

    /// What an input alone can be refused for, whatever the region's rules.
    static let refusals: Set<DomainCode> = [
        .factInvalid, .dateInvalid, .amountOutOfRange, .amountsDoNotAddUp, .partExceedsWhole, .yearMismatch,
        .accumulatorOutOfRange, .policyNotInForce, .notCovered, .externalNotAllowed,
    ]

    @Test(arguments: RegionUnderTest.all)
    func `product and oracle agree in every amount, refusal and accumulator`(region: RegionUnderTest) throws {
        let subject = try Subject(region, pack: Packs.pack(region))
        let (difference, tally) = subject.firstDifference(
            among: Self.casesPerRegion, .forTest("agree \(region.name)"))
        if let difference { Issue.record("\(difference)") }
        let refused = tally.refusals.values.reduce(0, +)
        let paying = "\(tally.layersThatPaid.count) of \(subject.product.pack.layers.count) compiled layers paid"
        print("\(region.name): \(tally.cases) settlements compared, \(refused) of them refused; \(paying)")
        // A comparison that never came to a bound or to a refusal would prove nothing about it.
        for code in Self.refusals.union(region.refusals) {
            #expect(tally.refusals[code] ?? 0 > 0, "\(code) never came up")
        }
        for (layer, cap) in region.caps {
            #expect(tally.mostPaid[layer] ?? 0 >= yuan(cap), "\(layer) never filled its cap")
        }
    }

    /// The registry's order: the number that is in no list comes before every other thing that is wrong.
    @Test func `an unknown disease or product is named before what stands later in the registry`() throws {
        let subject = try Subject(.chongqing, pack: Packs.pack(.chongqing))
        var input = OracleInput(
            claim: Claim(
                kind: .outpatient, serviceDate: CalendarDate(2024_05_01), cost: CostSplit(total: 2, inPolicy: 1)),
            facts: PersonFacts(insurance: .employee))
        input.claim.disease = 255
        var person = subject.product.newPerson(year: 2024)
        #expect(subject.product.settle(input, &person).refusal.code == .factInvalid)
        input.claim.disease = 0
        input.facts.product = 255
        #expect(subject.product.settle(input, &person).refusal.code == .factInvalid)
    }
}
