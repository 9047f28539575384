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
        /// By the index of the fund among the list's.
        var funds: [Fen] = []
        var borne: Fen = 0

        /// `indexes`: of the visit's funds; nil: they are in the list's order.
        mutating func add(_ visit: SettledVisit, _ indexes: [Int]?) {
            visits += 1
            if visit.kind == .inpatient { stays += 1 }
            total += visit.total
            inPolicy += visit.inPolicy
            borne += visit.borne
            for (index, part) in visit.funds.enumerated() {
                let column = indexes?[index] ?? index
                while funds.count <= column { funds.append(0) }
                funds[column] += part.paid
            }
        }
    }

    private let scope: ListScope
    private var sums: [UInt64: Sum] = [:]
    /// The present pack's, then those that kept packs have and it has not, in the order in which they appear.
    private var funds: [String]

    /// - Parameter scope: on the month's last day.
    package init(_ scope: ListScope) {
        self.scope = scope
        funds = scope.pack.funds.map(\.id)
    }

    /// The visits that are counted: of those who were registered poor on the day.
    package var visits: VisitQuestion {
        VisitQuestion(days, region: scope.pack.region, figures: .payments) { [scope] person, day in
            scope.registry.people.hasIdentity(.registeredPoor, person: person, on: day) && scope.holds(person)
        }
    }

    /// Days of the claims that are counted: the month of the scope's day.
    private var days: DateRange {
        DateRange(
            from: CalendarDate(year: scope.day.year, month: scope.day.month, day: 1),
            until: CalendarDate(
                year: scope.day.year, month: scope.day.month,
                day: CalendarDate.days(inMonth: scope.day.month, of: scope.day.year)))
    }

    /// Counts one of `visits`.
    package mutating func add(_ visit: SettledVisit) {
        // Nearly every visit has the list's funds in the list's order.
        let isInOrder = visit.funds.count <= funds.count && zip(visit.funds, funds).allSatisfy { $0.fund == $1 }
        let indexes = isInOrder ? nil : visit.funds.map { part in index(ofFund: part.fund) }
        sums[visit.person, default: Sum()].add(visit, indexes)
    }

    private mutating func index(ofFund fund: String) -> Int {
        if let index = funds.firstIndex(of: fund) { return index }
        funds.append(fund)
        return funds.count - 1
    }

    private func columns() -> [TableColumn] {
        let paid =
            scope.pack.funds.map { TableColumn("paid_\($0.id)", $0.label.zh, .yuan) }
            + funds.dropFirst(scope.pack.funds.count).map { TableColumn("paid_\($0)", $0, .yuan) }
        return [TableColumn("month", "月份")] + TableColumn.area + [
            .person, TableColumn("insurance", "参保险种"), TableColumn("covered_until", "待遇享受期止", .date),
            TableColumn("visits", "就诊次数", .number), TableColumn("stays", "其中住院", .number),
            TableColumn("total", "医疗费总额", .yuan), TableColumn("in_policy", "政策范围内", .yuan),
        ] + paid + [TableColumn("fund_total", "基金支付合计", .yuan), TableColumn("borne", "个人负担", .yuan)]
    }

    /// By area and person.
    package func table() -> ListTable {
        let persons = Set(scope.persons(with: .registeredPoor)).union(sums.keys)
        let rows = persons.map { (area: scope.area(of: $0), person: $0) }
            .sorted { ($0.area, $0.person) < ($1.area, $1.person) }
        var table = scope.table(columns())
        // Rows of an area follow each other.
        var cellsOfArea = (area: "", cells: scope.areaCells(""))
        for (area, person) in rows {
            if area != cellsOfArea.area { cellsOfArea = (area, scope.areaCells(area)) }
            let sum = sums[person] ?? Sum()
            let enrolment = scope.registry.people.enrolment(of: person, on: scope.day)
            var cells: [ListCell] = [.month(scope.day.monthIndex)] + cellsOfArea.cells
            cells += [.person(person), .insurance(enrolment), .day(enrolment?.covered.until ?? .none)]
            cells += [.count(sum.visits), .count(sum.stays), .yuan(sum.total), .yuan(sum.inPolicy)]
            cells += funds.indices.map { .yuan($0 < sum.funds.count ? sum.funds[$0] : 0) }
            cells += [.yuan(sum.funds.reduce(0, +)), .yuan(sum.borne)]
            table.add(cells)
        }
        return table
    }
}
