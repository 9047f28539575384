import Policy
import Population
import Records
import Registry
import Settlement

/// The report of appraisals (鉴定情况通报, AH-8), per county and month: what became of the applications for a card.
///
/// An application counts in the month in which it was received, a decision in the month in which it was made, a card of
/// the screening in the month of its issue; delivered are those decided in the month of which everybody was told.
package struct AppraisalReport {
    private struct Line: Hashable {
        var month: Int32
        var area: String
    }

    private struct Sum {
        var received = 0, returned = 0, approved = 0, refused = 0, greenChannel = 0, screened = 0, delivered = 0
        /// From the application to the decision, of each decided in the month.
        var days: [Int] = []
    }

    private struct RefusalLine: Hashable {
        var line: Line
        var step: ApplicationStep
        var reason: String
    }

    private let scope: ListScope
    private var sums: [Line: Sum] = [:]
    private var refusals: [RefusalLine: Int] = [:]

    /// - Parameter months: `CalendarDate.monthIndex` of the months reported on.
    /// - Throws: NO_RULE where the pack has no appraisals.
    package init(_ scope: ListScope, months: ClosedRange<Int32>) throws(DomainRefusal) {
        guard scope.registry.filings.rules(of: scope.pack).hasAppraisal else {
            throw DomainRefusal(
                .noRule, "region", scope.pack.region, rule: "AH-8",
                "the pack has no applications and no monthly appraisal (filing.papers)")
        }
        self.scope = scope
        // Every area has its line in every month, also where nothing happened.
        for month in months { for area in scope.groups { sums[Line(month: month, area: area)] = Sum() } }
        for person in scope.registry.filings.persons.filter(scope.holds) {
            let area = scope.group(scope.area(of: person))
            func line(_ day: CalendarDate) -> Line? {
                day != .none && months.contains(day.monthIndex) ? Line(month: day.monthIndex, area: area) : nil
            }
            for application in scope.registry.filings.applications(of: person) {
                if let line = line(application.received) { sums[line, default: Sum()].received += 1 }
                let decided = application.step == .returned ? application.checked : application.decided
                if application.isDecided, let line = line(decided) { count(application, in: line) }
            }
            for card in scope.registry.filings.cards(of: person) where card.card.way == .screened {
                if let line = line(card.card.since) { sums[line, default: Sum()].screened += 1 }
            }
        }
    }

    private mutating func count(_ application: Application, in line: Line) {
        var sum = sums[line] ?? Sum()
        switch application.step {
        case .returned: sum.returned += 1
        case .approved: sum.approved += 1
        default: sum.refused += 1
        }
        if application.step != .approved {
            refusals[RefusalLine(line: line, step: application.step, reason: application.reason), default: 0] += 1
        }
        if application.step != .returned {
            if application.isGreenChannel { sum.greenChannel += 1 }
            if application.isComplete { sum.delivered += 1 }
            sum.days.append(application.received.days(until: application.decided))
        }
        sums[line] = sum
    }

    // MARK: Figures

    package static var columns: [TableColumn] {
        [TableColumn("month", "月份")] + TableColumn.area + [
            TableColumn("applications", "受理申请", .number), TableColumn("returned", "初审退回", .number),
            TableColumn("approved", "鉴定符合", .number), TableColumn("refused", "鉴定不符合", .number),
            TableColumn("days_average", "平均天数", .decimal), TableColumn("days_most", "最长天数", .number),
            TableColumn("green_channel", "绿色通道", .number), TableColumn("screened", "主动筛查办证", .number),
            TableColumn("delivered", "已送达", .number),
        ]
    }

    /// By month and area.
    package func table() -> ListTable {
        var table = scope.table(Self.columns)
        for (line, sum) in sums.sorted(by: { ($0.key.month, $0.key.area) < ($1.key.month, $1.key.area) }) {
            let days = sum.days.reduce(0, +)
            table.add(
                [.month(line.month)] + scope.areaCells(line.area) + [
                    .count(sum.received), .count(sum.returned), .count(sum.approved), .count(sum.refused),
                    .average(days, of: sum.days.count), sum.days.max().map(ListCell.count) ?? .empty,
                    .count(sum.greenChannel), .count(sum.screened), .count(sum.delivered),
                ])
        }
        return table
    }

    // MARK: Reasons

    package static var refusalColumns: [TableColumn] {
        [TableColumn("month", "月份")] + TableColumn.area + [
            TableColumn("step", "环节"), TableColumn("reason", "原因"), TableColumn("applications", "件数", .number),
        ]
    }

    /// Why applications were given back or refused, by month and area, the commonest reason first.
    package func refusalTable() -> ListTable {
        var table = scope.table(Self.refusalColumns)
        let rows = refusals.sorted { left, right in
            let (one, other) = (left.key, right.key)
            return (one.line.month, one.line.area, other.step.rawValue, right.value, one.reason)
                < (other.line.month, other.line.area, one.step.rawValue, left.value, other.reason)
        }
        for (refusal, count) in rows {
            table.add(
                [.month(refusal.line.month)] + scope.areaCells(refusal.line.area) + [
                    refusal.step == .returned
                        ? .word("returned", chinese: "初审退回") : .word("refused", chinese: "鉴定不符合"),
                    .text(refusal.reason), .count(count),
                ])
        }
        return table
    }
}
