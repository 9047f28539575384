import HTMLReport
import Measurement

/// Others that do the same work, measured side by side.
enum PeerSection {
    private static let groups = ["peers", "durable"]

    static func make(_ report: BenchReport) -> Section {
        var section = Section("peers", Words("同类对比", "Side by side with others"))
        let table = report.table
        let comparisons = groups.flatMap { group in
            table.workloads(group).flatMap { Comparison.all(table, group: group, workload: $0) }
        }
        guard !comparisons.isEmpty else {
            section.missing(
                "others (\(ResultsReader.pointsFile), groups peers and durable)", "`make bench` measures them")
            return section
        }
        section.blocks.append(
            .text(
                Words(
                    "各方轮流测量；比值按轮计算。",
                    "The same work, in turns within one run; ratios are worked out round by round, so that a machine "
                        + "that drifts does not show in them. The pale part of a bar spans the rounds, the mark is "
                        + "their median; “ours: 28 ×” says that ours is 28 times theirs.")))
        for comparison in comparisons where comparison.sides.count > 1 {
            section.blocks.append(.rows(comparison.picture))
        }
        for group in groups {
            let same = comparisons.filter { $0.group == group }
            if !same.isEmpty { section.blocks.append(.table(figures(group, same))) }
        }
        return section
    }

    private static func figures(_ group: String, _ comparisons: [Comparison]) -> ReportTable {
        ReportTable(
            caption: group == "durable"
                ? Words("结算入账：全部数字", "Settling for keeps: all figures")
                : Words("试算：全部数字", "Calculating: all figures"),
            columns: [
                .text("工作", "Work"), .text("", "Who"), .figure("中位数", "Median"), .figure("各轮", "Least – greatest"),
                .text("单位", "Unit"), .figure("轮次", "Rounds"), .figure("本系统÷对方", "Ours ÷ theirs"),
                .figure("各轮", "Least – greatest"),
                .figure("", "p50 ms"), .figure("", "p99 ms"),
            ], isDense: true, rows: comparisons.flatMap(\.rows))
    }
}

/// One workload, everyone who did it.
struct Comparison {
    struct Side {
        let contender: String
        let value: Spread
        let p50: Spread?
        let p99: Spread?
        /// Ours over this one's, round by round; nil: this is ours, or no round has both.
        let ratio: Spread?
    }

    let group: String
    let workload: String
    let unit: String
    /// Ours first, then by their median, the best first.
    let sides: [Side]

    /// One for each unit in which the workload was measured.
    static func all(_ table: PointTable, group: String, workload: String) -> [Comparison] {
        let keys = table.keys(group: group, workload: workload)
        return Set(keys.map(\.unit)).sorted().map { unit in
            let same = keys.filter { $0.unit == unit }
            let ours = same.first { $0.contender == Contenders.ours }
            let sides = same.compactMap { key -> Side? in
                guard let value = table.spread(key) else { return nil }
                let ratio = ours.flatMap { $0 == key ? nil : Spread.ratio(table.rounds($0), table.rounds(key)) }
                return Side(
                    contender: key.contender, value: value, p50: table.spread(key, .p50), p99: table.spread(key, .p99),
                    ratio: ratio)
            }
            let moreIsBetter = BenchPoint.moreIsBetter(unit: unit)
            let rest = sides.filter { $0.contender != Contenders.ours }.sorted {
                moreIsBetter ? $0.value.median > $1.value.median : $0.value.median < $1.value.median
            }
            return Comparison(
                group: group, workload: workload, unit: unit,
                sides: sides.filter { $0.contender == Contenders.ours } + rest)
        }
    }

    private var title: Words {
        let words = Workloads.words(workload)
        return Words(words.zh, "\(words.en), \(unit)")
    }

    var picture: RowPicture {
        let most = sides.map(\.value.max).max() ?? 1
        func position(_ value: Double) -> Double { most > 0 ? value / most : 0 }
        let rows = sides.map { side in
            let style = side.contender == Contenders.ours ? "b-us" : "b-peer"
            let bars = [
                RowPicture.Bar(from: 0, until: position(side.value.min), style: style),
                RowPicture.Bar(from: position(side.value.min), until: position(side.value.max), style: "\(style) pale"),
            ]
            return RowPicture.Row(
                words: Contenders.words(side.contender), figure: NumberText.figure(side.value.median),
                share: side.ratio.map { "ours: \(ratioText($0))" } ?? "", bars: bars,
                tick: (position(side.value.median), style))
        }
        let said = sides.map { "\(Contenders.name($0.contender)) \(NumberText.spread($0.value))" }
        return RowPicture(
            id: "peers-\(group)-\(workload)-\(unit)".filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") },
            title: title, description: Words("", said.joined(separator: "; ") + "."), rows: rows)
    }

    /// "28.1 × (26.0 – 33.2)".
    private func ratioText(_ ratio: Spread) -> String {
        let text = NumberText.ratio(ratio.median) + " ×"
        return ratio.rounds == 1 ? text : "\(text) (\(NumberText.range(ratio, NumberText.ratio)))"
    }

    var rows: [[ReportTable.Cell]] {
        func milliseconds(_ spread: Spread?) -> ReportTable.Cell {
            .figure(spread.map { NumberText.milliseconds($0.median) } ?? FigureText.none)
        }
        return sides.map { side in
            [
                .plain(workload), .plain(Contenders.name(side.contender)),
                .figure(NumberText.figure(side.value.median)), .figure(NumberText.range(side.value)),
                .plain(unit), .count(side.value.rounds),
                .figure(side.ratio.map { NumberText.ratio($0.median) } ?? FigureText.none),
                .figure(side.ratio.map { NumberText.range($0, NumberText.ratio) } ?? FigureText.none),
                milliseconds(side.p50), milliseconds(side.p99),
            ]
        }
    }
}
