import Population
import Settlement

/// What a year-end run is asked to do. Two runs with the same options over the same input give the same bytes.
package struct YearOptions: Codable, Equatable, Sendable {
    package var year: Int32
    /// Settles every person-year again, not only those that a late fact touches (YE-1).
    package var isAudit = false
    /// False: reports the figures as they are recorded, and settles nothing again.
    package var resettles = true
    /// Surplus of a region's supplementary insurance, in fen: what its second round divides (SY-4).
    package var surplus: [String: Fen] = [:]
    /// Last year's disposable income per head, in fen; nil: nobody is watched (YT-9).
    package var disposableIncome: Fen?
    /// County or township whose persons are watched (G-17); nil: everybody.
    package var watchedArea: String?
    /// The last month that is watched, 1 … 12.
    package var lastMonth: Int32 = 12
    /// Yearly total of an institution by its code, in fen (YE-3).
    package var institutionTotals: [String: Fen] = [:]
    /// First and last day of the campaign for chronic patients (000 附件2, 附件3); nil: those registers are left out.
    package var campaign: Campaign?

    /// Days of 000's campaign.
    package struct Campaign: Codable, Equatable, Sendable {
        /// YYYYMMDD.
        package var from: Int32
        package var until: Int32

        package init(from: CalendarDate, until: CalendarDate) {
            self.from = from.number
            self.until = until.number
        }
    }

    /// Language of the files' header lines; nil: English.
    package var headings: TableHeadings?

    package init(year: Int32) { self.year = year }
}
