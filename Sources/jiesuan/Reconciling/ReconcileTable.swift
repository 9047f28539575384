import Client
import Lists
import Population
import Settlement
import Workbook

/// The result of a comparison of rows as a table: each row that differs between the two sides.
enum ReconcileTable {
    private static let columns: [TableColumn] = [
        TableColumn("standing", "情况"), TableColumn("settlement_id", "结算编号", .id),
        TableColumn("kind", "类型"), TableColumn("total", "医疗费总额", .yuan),
        TableColumn("fund_total", "基金支付", .yuan), TableColumn("account_total", "个人账户支付", .yuan),
        TableColumn("cash", "现金支付", .yuan), TableColumn("person", "人员编号", .id),
    ]

    static func write(
        _ details: RemoteDetails, to path: String, _ headings: TableHeadings, isWorkbook: Bool
    ) throws(FileProblem) {
        let all = details.onlyThere + details.onlyHere + details.differing.flatMap { [$0.theirs, $0.ours] }
        let isNamed = all.contains { !$0.personNo.isEmpty }
        let columns = columns + (isNamed ? [.personNo] : [])
        let sink = try TableSink(path: path, sheet: "reconcile", columns, headings, isWorkbook: isWorkbook)
        let isChinese = headings == .chinese
        func add(_ standing: String, _ chinese: String, _ row: RemoteRow) throws(FileProblem) {
            var line = CSVLine()
            line.add(isChinese ? chinese : standing)
            line.add(id: row.id)
            line.add(row.isReversal ? (isChinese ? "撤销" : "reversal") : (isChinese ? "结算" : "settlement"))
            for amount in [row.total, row.fundTotal, row.accountTotal, row.cash] { line.add(yuan: amount) }
            if row.person == 0 { line.add("") } else { line.add(person: row.person) }
            if isNamed { line.add(personNo: row.personNo) }
            line.end(into: &sink.bytes)
            try sink.flushIfFull()
        }
        for row in details.onlyThere { try add("only_there", "机构有医保无", row) }
        for row in details.onlyHere { try add("only_here", "医保有机构无", row) }
        for pair in details.differing {
            try add("theirs", "金额不符：机构", pair.theirs)
            try add("ours", "金额不符：医保", pair.ours)
        }
        try sink.finish()
    }
}
