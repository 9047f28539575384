import HTMLReport

/// The files of the run with their rows.
enum FileSection {
    static func write(_ result: YearResult, to page: inout HTMLWriter) {
        page.section("files", Words("结果文件", "Files of the results")) { section in
            guard !result.files.isEmpty else {
                return section.paragraph(Words("没有列出文件。", "No file is listed."))
            }
            var table = ReportTable(
                caption: Words("与本报告同一文件夹", "Beside this report"),
                columns: [.text("文件", "File"), .figure("行数", "Rows"), .text("内容", "Contents")])
            for file in result.files {
                let rows = file.name.hasSuffix(".csv") ? FigureText.count(file.rows) : FigureText.none
                table.rows.append([.code(file.name), .figure(rows), .words(contents(of: file.name))])
            }
            table.write(to: &section)
        }
    }

    /// By how a name begins; the longer before the shorter.
    private static let contents: KeyValuePairs<String, Words> = [
        "adjustments": Words("每笔调整", "each adjustment"),
        "refused": Words("未结算的行", "rows that were not settled"),
        "without-consent": Words("无知情同意的结算", "claims without the recorded consent"),
        "recognitions": Words("因病致贫认定核对", "recognitions against the final figures"),
        "funds": Words("各统筹区承担方合计", "each region's payers"),
        "owed-to-persons": Words("应付个人", "what is owed to persons, entry by entry"),
        "recoveries": Words("应退（按个人）", "what persons have to pay back"),
        "clearing-year": Words("机构年度清算", "clearing by institution"),
        "clearing": Words("机构、月、基金清算", "clearing by institution, month and fund"),
        "assessment": Words("目录外费用占比", "shares outside the catalogue"),
        "accounts": Words("个人账户年度", "the accounts' year"),
        "second-round": Words("第二轮逐笔", "each payment of the second round"),
        "monitoring": Words("监测名单", "a department's watch list"),
        "problems": Words("问题台账", "register of problems"),
        "chronic-summary": Words("慢性病患者参保汇总", "chronic patients by institution"),
        "chronic": Words("慢性病患者参保明细", "chronic patients"),
        "report": Words("本报告", "this report"),
    ]

    private static func contents(of name: String) -> Words {
        contents.first { name.hasPrefix($0.key) }?.value ?? Words("", "")
    }
}
