import HTMLReport
import Settlement

/// What the run was over and what it was asked: enough to run it again and get the same bytes (YE-7).
enum InputSection {
    static func write(_ result: YearResult, to page: inout HTMLWriter) {
        page.section("inputs", Words("输入与政策包", "Inputs and policy packs")) { section in
            writeInputs(result, to: &section)
            options(result.options).write(to: &section)
            writePolicies(result, to: &section)
        }
    }

    private static let inputs: [String: Words] = [
        "ledger": Words("台账标识", "Ledger"), "end": Words("最后区块", "Last block"),
        "checksum": Words("区块校验和", "Its checksum"), "claims": Words("结算数据文件", "Claims file"),
        "persons": Words("人员文件", "Persons file"),
    ]

    private static func writeInputs(_ result: YearResult, to section: inout HTMLWriter) {
        guard !result.input.isEmpty else {
            return section.paragraph(Words("没有列出输入。", "No input is listed."))
        }
        var table = ReportTable(
            caption: Words("输入", "Inputs"), columns: [.text("输入", "Input"), .text("标识", "Mark")])
        for (name, mark) in result.input.sorted(by: { $0.key < $1.key }) {
            table.rows.append([.words(inputs[name] ?? Words(name, "")), .digest(mark)])
        }
        table.write(to: &section)
    }

    private static func options(_ options: YearOptions) -> ReportTable {
        var table = ReportTable(
            caption: Words("运行选项", "Options of the run"), columns: [.text("选项", "Option"), .text("取值", "Value")])
        table.rows = [
            [.words(Words("年度", "Year")), .plain("\(options.year)")],
            [
                .words(Words("重新结算", "Settled again")),
                .words(settledAgain(options)),
            ],
            [
                .words(Words("监测", "Watched")),
                .words(
                    options.disposableIncome == nil
                        ? Words("未监测", "nobody") : Words("至 \(options.lastMonth) 月", "to month \(options.lastMonth)")),
            ],
            [
                .words(Words("设定年度总额的机构", "Institutions with a yearly total")),
                .plain(FigureText.count(options.institutionTotals.count)),
            ],
        ]
        for (region, surplus) in options.surplus.sorted(by: { $0.key < $1.key }) {
            table.rows.append([
                .words(Words("结余 \(region)", "surplus")), .plain(FigureText.money(surplus)),
            ])
        }
        if let campaign = options.campaign {
            table.rows.append([
                .words(Words("慢性病患者参保活动", "Campaign for chronic patients")),
                .plain("\(campaign.from) … \(campaign.until)"),
            ])
        }
        return table
    }

    private static func settledAgain(_ options: YearOptions) -> Words {
        guard options.resettles else { return Words("不重新结算", "nothing") }
        return options.isAudit
            ? Words("全部人员", "every person-year") : Words("仅受迟到事实影响者", "those that a late fact touches")
    }

    private static func writePolicies(_ result: YearResult, to section: inout HTMLWriter) {
        guard !result.policies.isEmpty else {
            return section.paragraph(Words("没有列出政策包。", "No policy pack is listed."))
        }
        var table = ReportTable(
            caption: Words("政策包", "Policy packs"),
            columns: [.text("统筹区", "Region"), .text("SHA-256", "digest of the pack")])
        for (region, digest) in result.policies.sorted(by: { $0.key < $1.key }) {
            let name = result.regions.first { $0.region == region }
            table.rows.append([.words(name.map { Words($0.zh, $0.en) } ?? Words(region, "")), .digest(digest)])
        }
        table.write(to: &section)
    }
}
