import Settlement

/// Money, ratios, dates and ids as a pack writes them.
enum Quantity {
    /// "200 元", "4.7万元", "50 万元" → fen; nil: not an amount, or not a whole number of fen.
    static func fen(_ text: String) -> Fen? {
        guard let number = text.dropped(suffix: "元") else { return nil }
        let inTenThousands = number.dropped(suffix: "万")
        return scaled(inTenThousands ?? number, places: inTenThousands == nil ? 2 : 6)
    }

    /// "60 %", "62.5%" → basis points; nil: not a ratio, or not a whole number of basis points.
    static func basisPoints(_ text: String) -> BasisPoints? {
        guard let number = text.dropped(suffix: "%"), let value = scaled(number, places: 2) else { return nil }
        return BasisPoints(exactly: value)
    }

    /// "2024-01-31" → the day; nil: not a date that the calendar has.
    static func date(_ text: String) -> CalendarDate? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].count == 4, parts[1].count == 2, parts[2].count == 2,
            parts.allSatisfy({ $0.utf8.allSatisfy(isDigit) }),
            let year = Int32(parts[0]), let month = Int32(parts[1]), let day = Int32(parts[2])
        else { return nil }
        let date = CalendarDate(year: year, month: month, day: day)
        return date.exists ? date : nil
    }

    /// "CQ-16": letters, a hyphen, a number.
    static func isRuleId(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        return parts.count == 2 && (1...4).contains(parts[0].utf8.count) && (1...3).contains(parts[1].utf8.count)
            && parts[0].utf8.allSatisfy { (65...90).contains($0) } && parts[1].utf8.allSatisfy(isDigit)
    }

    /// "employee.pool.paid", "group_a": small letters, digits, `_` and `.`, beginning with a letter.
    static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, (97...122).contains(first), text.utf8.count <= 64 else { return false }
        return text.utf8.allSatisfy { (97...122).contains($0) || isDigit($0) || $0 == 95 || $0 == 46 }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

    /// A decimal number times 10^places, where that is whole.
    private static func scaled(_ text: some StringProtocol, places: Int) -> Int64? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 1 || parts.count == 2, parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(isDigit) })
        else { return nil }
        let fraction = parts.count == 2 ? String(parts[1]) : ""
        guard fraction.utf8.count <= places else { return nil }
        return Int64(parts[0] + fraction + String(repeating: "0", count: places - fraction.utf8.count))
    }
}

extension StringProtocol {
    /// The text before `suffix`, without the spaces between; nil: it does not end so.
    fileprivate func dropped(suffix: String) -> String? {
        guard hasSuffix(suffix) else { return nil }
        var rest = String(dropLast(suffix.count))
        while rest.hasSuffix(" ") { rest.removeLast() }
        return rest
    }
}
