/// An amount of money in whole fen (分), rule G-1.
package typealias Fen = Int64

/// A ratio in basis points, 1/10,000, rule G-2.
package typealias BasisPoints = Int32

/// Bounds of amounts. Together they prove that no sum or product of the calculator overflows 64 bits:
/// amount × ratio ≤ 10^16, and an accumulator plus the amounts of one claim stays below 1.1 × 10^15.
package enum AmountLimit {
    /// The largest amount of a claim and of a number in a policy pack: 10^12 fen, rule G-1.
    package static var claimMax: Fen { 1_000_000_000_000 }
    /// The largest amount an accumulator or an account may hold: 10^15 fen, a thousand largest claims.
    package static var accumulatorMax: Fen { 1_000_000_000_000_000 }
    /// 100 % in basis points.
    package static var wholeBasisPoints: BasisPoints { 10_000 }
}

/// `numerator / 10,000`, rounded half up to the fen (rule G-3). `numerator` is 0 … 10^16.
@_noAllocation @_noLocks
@inline(__always)
package func roundedHalfUp(tenThousandths numerator: Int64) -> Fen {
    // Unsigned: dividing a number that may be negative takes three more instructions.
    Int64(bitPattern: (UInt64(bitPattern: numerator) &+ 5_000) / 10_000)
}

/// `amount × part / whole`, exact and rounded half up to the fen; 0 where `whole` is 0 (rules G-3, SY-3).
///
/// All three are 0 … 10^12 and `part ≤ whole`.
@_noAllocation @_noLocks
package func share(of amount: Fen, part: Fen, whole: Fen) -> Fen {
    guard whole > 0 else { return 0 }
    if part == whole { return amount }
    let (product, overflow) = amount.multipliedReportingOverflow(by: part)
    if !overflow, product < Int64.max - whole {
        // floor(x + 1/2) without doubling: the remainder decides.
        let quotient = product / whole
        let remainder = product - quotient * whole
        return quotient + (remainder >= whole - remainder ? 1 : 0)
    }
    let wide = Int128(amount) * Int128(part)
    return Int64((2 * wide + Int128(whole)) / (2 * Int128(whole)))
}
