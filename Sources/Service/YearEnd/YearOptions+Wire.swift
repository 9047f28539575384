import Population
import Records
import Registry
import Settlement
import WireMessages
import YearEnd

extension YearOptions {
    /// What a `StartYearEndRequest` asks.
    ///
    /// - Throws: the refusal of the field that is wrong.
    init(_ request: Jiesuan__V1__StartYearEndRequest) throws(DomainRefusal) {
        guard (1900...2999).contains(request.year) else {
            throw DomainRefusal(.dateInvalid, "year", "\(request.year)", "not a year of 1900 to 2999; correct it")
        }
        self.init(year: request.year)
        isAudit = request.audit != 0
        guard request.disposable_income >= 0 else {
            throw DomainRefusal(
                .amountOutOfRange, "disposable_income", "\(request.disposable_income)", rule: "G-1", "0 or more fen")
        }
        if request.disposable_income > 0 { disposableIncome = request.disposable_income }
        for index in 0..<request.n_surplus {
            guard let item = request.surplus[index]?.pointee else { continue }
            try Self.add(item.surplus, Self.text(item.region), "surplus[\(index)].region", rule: "SY-4", to: &surplus)
        }
        for index in 0..<request.n_institution_totals {
            guard let item = request.institution_totals[index]?.pointee else { continue }
            guard item.total >= 0 else {
                throw DomainRefusal(
                    .amountOutOfRange, "institution_totals[\(index)].total", "\(item.total)", rule: "YE-3",
                    "0 or more fen")
            }
            try Self.add(
                item.total, Self.text(item.institution), "institution_totals[\(index)].institution", rule: "YE-3",
                to: &institutionTotals)
        }
        if request.campaign_from != 0 || request.campaign_until != 0 {
            let from = try Self.day(request.campaign_from, "campaign_from")
            let until = try Self.day(request.campaign_until, "campaign_until")
            guard from <= until else {
                throw DomainRefusal(
                    .dateInvalid, "campaign_until", "\(request.campaign_until)", rule: "YE-6",
                    "before the campaign's first day; correct one of them")
            }
            campaign = Campaign(from: from, until: until)
        }
        headings = try Self.headings(Self.text(request.headings))
    }

    private static func add(
        _ amount: Fen, _ name: String, _ field: String, rule: String, to amounts: inout [String: Fen]
    ) throws(DomainRefusal) {
        guard !name.isEmpty else { throw DomainRefusal(.factMissing, field, "", rule: rule, "name it") }
        guard amounts.updateValue(amount, forKey: name) == nil else {
            throw DomainRefusal(.factInvalid, field, name, rule: rule, "it is named twice; name it once")
        }
    }

    private static func day(_ number: UInt32, _ field: String) throws(DomainRefusal) -> CalendarDate {
        let date = CalendarDate(Int32(clamping: number))
        guard date.exists else {
            throw DomainRefusal(
                .dateInvalid, field, "\(number)", rule: "YE-6",
                "not a day of the years 1900 to 2999; send it as YYYYMMDD")
        }
        return date
    }

    /// nil: English, as in a run that does not say.
    private static func headings(_ name: String) throws(DomainRefusal) -> TableHeadings? {
        if name.isEmpty { return nil }
        guard let found = TableHeadings(rawValue: name) else {
            let known = TableHeadings.allCases.map(\.rawValue).joined(separator: ", ")
            throw DomainRefusal(.factInvalid, "headings", name, "the languages are \(known)")
        }
        return found == .english ? nil : found
    }

    private static func text(_ pointer: UnsafePointer<CChar>?) -> String { pointer.map { String(cString: $0) } ?? "" }
}
