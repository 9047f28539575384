import HTMLReport
import Settlement

/// How many persons stood on each month's watch lists (YE-4, YT-9); counts only (G-14).
enum MonitoringSection {
    static func write(_ result: YearResult, to page: inout HTMLWriter) {
        page.section("monitoring", Words("高额费用监测人数", "Persons watched for high cost")) { section in
            guard !result.monitoring.isEmpty else {
                return section.paragraph(
                    Words(
                        "没有监测：未给定上年人均可支配收入。",
                        "Nobody was watched: last year's disposable income per head was not given."))
            }
            if let income = result.options.disposableIncome {
                section.paragraph(
                    Words(
                        "上年人均可支配收入 \(FigureText.money(income))。",
                        "Last year's disposable income per head: \(FigureText.money(income))."))
            }
            picture(result.monitoring).write(to: &section)
            table(result.monitoring).write(to: &section)
        }
    }

    private static func picture(_ months: [MonitoringResult]) -> RowPicture {
        let most = Double(max(1, months.map(\.persons).max() ?? 1))
        let rows = months.map { month in
            let (all, first) = (Double(month.persons) / most, Double(month.first) / most)
            return RowPicture.Row(
                words: Words("\(month.month % 100) 月", ""), figure: FigureText.count(month.persons),
                share: "",
                bars: [
                    RowPicture.Bar(from: 0, until: all, style: "watched"),
                    RowPicture.Bar(from: 0, until: first, style: "watched-first"),
                ],
                tick: nil)
        }
        let list = months.map { "\($0.month % 100): \(FigureText.count($0.persons))" }.joined(separator: "; ")
        return RowPicture(
            id: "monitoring-picture",
            title: Words("每月监测人数（左段：本年首次）", "Persons on the lists by month (left part: first time in the year)"),
            description: Words("每月人数", "Persons by month: \(list)."), rows: rows, hasTwoLines: false)
    }

    private static func table(_ months: [MonitoringResult]) -> ReportTable {
        var table = ReportTable(
            caption: Words("每月监测人数", "Persons by month"),
            columns: [
                .text("月份", "Month"), .figure("人数", "Persons"), .figure("本年首次", "First time in the year"),
                .figure("民政部门名单", "List of civil affairs"), .figure("乡村振兴部门名单", "List of rural revitalisation"),
            ])
        for month in months {
            table.rows.append([
                .plain("\(month.month / 100)-\(month.month % 100 < 10 ? "0" : "")\(month.month % 100)"),
                .count(month.persons), .count(month.first), .count(month.civilAffairs),
                .count(month.ruralRevitalisation),
            ])
        }
        return table
    }
}
