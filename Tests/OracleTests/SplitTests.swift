import Policy
import Settlement
import TestSupport
import Testing

/// Rules G-3 and G-8: where everything counts by the year, it does not matter in how many bills a cost comes.
struct SplitTests {
    /// Kinds all of whose deductibles are yearly: CQ-1, CQ-10 and SY-3 take theirs from each admission.
    static func kinds(of region: RegionUnderTest) -> [ClaimKind] {
        let perVisit: [ClaimKind] = ["chongqing", "shenyang"].contains(region.region) ? [.inpatient] : []
        return Set(region.kinds).filter { !perVisit.contains($0) }.sorted { $0.rawValue < $1.rawValue }
    }

    /// In k parts a layer rounds k times instead of once: it differs by at most (k + 1)/2 fen. What it differs by
    /// is missing from, or added to, the base of the next layer, which passes on at most that much: the layer at
    /// position j of the waterfall differs by at most j · (k + 1)/2 fen.
    ///
    /// Two things are left out because they do depend on the bills by their rules: the drug part is none or all
    /// (SY-3's pro rata is taken bill by bill), and where pool and large-amount fund run dry (CQ-13), which of two
    /// layers gets the last fen depends on the order, so there only the sum of the funds is compared.
    @Test(arguments: RegionUnderTest.all)
    func `a cost in several bills pays as in one, to the rounding`(region: RegionUnderTest) throws {
        let subject = try PropertyTests.subject(region)
        let random = SeededRandom.forTest("split \(region.name)")
        var wrong = 0
        subject.forEachCase(PropertyTests.casesPerRegion, random, kinds: Self.kinds(of: region)) { settlement, random in
            var whole = settlement
            whole.input.accounts = []
            whole.person.accounts = []
            whole.input.claim.cost.inPolicyDrug = random.chance(50) ? 0 : whole.input.claim.cost.inPolicy
            let parts = random.pick([2, 3, 5, 12])
            let claims = Self.split(whole.input.claim, into: parts, &random)
            if let what = Self.difference(whole, claims, subject) {
                wrong += 1
                if wrong == 1 { Issue.record("\(what)\n\(whole.description)\n\(claims)") }
            }
        }
        #expect(wrong == 0)
    }

    private static func difference(_ whole: PropertyCase, _ claims: [Claim], _ subject: Subject) -> String? {
        var person = whole.person
        let outcome = subject.product.settle(whole.input, &person).outcome
        var paid = [Fen](repeating: 0, count: CalculatorLimit.layersMax)
        var fundsAreDry = runsDry(outcome)
        person = whole.person
        var input = whole.input
        for claim in claims {
            input.claim = claim
            let answer = subject.product.settle(input, &person)
            // A part to which no fixed fee falls has no row for it (CQ-17): that would be its first one.
            let left = outcome.layerCount - answer.outcome.layerCount
            guard answer.refusal.isNone, left == 0 || left == 1 && claim.externalBasic == 0 else {
                return "a part is not settled as the whole: \(answer.refusal)"
            }
            fundsAreDry = fundsAreDry || runsDry(answer.outcome)
            for position in 0..<answer.outcome.layerCount {
                paid[left + position] += answer.outcome.layers[position].paid
            }
        }
        func tolerance(_ position: Int) -> Fen { Fen((position + 1) * (claims.count + 1) / 2) }
        if fundsAreDry {
            let difference = abs(paid.reduce(0, +) - outcome.fundTotal)
            return difference <= tolerance(outcome.layerCount) ? nil : "funds differ by \(difference)"
        }
        for position in 0..<outcome.layerCount {
            let difference = abs(paid[position] - outcome.layers[position].paid)
            if difference > tolerance(position) { return "layer \(position) differs by \(difference)" }
        }
        return nil
    }

    /// A layer's funds could not pay what its own cap would still have let it pay.
    private static func runsDry(_ outcome: Outcome) -> Bool {
        (0..<outcome.layerCount).contains { position in
            let layer = outcome.layers[position]
            let due = layer.quotaLeft < 0 ? layer.computed : min(layer.computed, layer.quotaLeft)
            return layer.paid < due
        }
    }

    private static func split(_ claim: Claim, into count: Int, _ random: inout SeededRandom) -> [Claim] {
        func cut(_ amount: Fen) -> [Fen] {
            let cuts = (0..<count - 1).map { _ in random.amount(0...amount) }.sorted()
            return zip(cuts + [amount], [0] + cuts).map { $0 - $1 }
        }
        let borne = cut(claim.cost.inPolicy - claim.externalBasic - claim.externalLargeAmount)
        let (basic, large) = (cut(claim.externalBasic), cut(claim.externalLargeAmount))
        let (first, over) = (cut(claim.cost.firstSelfPay), cut(claim.cost.overLimit))
        let (outside, drug) = (cut(claim.cost.outOfCatalog), cut(claim.cost.specialDrug))
        return (0..<count).map { index in
            var part = claim
            part.externalBasic = basic[index]
            part.externalLargeAmount = large[index]
            let inPolicy = borne[index] + basic[index] + large[index]
            part.cost = CostSplit(
                total: inPolicy + first[index] + over[index] + outside[index] + drug[index],
                outOfCatalog: outside[index], overLimit: over[index], firstSelfPay: first[index],
                inPolicy: inPolicy, inPolicyDrug: claim.cost.inPolicyDrug == 0 ? 0 : inPolicy,
                specialDrug: drug[index])
            return part
        }
    }
}
