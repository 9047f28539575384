import Policy
import Population
import Registry
import Settlement

/// What departments answered to the watch lists (YT-9), in the columns in which answers are imported.
package enum FeedbackList {
    package static var columns: [TableColumn] {
        [
            .person, TableColumn("department", "部门"), TableColumn("month", "名单月份"),
            TableColumn("received", "反馈日期", .date), TableColumn("taken_in", "是否纳入"), .identity,
            TableColumn("from", "纳入日期", .date), TableColumn("reason", "未纳入原因"),
        ]
    }

    /// What stands, by person, month and department.
    package static func make(_ scope: ListScope) -> ListTable {
        var table = scope.table(columns)
        for person in scope.registry.filings.persons.filter(scope.holds).sorted() {
            for feedback in scope.registry.filings.feedback(of: person).standing {
                table.add([
                    .person(person), .department(feedback.department), .month(feedback.month), .day(feedback.received),
                    .flag(feedback.isTakenIn), .identity(feedback.identity), .day(feedback.from),
                    .text(feedback.reason),
                ])
            }
        }
        return table
    }
}

extension [DepartmentFeedback] {
    /// Of each department and month what was recorded last, by month and department.
    fileprivate var standing: [DepartmentFeedback] {
        indices.filter { index in
            !self[(index + 1)...].contains {
                $0.department == self[index].department && $0.month == self[index].month
            }
        }.map { self[$0] }.sorted { ($0.month, $0.department.rawValue) < ($1.month, $1.department.rawValue) }
    }
}
