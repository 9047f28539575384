/// The header field `grpc-timeout`: up to eight digits and a unit.
package enum GRPCTimeout {
    /// The time in milliseconds, rounded up; nil: it is none.
    package static func milliseconds(_ text: UnsafeRawBufferPointer) -> Int32? {
        guard text.count >= 2, text.count <= 9 else { return nil }
        var value: Int64 = 0
        for digit in text.dropLast() {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            value = value * 10 + Int64(digit - UInt8(ascii: "0"))
        }
        let milliseconds: Int64
        switch text[text.count - 1] {
        case UInt8(ascii: "H"): milliseconds = value * 3_600_000
        case UInt8(ascii: "M"): milliseconds = value * 60_000
        case UInt8(ascii: "S"): milliseconds = value * 1_000
        case UInt8(ascii: "m"): milliseconds = value
        case UInt8(ascii: "u"): milliseconds = (value + 999) / 1_000
        case UInt8(ascii: "n"): milliseconds = (value + 999_999) / 1_000_000
        default: return nil
        }
        return Int32(min(milliseconds, Int64(Limits.timeoutMillisecondsMax)))
    }
}
