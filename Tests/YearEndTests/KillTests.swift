import Foundation
import Policy
import Population
import Testing
import YearEnd

@Suite struct `A run that is killed` {
    /// `jiesuan` beside the test bundle, where `swift build` puts both.
    static let program: URL = {
        let bundles = [ProcessInfo.processInfo.arguments[0], "/proc/self/exe"].map {
            URL(fileURLWithPath: $0).resolvingSymlinksInPath().deletingLastPathComponent()
        }
        let programs = bundles.map { $0.appendingPathComponent("jiesuan") }
        return programs.first { FileManager.default.isExecutableFile(atPath: $0.path) } ?? programs[0]
    }()

    /// Kills of one test; 50 before a release (JIESUAN_KILLS).
    static let kills = ProcessInfo.processInfo.environment["JIESUAN_KILLS"].flatMap { Int($0) } ?? 8

    private func start(_ year: FileYear, _ number: Int32, _ folder: String) throws -> Process {
        let process = Process()
        process.executableURL = Self.program
        process.arguments = [
            "year-end", "--year", "\(number)", "--claims", year.claims, "--persons", year.persons, "--out", folder,
            "--surplus", "shenyang=54321", "--audit",
        ]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }

    @Test func `YE-7: killed at random moments and started again, it finishes with the same bytes`() throws {
        var random = SeededRandom.printed()
        let year = try FileYear(claims: 20_000, region: .shenyang, &random)
        let number = try #require(try `A year from files`.years(of: year.claims).first)
        let whole = year.folder.file("whole")
        let begin = Date()
        let process = try start(year, number, whole)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        let seconds = Date().timeIntervalSince(begin)
        let expected = try year.folder.results(of: "whole")
        #expect(expected.count > 8)
        var killed = 0
        var round = 0
        while killed < Self.kills {
            let name = "killed\(round)"
            round += 1
            // Over and over in the same folder until it gets through: the pieces add up to the whole.
            for _ in 0..<4 where killed < Self.kills {
                let process = try start(year, number, year.folder.file(name))
                Thread.sleep(forTimeInterval: Double.random(in: 0...seconds, using: &random))
                if process.isRunning {
                    kill(process.processIdentifier, SIGKILL)
                    killed += 1
                }
                process.waitUntilExit()
            }
            let last = try start(year, number, year.folder.file(name))
            last.waitUntilExit()
            #expect(last.terminationStatus == 0)
            #expect(try year.folder.results(of: name) == expected)
        }
    }
}
