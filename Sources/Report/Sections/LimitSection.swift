import HTMLReport
import Measurement

/// What this machine can do at most, and how close the server comes.
enum LimitSection {
    static func make(_ report: BenchReport) -> Section {
        var section = Section("limits", Words("物理极限", "The physical limits"))
        let table = report.table
        let keys = table.keys(group: "limits")
        guard !keys.isEmpty else {
            section.missing("limits (\(ResultsReader.pointsFile), group limits)", "`make bench` measures them")
            return section
        }
        var limits = ReportTable(
            caption: Words("本机极限", "What the machine does at most"),
            columns: [
                .text("", "Limit"), .figure("中位数", "Median"), .figure("各轮", "Least – greatest"), .text("单位", "Unit"),
                .figure("", "p50 ms"), .figure("", "p99 ms"),
            ], isDense: true)
        for key in keys {
            guard let value = table.spread(key) else { continue }
            func milliseconds(_ field: PointTable.Field) -> ReportTable.Cell {
                .figure(table.spread(key, field).map { NumberText.milliseconds($0.median) } ?? FigureText.none)
            }
            limits.rows.append([
                .words(Workloads.words(key.workload)), .figure(NumberText.figure(value.median)),
                .figure(NumberText.range(value)), .plain(key.unit), milliseconds(.p50), milliseconds(.p99),
            ])
        }
        section.blocks.append(.table(limits))
        let distances = Distance.all(table)
        guard !distances.isEmpty else { return section }
        var closeness = ReportTable(
            caption: Words("距极限多远", "How close the server is: ours over the limit, round by round"),
            columns: [
                .text("", "Ours"), .text("极限", "Limit"), .figure("比值", "Ratio"), .figure("各轮", "Least – greatest"),
                .text("", "Better is"),
            ], isDense: true)
        for distance in distances {
            closeness.rows.append([
                .words(distance.ours), .plain(distance.limit), .figure(NumberText.ratio(distance.ratio.median) + " ×"),
                .figure(NumberText.range(distance.ratio, NumberText.ratio)),
                .plain(distance.isTime ? "less, 1 is the limit" : "more, 1 is the limit"),
            ])
        }
        section.blocks.append(.table(closeness))
        return section
    }
}

/// A figure of ours over the limit that it runs up against.
struct Distance {
    let ours: Words
    let limit: String
    let ratio: Spread
    let isTime: Bool

    /// Those of which both sides were measured.
    static func all(_ table: PointTable) -> [Distance] {
        func rounds(
            _ group: String, _ workload: String, _ contender: String?, _ field: PointTable.Field = .value
        ) -> [Int: Double] {
            for key in table.keys(group: group, workload: workload, contender: contender) {
                let rounds = table.rounds(key, field)
                if !rounds.isEmpty { return rounds }
            }
            return [:]
        }
        func distance(
            _ workload: String, _ limit: String, _ ours: [Int: Double], _ theirs: [Int: Double], isTime: Bool = false
        ) -> Distance? {
            Spread.ratio(ours, theirs).map {
                Distance(ours: Workloads.words(workload), limit: limit, ratio: $0, isTime: isTime)
            }
        }
        return [
            distance(
                "unary-4x64", "a plain C server, calls/s", rounds("peers", "unary-4x64", Contenders.ours),
                rounds("peers", "unary-4x64", "c-epoll")),
            distance(
                "unary-4x64", "a bare epoll echo, calls/s", rounds("peers", "unary-4x64", Contenders.ours),
                rounds("peers", "unary-4x64", "c-echo")),
            distance(
                "unary-1x1", "a bare epoll echo, p50", rounds("peers", "unary-1x1", Contenders.ours, .p50),
                rounds("peers", "unary-1x1", "c-echo", .p50), isTime: true),
            distance(
                "settle-1", "one fdatasync, p50", rounds("durable", "settle-1", Contenders.ours, .p50),
                rounds("limits", "fsync", nil, .p50), isTime: true),
            distance(
                "settle-256", "one fdatasync, p99", rounds("durable", "settle-256", Contenders.ours, .p99),
                rounds("limits", "fsync", nil, .p99), isTime: true),
            distance(
                "settle-batch", "our bare store, claims/s", rounds("durable", "settle-batch", Contenders.ours),
                rounds("durable", "settle-batch", "store")),
        ].compactMap(\.self)
    }
}
