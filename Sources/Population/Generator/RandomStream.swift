import Records

/// Pseudo-random numbers that are the same on every machine and in every version: SplitMix64
/// (Steele, Lea, Flood 2014) with integers only, no floating point.
package struct RandomStream: Sendable {
    private var state: UInt64

    /// Streams of different `seed` or `index` are independent.
    package init(seed: UInt64, index: UInt64 = 0) {
        state = seed
        state = next() ^ (index &* SplitMix64.increment)
        state = next()
    }

    package mutating func next() -> UInt64 {
        state &+= SplitMix64.increment
        return SplitMix64.mix(state)
    }

    /// 0 ..< `bound`, which is above 0 and below 2^32: by multiplication, whose bias is below 2^-32.
    package mutating func below(_ bound: Int64) -> Int64 {
        Int64(((next() >> 32) &* UInt64(bound)) >> 32)
    }

    /// `lower` … `upper`, both included, less than 2^32 apart.
    package mutating func within(_ range: ClosedRange<Int64>) -> Int64 {
        range.lowerBound + below(range.upperBound - range.lowerBound + 1)
    }

    /// True in `share` of 10,000 cases.
    package mutating func happens(_ share: Int64) -> Bool { below(10_000) < share }

    /// The index of one of `weights`, in proportion.
    package mutating func pick(_ weights: [Int64]) -> Int {
        var rest = below(weights.reduce(0, +))
        for (index, weight) in weights.enumerated() {
            if rest < weight { return index }
            rest -= weight
        }
        return weights.count - 1
    }

    /// An amount around `median` as bills are: roughly log-normal, one standard deviation a factor of 2^`spread`/16.
    ///
    /// The number of ones among 64 random bits is all but normal with a standard deviation of 4; the power of two is
    /// taken by a quadratic between whole powers (within 0.2 %).
    package mutating func amount(around median: Int64, spread: Int64 = 20) -> Int64 {
        let ones = Int64(next().nonzeroBitCount) - 32
        // Four steps of the count are one deviation: the exponent in 1/65,536, and noise within a step.
        let exponent = ones * spread * 1024 + below(spread * 1024)
        let whole = exponent >> 16
        let fraction = exponent & 0xFFFF
        // 2^f ≈ 1 + f (0.6565 + 0.3435 f) on 0 … 1. Shifts bind tighter than products in Swift.
        let slope = 43_024 + ((22_512 * fraction) >> 16)
        let curve = 65_536 + ((fraction * slope) >> 16)
        let scaled = (median * curve) >> 16
        return max(1, whole >= 0 ? scaled << min(whole, 20) : scaled >> min(-whole, 40))
    }
}
