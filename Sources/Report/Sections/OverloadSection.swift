import HTMLReport
import Measurement

/// Beyond what the server can do, and afterwards.
enum OverloadSection {
    /// Memory counts as flat within this of the first step.
    static let flatShare = 0.1

    static func make(_ report: BenchReport) -> Section {
        var section = Section("overload", Words("过载与恢复", "Overload and recovery"))
        guard let ramp = report.results.ramp, !ramp.overload.isEmpty, let peak = Overload.peak(ramp), peak > 0 else {
            section.missing("overload (\(ResultsReader.rampFile))", "`jiesuan load --ramp --json FILE` writes it")
            return section
        }
        section.blocks.append(.text(summary(ramp, peak)))
        section.blocks.append(.rows(picture(ramp, peak)))
        section.blocks.append(.table(RampTable.make(Words("过载", "Offered more than the capacity"), ramp.overload)))
        if let recovery = ramp.recovery {
            section.blocks.append(
                .table(RampTable.make(Words("恢复", "Right after the overload"), [recovery])))
        }
        return section
    }

    static func summary(_ ramp: RampRecord, _ peak: Double) -> Words {
        var parts: [String] = []
        var zh = ""
        if let worst = ramp.overload.max(by: { $0.factor < $1.factor }) {
            parts.append(
                "At \(NumberText.chosen(worst.factor)) × the capacity the server answers "
                    + "\(NumberText.percent(worst.run.good / peak)) of its peak of \(NumberText.figure(peak)) "
                    + "requests/s rightly.")
            zh += "\(NumberText.chosen(worst.factor)) 倍过载时，正确吞吐为峰值的 \(NumberText.percent(worst.run.good / peak))；"
            if let first = ramp.overload.min(by: { $0.factor < $1.factor })?.run.server,
                let last = worst.run.server, first.residentBytes > 0
            {
                let growth = Double(last.residentBytes) / Double(first.residentBytes) - 1
                let text = "\(NumberText.mebibytes(first.residentBytes)) → \(NumberText.mebibytes(last.residentBytes))"
                parts.append(growth <= flatShare ? "Memory is flat: \(text)." : "Memory grows: \(text).")
                zh += growth <= flatShare ? "内存平稳；" : "内存增长；"
            }
        }
        if let recovery = ramp.recovery {
            let offered = recovery.run.offered ?? recovery.factor * ramp.capacity
            let share = offered > 0 ? recovery.run.good / offered : 0
            parts.append(
                "Right afterwards, at \(NumberText.chosen(recovery.factor)) ×, it answers \(NumberText.percent(share)) "
                    + "of what is offered, p99 \(NumberText.milliseconds(Double(recovery.run.latency.p99))) ms.")
            zh += "过载之后立即恢复到计划量的 \(NumberText.percent(share))。"
        }
        return Words(zh, parts.joined(separator: " "))
    }

    private static func picture(_ ramp: RampRecord, _ peak: Double) -> RowPicture {
        let steps = ramp.overload.sorted { $0.factor < $1.factor }
        let rows = steps.map { step in
            let share = step.run.good / peak
            return RowPicture.Row(
                words: Words(
                    "容量的 \(NumberText.chosen(step.factor)) 倍",
                    "\(NumberText.chosen(step.factor)) × the capacity offered"),
                figure: NumberText.figure(step.run.good), share: "\(NumberText.percent(share)) of the peak",
                bars: [RowPicture.Bar(from: 0, until: share, style: "b-us")], tick: (share, "b-us"))
        }
        return RowPicture(
            id: "overload-picture", title: Words("过载时的正确吞吐", "Right answers a second under overload"),
            description: summary(ramp, peak), rows: rows)
    }
}
