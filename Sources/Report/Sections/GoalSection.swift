import HTMLReport

/// What was to be reached, and whether it was.
enum GoalSection {
    static func make(_ report: BenchReport) -> Section {
        var section = Section("goals", Words("目标", "Goals"))
        guard report.results.goals != nil else {
            section.missing(ResultsReader.goalsFile, "`make bench` copies Benchmarks/goals.json beside the results")
            return section
        }
        section.blocks.append(.text(summary(report.goals)))
        var table = ReportTable(
            caption: Words("目标与结果", "Goals and what was found, the median of the rounds (least – greatest)"),
            columns: [
                .text("项目", "Measure"), .text("", "Met"), .text("目标", "Goal"), .figure("结果", "Found"),
                .figure("轮次", "Rounds"),
            ])
        for result in report.goals {
            table.rows.append([
                .words(Words(result.goal.measureZh, result.goal.measure)), mark(result.state),
                .plain(result.goal.boundText), .figure(result.foundText),
                .figure(result.found.map { FigureText.count($0.rounds) } ?? FigureText.none),
            ])
        }
        section.blocks.append(.table(table))
        return section
    }

    static func summary(_ goals: [GoalResult]) -> Words {
        let (met, notMet) = (goals.count { $0.isMet }, goals.count { $0.state == .notMet })
        let unknown = goals.count { $0.state == .notMeasured }
        var text = "\(met) of \(goals.count) goals are met"
        if notMet > 0 { text += ", \(notMet) not" }
        if unknown > 0 { text += ", \(unknown) not measured" }
        return Words("\(goals.count) 项目标达成 \(met) 项", text + ".")
    }

    private static func mark(_ state: GoalResult.State) -> ReportTable.Cell {
        switch state {
        case .met: .good(Words("达成", "✓ met"))
        case .metByMedian: .good(Words("中位数达成", "✓ met by the median"))
        case .notMet: .mark(Words("未达成", "✗ not met"), isOver: true)
        case .notMeasured: .mark(Words("未测量", "– not measured"), isOver: false)
        }
    }
}
