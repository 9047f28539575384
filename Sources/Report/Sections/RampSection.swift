import Foundation
import HTMLReport
import Measurement

/// Latency against load, and the knee.
enum RampSection {
    static func make(_ report: BenchReport) -> Section {
        var section = Section("ramp", Words("负载与延迟", "Latency against load"))
        guard let ramp = report.results.ramp, !ramp.steps.isEmpty else {
            section.missing("rising load (\(ResultsReader.rampFile))", "`jiesuan load --ramp --json FILE` writes it")
            return section
        }
        section.blocks.append(.text(knee(ramp)))
        section.blocks.append(.lines(picture(ramp)))
        section.blocks.append(.table(RampTable.make(Words("逐级加压", "Rising load, step by step"), ramp.steps)))
        return section
    }

    /// The knee in words.
    static func knee(_ ramp: RampRecord) -> Words {
        guard let knee = ramp.knee else {
            return Words(
                "未找到拐点。",
                "No knee: at no measured rate did the server keep up. Capacity of a closed loop: "
                    + "\(NumberText.figure(ramp.capacity)) requests/s.")
        }
        let rate = NumberText.figure(knee.rate)
        let share = ramp.capacity > 0 ? ", \(NumberText.percent(knee.rate / ramp.capacity)) of the capacity" : ""
        let reason = knee.reason.isEmpty ? "" : "; \(knee.reason)"
        return Words(
            "拐点：每秒 \(rate) 个请求。",
            "The knee is at \(rate) requests/s\(share): there p99 still is "
                + "\(NumberText.milliseconds(Double(knee.p99))) ms\(reason).")
    }

    private static func picture(_ ramp: RampRecord) -> LinePicture {
        let steps = ramp.steps.sorted { rate($0, ramp) < rate($1, ramp) }
        let most = max(steps.map { rate($0, ramp) }.max() ?? 1, ramp.knee?.rate ?? 0, 1)
        let axis = LogAxis(steps.flatMap { [Double($0.run.latency.p50), Double($0.run.latency.p99_9)] })
        let across = RoundAxis(most: most)
        func line(_ name: Words, _ colour: Int, _ value: (LatencyRecord) -> Int64) -> LinePicture.Line {
            LinePicture.Line(
                name: name, colour: colour, hasDots: true,
                points: steps.map {
                    LinePicture.Point(
                        x: across.position(rate($0, ramp)), y: axis.position(Double(value($0.run.latency))))
                })
        }
        return LinePicture(
            id: "ramp-picture", title: Words("负载与延迟", "Latency from the intended send time, against the offered load"),
            description: knee(ramp), xTitle: "offered, requests a second", yTitle: "ms", xTicks: across.ticks,
            yTicks: axis.ticks,
            lines: [
                line(Words("中位数", "p50"), 0) { $0.p50 }, line(Words("第 99 百分位", "p99"), 1) { $0.p99 },
                line(Words("第 99.9 百分位", "p99.9"), 2) { $0.p99_9 },
            ],
            mark: ramp.knee.map { LinePicture.Tick(position: across.position($0.rate), label: "knee") })
    }

    static func rate(_ step: RampRecord.Step, _ ramp: RampRecord) -> Double {
        step.run.offered ?? step.factor * ramp.capacity
    }
}

/// Steps of a ramp as a table.
enum RampTable {
    static func make(_ caption: Words, _ steps: [RampRecord.Step]) -> ReportTable {
        var table = ReportTable(
            caption: caption,
            columns: [
                .text("倍数", "× capacity"), .figure("计划", "Offered/s"), .figure("应答", "Achieved/s"),
                .figure("正确", "Good/s"), .figure("漏发", "Missed"), .figure("出错", "Errors"),
                .figure("", "p50 ms"), .figure("", "p99 ms"), .figure("", "p99.9 ms"),
                .figure("内存", "Server memory"),
            ], isDense: true)
        for step in steps {
            let run = step.run
            table.rows.append([
                .figure(NumberText.decimals(step.factor, 2)),
                .figure(run.offered.map(NumberText.figure) ?? FigureText.none),
                .figure(NumberText.figure(run.achieved)), .figure(NumberText.figure(run.good)), .count(run.missed),
                .count(run.errors.reduce(UInt64(0)) { $0 &+ $1.count }),
                .figure(NumberText.milliseconds(Double(run.latency.p50))),
                .figure(NumberText.milliseconds(Double(run.latency.p99))),
                .figure(NumberText.milliseconds(Double(run.latency.p99_9))),
                .figure(run.server.map { NumberText.mebibytes($0.residentBytes) } ?? FigureText.none),
            ])
        }
        return table
    }
}

/// An axis from 0 in round steps.
struct RoundAxis {
    /// Labels that fit a narrow screen.
    private static let stepsMax = 6.0

    private let step: Double
    private let most: Double

    init(most: Double) {
        let rough = most / Self.stepsMax
        let power = pow(10, log10(rough).rounded(.down))
        step = [1, 2, 5, 10].map { $0 * power }.first { $0 >= rough * 0.999_999 } ?? rough
        self.most = max(most, step)
    }

    func position(_ value: Double) -> Double { min(value / most, 1) }

    var ticks: [LinePicture.Tick] {
        stride(from: 0, through: most * 1.000_001, by: step).enumerated().map { number, value in
            LinePicture.Tick(position: position(value), label: NumberText.figure(value), isMinor: number % 2 == 1)
        }
    }
}
