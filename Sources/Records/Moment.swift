import Settlement

/// A point in time, in milliseconds since 1970-01-01 UTC. Days are those of China Standard Time (北京时间, UTC+8).
///
/// Public where it is made and compared while settling, because only public functions are inlined into other modules.
public struct Moment: Equatable, Comparable, Hashable, Sendable, BitwiseCopyable {
    private static var millisecondsPerDay: Int64 { 86_400_000 }
    private static var chinaOffset: Int64 { 8 * 3_600_000 }

    public var milliseconds: Int64

    @inlinable public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// Midnight at which `date` begins.
    package init(startOf date: CalendarDate) {
        milliseconds = Moment.days(to: date) * Moment.millisecondsPerDay - Moment.chinaOffset
    }

    @inlinable public static func < (left: Moment, right: Moment) -> Bool { left.milliseconds < right.milliseconds }

    @inlinable public static func == (left: Moment, right: Moment) -> Bool {
        left.milliseconds == right.milliseconds
    }

    /// The day it falls on.
    package var date: CalendarDate {
        let local = milliseconds + Moment.chinaOffset
        let days = local >= 0 ? local / Moment.millisecondsPerDay : (local + 1) / Moment.millisecondsPerDay - 1
        return Moment.date(days: days)
    }

    // Civil calendar by eras of 400 years that begin on 1 March, so that a leap day is a year's last.

    private static func days(to date: CalendarDate) -> Int64 {
        let month = Int64(date.month)
        let year = Int64(date.year) - (month <= 2 ? 1 : 0)
        let era = year / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + Int64(date.day) - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func date(days: Int64) -> CalendarDate {
        let shifted = days + 719_468
        let era = shifted >= 0 ? shifted / 146_097 : (shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        return CalendarDate(
            year: Int32(yearOfEra + era * 400 + (month <= 2 ? 1 : 0)), month: Int32(month), day: Int32(day))
    }
}

/// The source of time; tests use their own.
package protocol LedgerClock: Sendable {
    /// The wall clock's time; it may be set, forwards and back, at any time.
    func now() -> Moment
    /// Milliseconds of a monotonic clock of any origin; nil: none, so jumps are not detected.
    var uptime: Int64? { get }
}

extension LedgerClock {
    package var uptime: Int64? { nil }
}
