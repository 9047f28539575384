import HTMLReport
import Measurement

/// What a settlement costs, and the small parts of it.
enum CostSection {
    static func make(_ report: BenchReport) -> Section {
        var section = Section("cost", Words("每笔成本", "Cost of a settlement"))
        let costs = figures(report.table, "cost")
        if costs.rows.isEmpty {
            section.missing("costs (\(ResultsReader.pointsFile), group cost)", "`make bench` counts them")
        } else {
            section.blocks.append(.table(costs))
        }
        let loads = report.results.loads.filter { $0.record.server != nil }
        if !loads.isEmpty { section.blocks.append(.table(processor(loads))) }
        let micro = figures(report.table, "micro")
        if !micro.rows.isEmpty {
            section.blocks.append(.table(micro))
        }
        return section
    }

    private static func processor(_ loads: [RunResults.Load]) -> ReportTable {
        var table = ReportTable(
            caption: Words("处理器时间", "Processor time of the load runs"),
            columns: [
                .text("", "Run"), .figure("每笔微秒", "Server µs a claim"), .figure("每核每秒笔数", "Claims/s a core"),
                .figure("服务端核数", "Cores the server kept busy"), .figure("客户端", "… and the client"),
            ], isDense: true)
        for load in loads {
            guard let server = load.record.server else { continue }
            func cores(_ use: ProcessUse?) -> ReportTable.Cell {
                guard let use, load.record.seconds > 0 else { return .figure(FigureText.none) }
                return .figure(NumberText.decimals(use.cpuSeconds / load.record.seconds, 2))
            }
            table.rows.append([
                .plain(load.name), .figure(NumberText.decimals(server.cpuPerClaim / 1_000, 3)),
                .figure(server.cpuPerClaim > 0 ? NumberText.figure(1e9 / server.cpuPerClaim) : FigureText.none),
                cores(server), cores(load.record.client),
            ])
        }
        return table
    }

    /// Units by what they count, in the order of their columns; others follow.
    private static let units: KeyValuePairs<String, Words> = [
        "ns": Words("处理器时间", "Time, ns"), "instructions": Words("指令", "Instructions"),
        "mallocs": Words("内存分配", "Calls of malloc"), "syscalls": Words("系统调用", "System calls"),
        "bytes": Words("字节", "Bytes"), "fsyncs": Words("落盘", "Synced writes"),
    ]

    /// A row for each work and who did it, a column for each unit: medians of the rounds.
    private static func figures(_ points: PointTable, _ group: String) -> ReportTable {
        let keys = points.keys(group: group)
        let found = Set(keys.map(\.unit))
        let known = units.map(\.key).filter(found.contains)
        let shown = known + found.subtracting(known).sorted()
        var table = ReportTable(
            caption: group == "cost"
                ? Words("每个请求的成本，批量为每笔", "Counted costs of a request, of batches of a claim, medians of the rounds")
                : Words("微基准", "The small parts by themselves, medians of the rounds"),
            columns: [.text("工作", "Work"), .text("", "Who")]
                + shown.map { unit in
                    let words = units.first { $0.key == unit }?.value ?? Words("", unit)
                    return .figure(words.zh, words.en)
                }, isDense: true)
        for workload in points.workloads(group) {
            let same = keys.filter { $0.workload == workload }
            for contender in Contenders.ordered(Set(same.map(\.contender)).sorted()) {
                table.rows.append(
                    [.words(Workloads.words(workload)), .plain(Contenders.name(contender))]
                        + shown.map { unit in
                            let key = same.first { $0.contender == contender && $0.unit == unit }
                            let value = key.flatMap { points.spread($0) }
                            return .figure(value.map { NumberText.figure($0.median) } ?? FigureText.none)
                        })
            }
        }
        return table
    }
}
