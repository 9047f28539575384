import Settlement

/// Days as text: 2023-02-10, or 20230210 as the platform writes it.
package enum DateText {
    /// Why a text is no day.
    package enum Problem: Error, Equatable, Sendable {
        case notADate, doesNotExist

        /// What is wrong and what to do.
        package var message: String {
            switch self {
            case .notADate: "not a date; write it as 2023-02-10 or 20230210"
            case .doesNotExist: "the calendar (1900 to 2999) has no such day; correct it"
            }
        }
    }

    /// The day that `text` writes.
    package static func date(_ text: borrowing Span<UInt8>) throws(Problem) -> CalendarDate {
        var number: Int32 = 0
        switch text.count {
        case 8:
            for index in 0..<8 { try add(text[index], to: &number) }
        case 10:
            for index in 0..<10 {
                if index == 4 || index == 7 {
                    if text[index] != UInt8(ascii: "-") { throw .notADate }
                } else {
                    try add(text[index], to: &number)
                }
            }
        default: throw .notADate
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

    private static func add(_ byte: UInt8, to number: inout Int32) throws(Problem) {
        guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { throw .notADate }
        number = number * 10 + Int32(byte - UInt8(ascii: "0"))
    }
}
