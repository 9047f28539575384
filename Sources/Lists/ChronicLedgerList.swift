import Population
import Registry
import Settlement

/// The ledger of chronic outpatients (慢性病门诊台账, AH-4): every card with what was claimed for its disease.
package enum ChronicLedgerList {
    package static var columns: [TableColumn] {
        [.person] + TableColumn.area + TableColumn.disease + [
            TableColumn("card", "慢性病证号", .id), TableColumn("medium", "证件形式"), TableColumn("way", "办理方式"),
            TableColumn("since", "生效日期", .date), TableColumn("until", "失效日期", .date), TableColumn("withdrawn", "已撤销"),
            TableColumn("claims", "就诊次数", .number), TableColumn("total", "医疗费总额", .yuan),
        ]
    }

    /// By card number.
    package static func make(_ scope: ListScope, _ ledger: ChronicLedger) -> ListTable {
        var table = scope.table(columns)
        for row in ledger.rows {
            let card = row.card.card
            table.add(
                [.person(row.card.person)] + scope.areaCells(scope.area(of: row.card.person))
                    + scope.diseaseCells(card.disease) + [
                        .code("\(card.number)"), .medium(card.medium), .way(card.way), .day(card.since),
                        .day(row.card.until), .flag(row.card.isWithdrawn), .count(row.claims.count),
                        .yuan(row.claims.total),
                    ])
        }
        return table
    }
}
