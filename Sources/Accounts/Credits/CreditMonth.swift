import Records
import Registry
import Settlement

/// A month for which an account is credited (计入月份), in the years 1900 … 2999.
package struct CreditMonth: Equatable, Comparable, Hashable, Sendable, BitwiseCopyable {
    /// Months since January 1900: 0 … 13,199.
    package let index: UInt16

    package static var indexMax: UInt16 { 13_199 }

    /// nil outside the years.
    package init?(index: Int) {
        guard let index = UInt16(exactly: index), index <= CreditMonth.indexMax else { return nil }
        self.index = index
    }

    /// The month YYYYMM (202403); nil: invalid.
    package init?(yearMonth: Int32) {
        guard (1900_01...2999_12).contains(yearMonth), (1...12).contains(yearMonth % 100) else { return nil }
        index = UInt16((yearMonth / 100 - 1900) * 12 + yearMonth % 100 - 1)
    }

    /// The month of `date`.
    package init?(_ date: CalendarDate) { self.init(yearMonth: date.number / 100) }

    /// YYYYMM.
    package var yearMonth: Int32 { (1900 + Int32(index) / 12) * 100 + Int32(index) % 12 + 1 }

    /// Refuses a month that has not begun, because it is credited on its first day (CQ-30, G-16).
    ///
    /// - Throws: `DATE_IN_FUTURE`.
    func check(notAfter today: CalendarDate) throws(DomainRefusal) {
        guard firstDay > today else { return }
        throw DomainRefusal(
            .dateInFuture, "month", description, rule: "G-16",
            "the month begins after today, \(today.description) (China Standard Time); credit it when it has begun")
    }

    /// The day of the credit (CQ-30).
    package var firstDay: CalendarDate { CalendarDate(yearMonth * 100 + 1) }

    package static func < (left: CreditMonth, right: CreditMonth) -> Bool { left.index < right.index }

    /// "2024-03".
    package var description: String {
        let month = yearMonth % 100
        return "\(yearMonth / 100)-\(month < 10 ? "0" : "")\(month)"
    }
}
