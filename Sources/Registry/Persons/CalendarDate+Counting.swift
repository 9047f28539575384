import Records
import Settlement

/// Days and months counted, for the rules of enrolling.
extension CalendarDate {
    /// The day after.
    package var next: CalendarDate {
        if day < CalendarDate.days(inMonth: month, of: year) { return CalendarDate(number + 1) }
        return firstOfNextMonth
    }

    /// The day before.
    package var previous: CalendarDate {
        if day > 1 { return CalendarDate(number - 1) }
        let (year, month) = month > 1 ? (self.year, self.month - 1) : (self.year - 1, 12)
        return CalendarDate(year: year, month: month, day: CalendarDate.days(inMonth: month, of: year))
    }

    package var firstOfNextMonth: CalendarDate {
        month < 12
            ? CalendarDate(year: year, month: month + 1, day: 1) : CalendarDate(year: year + 1, month: 1, day: 1)
    }

    /// Days from this one to another; negative where that is before it.
    package func days(until other: CalendarDate) -> Int {
        Int((Moment(startOf: other).milliseconds - Moment(startOf: self).milliseconds) / 86_400_000)
    }

    /// The last day of its month.
    package var lastOfMonth: CalendarDate {
        CalendarDate(year: year, month: month, day: CalendarDate.days(inMonth: month, of: year))
    }

    /// The day `months` later; the month's last where it has no such day.
    package func adding(months: Int32) -> CalendarDate {
        let index = monthIndex + months
        let (year, month) = (index / 12, index % 12 + 1)
        return CalendarDate(year: year, month: month, day: min(day, CalendarDate.days(inMonth: month, of: year)))
    }
}

extension DateRange {
    /// True where a day lies in both.
    package func overlaps(_ other: DateRange) -> Bool {
        (until.number == 0 || other.from <= until) && (other.until.number == 0 || from <= other.until)
    }

    /// "2023-01-01 … 2023-12-31"; "…" alone at an end that is open.
    package var description: String {
        let start = from.number == 0 ? "" : from.description + " "
        return start + "…" + (until.number == 0 ? "" : " " + until.description)
    }
}
