import Policy
import Settlement
import Testing

/// How a layer's brackets are shown: each slice with its own bounds.
@Suite struct `Brackets in an explanation` {
    /// A pack of one layer whose brackets begin every 10 yuan.
    static func pack(_ measure: String, ratios: [Int]) throws -> PolicyPack {
        let brackets = ratios.enumerated().map { "{ from: \($0 * 10) 元, value: \($1) % }" }.joined(separator: ", ")
        let yaml = `Limits of a pack`.pack(
            accumulators: 1,
            layers: """
                  - { id: l, zh: 层, en: L, stage: basic, base: in_policy, paid_by: f, ratio: {
                      measured_on: \(measure), accumulator: a0, brackets: [\(brackets)], \(`Limits of a pack`.source()) } }
                """)
        return try PolicyPack.read(bytes: Array(yaml.utf8), file: "brackets.yaml")
    }

    static func explain(_ pack: PolicyPack, _ amount: Fen, measured: Fen) throws -> Explanation {
        let claim = claim(.inpatient, on: 2024_01_01, inPolicy: amount)
        let facts = PersonFacts.employee()
        let year = try pack.year(["a0": measured])
        let settled = pack.settle(claim, facts, year: year)
        try #require(settled.refusal.isNone)
        return Explanation(pack: pack, claim: claim, facts: facts, outcome: settled.outcome, yearBefore: year)
    }

    @Test func `a claim that spans all 8 brackets shows all of them (rules G-3, G-8)`() throws {
        let pack = try Self.pack("expenses", ratios: (0..<PackLimit.expenseBracketsMax).map { 50 + $0 })
        let explanation = try Self.explain(pack, yuan(100), measured: 0)
        let slices = try #require(explanation.steps.first).slices
        #expect(slices.map(\.ratio) == (0..<8).map { 5_000 + 100 * $0 })
        #expect(slices.map(\.lower) == (0..<8).map { yuan(10 * $0) })
        #expect(slices.map(\.upper) == (1..<8).map { yuan(10 * $0) } + [nil])
        #expect(slices.map(\.amount) == [Fen](repeating: yuan(10), count: 7) + [yuan(30)])
        // 10 × (50 + … + 56) % + 30 × 57 %.
        #expect(explanation.fundTotal == 54_20)
        #expect(explanation.isConserving)
        #expect(!explanation.text.isEmpty && !explanation.json.isEmpty)
    }

    @Test(arguments: ["expenses", "payments"])
    func `of two brackets with one ratio the one that pays is shown (rules G-8, CQ-12)`(measure: String) throws {
        let pack = try Self.pack(measure, ratios: [50, 60, 50, 70])
        let one = try #require(try Self.explain(pack, yuan(5), measured: yuan(20)).steps.first)
        #expect(one.slices == [LayerSlice(amount: yuan(5), ratio: 5_000, paid: 2_50, lower: yuan(20), upper: yuan(30))])
        let two = try #require(try Self.explain(pack, yuan(500), measured: yuan(25)).steps.first)
        #expect(two.slices.map(\.lower) == [yuan(20), yuan(30)])
        #expect(two.slices.map(\.upper) == [yuan(30), nil])
        #expect(two.slices.map(\.ratio) == [5_000, 7_000])
        let last = try #require(try Self.explain(pack, yuan(1), measured: yuan(30)).steps.first)
        #expect(last.slices.map(\.lower) == [yuan(30)])
    }
}
