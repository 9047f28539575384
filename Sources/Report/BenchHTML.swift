import HTMLReport
import Measurement

/// The report as one HTML file that needs nothing else: English first, the Chinese terms beside it.
package enum BenchHTML {
    /// The same bytes for the same results.
    package static func write(_ report: BenchReport) -> [UInt8] {
        let sections = report.sections
        return HTMLWriter.page(
            lead: .english, title: "Jiesuan benchmark report · 性能测试报告", styles: [StyleSheet.text, BenchStyle.text]
        ) { body in
            body.element("header") { writeHead(report, sections, to: &$0) }
            body.element("main") { main in
                for part in sections {
                    main.section(part.id, part.heading) { section in
                        for block in part.blocks { write(block, to: &section) }
                    }
                }
            }
        }
    }

    private static func writeHead(_ report: BenchReport, _ sections: [Section], to head: inout HTMLWriter) {
        let projection = report.projection
        head.element("h1") { $0.say(Words("性能测试报告", "Jiesuan benchmark report")) }
        head.element("p", ["class": "source"]) { $0.text(source(report)) }
        head.element("p", ["class": VerdictText.style(projection.verdict)]) { $0.say(VerdictText.sentence(projection)) }
        VerdictText.night(projection)?.write(to: &head)
        for way in projection.ways where way.kind == .settleBatch || projection.basis == nil {
            head.element("p", ["class": "formula"]) { $0.text(VerdictText.formula(way, projection.question)) }
        }
        if let room = VerdictText.room(projection) { head.note(room) }
        writeTiles(report, to: &head)
        head.element("p", ["class": "since"]) { $0.text(since(report)) }
        head.element("nav", ["aria-label": "Contents · 目录"]) { nav in
            for part in sections { nav.element("a", ["href": "#\(part.id)"]) { $0.say(part.heading) } }
        }
    }

    /// Commit, machine and time in a line.
    static func source(_ report: BenchReport) -> String {
        guard let environment = report.results.environment else {
            return "The results do not say where and when they were measured (\(ResultsReader.environmentFile))."
        }
        let commit = Commit.short(environment.commit, isDirty: environment.isDirty)
        return "\(environment.startedAt) · commit \(commit) · \(environment.cpu), \(environment.cores) cores"
    }

    /// What the changes in the tiles are since.
    static func since(_ report: BenchReport) -> String {
        guard let last = report.history.last else {
            return "There is no earlier run on this kind of machine to compare with."
        }
        return "Changes are since \(last.startedAt), commit \(Commit.short(last.commit, isDirty: last.isDirty)); "
            + "“within noise”: the rounds of the two runs overlap."
    }

    private static func writeTiles(_ report: BenchReport, to page: inout HTMLWriter) {
        page.element("dl", ["class": "tiles"]) { list in
            for headline in report.headlines {
                let change = report.history.change(headline.kind.name)
                let text = Headline.text(headline.spread.median, headline.kind.form)
                list.element("div") { tile in
                    tile.element("dt") { $0.say(headline.kind.words) }
                    tile.element("dd", ["class": "big"]) { figure in
                        figure.text(text + " ")
                        figure.element("span", ["class": "unit"], text: Headline.unitText(headline.kind))
                    }
                    tile.element("dd", ["class": "remark \(style(change))"]) { remark in
                        if let change { remark.text(change.words.en) } else { remark.text("no earlier run") }
                    }
                }
            }
            guard report.results.goals != nil else { return }
            list.element("div") { tile in
                let met = report.goals.count { $0.isMet }
                tile.element("dt") { $0.say(Words("达成目标", "Goals met")) }
                tile.element("dd", ["class": "big"], text: "\(met) of \(report.goals.count)")
                tile.element("dd", ["class": "remark"]) { $0.element("a", ["href": "#goals"], text: "which") }
            }
        }
    }

    private static func style(_ change: Change?) -> String {
        switch change?.kind {
        case .better: "good"
        case .worse: "over"
        default: "same"
        }
    }

    private static func write(_ block: Block, to page: inout HTMLWriter) {
        switch block {
        case .text(let words): page.paragraph(words)
        case .note(let words): page.note(words)
        case .warning(let words): page.warning(words)
        case .table(let table): table.write(to: &page)
        case .rows(let picture): picture.write(to: &page)
        case .lines(let picture): picture.write(to: &page)
        }
    }
}
