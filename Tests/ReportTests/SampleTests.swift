import Foundation
import Measurement
import Report
import Testing

@Suite struct `A sample run` {
    @Test func `is read back from its files as it was made`() throws {
        let folder = Folder()
        let results = Sample.results()
        try folder.write(results)
        let read = try ResultsReader.read(folder: folder.path)
        #expect(read.environment == results.environment)
        #expect(read.points == results.points)
        #expect(read.loads.map(\.name) == results.loads.map(\.name))
        #expect(read.loads.map(\.record) == results.loads.map(\.record))
        #expect(read.ramp == results.ramp)
        #expect(read.goals == results.goals && read.goals?.isEmpty == false)
        #expect(read.files == results.files)
        #expect(BenchHTML.write(BenchReport(read)) == BenchHTML.write(BenchReport(results)))
    }

    /// To look at: REPORT_SAMPLE=DIR leaves the sample's files, its history and its page there.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["REPORT_SAMPLE"] != nil))
    func `can be looked at`() throws {
        let path = try #require(ProcessInfo.processInfo.environment["REPORT_SAMPLE"])
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let folder = Folder(path: path)
        try folder.write(Sample.results())
        let report = BenchReport(Sample.results(), history: Sample.history())
        try folder.write("report.html", String(decoding: BenchHTML.write(report), as: UTF8.self))
        try folder.write("report.md", BenchMarkdown.write(report))
        for line in Sample.history() { #expect(try HistoryFile.append(line, to: path + "/history.ndjson")) }
    }
}
