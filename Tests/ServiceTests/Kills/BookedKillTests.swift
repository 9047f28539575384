import Client
import Foundation
import Population
import RPC
import Settlement
import TestSupport
import Testing

/// kill -9 of the real server while a year's end pays a second round and recognitions are decided (reliability.md).
@Suite struct `A server that is killed while it pays` {
    /// More with JIESUAN_KILLS, as `make torture` has it.
    static let kills = ProcessInfo.processInfo.environment["JIESUAN_KILLS"].flatMap { Int($0) } ?? 3

    /// Rounds of which one ends with `jiesuan ledger verify`.
    static let roundsPerVerify = 10

    @Test func `SY-4, YT-7: loses no second round and no recognition, and pays none twice`() throws {
        let seed = RandomYear.seed
        print("kill -9: JIESUAN_SEED=\(seed)")
        let before = try BookedWorld.ledger()
        let (shares, milliseconds) = try Self.undisturbed(before)
        // The surplus to the fen, and every visit has a part of it.
        #expect(shares.values.reduce(0, +) == BookedWorld.surplus && shares.values.allSatisfy { $0 > 0 })
        var tally = BookedTally(shares: shares)
        var stream = RandomStream(seed: seed, index: 7)
        var recovery: [Double] = []
        for round in 1...Self.kills {
            let ledger = try KeptLedger(copyOf: before)
            let load = BookedLoad()
            let server = try ledger.serve()
            try kill(server, under: load.parts) { usleep(UInt32(stream.within(1...milliseconds)) * 1_000) }
            try #require(load.problem == nil, "round \(round)")
            let start = MonotonicClock.nanoseconds()
            let again = try ledger.serve()
            recovery.append(Double(MonotonicClock.nanoseconds() - start) / 1e6)
            try tally.check(load, again)
            try ledger.stop(again)
            // Looking through a whole ledger takes as long as a round.
            guard round == Self.kills || round % Self.roundsPerVerify == 0 else { continue }
            let verdict = try ledger.verify()
            #expect(verdict.isClean, "seed \(seed), round \(round): \(verdict.output)")
        }
        #expect(tally.lost == 0 && tally.doubled == 0, "seed \(seed): \(tally.notes)")
        #expect(tally.acknowledged > 0)
        recovery.sort()
        let times = String(format: "p50 %.0f ms, max %.0f ms", recovery[recovery.count / 2], recovery.last ?? 0)
        print(
            "FIGURE kills-booked: \(Self.kills) kills while a second round and recognitions were paid, "
                + "\(tally.acknowledged) entries acknowledged; lost \(tally.lost), doubled \(tally.doubled); "
                + "listens again after \(times)")
    }

    @Test func `the harness finds a server that forgets what it paid`() throws {
        let before = try BookedWorld.ledger()
        let (shares, _) = try Self.undisturbed(before)
        let ledger = try KeptLedger(copyOf: before)
        let load = BookedLoad()
        try kill(try ledger.serve(), under: load.parts) { usleep(200_000) }
        try #require(load.acknowledged > 0)
        try ledger.replace(by: before)
        var tally = BookedTally(shares: shares)
        try tally.check(load, try ledger.serve())
        #expect(tally.lost > 0)
        print(
            "FIGURE kills-booked-canary: a server that forgets: \(load.acknowledged) acknowledged, "
                + "\(tally.lost) found lost")
    }

    /// What the second round pays each visit, and how long all of it takes, in milliseconds.
    private static func undisturbed(_ before: KeptLedger) throws -> (shares: [String: Fen], milliseconds: Int64) {
        let ledger = try KeptLedger(copyOf: before)
        let server = try ledger.serve()
        let load = BookedLoad()
        let start = MonotonicClock.nanoseconds()
        try run(load.parts, at: server.port)
        let took = Int64((MonotonicClock.nanoseconds() - start) / 1_000_000)
        if let problem = load.problem { throw ServerProcess.Failure(problem) }
        try ledger.stop(server)
        return (load.rounds.mapValues(\.amount), max(2, took))
    }
}
