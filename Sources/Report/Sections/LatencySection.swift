import Foundation
import HTMLReport
import Measurement

/// How long answers took, to the last of ten thousand.
enum LatencySection {
    static func make(_ report: BenchReport) -> Section {
        var section = Section("latency", Words("延迟分布", "Latency"))
        let loads = report.results.loads.filter { $0.record.latency.count > 0 }
        guard !loads.isEmpty else {
            section.missing("latencies (load-NAME.json)", "`jiesuan load --json FILE` writes them")
            return section
        }
        section.blocks.append(
            .text(
                Words(
                    "延迟自计划发送时刻起算；服务时间自实际发送起算。",
                    "Latency counts from the moment a request was to be sent, also where the sender was late (open "
                        + "loop); service time from the moment it was sent. In a closed loop the two are the same.")))
        section.blocks += pictures(loads)
        section.blocks.append(.table(table(loads)))
        return section
    }

    /// Runs whose latencies are drawn together; batches take a hundred times as long, and have a picture of their own.
    private static func pictures(_ loads: [RunResults.Load]) -> [Block] {
        let groups = [
            (
                "spectrum", Words("单笔请求的百分位图", "Percentiles of requests of one claim"),
                loads.filter { !isBatch($0) }
            ),
            ("spectrum-batch", Words("批量请求的百分位图", "Percentiles of batches"), loads.filter(isBatch)),
        ]
        var blocks: [Block] = []
        for (id, title, runs) in groups where !runs.isEmpty {
            blocks.append(.lines(SpectrumPicture.make(id: id, title: title, Array(runs.prefix(LinePicture.linesMax)))))
            if runs.count > LinePicture.linesMax {
                blocks.append(
                    .note(
                        Words(
                            "",
                            "Drawn are the first \(LinePicture.linesMax) of \(runs.count) runs; the table has all.")))
            }
        }
        return blocks
    }

    private static func isBatch(_ load: RunResults.Load) -> Bool { load.record.workload.claims > 1 }

    private static func table(_ loads: [RunResults.Load]) -> ReportTable {
        var table = ReportTable(
            caption: Words("延迟（毫秒）", "Latency in milliseconds"),
            columns: [
                .text("", "Run"), .text("", "Of"), .figure("", "p50"), .figure("", "p90"), .figure("", "p99"),
                .figure("", "p99.9"), .figure("", "p99.99"), .figure("最大", "Max"), .figure("均值", "Mean"),
                .figure("个数", "Count"),
            ], isDense: true)
        func add(_ name: String, _ what: Words, _ latency: LatencyRecord) {
            let times = [latency.p50, latency.p90, latency.p99, latency.p99_9, latency.p99_99, latency.max]
            table.rows.append(
                [.plain(name), .words(what)]
                    + times.map { .figure(NumberText.milliseconds(Double($0))) }
                    + [.figure(NumberText.milliseconds(latency.mean)), .count(latency.count)])
        }
        for load in loads {
            add(load.name, Words("延迟", "latency"), load.record.latency)
            if load.record.workload.loop != "closed" {
                add(load.name, Words("服务时间", "service time"), load.record.service)
                if let lateness = load.record.lateness { add(load.name, Words("发送滞后", "sent late by"), lateness) }
            }
        }
        return table
    }
}

/// The percentile plot of HdrHistogram: across 1 ÷ (1 − p) in tenfold steps, upwards milliseconds in tenfold steps.
enum SpectrumPicture {
    static func make(id: String, title: Words, _ loads: [RunResults.Load]) -> LinePicture {
        // Tenfold steps across: 90 % is one, 99.9999 % six; the last is that of the one slowest answer.
        let decades = loads.map { log10(Double(max($0.record.latency.count, 100))) }.max() ?? 2
        let curves = loads.map { load in
            let isClosed = load.record.workload.loop == "closed"
            return (load, points(load.record.latency), isClosed ? [] : points(load.record.service))
        }
        let axis = LogAxis(curves.flatMap { ($0.1 + $0.2).map { Double($0.value) } })
        func drawn(_ points: [LatencyRecord.Point], _ count: UInt64) -> [LinePicture.Point] {
            points.map { point in
                let rest = max(1 - point.percentile / 100, 1 / Double(max(count, 1)))
                return LinePicture.Point(x: min(log10(1 / rest) / decades, 1), y: axis.position(Double(point.value)))
            }
        }
        var lines: [LinePicture.Line] = []
        for (colour, curve) in curves.enumerated() {
            let (load, latency, service) = curve
            lines.append(
                LinePicture.Line(
                    name: Words("", load.name), colour: colour, points: drawn(latency, load.record.latency.count)))
            if !service.isEmpty {
                lines.append(
                    LinePicture.Line(
                        name: Words("服务时间", "\(load.name), service time"), colour: colour, isDashed: true,
                        points: drawn(service, load.record.service.count)))
            }
        }
        let said = loads.map { load in
            let latency = load.record.latency
            return "\(load.name): p50 \(NumberText.milliseconds(Double(latency.p50))), "
                + "p99 \(NumberText.milliseconds(Double(latency.p99))), "
                + "max \(NumberText.milliseconds(Double(latency.max))) ms"
        }
        return LinePicture(
            id: id, title: title, description: Words("", said.joined(separator: "; ") + "."),
            xTitle: "percentile, in steps of 1 ÷ (1 − p)", yTitle: "ms", xTicks: ticks(decades), yTicks: axis.ticks,
            lines: lines)
    }

    private static func ticks(_ decades: Double) -> [LinePicture.Tick] {
        let labels = ["90", "99", "99.9", "99.99", "99.999", "99.9999"]
        let half = LinePicture.Tick(position: log10(2) / decades, label: "50 %")
        let others = labels.enumerated().map {
            LinePicture.Tick(
                position: Double($0.offset + 1) / decades, label: $0.element,
                isMinor: ["99.99", "99.9999"].contains($0.element))
        }
        return ([half] + others).filter { $0.position <= 1.000_001 }
    }

    /// The spectrum, or where a run has none the percentiles that it names.
    private static func points(_ latency: LatencyRecord) -> [LatencyRecord.Point] {
        if !latency.spectrum.isEmpty { return latency.spectrum }
        let named = [
            (0, latency.min), (50, latency.p50), (90, latency.p90), (99, latency.p99), (99.9, latency.p99_9),
            (99.99, latency.p99_99), (100, latency.max),
        ]
        return named.map { LatencyRecord.Point(percentile: $0.0, value: $0.1) }
    }
}

/// An upward axis of milliseconds in tenfold steps, from nanoseconds.
struct LogAxis {
    private let low: Double
    private let high: Double

    /// Nanoseconds; less than a microsecond is drawn as one.
    init(_ values: [Double]) {
        let shown = values.map { max($0, Self.least) }
        low = log10(shown.min() ?? Self.least).rounded(.down)
        high = max(log10(shown.max() ?? Self.least).rounded(.up), low + 1)
    }

    private static let least = 1_000.0

    func position(_ value: Double) -> Double { (log10(max(value, Self.least)) - low) / (high - low) }

    var ticks: [LinePicture.Tick] {
        stride(from: low, through: high, by: 1).map { decade in
            let digits = max(0, 6 - Int(decade))
            let label = NumberText.decimals(pow(10, decade - 6), min(digits, 4))
            return LinePicture.Tick(position: (decade - low) / (high - low), label: label)
        }
    }
}
