import Policy
import Population
import Records
import Registry
import Settlement

/// Chronic patients and their insurance before and after a campaign (000 附件2, 附件3, YE-6): everybody whom an
/// institution reports, with a card or without, and everybody who has one. The columns are ours (I-33).
package struct ChronicPatients {
    /// First and last day of the campaign (政策宣传期间).
    package struct Campaign: Equatable, Sendable {
        package var from: CalendarDate
        package var until: CalendarDate

        package init(from: CalendarDate, until: CalendarDate) {
            self.from = from
            self.until = until
        }
    }

    /// A person as one institution reports it; of a person whom nobody reports, as the institution that certified.
    private struct Row {
        var person: UInt64
        var area: String
        /// Number; 0: none is known.
        var institution: UInt32
        var diseases: [String]
        var reported: CalendarDate
        var letter: CalendarDate
        var hasCard: Bool
        var before: Enrolment?
        var after: Enrolment?
        var hasBought: Bool
    }

    private let scope: ListScope
    private var rows: [Row] = []

    /// - Parameter scope: on the campaign's last day.
    package init(_ scope: ListScope, _ campaign: Campaign) throws(DomainRefusal) {
        guard campaign.from.exists, campaign.until.exists, campaign.from <= campaign.until else {
            throw DomainRefusal(
                .dateInvalid, "campaign_until", campaign.until.description, rule: "YE-6",
                "say the first and the last day of the campaign, the first one first")
        }
        self.scope = scope
        let people = scope.registry.people
        let days = DateRange(from: campaign.from, until: campaign.until)
        for person in scope.registry.filings.persons.filter(scope.holds).sorted() {
            let found = institutions(person, by: campaign.until)
            if found.isEmpty { continue }
            let cards = cards(person, on: campaign.until)
            let before = people.enrolment(of: person, on: campaign.from)
            // What was arranged in the campaign holds from the day after it.
            let after = people.enrolment(of: person, on: campaign.until.next)
            let hasBought = people.standing(of: person).contains { entry in
                if case .purchase(let purchase) = entry.fact { days.contains(purchase.boughtOn) } else { false }
            }
            for report in found {
                rows.append(
                    Row(
                        person: person, area: scope.area(of: person), institution: report.institution,
                        diseases: report.diseases, reported: report.reported, letter: report.letter,
                        hasCard: !cards.isEmpty && Set(report.diseases).isSubset(of: cards), before: before,
                        after: after, hasBought: hasBought))
            }
        }
    }

    /// Codes of the diseases that are on file for a person.
    private func cards(_ person: UInt64, on day: CalendarDate) -> Set<String> {
        Set(
            scope.registry.filings.qualifications(of: person)
                .filter { $0.isCurrent && $0.qualification.inForce.contains(day) }.map(\.qualification.disease))
    }

    /// What each institution reports of a person; who is not reported is with the institution that certified the first
    /// disease on file.
    private func institutions(
        _ person: UInt64, by day: CalendarDate
    ) -> [(institution: UInt32, diseases: [String], reported: CalendarDate, letter: CalendarDate)] {
        let reports = scope.registry.filings.chronicReports(of: person).filter { $0.reported <= day }
        var found: [(institution: UInt32, diseases: [String], reported: CalendarDate, letter: CalendarDate)] = []
        for report in reports {
            guard let index = found.firstIndex(where: { $0.institution == report.institution }) else {
                found.append((report.institution, [report.disease], report.reported, report.letter))
                continue
            }
            found[index].diseases.append(report.disease)
            found[index].reported = min(found[index].reported, report.reported)
            if found[index].letter == .none { found[index].letter = report.letter }
        }
        if !found.isEmpty { return found }
        let filed = scope.registry.filings.qualifications(of: person)
            .filter { $0.isCurrent && $0.qualification.inForce.contains(day) }.map(\.qualification)
        guard let first = filed.first else { return [] }
        return [(first.institution, filed.map(\.disease), .none, .none)]
    }

    package var personCount: Int { Set(rows.map(\.person)).count }
    /// Institutions that report somebody.
    package var institutionCount: Int { Set(rows.map(\.institution)).count }

    // MARK: 附件2

    package static var columns: [TableColumn] {
        [TableColumn("number", "序号", .number), .person] + TableColumn.area + [
            TableColumn("diseases", "病种编码"), TableColumn("disease_names", "病种"),
            TableColumn("institution", "上报机构编号", .id), TableColumn("institution_name", "上报机构"),
            TableColumn("reported", "上报日期", .date), TableColumn("has_card", "已办特慢病卡"),
            TableColumn("letter", "《一封信》送达日期", .date), TableColumn("insured_before", "宣传前参保"),
            TableColumn("insured_after", "宣传后参保"), TableColumn("newly_insured", "宣传期间新参保"),
            TableColumn("bought", "宣传期间购买补充保险"),
        ]
    }

    /// A row for each person and reporting institution, by area, institution and person.
    package func table() -> ListTable {
        var table = scope.table(Self.columns)
        let ordered = rows.sorted { ($0.area, $0.institution, $0.person) < ($1.area, $1.institution, $1.person) }
        for (index, row) in ordered.enumerated() {
            var cells: [ListCell] = [.count(index + 1), .person(row.person)] + scope.areaCells(row.area)
            cells += [.text(row.diseases.joined(separator: ";")), names(row.diseases)]
            cells += scope.institutionCells(row.institution)
            cells += [.day(row.reported), .flag(row.hasCard), .day(row.letter)]
            cells += [.enrolled(row.before), .enrolled(row.after)]
            cells += [.flag(row.before == nil && row.after != nil), .flag(row.hasBought)]
            table.add(cells)
        }
        return table
    }

    private func names(_ codes: [String]) -> ListCell {
        let labels = codes.compactMap(scope.diseaseLabel)
        return .word(
            labels.map(\.en).joined(separator: "; "), chinese: labels.map(\.zh).joined(separator: "、"))
    }

    // MARK: 附件3

    package static var summaryColumns: [TableColumn] {
        func counts(_ name: String, _ chinese: String) -> [TableColumn] {
            [
                TableColumn("\(name)_insured", "\(chinese)参保人数", .number),
                TableColumn("\(name)_employee", "\(chinese)职工", .number),
                TableColumn("\(name)_tier1", "\(chinese)居民一档", .number),
                TableColumn("\(name)_tier2", "\(chinese)居民二档", .number),
            ]
        }
        return TableColumn.area + [
            TableColumn("institution", "上报机构编号", .id), TableColumn("institution_name", "上报机构"),
            TableColumn("persons", "慢性病患者人数", .number), TableColumn("without_card", "未办特慢病卡人数", .number),
            TableColumn("letters", "已送达《一封信》人数", .number),
        ] + counts("before", "宣传前") + counts("after", "宣传后") + [TableColumn("bought", "购买补充保险人数", .number)]
    }

    private struct Sum {
        var persons = 0, withoutCard = 0, letters = 0, bought = 0
        var before = Insured(), after = Insured()
    }

    private struct Insured {
        var all = 0, employees = 0, lowerTier = 0, upperTier = 0

        mutating func add(_ enrolment: Enrolment?) {
            guard let enrolment else { return }
            all += 1
            if enrolment.insurance == .employee {
                employees += 1
            } else if enrolment.membership == .tier2 {
                upperTier += 1
            } else {
                lowerTier += 1
            }
        }

        var cells: [ListCell] { [.count(all), .count(employees), .count(lowerTier), .count(upperTier)] }
    }

    private struct Unit: Hashable {
        var area: String
        var institution: UInt32
    }

    /// By the area and the institution that reports; a person whom two report counts with both.
    package func summary() -> ListTable {
        var sums: [Unit: Sum] = [:]
        for row in rows {
            let unit = Unit(area: scope.group(row.area), institution: row.institution)
            var sum = sums[unit] ?? Sum()
            sum.persons += 1
            if !row.hasCard { sum.withoutCard += 1 }
            if row.letter != .none { sum.letters += 1 }
            sum.before.add(row.before)
            sum.after.add(row.after)
            if row.hasBought { sum.bought += 1 }
            sums[unit] = sum
        }
        var table = scope.table(Self.summaryColumns)
        for (unit, sum) in sums.sorted(by: { ($0.key.area, $0.key.institution) < ($1.key.area, $1.key.institution) }) {
            var cells = scope.areaCells(unit.area) + scope.institutionCells(unit.institution)
            cells += [.count(sum.persons), .count(sum.withoutCard), .count(sum.letters)]
            cells += sum.before.cells + sum.after.cells + [.count(sum.bought)]
            table.add(cells)
        }
        return table
    }
}

/// What institutions report of chronic patients, in the columns in which reports are imported (YE-6).
package enum ChronicReportList {
    package static var columns: [TableColumn] {
        [
            .person, TableColumn("institution", "机构编号", .id), TableColumn("disease", "病种编码"),
            TableColumn("reported", "上报日期", .date), TableColumn("letter", "送达日期", .date),
            TableColumn("withdrawn", "撤销"),
        ]
    }

    /// What stands, by person.
    package static func make(_ scope: ListScope) -> ListTable {
        var table = scope.table(columns)
        for person in scope.registry.filings.persons.filter(scope.holds).sorted() {
            for report in scope.registry.filings.chronicReports(of: person) {
                table.add([
                    .person(person), .code(scope.registry.institutions[report.institution]?.code ?? ""),
                    .text(report.disease), .day(report.reported), .day(report.letter), .flag(false),
                ])
            }
        }
        return table
    }
}
