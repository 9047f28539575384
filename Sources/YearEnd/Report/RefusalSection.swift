import HTMLReport

/// What was not settled, and why.
enum RefusalSection {
    static func write(_ result: YearResult, to page: inout HTMLWriter) {
        page.section("refused", Words("未结算的数据及原因", "What was refused, and why")) { section in
            if result.refused.isEmpty {
                section.paragraph(Words("没有被拒绝的数据行。", "No row was refused."))
            } else {
                let count = FigureText.count(result.refused.reduce(0) { $0 + $1.count })
                section.paragraph(
                    Words("\(count) 行未结算，逐行见 refused.csv。", "\(count) rows were not settled; each is in refused.csv."))
                var table = ReportTable(
                    caption: Words("拒绝原因", "Reasons"),
                    columns: [.text("代码", "Code"), .figure("行数", "Rows"), .text("含义", "Meaning")])
                for reason in result.refused {
                    table.rows.append([
                        .code(reason.reason), .count(reason.count), .words(CodeWords.meaning(reason.reason)),
                    ])
                }
                table.write(to: &section)
            }
            if result.repeated > 0 {
                let count = FigureText.count(result.repeated)
                section.note(
                    Words(
                        "文件中有 \(count) 行与前面同编号的行完全相同，只计一次。",
                        "\(count) rows are an earlier row of the same id once more; each was counted once."))
            }
            if result.otherYears > 0 {
                let count = FigureText.count(result.otherYears)
                section.note(
                    Words("文件中另有其他年度的 \(count) 行，未处理。", "\(count) rows of other years in the file were not looked at."))
            }
        }
    }
}
