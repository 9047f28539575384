import Policy
import Population
import Records
import Registry
import Settlement
import Text

/// Enrolment of assisted persons (应保尽保, YT-12): who has one of the identities whose premium is paid and no basic
/// insurance for the year, on a day.
package enum UnenrolledList {
    package static var columns: [TableColumn] {
        TableColumn.area + [
            .person, .identity, TableColumn("since", "身份生效日期", .date), TableColumn("last_covered", "上次待遇享受期止", .date),
        ]
    }

    /// By area and person; without insurance is who is covered neither on the day nor later in its year.
    ///
    /// - Throws: NO_RULE where the pack names no identities.
    package static func make(_ scope: ListScope) throws(DomainRefusal) -> ListTable {
        let named = try scope.subsidisedIdentities()
        var rows: [(area: String, person: UInt64, identity: DatedIdentity, last: CalendarDate)] = []
        let rest = DateRange(from: scope.day, until: CalendarDate(year: scope.day.year, month: 12, day: 31))
        for person in scope.persons
        where scope.registry.people.hasIdentity(among: named, person: person, on: scope.day) {
            let entries = scope.registry.people.standing(of: person)
            guard let identity = scope.identity(among: entries, on: scope.day, named) else { continue }
            let covers = entries.compactMap { entry in
                if case .enrolment(let enrolment) = entry.fact { enrolment.covered } else { nil }
            }
            if covers.contains(where: { $0.overlaps(rest) }) { continue }
            let last = covers.map(\.until).filter { $0 != .none && $0 < scope.day }.max() ?? .none
            rows.append((scope.area(of: person), person, identity, last))
        }
        var table = scope.table(columns)
        for row in rows.sorted(by: { ($0.area, $0.person) < ($1.area, $1.person) }) {
            table.add(
                scope.areaCells(row.area) + [
                    .person(row.person), .identity(row.identity.identity), .day(row.identity.countsFrom),
                    .day(row.last),
                ])
        }
        return table
    }
}

extension ListScope {
    /// The identities whose resident premium is paid for them (YT-8).
    func subsidisedIdentities() throws(DomainRefusal) -> [Identity] {
        let names = pack.names("subsidy.resident.identities") ?? []
        guard !names.isEmpty else {
            throw DomainRefusal(
                .noRule, "region", pack.region, rule: "YT-12",
                "the pack names no persons whose premium is paid (subsidy.resident.identities)")
        }
        return names.compactMap { name in Identity.allCases.first { "\($0)".snakeCased == name } }
    }

    /// The highest of the identities `named` that is in force on a day (G-10, G-11); nil: none is.
    func identity(among entries: [PersonEntry], on day: CalendarDate, _ named: [Identity]) -> DatedIdentity? {
        let ranks = pack.calculator.identityRanks
        var best: DatedIdentity?
        for entry in entries {
            guard case .identity(let record) = entry.fact, named.contains(record.dated.identity),
                record.dated.isInForce(on: day)
            else { continue }
            let rank = ranks[Int(record.dated.identity.rawValue)]
            if best.map({ rank > ranks[Int($0.identity.rawValue)] }) ?? true { best = record.dated }
        }
        return best
    }
}

extension DatedIdentity {
    /// The first day on which it counts: of the month after it was given (G-11).
    var countsFrom: CalendarDate {
        given.month < 12
            ? CalendarDate(year: given.year, month: given.month + 1, day: 1)
            : CalendarDate(year: given.year + 1, month: 1, day: 1)
    }
}
