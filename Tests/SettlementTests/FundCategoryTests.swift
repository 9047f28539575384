import Settlement
import Testing

@Suite struct `Kinds of funds` {
    /// The columns of an outcome are counted in a constant, which loops of other modules run to.
    @Test func `are as many as the calculator's constant says, everywhere`() {
        #expect(FundCategory.allCases.count == CalculatorLimit.fundCategories)
        #expect(FundCategory.allCases.map { Int($0.rawValue) } == Array(0..<CalculatorLimit.fundCategories))
        #expect(Outcome().funds.count == CalculatorLimit.fundCategories)
    }
}
