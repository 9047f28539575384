import Glibc
import Population

/// When the requests of an open loop are to be sent.
package enum Arrivals: String, CaseIterable, Sendable {
    /// Even gaps.
    case constant
    /// Exponential gaps: callers that know nothing of each other.
    case poisson
}

/// The planned send times of one connection, in monotonic nanoseconds; they do not depend on any answer.
///
/// Times are sums of exact gaps, so that the rate holds however long the run is.
package struct Schedule: Sendable {
    /// Requests a second and connection: below the least the clock's range would end, above the most a gap is 0.
    package static let rateMin = 0.001
    package static let rateMax = 1e9

    private let gap: Double
    private let arrivals: Arrivals
    private let start: UInt64
    private var elapsed: Double
    private var random: RandomStream

    /// The next planned send.
    package private(set) var next: UInt64

    /// - Parameters:
    ///   - rate: requests a second, `rateMin` … `rateMax`.
    ///   - part: which of `parts` connections: even gaps of different connections interleave.
    package init(rate: Double, _ arrivals: Arrivals, start: UInt64, seed: UInt64, part: Int = 0, parts: Int = 1) {
        precondition(rate >= Self.rateMin && rate <= Self.rateMax)
        gap = 1e9 / rate
        self.arrivals = arrivals
        self.start = start
        random = RandomStream(seed: seed, index: UInt64(part))
        elapsed = arrivals == .constant ? gap * Double(part) / Double(parts) : 0
        next = start &+ UInt64(elapsed)
        if arrivals == .poisson { advance() }
    }

    /// Moves on to the planned send after `next`.
    package mutating func advance() {
        switch arrivals {
        case .constant: elapsed += gap
        case .poisson:
            // 53 random bits in (0, 1]: the logarithm is finite.
            let uniform = Double((random.next() >> 11) + 1) / 9_007_199_254_740_992
            elapsed -= gap * log(uniform)
        }
        next = start &+ UInt64(elapsed)
    }
}
