import Foundation
import HTMLReport
import Measurement

/// What the command prints: the verdict, goals and changes, aligned for people or as JSON for programs.
package struct ReportSummary: Encodable, Sendable {
    private struct Way: Encodable, Sendable {
        let kind: Projection.Way.Kind
        let claimsPerSecond: Double
        let seconds: Double
        let secondsMost: Double
    }

    private struct Figure: Encodable, Sendable {
        let name: String
        let unit: String
        let min: Double
        let median: Double
        let max: Double
        let rounds: Int
        let change: Change.Kind?
        let changeShare: Double?
    }

    private struct Goal: Encodable, Sendable {
        let id: String
        let state: GoalResult.State
        let found: Double?
    }

    private let verdict: Projection.Verdict
    private let sentence: String
    private let population: Int
    private let claimsPerPerson: Double
    private let nightHours: Double
    private let ways: [Way]
    private let figures: [Figure]
    private let goals: [Goal]
    private let lines: [String]

    private enum CodingKeys: String, CodingKey {
        case verdict, sentence, population, claimsPerPerson, nightHours, ways, figures, goals
    }

    package init(_ report: BenchReport) {
        let projection = report.projection
        let question = projection.question
        verdict = projection.verdict
        sentence = VerdictText.sentence(projection).en
        (population, claimsPerPerson, nightHours) = (question.population, question.claimsPerPerson, question.nightHours)
        ways = projection.ways.map {
            Way(
                kind: $0.kind, claimsPerSecond: $0.rate.median, seconds: $0.seconds(question),
                secondsMost: $0.secondsMost(question))
        }
        figures = report.headlines.map { headline in
            let (figure, change) = (headline.figure, report.history.change(headline.kind.name))
            return Figure(
                name: figure.name, unit: figure.unit, min: figure.min, median: figure.median, max: figure.max,
                rounds: figure.rounds, change: change?.kind, changeShare: change?.share)
        }
        goals = report.goals.map { Goal(id: $0.goal.id, state: $0.state, found: $0.found?.median) }
        lines = Self.lines(report)
    }

    package var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
        }
    }

    package var text: String { lines.joined(separator: "\n") + "\n" }

    private static func lines(_ report: BenchReport) -> [String] {
        var lines = [VerdictText.sentence(report.projection).en]
        lines += report.projection.ways.map { "  " + VerdictText.formula($0, report.projection.question) }
        let rows = report.headlines.map { headline in
            (
                headline.kind.words.en, Headline.text(headline.spread.median, headline.kind.form),
                Headline.unitText(headline.kind), report.history.change(headline.kind.name)?.words.en ?? ""
            )
        }
        let name = rows.map(\.0.count).max() ?? 0
        let figure = rows.map(\.1.count).max() ?? 0
        let unit = rows.map(\.2.count).max() ?? 0
        func pad(_ text: String, _ width: Int) -> String { String(repeating: " ", count: max(0, width - text.count)) }
        if !rows.isEmpty { lines.append("") }
        for row in rows {
            let line =
                "  \(row.0)\(pad(row.0, name))  \(pad(row.1, figure))\(row.1) \(row.2)\(pad(row.2, unit))  \(row.3)"
            lines.append(String(line.reversed().drop { $0 == " " }.reversed()))
        }
        if !report.goals.isEmpty { lines += ["", GoalSection.summary(report.goals).en] }
        for result in report.goals where result.state == .notMet {
            lines.append("  ✗ \(result.goal.measure): \(result.foundText), goal \(result.goal.boundText)")
        }
        return lines
    }
}
