/// What the rounds of a figure span: the least, the middle, the greatest.
package struct Spread: Equatable, Sendable {
    package let min: Double
    package let median: Double
    package let max: Double
    package let rounds: Int

    /// Nil where there is no value.
    package init?(_ values: some Sequence<Double>) {
        let sorted = values.sorted()
        guard let first = sorted.first, let last = sorted.last else { return nil }
        let half = sorted.count / 2
        (min, max, rounds) = (first, last, sorted.count)
        median = sorted.count % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
    }

    /// Each value of one round over the other's of the same round; rounds that one of them lacks are left out.
    static func ratio(_ upper: [Int: Double], _ lower: [Int: Double]) -> Spread? {
        Spread(
            upper.compactMap { round, value in
                guard let other = lower[round], other > 0 else { return nil }
                return value / other
            })
    }
}
