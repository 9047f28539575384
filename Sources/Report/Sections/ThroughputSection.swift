import HTMLReport
import Measurement

/// What was sent, and how much of it was answered rightly.
enum ThroughputSection {
    static func make(_ report: BenchReport) -> Section {
        var section = Section("throughput", Words("工作负载与吞吐", "Workload and throughput"))
        let loads = report.results.loads
        guard !loads.isEmpty else {
            section.missing("load runs (load-NAME.json)", "`jiesuan load --json FILE` writes one")
            return section
        }
        section.blocks.append(
            .text(
                Words(
                    "每个应答均与本机计算结果核对。",
                    "Every answer was compared with what the calculator of the client's own process says. Offered: "
                        + "what was to be sent; achieved: what was answered; good: what was answered rightly.")))
        section.blocks.append(.table(workloads(loads)))
        section.blocks.append(.table(throughput(loads)))
        if loads.contains(where: { !$0.record.errors.isEmpty }) { section.blocks.append(.table(errors(loads))) }
        if report.results.wrongAnswers > 0 {
            section.blocks.append(
                .warning(
                    Words(
                        "错误答案 \(report.results.wrongAnswers) 个。",
                        "\(report.results.wrongAnswers) answers were wrong: the figures are void.")))
        }
        return section
    }

    private static func workloads(_ loads: [RunResults.Load]) -> ReportTable {
        var table = ReportTable(
            caption: Words("工作负载", "Workloads"),
            columns: [
                .text("", "Run"), .text("类型", "Kind"), .text("到达方式", "Loop"), .figure("连接", "Connections"),
                .figure("并发", "In flight"), .figure("每请求笔数", "Claims a request"), .text("压缩", "Compression"),
                .figure("秒", "Seconds"), .figure("预热秒", "Warm-up"), .figure("种子", "Seed"),
                .text("统筹区", "Regions"),
            ], isDense: true)
        for load in loads {
            let work = load.record.workload
            table.rows.append([
                .plain(load.name), .plain(work.kind), .plain(work.loop == "closed" ? "closed" : "open, \(work.loop)"),
                .count(work.connections), .count(work.inFlight), .count(work.claims), .plain(work.compression),
                .figure(NumberText.decimals(load.record.seconds, 1)),
                .figure(NumberText.decimals(load.record.warmUpSeconds, 1)), .figure(String(work.seed)),
                .plain(work.regions.joined(separator: ", ")),
            ])
        }
        return table
    }

    private static func throughput(_ loads: [RunResults.Load]) -> ReportTable {
        var table = ReportTable(
            caption: Words("吞吐（每秒）", "Throughput, a second"),
            columns: [
                .text("", "Run"), .figure("计划", "Offered"), .figure("应答", "Achieved"), .figure("正确", "Good"),
                .figure("正确笔数", "Good claims"), .figure("漏发", "Missed sends"), .figure("未应答", "Unanswered"),
                .figure("错误答案", "Wrong"), .figure("出错", "Errors"), .figure("内存", "Server memory"),
            ], isDense: true)
        for load in loads {
            let run = load.record
            table.rows.append([
                .plain(load.name), .figure(run.offered.map(NumberText.figure) ?? FigureText.none),
                .figure(NumberText.figure(run.achieved)), .figure(NumberText.figure(run.good)),
                .figure(NumberText.figure(run.goodClaims)), .count(run.missed), .count(run.unanswered),
                run.wrong == 0 ? .figure("0") : .mark(Words("", "✗ \(run.wrong)"), isOver: true),
                .count(run.errors.reduce(UInt64(0)) { $0 &+ $1.count }),
                .figure(run.server.map { NumberText.mebibytes($0.residentBytes) } ?? FigureText.none),
            ])
        }
        return table
    }

    private static func errors(_ loads: [RunResults.Load]) -> ReportTable {
        var table = ReportTable(
            caption: Words("错误码", "Errors by code"),
            columns: [
                .text("", "Run"), .figure("代码", "Code"), .text("名称", "Name"), .figure("次数", "Count"),
            ])
        for load in loads {
            for error in load.record.errors {
                table.rows.append([
                    .plain(load.name), .figure(String(error.code)), .code(error.name), .count(error.count),
                ])
            }
        }
        return table
    }
}

extension ReportTable.Cell {
    static func count(_ number: UInt64) -> Self { .count(Int(clamping: number)) }
}
