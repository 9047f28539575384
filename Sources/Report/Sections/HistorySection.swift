import HTMLReport
import Measurement

/// How the headline figures went from run to run.
enum HistorySection {
    /// Runs that a line shows, and that the list of runs shows.
    static let runsDrawn = 40
    static let runsListed = 10

    static func make(_ report: BenchReport) -> Section {
        var section = Section("history", Words("历次运行", "History"))
        let history = report.history
        let lines = history.before + (history.line.map { [$0] } ?? [])
        guard !history.before.isEmpty else {
            section.missing("earlier runs", "`jiesuan report DIR --append-history FILE` keeps a line of every run")
            return section
        }
        if let line = history.line, history.last == nil {
            section.blocks.append(
                .note(
                    Words(
                        "此前没有同类机器上的运行。",
                        "No earlier run is of the same machine (\(line.cpu), \(line.cores) cores): "
                            + "nothing is compared.")))
        }
        section.blocks.append(.table(figures(history, lines)))
        section.blocks.append(.table(runs(lines)))
        return section
    }

    private static func figures(_ history: History, _ lines: [HistoryLine]) -> ReportTable {
        var table = ReportTable(
            caption: Words("主要数字的变化", "Headline figures over the runs; the band is what a run's rounds spanned"),
            columns: [
                .text("", "Figure"), .text("走势", "Over the runs"), .figure("上次", "Last run"), .figure("本次", "This run"),
                .text("单位", "Unit"), .text("变化", "Change"),
            ])
        // Only runs of one kind of machine make a line.
        let same = lines.filter { line in
            history.line.map { $0.cpu == line.cpu && $0.cores == line.cores } ?? true
        }.suffix(runsDrawn)
        for kind in Headline.kinds {
            let found = same.compactMap { line in line.figures.first { $0.name == kind.name } }
            guard !found.isEmpty else { continue }
            func text(_ line: HistoryLine?) -> String {
                guard let figure = line?.figures.first(where: { $0.name == kind.name }) else { return FigureText.none }
                return Headline.text(figure.median, kind.form)
            }
            let words = found.map { Headline.text($0.median, kind.form) }.joined(separator: ", ")
            table.rows.append([
                .words(kind.words),
                .sparkline(
                    Sparkline(
                        points: found.map { Sparkline.Point(low: $0.min, middle: $0.median, high: $0.max) },
                        label: "\(kind.words.en), \(Headline.unitText(kind)): \(words)")),
                .figure(text(history.last)), .figure(text(history.line)), .plain(Headline.unitText(kind)),
                change(history.change(kind.name)),
            ])
        }
        return table
    }

    static func change(_ change: Change?) -> ReportTable.Cell {
        guard let change else { return .plain(FigureText.none) }
        switch change.kind {
        case .better: return .good(change.words)
        case .worse: return .mark(change.words, isOver: true)
        case .withinNoise, .noBand: return .mark(change.words, isOver: false)
        }
    }

    private static func runs(_ lines: [HistoryLine]) -> ReportTable {
        let shown = Headline.kinds.filter { !$0.name.contains("/") }
        var table = ReportTable(
            caption: Words("最近几次", "The last \(min(lines.count, runsListed)) of \(lines.count) runs, medians"),
            columns: [.text("时间", "Begun"), .text("提交", "Commit"), .figure("目标", "Goals met")]
                + shown.map { .figure($0.words.zh, "\($0.words.en), \(Headline.unitText($0))") },
            isDense: true)
        for line in lines.suffix(runsListed).reversed() {
            table.rows.append(
                [
                    .plain(line.startedAt), .code(Commit.short(line.commit, isDirty: line.isDirty)),
                    .figure("\(line.goalsMet) of \(line.goalsMeasured)"),
                ]
                    + shown.map { kind in
                        let figure = line.figures.first { $0.name == kind.name }
                        return .figure(figure.map { Headline.text($0.median, kind.form) } ?? FigureText.none)
                    })
        }
        return table
    }
}

enum Commit {
    /// Digits by which a commit is known.
    private static let digits = 10

    /// "1a2b3c4d5e+" where files differed from it.
    static func short(_ commit: String, isDirty: Bool) -> String { commit.prefix(digits) + (isDirty ? "+" : "") }
}
