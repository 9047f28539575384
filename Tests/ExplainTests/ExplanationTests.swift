import Foundation
import Policy
import Population
import Settlement
import Testing

@Suite struct `Explanations` {
    static func explain(_ row: ClaimRow, after earlier: [ClaimRow] = []) throws -> Explanation {
        var settler = LocalSettler(try PolicyLibrary.load().packs)
        for row in earlier { _ = try settler.settle(row) }
        return try settler.explain(row)
    }

    @Test(arguments: WorkedExamples.all) func `the bills of the worked examples read as kept`(row: ClaimRow) throws {
        let explanation = try Self.explain(row)
        #expect(explanation.isConserving, "rule G-7")
        // The digest changes with every word of a pack; the bill is about the rest.
        let text = explanation.text.replacing(explanation.digest.prefix(12), with: "<digest>")
        try Snapshot.expect(text, is: "\(row.id).txt")
    }

    @Test func `the bill as JSON reads as kept, and parses`() throws {
        let row = try #require(WorkedExamples.all.first { $0.id == "003-5" })
        let explanation = try Self.explain(row)
        try Snapshot.expect(explanation.json.replacing(explanation.digest, with: "<digest>"), is: "003-5.json")
        let object = try JSONSerialization.jsonObject(with: Data(explanation.json.utf8)) as? [String: Any]
        let layers = try #require(object?["layers"] as? [[String: Any]])
        let paid = layers.compactMap { $0["paid"] as? Int }.reduce(0, +)
        #expect(paid == object?["fund_total"] as? Int)
        #expect(object?["conserves"] as? Bool == true)
    }

    @Test func `the slices of generated claims add up to what each layer computed (rules G-3, G-8, CQ-12)`() throws {
        let packs = try PolicyLibrary.load().packs
        var settler = LocalSettler(packs)
        var generator = Generator(Generator.Options(claims: 20_000, seed: 11))
        var crossings = 0
        while let person = generator.next() {
            for claim in person.claims {
                let row = ClaimRow(region: person.region.rawValue, person: person.person, claim: claim)
                let explanation = try settler.explain(row)
                #expect(explanation.isConserving)
                for step in explanation.steps {
                    #expect(step.payments.reduce(0) { $0 + $1.paid } == step.paid)
                    if let limit = step.limit { #expect(limit.leftBefore - limit.leftAfter == step.paid) }
                    if step.slices.isEmpty { continue }
                    if step.slices.count > 1 { crossings += 1 }
                    #expect(step.slices.reduce(0) { $0 + $1.amount } == step.payable)
                    #expect(step.slices.reduce(0) { $0 + $1.paid } == step.computed)
                    for slice in step.slices {
                        let exact = slice.amount * Int64(slice.ratio)
                        #expect((exact - slice.paid * 10_000).magnitude <= 10_000)
                    }
                }
            }
        }
        #expect(crossings > 20, "only \(crossings) claims cross a bracket")
    }

    @Test(arguments: [
        ("003-5", ["employee.special", "employee.pooling"]),
        ("002-2", ["basic.external", "critical_illness", "assistance.inpatient", "supplementary"]),
    ])
    func `the steps stand in the order of the waterfall (rule G-6)`(id: String, layers: [String]) throws {
        let row = try #require(WorkedExamples.all.first { $0.id == id })
        let explanation = try Self.explain(row)
        #expect(explanation.steps.map(\.id) == layers)
        // Each looks at what those before it left.
        for (step, next) in zip(explanation.steps, explanation.steps.dropFirst()) where next.base == .inPolicyLeft {
            #expect(next.baseAmount == step.baseAmount - step.paid)
        }
        let places = ["\n1  ", "\n2  ", "\n现金 Cash"].compactMap { explanation.text.range(of: $0)?.lowerBound }
        #expect(places.count == 3 && places == places.sorted())
    }

    @Test func `a deductible shows what the year has absorbed before (rule CQ-15)`() throws {
        var first = try #require(WorkedExamples.all.first { $0.id == "003-1" })
        first.claim.claim.cost = CostSplit(total: 60_00, inPolicy: 60_00)
        let second = try #require(WorkedExamples.all.first { $0.id == "003-1" })
        let step = try #require(try Self.explain(second, after: [first]).steps.first)
        let deductible = try #require(step.deductible)
        #expect(deductible.inForce == 100_00)
        #expect(deductible.absorbedBefore == 60_00)
        #expect(deductible.taken == 40_00)
    }

    @Test func `without balances the accounts show what they paid`() throws {
        let pack = try #require(try PolicyLibrary.load()["chongqing"])
        var outcome = Outcome()
        outcome.accountPaid = 5
        outcome.familyAccountPaid = 7
        outcome.total = 12
        let claim = Claim(kind: .outpatient, serviceDate: CalendarDate(2024_01_01), cost: CostSplit(total: 12))
        let explanation = Explanation(
            pack: pack, claim: claim, facts: PersonFacts(insurance: .employee), outcome: outcome, yearBefore: [])
        #expect(explanation.accounts.map(\.paid) == [5, 7])
        #expect(explanation.accounts.allSatisfy { $0.after == nil })
        #expect(explanation.isConserving)
    }
}
