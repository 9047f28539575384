import Policy
import Population
import Records
import Registry
import Settlement
import Text

/// A month's list of persons with high cost for one department (YT-9), with its answers to earlier lists.
package struct WatchList {
    private let scope: ListScope
    private let terms: WatchTerms
    private let department: Department
    private let income: Fen
    private var burdens = YearBurdens()

    /// - Parameter scope: on the month's last day.
    /// - Parameter income: last year's disposable income per head, in fen.
    package init(_ scope: ListScope, for department: Department, income: Fen) throws(DomainRefusal) {
        guard let terms = WatchTerms(scope.pack) else {
            throw DomainRefusal(
                .noRule, "region", scope.pack.region, rule: "YT-9",
                "the pack has no watch lists (monitoring.share.others)")
        }
        guard department == .civilAffairs || department == .ruralRevitalisation else {
            throw DomainRefusal(
                .factInvalid, "department", "\(department)".snakeCased, rule: "YT-9",
                "the lists go to civil_affairs 民政 and rural_revitalisation 乡村振兴; say which")
        }
        guard income > 0 else {
            throw DomainRefusal(
                .factMissing, "disposable_income", "\(income)", rule: "YT-9",
                "say last year's disposable income per head")
        }
        self.scope = scope
        self.terms = terms
        self.department = department
        self.income = income
    }

    /// The visits that are counted.
    package var visits: VisitQuestion { VisitQuestion(days, region: scope.pack.region, figures: .burden) }

    /// Days of the claims that are counted: the year up to the month's end.
    private var days: DateRange {
        DateRange(from: CalendarDate(year: scope.day.year, month: 1, day: 1), until: scope.day)
    }

    /// Counts a settled claim that stands.
    package mutating func add(_ visit: SettledVisit) {
        guard days.contains(visit.serviceDate) else { return }
        burdens.add(visit)
    }

    package static var columns: [TableColumn] {
        [TableColumn("month", "月份")] + TableColumn.area + [
            .person, .identity, TableColumn("burden", "个人累计负担", .yuan), TableColumn("first", "本年首次", .number),
            TableColumn("feedback", "部门反馈"), TableColumn("feedback_month", "反馈所对名单月份"),
            TableColumn("feedback_received", "反馈日期", .date), TableColumn("feedback_identity", "纳入类别"),
            TableColumn("feedback_from", "纳入日期", .date), TableColumn("feedback_reason", "未纳入原因"),
        ]
    }

    /// By area and person.
    package func table() -> ListTable {
        var rows: [(area: String, person: UInt64, watched: WatchedMonth)] = []
        burdens.forEach { person, burdens in
            guard terms.mayWatch(burdens.reduce(0, +), income), scope.holds(person) else { return }
            let months = terms.months(
                Array(burdens), of: scope.day.year, through: scope.day.month, above: income,
                given: scope.registry.people.identities(of: person), scope.pack.tables)
            guard let watched = months.last, watched.last == scope.day,
                terms.departments(watched.identity).contains(department)
            else { return }
            rows.append((scope.area(of: person), person, watched))
        }
        var table = scope.table(Self.columns)
        for row in rows.sorted(by: { ($0.area, $0.person) < ($1.area, $1.person) }) {
            let answer = scope.registry.filings.feedback(
                of: row.person, from: department, through: scope.day.monthIndex)
            table.add(
                [.month(scope.day.monthIndex)] + scope.areaCells(row.area) + [
                    .person(row.person), .identity(row.watched.identity), .yuan(row.watched.burden),
                    .count(row.watched.isFirst ? 1 : 0),
                    answer.map {
                        $0.isTakenIn ? .word("taken_in", chinese: "已纳入") : .word("not_taken_in", chinese: "未纳入")
                    } ?? .empty,
                    answer.map { .month($0.month) } ?? .empty, .day(answer?.received ?? .none),
                    .identity(answer?.identity ?? .none), .day(answer?.from ?? .none), .text(answer?.reason ?? ""),
                ])
        }
        return table
    }
}
