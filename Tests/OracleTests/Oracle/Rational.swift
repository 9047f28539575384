/// An exact fraction on 128-bit integers; every operation that would overflow traps.
struct Rational: Equatable, Comparable {
    let numerator: Int128
    /// Always positive; no common divisor with `numerator`.
    let denominator: Int128

    init(_ numerator: Int128, over denominator: Int128 = 1) {
        precondition(denominator != 0, "a fraction over nothing")
        let divisor = Rational.commonDivisor(numerator.magnitude, denominator.magnitude)
        let sign: Int128 = denominator < 0 ? -1 : 1
        self.numerator = sign * numerator / Int128(divisor)
        self.denominator = sign * denominator / Int128(divisor)
    }

    init(fen amount: Int64) { self.init(Int128(amount)) }

    /// `90 %` is `Rational(percent: 90)`.
    init(percent: Int128) { self.init(percent, over: 100) }

    private static func commonDivisor(_ left: UInt128, _ right: UInt128) -> UInt128 {
        var (large, small) = (left, right)
        while small != 0 { (large, small) = (small, large % small) }
        return large == 0 ? 1 : large
    }

    static func + (left: Rational, right: Rational) -> Rational {
        Rational(
            left.numerator * right.denominator + right.numerator * left.denominator,
            over: left.denominator * right.denominator)
    }

    static func - (left: Rational, right: Rational) -> Rational {
        left + Rational(-right.numerator, over: right.denominator)
    }

    static func * (left: Rational, right: Rational) -> Rational {
        Rational(left.numerator * right.numerator, over: left.denominator * right.denominator)
    }

    static func / (left: Rational, right: Rational) -> Rational {
        Rational(left.numerator * right.denominator, over: left.denominator * right.numerator)
    }

    static func < (left: Rational, right: Rational) -> Bool {
        left.numerator * right.denominator < right.numerator * left.denominator
    }

    /// Rule G-3: half up to the fen, floor(x + 1/2). The amounts of the rules are never negative.
    var roundedHalfUp: Int64 {
        precondition(numerator >= 0, "a negative amount of money")
        return Int64((2 * numerator + denominator) / (2 * denominator))
    }
}
