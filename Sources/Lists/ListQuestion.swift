import Policy
import Population
import Records
import Registry
import Settlement

/// The source of settled claims for lists.
package protocol SettledVisits {
    /// Every settled claim that stands and that is asked for, with the amounts that are; in any order.
    func forEachSettledVisit(_ question: VisitQuestion, _ body: (SettledVisit) -> Void) throws(DomainRefusal)
}

/// A request for a list: its kind, filters and day.
package struct ListQuestion: Equatable, Sendable {
    package var list: OfficeList
    package var region: String
    /// Code of a county or township (G-17); empty: the whole region.
    package var area = ""
    /// Summaries by county instead of township.
    package var byCounty = false
    /// As of; `none`: today.
    package var day = CalendarDate.none
    /// `CalendarDate.monthIndex`; 0: the day's.
    package var month: Int32 = 0
    /// 0: the day's; of appraisals all months of the year, where no month is said.
    package var year: Int32 = 0
    package var campaign = ChronicPatients.Campaign(from: .none, until: .none)
    /// Inspection: from which cost (fen) and how many stays; 0: not asked.
    package var costFrom: Fen = 0
    package var staysFrom: UInt32 = 0
    /// Watch list: for whom, and last year's disposable income per head in fen.
    package var department = Department.unspecified
    package var disposableIncome: Fen = 0
    package var language = TableHeadings.english

    package init(_ list: OfficeList, region: String) {
        self.list = list
        self.region = region
    }
}

extension ListQuestion {
    /// Makes the list from the register and the settled claims.
    ///
    /// - Throws: NO_RULE where the region's pack has no such list, and what the question's values are refused for.
    package func answer(
        _ registry: Registry, _ visits: some SettledVisits, today: CalendarDate
    ) throws(DomainRefusal) -> ListTable {
        try made(registry, visits, today: today).withPersonNos(registry.people, region: region)
    }

    private func made(
        _ registry: Registry, _ visits: some SettledVisits, today: CalendarDate
    ) throws(DomainRefusal) -> ListTable {
        let pack = try registry.pack(region: region)
        if month != 0, !(1900 * 12...2999 * 12 + 11).contains(month) {
            throw DomainRefusal(.factInvalid, "month", monthText(month), "say the month, as 202403")
        }
        if year != 0, !(1900...2999).contains(year) {
            throw DomainRefusal(.factInvalid, "year", "\(year)", "say the year, as 2024")
        }
        let day = day == .none ? today : day
        let month = month == 0 ? day.monthIndex : month
        func scope(_ day: CalendarDate) throws(DomainRefusal) -> ListScope {
            try ListScope(registry, pack, area: area, on: day, byCounty: byCounty, language: language)
        }
        switch list {
        case .watch:
            var list = try WatchList(
                try scope(monthEnd(month)), for: department, income: disposableIncome)
            try visits.forEachSettledVisit(list.visits) { list.add($0) }
            return list.table()
        case .chronicLedger:
            let scope = try scope(day)
            var ledger = ChronicLedger(registry.filings, belongs: scope.holds)
            try visits.forEachSettledVisit(ChronicLedger.visits(of: region, until: day)) { ledger.add($0) }
            return ChronicLedgerList.make(scope, ledger)
        case .contracts: return ContractRegister.make(try scope(day))
        case .contractProgress: return try ContractProgress.make(try scope(day))
        case .problems: return ProblemLedger.make(try scope(day))
        case .inspection:
            var inspection = try Inspection(
                costFrom: costFrom == 0 ? .max : costFrom, staysFrom: staysFrom == 0 ? .max : Int(staysFrom),
                until: day, pack)
            try visits.forEachSettledVisit(VisitQuestion(inspection.stretch, region: region)) { inspection.add($0) }
            return InspectionList.make(try scope(day), inspection)
        case .unenrolled: return try UnenrolledList.make(try scope(day))
        case .subsidies: return try statement(try scope(day)).summary()
        case .subsidisedPersons: return try statement(try scope(day)).persons()
        case .feedback: return FeedbackList.make(try scope(day))
        case .poorLedger:
            var ledger = PoorLedger(try scope(monthEnd(month)))
            try visits.forEachSettledVisit(ledger.visits) { ledger.add($0) }
            return ledger.table()
        case .poorResults:
            var results = try PoorResults(try scope(day))
            try visits.forEachSettledVisit(results.visits) { results.add($0) }
            return results.table()
        case .appraisals: return try appraisals(try scope(day), month).table()
        case .appraisalRefusals: return try appraisals(try scope(day), month).refusalTable()
        case .chronicPatients: return try ChronicPatients(try scope(campaignEnd()), campaign).table()
        case .chronicSummary: return try ChronicPatients(try scope(campaignEnd()), campaign).summary()
        case .chronicReports: return ChronicReportList.make(try scope(day))
        }
    }

    private func monthEnd(_ month: Int32) -> CalendarDate {
        CalendarDate(year: month / 12, month: month % 12 + 1, day: 1).lastOfMonth
    }

    private func campaignEnd() throws(DomainRefusal) -> CalendarDate {
        if campaign.until.exists { return campaign.until }
        throw DomainRefusal(
            .factMissing, "campaign_until", "\(campaign.until.number)", rule: "YE-6",
            "say the first and the last day of the campaign")
    }

    private func statement(_ scope: ListScope) throws(DomainRefusal) -> SubsidyStatementLists {
        let year = year == 0 ? scope.day.year : year
        let last = scope.registry.filings.statements(of: region, year).last?.recorded
        return try SubsidyStatementLists(scope, year: year, last: last)
    }

    private func appraisals(_ scope: ListScope, _ month: Int32) throws(DomainRefusal) -> AppraisalReport {
        let isYear = year != 0 && self.month == 0
        return try AppraisalReport(scope, months: isYear ? year * 12...year * 12 + 11 : month...month)
    }
}
