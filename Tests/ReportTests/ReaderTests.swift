import Foundation
import Measurement
import Report
import Testing

@Suite struct `Results are read` {
    private func problem(_ files: [(String, String)]) throws -> String? {
        let folder = Folder()
        for (name, text) in files { try folder.write(name, text) }
        do {
            _ = try ResultsReader.read(folder: folder.path)
            return nil
        } catch { return error.description }
    }

    private static let point = """
        {"group": "peers", "workload": "unary-4x64", "contender": "jiesuan", "round": 1, "value": 5, "unit": "calls/s"}
        """

    @Test func `a folder without results says what belongs there`() throws {
        let said = try #require(try problem([]))
        #expect(said.contains("points.ndjson") && said.contains("make bench"))
        // Goals alone are no results.
        let goals = try #require(try problem([("goals.json", #"{"schema": "jiesuan-goals/1", "goals": []}"#)]))
        #expect(goals.contains("has no results"))
        #expect(throws: ReportProblem.self) { try ResultsReader.read(folder: "no-such-folder") }
    }

    @Test func `other files are let lie`() throws {
        let files = [
            ("points.ndjson", Self.point + "\n\r\n"), ("load-a.hgrm", "x"), ("notes.txt", "{"), ("report.html", ""),
        ]
        #expect(try problem(files) == nil)
    }

    @Test(arguments: [
        ("environment.json", "{", "not JSON"), ("environment.json", "{}", "startedAt is missing"),
        ("ramp.json", #"{"schema": "jiesuan-ramp/9"}"#, #""jiesuan-ramp/9", this program reads "jiesuan-ramp/1""#),
        ("ramp.json", #"{"schema": "jiesuan-ramp/1"}"#, "is missing"), ("ramp.json", "{}", "schema is missing"),
        ("load-x.json", #"{"schema": "other"}"#, #""other""#), ("load-x.json", "[]", "not what it should be"),
        ("load-x.json", "", "not JSON"), ("goals.json", #"{"schema": "x", "goals": []}"#, #""x""#),
        ("points.ndjson", point + "\n{", "line 2"), ("points.ndjson", point + "\n\n" + point, "line 3: repeats line 1"),
        ("points.ndjson", point.replacing("\"round\": 1", with: "\"round\": 0"), "round is 0"),
        ("points.ndjson", point.replacing("\"value\": 5", with: "\"value\": -5"), "value is -5"),
        ("points.ndjson", point.replacing("\"value\": 5", with: "\"value\": 1e300"), "value is 1e+300"),
        ("points.ndjson", point.replacing("\"value\": 5", with: "\"value\": \"5\""), "field value"),
    ])
    func `what is damaged is named with its file and position`(file: String, text: String, words: String) throws {
        let said = try #require(try problem([(file, text)]))
        #expect(said.contains(file) && said.contains(words), "\(said)")
    }

    @Test func `a load run with an impossible time is named by its field`() throws {
        let folder = Folder()
        var results = Sample.results()
        var record = results.loads[1].record
        record.latency.p99 = -1
        results.loads = [RunResults.Load(name: "half-capacity", record: record)]
        try folder.write(results)
        let problem = #expect(throws: ReportProblem.self) { try ResultsReader.read(folder: folder.path) }
        #expect(problem?.description.contains("load-half-capacity.json: field latency.p99 is -1") == true)
    }

    @Test func `a goal that cannot be worked out is named`() throws {
        func goal(_ bounds: String, _ value: String) -> String {
            """
            {"schema": "jiesuan-goals/1", "goals": [{"id": "g", "measure": "m", "measureZh": "z", \(bounds)
             "unit": "x", "value": \(value)}]}
            """
        }
        let good = #"{"from": "load", "run": "a", "field": "p99"}"#
        let files = [
            goal("", good), goal(#""atLeast": 1, "atMost": 2,"#, good),
            goal(#""atMost": 2,"#, #"{"from": "load", "run": "a", "field": "p42"}"#),
            goal(#""atMost": 2,"#, #"{"from": "load", "field": "p99"}"#),
            goal(#""atMost": 2,"#, #"{"from": "points", "field": "value"}"#),
            goal(#""atMost": 2,"#, #"{"from": "ramp", "field": "good"}"#),
        ]
        for file in files {
            let said = try #require(try problem([("goals.json", file), ("points.ndjson", Self.point)]))
            #expect(said.contains("goals.json") && said.contains("goal g"), "\(said)")
        }
        #expect(try problem([("goals.json", goal(#""atMost": 2,"#, good)), ("points.ndjson", Self.point)]) == nil)
    }

    @Test func `every goal of the project is measured by a whole run`() throws {
        let report = BenchReport(Sample.results())
        #expect(report.goals.count == 26)
        for result in report.goals { #expect(result.state != .notMeasured, "\(result.goal.id)") }
    }
}
