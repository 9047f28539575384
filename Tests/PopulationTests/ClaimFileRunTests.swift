import Foundation
import Policy
import Population
import Settlement
import Testing

@Suite struct `A claims file is settled from end to end` {
    private func run(_ text: String) throws -> (summary: RunSummary, results: String, errors: String) {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("jiesuan-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let results = directory.appendingPathComponent("results.csv")
        let errors = directory.appendingPathComponent("errors.csv")
        var run = ClaimFileRun(
            try ClaimFileReader(MemorySource(text)), LocalSettler(try PolicyLibrary.load().packs),
            results: try FileSink(path: results.path), errors: try FileSink(path: errors.path))
        let summary = try run.run { _, _ in }
        return (
            summary, try String(contentsOf: results, encoding: .utf8), try String(contentsOf: errors, encoding: .utf8)
        )
    }

    private var examples: String {
        var bytes: [UInt8] = []
        let writer = ClaimFileWriter(hasPrinted: true)
        writer.appendHeader(to: &bytes, hasMark: true)
        for row in WorkedExamples.all { writer.append(row, to: &bytes) }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func `the worked examples come out as the sources print them`() throws {
        let (summary, results, errors) = try run(examples)
        #expect(summary.compared == 9)
        #expect(summary.disagreeing == 0)
        #expect(summary.isClean)
        #expect(results.split(separator: "\n").count == 10)
        #expect(results.split(separator: "\n").dropFirst().allSatisfy { $0.hasSuffix(",1") })
        #expect(errors.split(separator: "\n").count == 1)
    }

    @Test func `003-5 comes out the same in twelve equal claims (rules CQ-12, CQ-13, CQ-18, CQ-19, CQ-31, G-12)`() throws {
        var settler = LocalSettler(try PolicyLibrary.load().packs)
        let year = try #require(WorkedExamples.all.first { $0.id == "003-5" })
        let whole = RowOutcome(try settler.settle(year))
        settler = LocalSettler(try PolicyLibrary.load().packs)
        var sums = RegionSums()
        for month in 1...12 {
            var row = year
            row.claim.claim.serviceDate = CalendarDate(year: 2024, month: Int32(month), day: 1)
            row.claim.claim.cost = CostSplit(total: 9_200_00, inPolicy: 9_200_00)
            sums.add(RowOutcome(try settler.settle(row)), total: 9_200_00)
        }
        #expect((sums.fundTotal - whole.fundTotal).magnitude <= 12)
        // The account opens once with what every row repeats.
        #expect(sums.account == whole.accountTotal)
        #expect(sums.isConserving)
    }

    @Test func `what one line opens, another may not contradict`() throws {
        let lines = examples.split(separator: "\n")
        let second = lines[1].replacing("self:1260.00", with: "self:1261.00")
        let (summary, _, errors) = try run([lines[0], lines[1], lines[1], Substring(second)].joined(separator: "\n"))
        #expect(summary.all.settled == 2)
        #expect(errors.contains("4,003-1\t,accounts,self:1261.00,FACT_INVALID,CQ-31,\"line 2 opened"))
    }

    @Test func `bad rows go to the error file in the order of the lines, and the rest is settled`() throws {
        var lines = examples.split(separator: "\n").map(String.init)
        lines[2] = lines[2].replacing("3000.00", with: "3000.005")
        lines[4] = lines[4].replacing("chongqing", with: "atlantis")
        lines[6] = lines[6].replacing("registered_poor:2019-01-15", with: "\"")
        let (summary, results, errors) = try run(lines.joined(separator: "\n"))
        #expect(summary.all.settled == 6)
        #expect(summary.refused == 3)
        #expect(!summary.isClean)
        #expect(results.split(separator: "\n").count == 7)
        let problems = errors.split(separator: "\n").dropFirst().map { $0.split(separator: ",")[0] }
        #expect(problems == ["3", "5", "7"])
    }

    @Test func `a file that cannot be written is said so`() throws {
        #expect(throws: FileProblem.self) { try FileSink(path: "/no/such/directory/results.csv") }
        let full = try FileSink(path: "/dev/full")
        full.bytes = [1]
        #expect(throws: FileProblem.self) { try full.finish() }
    }
}
