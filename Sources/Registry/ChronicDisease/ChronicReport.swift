import Policy
import Records
import Settlement

/// A chronic patient whom an institution reports (慢性病患者登记, 000 三(一), 四), with a card or without.
package struct ChronicReport: Equatable, Sendable {
    /// Number of the institution that reports (上报机构).
    package var institution: UInt32
    /// Code of the disease in the region's table.
    package var disease: String
    package var reported: CalendarDate
    /// Day on which 《致全县慢性病朋友的一封信》 was handed over; `none`: not yet.
    package var letter: CalendarDate
    /// It was reported by mistake.
    package var isWithdrawn: Bool

    package init(
        institution: UInt32, disease: String, reported: CalendarDate, letter: CalendarDate = .none,
        isWithdrawn: Bool = false
    ) {
        self.institution = institution
        self.disease = disease
        self.reported = reported
        self.letter = letter
        self.isWithdrawn = isWithdrawn
    }
}

/// A report as it is asked for: the institution by its code.
package struct ChronicReportRequest: Equatable, Sendable {
    package var institution: String
    package var disease: String
    package var reported: CalendarDate
    package var letter: CalendarDate
    package var isWithdrawn: Bool

    package init(
        institution: String, disease: String, reported: CalendarDate, letter: CalendarDate = .none,
        isWithdrawn: Bool = false
    ) {
        self.institution = institution
        self.disease = disease
        self.reported = reported
        self.letter = letter
        self.isWithdrawn = isWithdrawn
    }
}

extension Registry {
    func report(
        _ request: ChronicReportRequest, of person: UInt64, today: CalendarDate
    ) throws(DomainRefusal) -> [RegistryEvent] {
        let pack = try pack(of: person, on: today)
        guard let institution = institutions.number(ofCode: request.institution) else {
            throw DomainRefusal(
                .institutionUnknown, "report.institution", request.institution, rule: "YE-6",
                "no such institution is registered; register the institution that reports")
        }
        let report = ChronicReport(
            institution: institution, disease: request.disease, reported: request.reported, letter: request.letter,
            isWithdrawn: request.isWithdrawn)
        return try filings.report(report, of: person, pack, today: today).map(RegistryEvent.filing)
    }
}

extension ChronicReport {
    func encode(to writer: inout ByteWriter) {
        writer.number(UInt64(institution))
        writer.text(disease)
        writer.date(reported)
        writer.date(letter)
        writer.flag(isWithdrawn)
    }

    init(from reader: inout ByteReader) throws(DamagedBytes) {
        institution = try reader.number32()
        disease = try reader.text()
        reported = try reader.date()
        letter = try reader.date()
        isWithdrawn = try reader.flag()
    }
}

extension FilingRegister {
    /// What stands of a person: of one institution and disease the report recorded last, the withdrawn ones left out.
    package func chronicReports(of person: UInt64) -> [ChronicReport] {
        var standing: [ChronicReport] = []
        for report in cases[person]?.chronicReports ?? [] {
            standing.removeAll { $0.institution == report.institution && $0.disease == report.disease }
            if !report.isWithdrawn { standing.append(report) }
        }
        return standing
    }

    /// Records a report, in place of what the institution reported before of the person and disease (YE-6).
    package func report(
        _ report: ChronicReport, of person: UInt64, _ pack: PolicyPack, today: CalendarDate
    ) throws(DomainRefusal) -> [FilingEvent] {
        guard pack.disease(code: report.disease) != nil || rules(of: pack).twoDiseases.contains(report.disease) else {
            throw unknownDisease(report.disease, pack)
        }
        try checkPast(report.reported, "report.reported", today)
        if report.letter != .none { try checkPast(report.letter, "report.letter", today) }
        let known = cases[person]?.chronicReports ?? []
        let last = known.last { $0.institution == report.institution && $0.disease == report.disease }
        if last == report { return [] }
        guard last != nil || !report.isWithdrawn else {
            throw DomainRefusal(
                .recordUnknown, "report.withdrawn", report.disease, rule: "YE-6",
                "the institution reported no such disease of the person; nothing is to be withdrawn")
        }
        if known.count >= FilingLimit.recordsMax { throw tooMany("reports", known.count) }
        return [.chronicReport(person: person, report)]
    }
}
