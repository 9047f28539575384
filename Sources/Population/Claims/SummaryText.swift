import Policy
import Settlement
import Text

/// A run's sums for people and for programs.
package enum SummaryText {
    /// Funds down, regions across, yuan; a last column for all.
    package static func table(_ summary: RunSummary, seconds: Double) -> String {
        var columns = summary.regions.sorted { $0.key < $1.key }.map { (name: $0.key, sums: $0.value) }
        if columns.count != 1 { columns.append(("all", summary.all)) }
        var table = TextTable([.left] + [TextTable.Side](repeating: .right, count: columns.count))
        func line(_ name: String, _ cell: (RegionSums) -> String) {
            table.add([name] + columns.map { cell($0.sums) })
        }
        table.add(["元 yuan"] + columns.map(\.name))
        table.addRule()
        line("已结算 settled claims") { count($0.settled) }
        line("不予结算 refused claims") { count($0.refused) }
        line("来源无规定 no rule (I-18)") { count($0.noRule) }
        table.addRule()
        for fund in FundCategory.allCases {
            line(ExplainWords.label(fund).both) { MoneyText.yuan($0.funds[Int(fund.rawValue)]) }
        }
        line("  其中系统外已支付 of which paid outside (G-9)") { MoneyText.yuan($0.paidOutside) }
        line("个人账户 account") { MoneyText.yuan($0.account) }
        line("现金 cash") { MoneyText.yuan($0.cash) }
        table.addRule()
        line("医疗费总额 total") { MoneyText.yuan($0.total) }
        var lines = table.lines()
        lines.append("")
        lines += findings(summary)
        let done = summary.all.settled + summary.refused
        lines.append(
            counted(done, "row", isGrouped: true)
                + " in \(tenths(seconds)) s, \(count(Int(Double(done) / max(seconds, 0.001))))/s"
        )
        return lines.joined(separator: "\n") + "\n"
    }

    /// The checks' findings, a line each.
    private static func findings(_ summary: RunSummary) -> [String] {
        var lines: [String] = []
        lines.append(
            "rows are not compared with each other: one that stands twice is settled twice (year-end compares them)")
        if summary.malformed > 0 {
            lines.append(counted(summary.malformed, "row is no claim", "rows are no claims", isGrouped: true))
        }
        if summary.compared > 0 {
            lines.append(
                "\(summary.compared - summary.disagreeing) of \(summary.compared) rows are what their source prints "
                    + "(±1 yuan)")
        }
        let all = summary.all
        lines.append(
            "G-7: \(MoneyText.yuan(all.fundTotal)) + \(MoneyText.yuan(all.account)) + \(MoneyText.yuan(all.cash)) "
                + "\(all.isConserving ? "=" : "≠") \(MoneyText.yuan(all.total)), "
                + (all.unbalanced == 0
                    ? "and so for every claim" : counted(all.unbalanced, "claim does", "claims do") + " not add up")
        )
        return lines
    }

    /// The same as JSON, amounts in fen.
    package static func json(_ summary: RunSummary) -> String {
        var json = JSONText()
        json.object { json in
            write(summary, to: &json)
            json.field("rows_compared_with_each_other", false)
            json.field("malformed", summary.malformed)
            json.field("compared", summary.compared)
            json.field("disagreeing", summary.disagreeing)
        }
        return json.text
    }

    /// The sums by region and of all as `regions` and `all`, amounts in fen.
    package static func write(_ summary: RunSummary, to json: inout JSONText) {
        json.array("regions") { json in
            for (region, sums) in summary.regions.sorted(by: { $0.key < $1.key }) {
                json.object { json in
                    json.field("region", region)
                    write(sums, to: &json)
                }
            }
        }
        json.object("all") { write(summary.all, to: &$0) }
    }

    private static func write(_ sums: RegionSums, to json: inout JSONText) {
        json.field("settled", sums.settled)
        json.field("refused", sums.refused)
        json.field("no_rule", sums.noRule)
        json.field("total", sums.total)
        for fund in FundCategory.allCases { json.field("\(fund)".snakeCased, sums.funds[Int(fund.rawValue)]) }
        json.field("paid_outside", sums.paidOutside)
        json.field("account", sums.account)
        json.field("cash", sums.cash)
        json.field("conserves", sums.isConserving)
    }

    private static func count(_ number: Int) -> String { MoneyText.grouped(UInt64(number)) }

    package static func tenths(_ seconds: Double) -> String {
        let tenths = Int((seconds * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}
