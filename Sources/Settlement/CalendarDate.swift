/// A calendar day as the number YYYYMMDD (20240131), which orders as the days do.
package struct CalendarDate: Equatable, Comparable, Hashable, Sendable, BitwiseCopyable {
    /// YYYYMMDD; 0 means "no date".
    package var number: Int32

    @_noAllocation @_noLocks
    @inline(__always)
    package init(_ number: Int32) { self.number = number }

    package init(year: Int32, month: Int32, day: Int32) {
        number = year * 10_000 + month * 100 + day
    }

    package static var none: CalendarDate { CalendarDate(0) }

    package var year: Int32 {
        @_noAllocation @_noLocks get { number / 10_000 }
    }
    package var month: Int32 {
        @_noAllocation @_noLocks get { number / 100 % 100 }
    }
    package var day: Int32 {
        @_noAllocation @_noLocks get { number % 100 }
    }

    /// True for a day that the Gregorian calendar has, in the years 1900 … 2999.
    package var exists: Bool {
        @_noAllocation @_noLocks get {
            guard number >= 1900_01_01, number <= 2999_12_31 else { return false }
            // Unsigned division takes fewer instructions.
            let digits = UInt32(bitPattern: number)
            let month = digits / 100 % 100
            let day = digits % 100
            guard month &- 1 < 12, day >= 1 else { return false }
            return day <= 28 || day <= CalendarDate.days(inMonth: Int32(month), of: year)
        }
    }

    /// The number of months since year 0: dates of the same month have the same index.
    package var monthIndex: Int32 {
        @_noAllocation @_noLocks get { year * 12 + month - 1 }
    }

    /// Whether the month comes after that of `other`; both dates are positive.
    @_noAllocation @_noLocks
    @inline(__always)
    func isInLaterMonth(than other: CalendarDate) -> Bool {
        UInt32(bitPattern: number) / 100 > UInt32(bitPattern: other.number) / 100
    }

    /// Days of `month` (1 … 12) in `year`.
    @_noAllocation @_noLocks
    package static func days(inMonth month: Int32, of year: Int32) -> Int32 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    @_noAllocation @_noLocks
    @inline(__always)
    package static func < (left: CalendarDate, right: CalendarDate) -> Bool { left.number < right.number }

    /// The same day as text: 2024-01-31.
    package var description: String {
        func padded(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return "\(year)-\(padded(month))-\(padded(day))"
    }
}

/// A span of days, both ends included; `none` at an end leaves it open.
package struct DateRange: Equatable, Hashable, Sendable, BitwiseCopyable {
    package var from: CalendarDate
    package var until: CalendarDate

    package init(from: CalendarDate = .none, until: CalendarDate = .none) {
        self.from = from
        self.until = until
    }

    @_noAllocation @_noLocks
    package func contains(_ date: CalendarDate) -> Bool {
        date.number >= from.number && (until.number == 0 || date.number <= until.number)
    }
}
