import HTMLReport
import Measurement

/// What became of a figure since the last run, held against the noise of both.
package struct Change: Equatable, Sendable {
    package enum Kind: String, Codable, Sendable {
        case better
        case worse
        /// The bands of the two runs' rounds overlap.
        case withinNoise
        /// One of the runs had one round: there is no band to hold it against.
        case noBand
    }

    package let kind: Kind
    /// Of the medians: 0.03 is three percent more. 0 where there was nothing before.
    package let share: Double
    package let before: HistoryFigure

    package init(_ figure: HistoryFigure, since before: HistoryFigure) {
        self.before = before
        share = before.median > 0 ? figure.median / before.median - 1 : 0
        if figure.rounds < 2 || before.rounds < 2 {
            kind = .noBand
        } else if figure.min <= before.max, before.min <= figure.max {
            kind = .withinNoise
        } else {
            kind = (figure.median > before.median) == figure.moreIsBetter ? .better : .worse
        }
    }

    /// "better: +12.0 %", "within noise: −1.2 %".
    package var words: Words {
        let share = NumberText.change(share)
        switch kind {
        case .better: return Words("变好 \(share)", "▲ better: \(share)")
        case .worse: return Words("变差 \(share)", "▼ worse: \(share)")
        case .withinNoise: return Words("在噪声之内 \(share)", "within noise: \(share)")
        case .noBand: return Words("仅一轮 \(share)", "one round, no noise band: \(share)")
        }
    }
}

/// This run beside those before it.
package struct History: Sendable {
    /// Runs before this one, the oldest first.
    package let before: [HistoryLine]
    /// Nil where the run has no environment: nobody knows when it was.
    package let line: HistoryLine?

    /// - Parameter lines: of the history file; this run's own is left out.
    package init(_ lines: [HistoryLine], this line: HistoryLine?) {
        self.line = line
        guard let line else {
            before = lines.sorted { $0.startedAt < $1.startedAt }
            return
        }
        before = lines.filter { $0.startedAt < line.startedAt }.sorted { $0.startedAt < $1.startedAt }
    }

    /// The run that this one is compared with: the last on the same kind of machine.
    package var last: HistoryLine? {
        guard let line else { return nil }
        return before.last { $0.cpu == line.cpu && $0.cores == line.cores }
    }

    package func change(_ name: String) -> Change? {
        guard let now = line?.figures.first(where: { $0.name == name }),
            let then = last?.figures.first(where: { $0.name == name })
        else { return nil }
        return Change(now, since: then)
    }
}
