import HTMLReport

/// The report as Markdown: verdict, changes and all tables, for a terminal or a review.
package enum BenchMarkdown {
    /// The same text for the same results.
    package static func write(_ report: BenchReport) -> String {
        let projection = report.projection
        var lines = ["# Jiesuan benchmark report 性能测试报告", "", MarkdownTable.escape(BenchHTML.source(report)), ""]
        let verdict = VerdictText.sentence(projection)
        lines += ["**\(MarkdownTable.escape(verdict.en))**", "", MarkdownTable.escape(verdict.zh), ""]
        for way in projection.ways {
            let sum = MarkdownTable.escape(VerdictText.formula(way, projection.question))
            lines.append("- \(VerdictText.way(way.kind).en): \(sum)")
        }
        if !projection.ways.isEmpty { lines.append("") }
        if let room = VerdictText.room(projection) { lines += [room.en, ""] }
        lines += changes(report)
        for section in report.sections {
            lines += ["## \(section.heading.en) \(section.heading.zh)", ""]
            for block in section.blocks { lines += self.lines(block) }
        }
        return lines.joined(separator: "\n")
    }

    private static func changes(_ report: BenchReport) -> [String] {
        var table = ReportTable(
            caption: Words("", ""),
            columns: [.text("", "Figure"), .figure("", "This run"), .text("", "Unit"), .text("", "Since the last run")])
        for headline in report.headlines {
            let change = report.history.change(headline.kind.name)
            table.rows.append([
                .words(headline.kind.words),
                .figure(NumberText.spread(headline.spread) { Headline.text($0, headline.kind.form) }),
                .plain(Headline.unitText(headline.kind)), .plain(change?.words.en ?? FigureText.none),
            ])
        }
        guard !table.rows.isEmpty else { return [] }
        return [MarkdownTable.escape(BenchHTML.since(report)), ""] + MarkdownTable.lines(table) + [""]
    }

    private static func lines(_ block: Block) -> [String] {
        switch block {
        case .text(let words), .note(let words): [MarkdownTable.escape(words.en.isEmpty ? words.zh : words.en), ""]
        case .warning(let words): ["**Attention:** \(MarkdownTable.escape(words.en))", ""]
        case .table(let table):
            ["\(MarkdownTable.escape(table.caption.en)):", ""] + MarkdownTable.lines(table) + [""]
        case .rows, .lines: []
        }
    }
}
