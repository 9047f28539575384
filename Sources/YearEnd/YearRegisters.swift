import Policy
import Population
import Registry
import Settlement

/// The registers that a spreadsheet opens (YE-6): 000's annexes 2 and 3, 002's annex 2. The columns of 000's are ours,
/// named so (I-33).
struct YearRegisters {
    private let registry: Registry
    private let options: YearOptions
    private let folder: RunFolder

    init(_ registry: Registry, _ options: YearOptions, _ folder: RunFolder) {
        self.registry = registry
        self.options = options
        self.folder = folder
    }

    func write(_ result: inout YearResult) throws {
        for pack in registry.library.packs {
            // The annexes belong to the documents that ask for them.
            if pack.documents["000"] != nil, let campaign = options.campaign {
                try writeChronic(pack, campaign, &result)
            }
            if pack.documents["002"] != nil { try writeProblems(pack, &result) }
        }
    }

    private var newYearsEve: CalendarDate { CalendarDate(year: options.year, month: 12, day: 31) }

    private func belongs(_ person: UInt64, _ pack: PolicyPack) -> Bool {
        registry.people.basics(of: person, on: newYearsEve)?.region == pack.region
    }

    // MARK: 002 附件2

    private func writeProblems(_ pack: PolicyPack, _ result: inout YearResult) throws {
        let text = registry.filings.problemLedger { belongs($0, pack) }
        let name = "problems-\(pack.region).csv"
        let rows = text.utf8.reduce(0) { $1 == UInt8(ascii: "\n") ? $0 + 1 : $0 } - 1
        try FileBytes.write(folder.file(name), [0xEF, 0xBB, 0xBF] + Array(text.utf8))
        result.registers.problemRows += rows
        result.files.append(FileResult(name: name, rows: rows))
    }

    // MARK: 000 附件2, 附件3

    private struct Enrolled {
        var isInsured = false
        var isEmployee = false
        var isUpperTier = false
    }

    private struct Summary {
        var persons = 0
        var before = Counts()
        var after = Counts()
        var bought = 0
        struct Counts {
            var insured = 0, employee = 0, lowerTier = 0, upperTier = 0
            mutating func add(_ enrolled: Enrolled) {
                guard enrolled.isInsured else { return }
                insured += 1
                employee += enrolled.isEmployee ? 1 : 0
                upperTier += !enrolled.isEmployee && enrolled.isUpperTier ? 1 : 0
                lowerTier += !enrolled.isEmployee && !enrolled.isUpperTier ? 1 : 0
            }
        }
    }

    private func writeChronic(
        _ pack: PolicyPack, _ campaign: YearOptions.Campaign, _ result: inout YearResult
    ) throws {
        let from = CalendarDate(campaign.from)
        // What was arranged in the campaign holds from the day after it.
        let after = CalendarDate(campaign.until).dayAfter
        var summaries: [UInt32: Summary] = [:]
        let writer = try RunWriter(folder.file("chronic-\(pack.region).csv"))
        CSVFile.begin(
            ["序号", "人员编号", "病种", "上报机构", "宣传前参保", "宣传后参保", "宣传期间新参保", "宣传期间购买补充保险"], writer)
        var number = 0
        for person in registry.people.numbers.sorted() where belongs(person, pack) {
            let filed = registry.filings.qualifications(of: person).filter {
                $0.isCurrent && $0.qualification.inForce.contains(CalendarDate(campaign.until))
            }
            guard let first = filed.first else { continue }
            number += 1
            let (before, beforeText) = enrolled(person, on: from)
            let (later, laterText) = enrolled(person, on: after)
            let bought = hasBought(person, DateRange(from: from, until: CalendarDate(campaign.until)))
            var row = CSVLine()
            row.add(number: number)
            row.add(person: person)
            row.add(filed.map(\.qualification.disease).joined(separator: ";"))
            row.add(registry.institutions[first.qualification.institution]?.code ?? "")
            row.add(beforeText)
            row.add(laterText)
            row.add(!before.isInsured && later.isInsured ? "是" : "否")
            row.add(bought ? "是" : "否")
            row.end(to: writer)
            try writer.flushIfFull()
            var summary = summaries[first.qualification.institution] ?? Summary()
            summary.persons += 1
            summary.before.add(before)
            summary.after.add(later)
            if bought { summary.bought += 1 }
            summaries[first.qualification.institution] = summary
        }
        try writer.finish()
        result.registers.chronicPersons += number
        result.files.append(FileResult(name: "chronic-\(pack.region).csv", rows: number))
        try writeSummary(pack, summaries, &result)
    }

    private func writeSummary(
        _ pack: PolicyPack, _ summaries: [UInt32: Summary], _ result: inout YearResult
    ) throws {
        let name = "chronic-summary-\(pack.region).csv"
        let writer = try RunWriter(folder.file(name))
        CSVFile.begin(
            [
                "上报机构", "慢性病患者人数", "宣传前参保人数", "宣传前职工", "宣传前居民一档", "宣传前居民二档", "宣传后参保人数", "宣传后职工",
                "宣传后居民一档", "宣传后居民二档", "购买补充保险人数",
            ], writer)
        let rows = summaries.map { (registry.institutions[$0.key]?.code ?? "", $0.value) }.sorted { $0.0 < $1.0 }
        for (code, summary) in rows {
            var row = CSVLine()
            row.add(code)
            row.add(number: summary.persons)
            for counts in [summary.before, summary.after] {
                row.add(number: counts.insured)
                row.add(number: counts.employee)
                row.add(number: counts.lowerTier)
                row.add(number: counts.upperTier)
            }
            row.add(number: summary.bought)
            row.end(to: writer)
        }
        try writer.finish()
        result.registers.chronicInstitutions += rows.count
        result.files.append(FileResult(name: name, rows: rows.count))
    }

    private func enrolled(_ person: UInt64, on day: CalendarDate) -> (Enrolled, String) {
        guard let enrolment = registry.people.enrolment(of: person, on: day) else { return (Enrolled(), "未参保") }
        let isEmployee = enrolment.insurance == .employee
        let tier =
            switch enrolment.membership {
            case .employer: "单位"
            case .tier1: "一档"
            case .tier2: "二档"
            case .unspecified: ""
            }
        return (
            Enrolled(isInsured: true, isEmployee: isEmployee, isUpperTier: enrolment.membership == .tier2),
            (isEmployee ? "职工" : "居民") + tier
        )
    }

    private func hasBought(_ person: UInt64, _ days: DateRange) -> Bool {
        registry.people.standing(of: person).contains { entry in
            guard case .purchase(let purchase) = entry.fact else { return false }
            return days.contains(purchase.boughtOn)
        }
    }
}

extension CalendarDate {
    /// The day after.
    fileprivate var dayAfter: CalendarDate {
        if day < CalendarDate.days(inMonth: month, of: year) { return CalendarDate(number + 1) }
        return month < 12
            ? CalendarDate(year: year, month: month + 1, day: 1) : CalendarDate(year: year + 1, month: 1, day: 1)
    }
}
