import Foundation
import Policy
import Testing

/// What a pack says of payments outside and of a second round, read and refused.
@Suite struct `Payments outside and second rounds in a pack` {
    /// yantai-operator.yaml with `old` replaced.
    private static func problems(_ old: String, _ new: String) throws -> [String] {
        let file = Bundle.module.bundleURL.appendingPathComponent("Packs/yantai-operator.yaml")
        let text = try String(contentsOf: file, encoding: .utf8)
        try #require(text.components(separatedBy: old).count == 2, "'\(old)' stands once")
        return Mutation.problems(of: text.replacingOccurrences(of: old, with: new)).map(\.message)
    }

    private static let external = "external: { part: large_amount,"
    private static let round = """
        second_round:
          zh: 二次报销
          en: Second round
          of: critical_illness
          rule: SY-4
          source: { document: operator, article: 表四, words: 二次报销 }

        layers:
        """

    /// What is written in place of what, and what is said.
    static let wrong: [(old: String, new: String, says: String)] = [
        (external, "external: { part: large_amount, counts_into: pool.paid,", "no accumulator 'pool.paid'"),
        (
            external, "external: { part: large_amount, counts_into: critical_illness.absorbed,",
            "already counts what a fund has paid; it would also count what a deductible has absorbed"
        ),
        (external, "external: { part: large_amount, fixed_fee: perhaps,", "fixed_fee: there is no 'perhaps'"),
        (external, "external: { part: large_amount, fixed_fee: yes,", "a fixed fee is a part of the basic insurance"),
        (external, "external: { part: large_amount, fixed_fees: yes,", "external has no key 'fixed_fees'"),
        ("layers:\n", round.replacing("of: critical_illness", with: "of: nobody") + "\n", "no layer 'nobody'"),
        (
            "layers:\n", round.replacing("of: critical_illness", with: "of: large_amount.external") + "\n",
            "so a second round has nothing to divide over"
        ),
        ("layers:\n", round.replacing("  rule: SY-4\n", with: "") + "\n", "needs 'rule'"),
    ]

    @Test(arguments: wrong)
    func `CQ-17, SY-4: what is none is refused`(_ old: String, _ new: String, _ says: String) throws {
        let said = try Self.problems(old, new)
        #expect(said.contains { $0.contains(says) }, "\(said)")
    }

    @Test func `SY-4: a pack of any region may have a second round`() throws {
        #expect(try Self.problems("layers:\n", Self.round + "\n") == [])
    }

    @Test func `16 funds, not one more`() throws {
        func funds(_ count: Int) throws -> [String] {
            let more = (0..<count).map { "  f\($0): { zh: 基金, en: Fund, category: pool }\n" }.joined()
            // Those that pay for no layer are said too.
            return try Self.problems("layers:\n", more + "layers:\n").filter { $0.contains("funds") }
        }
        #expect(PackLimit.fundsMax == 16)
        #expect(try funds(13) == [])
        #expect(try funds(14) == ["more than 16 funds"])
    }
}
