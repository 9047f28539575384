import Settlement

/// Amounts of money as text: yuan (元) with up to two decimals; further decimals may be zeros only, as databases write
/// them (1234.5000), and the whole yuan may be missing (.50).
package enum YuanText {
    /// Digits before the point: 10^13 yuan is 10^15 fen, more than any account or claim may hold (rule G-1).
    package static var wholeDigitsMax: Int { 13 }

    /// Why a text is no amount.
    package enum Problem: Error, Equatable, Sendable {
        case empty, notANumber, moreThanTwoDecimals, tooLarge

        /// The fault and the remedy.
        package var message: String {
            switch self {
            case .empty: "no amount is given; write 0.00 where there is none"
            case .notANumber: "not an amount; write yuan with a point and two decimals, without separators: 1234.50"
            case .moreThanTwoDecimals: "parts of a fen cannot be paid; round to two decimals where the bill is made"
            case .tooLarge: "too large for an amount; the limit is 10000000000.00 yuan"
            }
        }
    }

    /// Parses an amount in yuan to fen, exactly; a negative one is read, for the calculator to refuse.
    package static func fen(_ text: borrowing Span<UInt8>) throws(Problem) -> Fen {
        var index = 0
        let isNegative = !text.isEmpty && text[0] == UInt8(ascii: "-")
        if isNegative { index = 1 }
        if index == text.count {
            if isNegative { throw .notANumber }
            throw .empty
        }
        var whole: Int64 = 0
        let first = index
        while index < text.count, let digit = digit(text[index]) {
            if index - first >= wholeDigitsMax { throw .tooLarge }
            whole = whole * 10 + digit
            index += 1
        }
        if index == first, index == text.count || text[index] != UInt8(ascii: ".") { throw .notANumber }
        var fraction: Int64 = 0
        if index < text.count {
            guard text[index] == UInt8(ascii: "."), index + 1 < text.count else { throw .notANumber }
            let decimals = text.count - index - 1
            var hasPartOfFen = false
            for position in index + 1..<text.count {
                guard let digit = digit(text[position]) else { throw .notANumber }
                if position <= index + 2 { fraction = fraction * 10 + digit } else if digit != 0 { hasPartOfFen = true }
            }
            if hasPartOfFen { throw .moreThanTwoDecimals }
            if decimals == 1 { fraction *= 10 }
        }
        let fen = whole * 100 + fraction
        return isNegative ? -fen : fen
    }

    /// The same for a string.
    package static func fen(_ text: String) throws(Problem) -> Fen {
        let bytes = Array(text.utf8)
        return try fen(bytes.span)
    }

    /// Appends `amount` in yuan with two decimals and no separators: 1234.50.
    package static func append(_ amount: Fen, to bytes: inout [UInt8]) {
        if amount < 0 { bytes.append(UInt8(ascii: "-")) }
        let magnitude = amount.magnitude
        Decimal.append(magnitude / 100, to: &bytes)
        let fraction = UInt8(magnitude % 100)
        bytes.append(UInt8(ascii: "."))
        bytes.append(UInt8(ascii: "0") + fraction / 10)
        bytes.append(UInt8(ascii: "0") + fraction % 10)
    }

    /// The same as a text.
    package static func text(_ amount: Fen) -> String {
        var bytes: [UInt8] = []
        append(amount, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> Int64? {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") ? Int64(byte - UInt8(ascii: "0")) : nil
    }
}

/// Whole numbers as text.
package enum Decimal {
    /// Appends the digits of `number`.
    package static func append(_ number: UInt64, to bytes: inout [UInt8]) {
        if number < 10 {
            bytes.append(UInt8(ascii: "0") + UInt8(number))
            return
        }
        let start = bytes.count
        var rest = number
        while rest > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        }
        bytes[start...].reverse()
    }

    /// Parses a number in digits; nil: not a number, or above 2^64 − 1.
    package static func number(_ text: borrowing Span<UInt8>) -> UInt64? {
        if text.isEmpty { return nil }
        var number: UInt64 = 0
        for index in text.indices {
            let byte = text[index]
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            let (product, overflow) = number.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(UInt64(byte - UInt8(ascii: "0")))
            if overflow || carry { return nil }
            number = sum
        }
        return number
    }
}
