import HTMLReport
import Measurement

/// A benchmark's report: everything that its page and its Markdown say, worked out once.
package struct BenchReport: Sendable {
    package let results: RunResults
    package let table: PointTable
    package let projection: Projection
    package let goals: [GoalResult]
    package let headlines: [Headline]
    package let history: History

    /// - Parameter lines: of the history file.
    package init(_ results: RunResults, question: Projection.Question = .init(), history lines: [HistoryLine] = []) {
        self.results = results
        let table = PointTable(results.points)
        self.table = table
        projection = Projection(question, results, table)
        let goals = (results.goals ?? []).map { GoalResult($0, results, table) }
        self.goals = goals
        let headlines = Headline.all(results, table)
        self.headlines = headlines
        let line = results.environment.map {
            HistoryLine(
                $0, figures: headlines.map(\.figure), goalsMet: goals.count { $0.isMet },
                goalsMeasured: goals.count { $0.state != .notMeasured })
        }
        history = History(lines, this: line)
    }

    /// The page's parts below its head, in their order.
    var sections: [Section] {
        [
            GoalSection.make(self), EnvironmentSection.make(self), ThroughputSection.make(self),
            LatencySection.make(self), RampSection.make(self), PeerSection.make(self), LimitSection.make(self),
            CostSection.make(self), OverloadSection.make(self), HistorySection.make(self), FileSection.make(self),
        ]
    }
}

/// A part of the report, the same for the page and for Markdown.
struct Section {
    let id: String
    let heading: Words
    var blocks: [Block] = []

    init(_ id: String, _ heading: Words) {
        self.id = id
        self.heading = heading
    }

    /// That something was not measured, and what would.
    mutating func missing(_ what: String, _ how: String) {
        blocks.append(.note(Words("未测量", "Not measured: \(what). \(how)")))
    }
}

enum Block {
    case text(Words)
    /// A remark in smaller letters.
    case note(Words)
    /// Something that somebody must look at.
    case warning(Words)
    case table(ReportTable)
    /// Pictures are of the page only; a table says the same.
    case rows(RowPicture)
    case lines(LinePicture)
}
