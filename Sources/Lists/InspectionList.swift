import Population
import Registry
import Settlement

/// Registered-poor persons with high cost or repeated stays in the pack's stretch of time (重点排查, SY-8).
package enum InspectionList {
    package static var columns: [TableColumn] {
        [.person] + TableColumn.area + [
            TableColumn("total", "两年医疗费总额", .yuan), TableColumn("stays", "住院次数", .number),
            TableColumn("high_cost", "费用较高"), TableColumn("repeated_stays", "反复住院"),
        ]
    }

    /// Of what was counted by `inspection`, the highest cost first.
    package static func make(_ scope: ListScope, _ inspection: Inspection) -> ListTable {
        var table = scope.table(columns)
        let people = scope.registry.people
        let rows = inspection.list {
            scope.holds($0) && people.hasIdentity(.registeredPoor, person: $0, on: scope.day)
        }
        for row in rows {
            table.add(
                [.person(row.person)] + scope.areaCells(scope.area(of: row.person)) + [
                    .yuan(row.total), .count(row.stays), .flag(row.isHighCost), .flag(row.isRepeated),
                ])
        }
        return table
    }
}
