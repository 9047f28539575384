import Foundation
import HTMLReport
import Measurement
import Report
import Testing

@Suite struct `History` {
    private func figure(
        _ min: Double, _ median: Double, _ max: Double, more: Bool = true, rounds: Int = 5
    ) -> HistoryFigure {
        HistoryFigure(
            name: "unary-4x64", unit: "calls/s", moreIsBetter: more, min: min, median: median, max: max, rounds: rounds)
    }

    @Test func `where the rounds of two runs overlap the change is noise`() {
        let before = figure(90, 100, 110)
        #expect(Change(figure(109, 120, 130), since: before).kind == .withinNoise)
        #expect(Change(figure(110, 120, 130), since: before).kind == .withinNoise)
        let faster = Change(figure(111, 120, 130), since: before)
        #expect(faster.kind == .better && faster.words.en == "▲ better: +20.0 %")
        let slower = Change(figure(70, 80, 89), since: before)
        #expect(slower.kind == .worse && slower.words.en == "▼ worse: −20.0 %")
    }

    @Test func `of times less is better`() {
        let before = figure(90, 100, 110, more: false)
        #expect(Change(figure(70, 80, 89, more: false), since: before).kind == .better)
        #expect(Change(figure(111, 120, 130, more: false), since: before).kind == .worse)
    }

    @Test func `one round has no band to hold a change against`() {
        let change = Change(figure(150, 150, 150, rounds: 1), since: figure(90, 100, 110))
        #expect(change.kind == .noBand && change.words.en == "one round, no noise band: +50.0 %")
        #expect(Change(figure(150, 150, 150), since: figure(0, 0, 0)).share == 0)
    }

    private func line(_ startedAt: String, cpu: String = "AMD EPYC 9B14") -> HistoryLine {
        var environment = Sample.environment(startedAt: startedAt)
        environment.cpu = cpu
        return HistoryLine(environment, figures: [figure(90, 100, 110)], goalsMet: 1, goalsMeasured: 2)
    }

    @Test func `a run is compared with the last before it on the same kind of machine`() {
        let lines = [
            line("2026-11-20T00:00:00Z"), line("2026-11-21T00:00:00Z", cpu: "Other"), line("2026-11-19T00:00:00Z"),
            // This run's own line and a later one.
            line("2026-11-22T03:15:07Z"), line("2026-11-23T00:00:00Z"),
        ]
        let history = BenchReport(Sample.results(), history: lines).history
        #expect(history.before.map(\.startedAt) == lines.map(\.startedAt).sorted().prefix(3).map(\.self))
        #expect(history.last?.startedAt == "2026-11-20T00:00:00Z")
        #expect(history.change("unary-4x64")?.kind == .better)
        #expect(history.change("settle-batch") == nil)
    }

    @Test func `a line is added once, and what stands in the file stays`() throws {
        let folder = Folder()
        let path = folder.path + "/history.ndjson"
        #expect(try HistoryFile.read(path).isEmpty)
        #expect(try HistoryFile.append(line("2026-11-20T00:00:00Z"), to: path))
        // As an editor leaves it: without the last line's end.
        var bytes = try Data(contentsOf: URL(filePath: path))
        bytes.removeLast()
        try bytes.write(to: URL(filePath: path))
        #expect(try HistoryFile.append(line("2026-11-21T00:00:00Z"), to: path))
        #expect(try !HistoryFile.append(line("2026-11-20T00:00:00Z", cpu: "Other"), to: path))
        #expect(try HistoryFile.read(path) == [line("2026-11-20T00:00:00Z"), line("2026-11-21T00:00:00Z")])
        #expect(try Data(contentsOf: URL(filePath: path)).starts(with: bytes))
        // Nothing is left beside it.
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["history.ndjson"])
    }

    @Test func `a damaged history is named by its line and never written over`() throws {
        let folder = Folder()
        let path = folder.path + "/history.ndjson"
        #expect(try HistoryFile.append(line("2026-11-20T00:00:00Z"), to: path))
        let good = try String(contentsOfFile: path, encoding: .utf8)
        let damaged = [
            (good + "{\n", "line 2"), (good + good, "stands twice"),
            (good.replacing("jiesuan-history/1", with: "jiesuan-history/2"), "jiesuan-history/2"),
            (good.replacing("\"max\":110", with: "\"max\":10"), "unary-4x64"),
        ]
        for (text, words) in damaged {
            try folder.write("history.ndjson", text)
            let problem = #expect(throws: ReportProblem.self) {
                try HistoryFile.append(line("2026-11-21T00:00:00Z"), to: path)
            }
            #expect(problem?.description.contains("history.ndjson") == true)
            #expect(problem?.description.contains(words) == true, "\(String(describing: problem))")
            #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
        }
    }
}
