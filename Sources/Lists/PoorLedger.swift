import Policy
import Population
import Registry
import Settlement

/// The ledger of the registered poor of a month (贫困人口专项管理台账, SY-10): per person enrolment, visits, benefits by
/// fund and what is borne.
///
/// A month's visits are those with a service date in it; figures have what year's ends booked so far in them.
/// Everybody has a row who is registered poor on the month's last day, or was on the day of a visit of the month.
package struct PoorLedger {
    /// What a person's visits of the month come to; amounts in fen.
    private struct Sum {
        var visits = 0
        var stays = 0
        var total: Fen = 0
        var inPolicy: Fen = 0
        var funds: [String: Fen] = [:]
        var borne: Fen = 0
    }

    private let scope: ListScope
    private var sums: [UInt64: Sum] = [:]
    /// Funds that kept packs have and the present one has not, in the order in which they appear.
    private var formerFunds: [String] = []

    /// - Parameter scope: on the month's last day.
    package init(_ scope: ListScope) { self.scope = scope }

    /// Days of the claims that are counted: the month of the scope's day.
    package var days: DateRange {
        DateRange(
            from: CalendarDate(year: scope.day.year, month: scope.day.month, day: 1),
            until: CalendarDate(
                year: scope.day.year, month: scope.day.month,
                day: CalendarDate.days(inMonth: scope.day.month, of: scope.day.year)))
    }

    /// Whether a person's visits are counted at all.
    package func wants(_ person: UInt64, on day: CalendarDate) -> Bool {
        scope.registry.people.hasIdentity(.registeredPoor, person: person, on: day) && scope.holds(person)
    }

    /// Counts a settled claim that stands.
    package mutating func add(_ visit: SettledVisit) {
        guard days.contains(visit.serviceDate), wants(visit.person, on: visit.serviceDate) else { return }
        var sum = sums[visit.person] ?? Sum()
        sum.visits += 1
        if visit.kind == .inpatient { sum.stays += 1 }
        sum.total += visit.total
        sum.inPolicy += visit.inPolicy
        sum.borne += visit.borne
        for part in visit.funds {
            sum.funds[part.fund, default: 0] += part.paid
            if !presentFunds.contains(part.fund), !formerFunds.contains(part.fund) { formerFunds.append(part.fund) }
        }
        sums[visit.person] = sum
    }

    private var presentFunds: [String] { scope.pack.funds.map(\.id) }

    private func columns() -> [TableColumn] {
        let funds =
            scope.pack.funds.map { TableColumn("paid_\($0.id)", $0.label.zh, .yuan) }
            + formerFunds.map { TableColumn("paid_\($0)", $0, .yuan) }
        return [TableColumn("month", "月份")] + TableColumn.area + [
            .person, TableColumn("insurance", "参保险种"), TableColumn("covered_until", "待遇享受期止", .date),
            TableColumn("visits", "就诊次数", .number), TableColumn("stays", "其中住院", .number),
            TableColumn("total", "医疗费总额", .yuan), TableColumn("in_policy", "政策范围内", .yuan),
        ] + funds + [TableColumn("fund_total", "基金支付合计", .yuan), TableColumn("borne", "个人负担", .yuan)]
    }

    /// By area and person.
    package func table() -> ListTable {
        let funds = presentFunds + formerFunds
        let persons = Set(scope.persons(with: .registeredPoor)).union(sums.keys)
        let rows = persons.map { (area: scope.area(of: $0), person: $0) }
            .sorted { ($0.area, $0.person) < ($1.area, $1.person) }
        var table = scope.table(columns())
        for (area, person) in rows {
            let sum = sums[person] ?? Sum()
            let enrolment = scope.registry.people.enrolment(of: person, on: scope.day)
            var cells: [ListCell] = [.month(scope.day.monthIndex)] + scope.areaCells(area)
            cells += [.person(person), .insurance(enrolment), .day(enrolment?.covered.until ?? .none)]
            cells += [.count(sum.visits), .count(sum.stays), .yuan(sum.total), .yuan(sum.inPolicy)]
            cells += funds.map { .yuan(sum.funds[$0] ?? 0) }
            cells += [.yuan(sum.funds.values.reduce(0, +)), .yuan(sum.borne)]
            table.add(cells)
        }
        return table
    }
}
