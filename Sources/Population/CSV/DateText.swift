import Settlement

/// Days as text: 2023-02-10; 20230210, the platform's form; 2023/2/10, that of spreadsheets of Chinese systems.
package enum DateText {
    /// Why a text is no day.
    package enum Problem: Error, Equatable, Sendable {
        case notADate, doesNotExist

        /// The fault and the remedy.
        package var message: String {
            switch self {
            case .notADate: "not a date; write it as 2023-02-10 or 20230210"
            case .doesNotExist: "the calendar (1900 to 2999) has no such day; correct it"
            }
        }
    }

    /// Parses a day.
    package static func date(_ text: borrowing Span<UInt8>) throws(Problem) -> CalendarDate {
        var number: Int32 = 0
        if text.count == 8, !isSeparator(text[4]) {
            for index in 0..<8 { try add(text[index], to: &number) }
        } else {
            number = try separated(text)
        }
        let date = CalendarDate(number)
        if !date.exists { throw .doesNotExist }
        return date
    }

    /// The same for a string.
    package static func date(_ text: String) throws(Problem) -> CalendarDate {
        let bytes = Array(text.utf8)
        return try date(bytes.span)
    }

    /// Appends `date` as 2023-02-10, and nothing for "no date"; a number that is no date keeps its digits.
    package static func append(_ date: CalendarDate, to bytes: inout [UInt8]) {
        let number = date.number
        if number <= 0 { return }
        var scale: Int32 = 10_000_000
        for position in 0..<8 {
            if position == 4 || position == 6 { bytes.append(UInt8(ascii: "-")) }
            bytes.append(UInt8(ascii: "0") + UInt8(number / scale % 10))
            scale /= 10
        }
    }

    private static func isSeparator(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "-") || byte == UInt8(ascii: "/") }

    /// Four digits, then twice the same separator with one or two digits: the year comes first, so there is no doubt.
    private static func separated(_ text: borrowing Span<UInt8>) throws(Problem) -> Int32 {
        guard (8...10).contains(text.count), isSeparator(text[4]) else { throw .notADate }
        var year: Int32 = 0
        for index in 0..<4 { try add(text[index], to: &year) }
        var parts: (month: Int32, day: Int32) = (0, 0)
        var index = 5
        while index < text.count, text[index] != text[4] {
            if index == 7 { throw .notADate }
            try add(text[index], to: &parts.month)
            index += 1
        }
        guard index > 5, index < text.count, (1...2).contains(text.count - index - 1) else { throw .notADate }
        for position in index + 1..<text.count { try add(text[position], to: &parts.day) }
        return year * 10_000 + parts.month * 100 + parts.day
    }

    private static func add(_ byte: UInt8, to number: inout Int32) throws(Problem) {
        guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { throw .notADate }
        number = number * 10 + Int32(byte - UInt8(ascii: "0"))
    }
}
