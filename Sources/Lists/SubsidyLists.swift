import Policy
import Population
import Records
import Registry
import Settlement

/// A person whose resident premium of a year was paid for (参保资助, YT-8).
struct SubsidisedPerson: Equatable {
    var person: UInt64
    var area: String
    var identity: Identity
    /// The day to which the identity was looked at: of the payment, else the first one covered.
    var day: CalendarDate
    var premium: Fen
    var subsidised: Fen

    /// What makes it another line of the statement.
    var key: Key { Key(person: person, area: area, identity: identity, subsidised: subsidised) }

    struct Key: Hashable {
        var person: UInt64
        var area: String
        var identity: Identity
        var subsidised: Fen
    }
}

/// The statement of premium subsidies for the finance office (YT-12): persons and yuan by group and area, with who came
/// in and who went out since the last one that was handed over.
///
/// What stood in an earlier statement is what the register knew when it was handed over, so nothing but that time is
/// kept. Who moved to another area or group, or whose amount was corrected, goes out of one line and into another.
package struct SubsidyStatementLists {
    private let scope: ListScope
    private let now: [SubsidisedPerson]
    private let before: [SubsidisedPerson]

    /// - Parameter known: up to when the last statement knew the register; nil: there was none.
    /// - Throws: NO_RULE where the pack pays no premiums.
    package init(_ scope: ListScope, year: Int32, last known: Moment?) throws(DomainRefusal) {
        guard (1900...2999).contains(year) else {
            throw DomainRefusal(.factInvalid, "year", "\(year)", rule: "YT-12", "say the year of the premiums, as 2024")
        }
        let named = try scope.subsidisedIdentities()
        var now: [SubsidisedPerson] = []
        var before: [SubsidisedPerson] = []
        for person in scope.registry.people.persons(everEnrolled: { $0.isSubsidised(in: year) }) {
            let history = scope.registry.people.history(of: person)
            now += scope.subsidised(person, history.standing(at: nil), year, named)
            if let known { before += scope.subsidised(person, history.standing(at: known), year, named) }
        }
        self.scope = scope
        self.now = now
        self.before = before
    }

    // MARK: By person

    package static var personColumns: [TableColumn] {
        TableColumn.area + [
            .person, .identity, TableColumn("paid_on", "缴费日期", .date), TableColumn("premium", "应缴保费", .yuan),
            TableColumn("subsidised", "资助金额", .yuan), TableColumn("change", "变动"),
        ]
    }

    /// Everybody who is in the statement, and who went out since the last one.
    package func persons() -> ListTable {
        let (earlier, present) = (Set(before.map(\.key)), Set(now.map(\.key)))
        var rows = now.map { ($0, earlier.contains($0.key) ? ListCell.empty : .word("in", chinese: "新增")) }
        rows += before.filter { !present.contains($0.key) }.map { ($0, .word("out", chinese: "退出")) }
        var table = scope.table(Self.personColumns)
        for (row, change) in rows.sorted(by: { ($0.0.area, $0.0.person) < ($1.0.area, $1.0.person) }) {
            table.add(
                scope.areaCells(row.area) + [
                    .person(row.person), .identity(row.identity), .day(row.day), .yuan(row.premium),
                    .yuan(row.subsidised), change,
                ])
        }
        return table
    }

    // MARK: By group and area

    package static var summaryColumns: [TableColumn] {
        TableColumn.area + [
            .identity, TableColumn("persons", "人数", .number), TableColumn("subsidised", "资助金额", .yuan),
            TableColumn("came_in", "新增人数", .number), TableColumn("came_in_amount", "新增金额", .yuan),
            TableColumn("went_out", "退出人数", .number), TableColumn("went_out_amount", "退出金额", .yuan),
        ]
    }

    private struct Sum {
        var persons = 0, cameIn = 0, wentOut = 0
        var subsidised: Fen = 0, cameInAmount: Fen = 0, wentOutAmount: Fen = 0
    }

    private struct Line: Hashable {
        var area: String
        var identity: Identity
    }

    package func summary() -> ListTable {
        let (earlier, present) = (Set(before.map(\.key)), Set(now.map(\.key)))
        var sums: [Line: Sum] = [:]
        func line(_ row: SubsidisedPerson) -> Line { Line(area: scope.group(row.area), identity: row.identity) }
        for row in now {
            sums[line(row), default: Sum()].persons += 1
            sums[line(row), default: Sum()].subsidised += row.subsidised
            if earlier.contains(row.key) { continue }
            sums[line(row), default: Sum()].cameIn += 1
            sums[line(row), default: Sum()].cameInAmount += row.subsidised
        }
        for row in before where !present.contains(row.key) {
            sums[line(row), default: Sum()].wentOut += 1
            sums[line(row), default: Sum()].wentOutAmount += row.subsidised
        }
        var table = scope.table(Self.summaryColumns)
        let lines = sums.sorted {
            ($0.key.area, $0.key.identity.rawValue) < ($1.key.area, $1.key.identity.rawValue)
        }
        for (line, sum) in lines {
            table.add(
                scope.areaCells(line.area) + [
                    .identity(line.identity), .count(sum.persons), .yuan(sum.subsidised), .count(sum.cameIn),
                    .yuan(sum.cameInAmount), .count(sum.wentOut), .yuan(sum.wentOutAmount),
                ])
        }
        return table
    }
}

extension PersonEntry {
    /// A resident enrolment that begins in the year, with a premium that was paid for the person.
    fileprivate func isSubsidised(in year: Int32) -> Bool {
        guard case .enrolment(let enrolment) = fact else { return false }
        return enrolment.isSubsidised(in: year)
    }
}

extension Enrolment {
    fileprivate func isSubsidised(in year: Int32) -> Bool {
        insurance == .resident && covered.from.year == year && premiumSubsidised > 0
    }
}

extension [PersonEntry] {
    /// Of a person's history what stood at a moment; nil: what stands now.
    fileprivate func standing(at moment: Moment?) -> [PersonEntry] {
        let known = moment.map { moment in filter { $0.recorded <= moment } } ?? self
        let last = known.last?.number ?? 0
        return known.filter { ($0.supersededBy == 0 || $0.supersededBy > last) && $0.fact != .withdrawn }
    }
}

extension ListScope {
    /// The person's subsidised enrolments of the year that began in the region and area.
    fileprivate func subsidised(
        _ person: UInt64, _ entries: [PersonEntry], _ year: Int32, _ named: [Identity]
    ) -> [SubsidisedPerson] {
        entries.compactMap { entry in
            guard entry.isSubsidised(in: year), case .enrolment(let enrolment) = entry.fact else { return nil }
            guard let basics = entries.basics(on: enrolment.covered.from), basics.region == pack.region,
                registry.areas.contains(area, basics.area)
            else { return nil }
            let day = enrolment.paidOn == .none ? enrolment.covered.from : enrolment.paidOn
            let identity = identity(among: entries, on: day, named)?.identity ?? .none
            return SubsidisedPerson(
                person: person, area: basics.area, identity: identity, day: day, premium: enrolment.premiumDue,
                subsidised: enrolment.premiumSubsidised)
        }
    }
}

extension [PersonEntry] {
    /// Region and area on a day by the entries that stand.
    fileprivate func basics(on day: CalendarDate) -> PersonBasics? {
        var found: PersonBasics?
        for entry in self {
            if case .basics(let basics) = entry.fact, basics.since <= day { found = basics }
        }
        return found
    }
}
