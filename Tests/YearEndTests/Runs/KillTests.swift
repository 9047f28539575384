import Foundation
import Ledger
import LedgerStore
import Policy
import Population
import Settlement
import TestSupport
import Testing
import YearEnd

@Suite struct `A run that is killed` {
    /// Kills of one test; 50 before a release (JIESUAN_KILLS).
    static let kills = ProcessInfo.processInfo.environment["JIESUAN_KILLS"].flatMap { Int($0) } ?? 8

    private func start(_ arguments: [String]) throws -> ChildProcess {
        try ChildProcess(Product.program, ["year-end"] + arguments, errors: .nothing)
    }

    /// Starts a run again and again until it has been killed `kills` times, finishing in between; `makeRun` gives the
    /// arguments of a new run, and `check` looks at it when it has finished.
    private func kill(
        within seconds: Double, _ random: inout SeededRandom, makeRun: (Int) throws -> [String],
        check: (Int) throws -> Void
    ) throws {
        var killed = 0
        var round = 0
        while killed < Self.kills {
            let arguments = try makeRun(round)
            // Over and over in the same folder until it gets through: the pieces add up to the whole.
            for _ in 0..<4 where killed < Self.kills {
                let process = try start(arguments)
                Thread.sleep(forTimeInterval: Double.random(in: 0...seconds, using: &random))
                if process.isRunning {
                    process.send(SIGKILL)
                    killed += 1
                }
                try process.waitForEnd()
            }
            let last = try start(arguments)
            #expect(try last.waitForEnd() == 0)
            try check(round)
            round += 1
        }
    }

    /// Runs to the end; returns how long it took.
    private func finish(_ arguments: [String]) throws -> Double {
        let begin = Date()
        let process = try start(arguments)
        #expect(try process.waitForEnd() == 0)
        return Date().timeIntervalSince(begin)
    }

    @Test func `YE-7: killed at random moments and started again, it finishes with the same bytes`() throws {
        var random = SeededRandom.printed()
        let year = try FileYear(claims: 20_000, region: .shenyang, &random)
        let number = try #require(try `A year from files`.years(of: year.claims).first)
        func arguments(_ name: String) -> [String] {
            [
                "--year", "\(number)", "--claims", year.claims, "--persons", year.persons, "--out",
                year.folder.file(name), "--surplus", "shenyang=54321", "--audit",
            ]
        }
        let seconds = try finish(arguments("whole"))
        let expected = try year.folder.results(of: "whole")
        #expect(expected.count > 8)
        try kill(within: seconds, &random) {
            arguments("killed\($0)")
        } check: { round in
            let results = try year.folder.results(of: "killed\(round)")
            #expect(results == expected)
        }
    }

    @Test func `YE-7, G-13: killed while it reads or posts, it books every difference once, with the same bytes`() throws {
        var random = SeededRandom.printed()
        let folder = ScratchFolder()
        let persons = 400
        try Self.makeLedger(folder.file("ledger.db"), persons: persons)
        /// A run over a copy of the ledger.
        func makeRun(_ name: String) throws -> [String] {
            try FileManager.default.copyItem(atPath: folder.file("ledger.db"), toPath: folder.file(name + ".db"))
            return ["--year", "2024", "--ledger", folder.file(name + ".db"), "--out", folder.file(name)]
        }
        func check(_ name: String) throws {
            let store = try SQLiteStore(path: folder.file(name + ".db"), mode: .readOnly)
            let found = try Verifier(store: store, library: YearWorld.library).verify { _ in }
            #expect(found.differences == [] && found.adjustments == 2 * persons)
        }
        let seconds = try finish(try makeRun("whole"))
        try check("whole")
        let expected = try folder.results(of: "whole")
        try kill(within: seconds, &random) {
            try makeRun("killed\($0)")
        } check: { round in
            let results = try folder.results(of: "killed\(round)")
            #expect(results == expected)
            try check("killed\(round)")
        }
    }

    @Test func `YE-7, SY-4: killed while it reads or posts, the second round pays the surplus once, to the fen`() throws {
        var random = SeededRandom.printed()
        let folder = ScratchFolder()
        let persons = 300
        try Self.makeShenyang(folder.file("ledger.db"), persons: persons)
        func makeRun(_ name: String) throws -> [String] {
            try FileManager.default.copyItem(atPath: folder.file("ledger.db"), toPath: folder.file(name + ".db"))
            return [
                "--year", "2020", "--ledger", folder.file(name + ".db"), "--out", folder.file(name), "--surplus",
                "shenyang=12345.67",
            ]
        }
        func check(_ name: String) throws {
            let store = try SQLiteStore(path: folder.file(name + ".db"), mode: .readOnly)
            let found = try Verifier(store: store, library: YearWorld.library).verify { _ in }
            #expect(found.differences == [] && found.payments == persons)
            var paid: Fen = 0
            try LedgerRows(store: store).forEach(progress: { _ in }) { row in
                if case .secondRound(let payment) = row { paid += payment.amount }
            }
            #expect(paid == 12_345_67)
        }
        let seconds = try finish(try makeRun("whole"))
        try check("whole")
        let expected = try folder.results(of: "whole")
        try kill(within: seconds, &random) {
            try makeRun("killed\($0)")
        } check: { round in
            let results = try folder.results(of: "killed\(round)")
            #expect(results == expected)
            try check("killed\(round)")
        }
    }

    /// A ledger of registered-poor persons, of each of whom round one leaves 300 元 unpaid.
    private static func makeShenyang(_ path: String, persons: Int) throws {
        let world = try YearWorld(store: SQLiteStore(path: path, mode: .create))
        for person in 1...UInt64(persons) {
            try world.resident(person, "shenyang")
            try world.identity(.registeredPoor, of: person, given: 2019_06_01)
            try world.settle("S\(person)", person, .outpatient, on: 2020_03_01, at: "S2", yuan: 680, drug: 680)
        }
        world.ledger.close()
    }

    /// A ledger in which every person's first settlement came last, so that two differences are found of each.
    private static func makeLedger(_ path: String, persons: Int) throws {
        let world = try YearWorld(store: SQLiteStore(path: path, mode: .create))
        for person in 1...UInt64(persons) {
            try world.employee(person, .active)
            try world.settle("C1-\(person)", person, .outpatient, on: 2024_06_30, at: "H2", yuan: 300)
            try world.settle("C2-\(person)", person, .outpatient, on: 2024_05_10, at: "H3", yuan: 1_000)
        }
        world.ledger.close()
    }
}
