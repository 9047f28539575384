import Policy
import Population
import Registry
import Settlement

/// The survey's problem ledger with exactly the columns of 002 附件2 (建档立卡贫困人口医保问题排查台账, SY-8, YE-6).
///
/// The column 姓名 holds the person's number: no names are kept (G-14).
package enum ProblemLedger {
    package static var columns: [TableColumn] {
        [
            TableColumn("number", "序号", .number), TableColumn("township", "乡镇"), TableColumn("person", "姓名", .id),
            TableColumn("knows_policy", "是否了解医保扶贫政策"),
            TableColumn("needs_two_disease", "是否为高血压、糖尿病应纳入两病保障范围"),
            TableColumn("needs_chronic_outpatient", "是否需要纳入门诊慢性病保障范围"),
            TableColumn("covered", "是否纳入门诊统筹或住院保障范围"), TableColumn("solved", "解决的问题"),
            TableColumn("unsolved", "需要解决的其他问题"),
        ]
    }

    /// Everybody surveyed by the scope's day, by area and person.
    package static func make(_ scope: ListScope) -> ListTable {
        var rows: [(area: String, person: UInt64, entry: SurveyEntry)] = []
        for person in scope.registry.filings.persons.filter(scope.holds) {
            guard let entry = scope.registry.filings.surveys(of: person).last(where: { $0.surveyed <= scope.day })
            else { continue }
            rows.append((scope.placeName(entry.area), person, entry))
        }
        rows.sort { ($0.area, $0.person) < ($1.area, $1.person) }
        var table = scope.table(columns)
        for (index, row) in rows.enumerated() {
            table.add([
                .count(index + 1), .text(row.area), .person(row.person), .answer(row.entry.knowsPolicy),
                .answer(row.entry.needsTwoDisease), .answer(row.entry.needsChronicOutpatient),
                .answer(row.entry.isCovered), .text(row.entry.solved), .text(row.entry.unsolved),
            ])
        }
        return table
    }
}

extension ListScope {
    /// The name of the place that a survey wrote down: by its name where it is a code of the
    /// table of areas.
    fileprivate func placeName(_ place: String) -> String {
        registry.areas[place]?.name ?? place
    }
}
