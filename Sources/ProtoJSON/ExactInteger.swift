/// A whole number as JSON writes it, exactly: 120, 1.20e2 and 120.0 are the same, 2^63 does not become a neighbour.
struct ExactInteger {
    private(set) var isNegative = false
    private(set) var magnitude: UInt64 = 0

    /// - Parameter text: a number of JSON's grammar. nil where it is not whole, or larger than 64 bits.
    init?(_ text: some BidirectionalCollection<UInt8>) {
        var rest = text[...]
        if rest.first == UInt8(ascii: "-") {
            isNegative = true
            rest = rest.dropFirst()
        }
        let mantissa = rest.prefix { $0 | 0x20 != UInt8(ascii: "e") }
        guard let exponent = Self.exponent(rest[mantissa.endIndex...].dropFirst()) else { return nil }
        let point = mantissa.firstIndex(of: UInt8(ascii: ".")) ?? mantissa.endIndex
        let fraction = mantissa[point...].dropFirst()
        let digits = Array(mantissa[..<point]) + fraction
        // The value is `digits` with so many zeros more, or so many digits less.
        let shift = exponent - fraction.count
        let kept = shift < 0 ? max(0, digits.count + shift) : digits.count
        guard digits[kept...].allSatisfy({ $0 == UInt8(ascii: "0") }) else { return nil }
        for digit in digits[..<kept] { guard append(UInt64(digit - UInt8(ascii: "0"))) else { return nil } }
        // 0 stays 0 with any exponent; anything else is past 64 bits after 20 more digits.
        for _ in 0..<min(max(0, shift), 20) { guard append(0) else { return nil } }
        if magnitude > 0, shift > 20 { return nil }
    }

    private mutating func append(_ digit: UInt64) -> Bool {
        let (tens, isTooLarge) = magnitude.multipliedReportingOverflow(by: 10)
        let (sum, isFull) = tens.addingReportingOverflow(digit)
        magnitude = sum
        return !isTooLarge && !isFull
    }

    /// Bounded: no text is long enough for a larger one to matter.
    private static func exponent(_ text: some BidirectionalCollection<UInt8>) -> Int? {
        guard !text.isEmpty else { return 0 }
        let digits = text.drop { !JSONReader.isDigit($0) }
        let value = digits.reduce(0) { min($0 * 10 + Int($1 - UInt8(ascii: "0")), 1_000_000_000) }
        return text.first == UInt8(ascii: "-") ? -value : value
    }

    /// nil where it is out of the type's range.
    func value<Integer: FixedWidthInteger>(_ type: Integer.Type) -> Integer? {
        guard isNegative else { return Integer(exactly: magnitude) }
        guard magnitude > 0 else { return 0 }
        // -2^63 has a magnitude that Int64 has not.
        guard magnitude <= 1 << 63 else { return nil }
        return Integer(exactly: Int64(truncatingIfNeeded: 0 &- magnitude))
    }
}
