import Foundation
import Testing

@Suite struct `The first page` {
    @Test func `is read in a few minutes`() throws {
        let lines = try Repository.text("README.md").split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count <= 120)
    }

    /// What a benchmark's run found, as the history keeps it.
    private struct Run: Decodable {
        struct Figure: Decodable {
            var name: String
            var min: Double
            var median: Double
            var max: Double
        }
        var commit: String
        var figures: [Figure]
    }

    /// The run that the page of figures names.
    private static func run() throws -> Run {
        let page = try Repository.text("docs/measuring/figures.md")
        let commit = try #require(page.firstMatch(of: /names the\s+commit\s+([0-9a-f]{7})/)?.1)
        let history = try Repository.files(below: "Benchmarks", endings: ["history.ndjson"])
        let lines = try String(contentsOf: try #require(history.first), encoding: .utf8).split(separator: "\n")
        let runs = try lines.map { try JSONDecoder().decode(Run.self, from: Data($0.utf8)) }
        return try #require(runs.last { $0.commit.hasPrefix(commit) }, "no run of \(commit) in the history")
    }

    /// The figures as pages write them: whole thousands, whole microseconds, millions with one digit.
    private static func words(_ figure: Run.Figure) -> (all: String, median: String) {
        func word(_ value: Double) -> String {
            switch figure.name {
            case "unary-1x1.p50": "\(Int((value / 1_000).rounded()))"
            case "batch-65536": String(format: "%.1f", value / 1_000_000)
            default: (Int((value / 1_000).rounded()) * 1_000).formatted(.number.locale(Locale(identifier: "en_US")))
            }
        }
        let unit = figure.name == "batch-65536" ? " million" : ""
        let all = [figure.min, figure.median, figure.max].map(word).joined(separator: " / ")
        return (all + unit, word(figure.median) + unit)
    }

    @Test(arguments: ["unary-4x64", "unary-1x1.p50", "batch-65536", "settle-256", "settle-batch"])
    func `a headline figure is the one that a run of the benchmarks found`(name: String) throws {
        let run = try Self.run()
        let figure = try #require(run.figures.first { $0.name == name })
        let (all, median) = Self.words(figure)
        let figures = try Repository.text("docs/measuring/figures.md")
        #expect(figures.contains("| \(all) |"), "\(name): \(all)")
        // The page of one screen leaves the batches of the ledger out.
        if name == "settle-batch" { return }
        let first = try Repository.text("README.md")
        #expect(first.contains("| \(median) "), "\(name): \(median)")
    }
}
