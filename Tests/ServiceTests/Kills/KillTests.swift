import Client
import Foundation
import Glibc
import Population
import RPC
import Settlement
import Testing

/// kill -9 of the real server under load (reliability.md).
@Suite struct `A server that is killed` {
    static let loads = 3
    /// The shared ones, and those of the loads.
    static let sharedPersons = 170
    /// More with JIESUAN_KILLS, as `make torture` has it.
    static let kills = Int(ProcessInfo.processInfo.environment["JIESUAN_KILLS"] ?? "") ?? 20
    /// Milliseconds of load before a kill.
    static let loadMilliseconds: ClosedRange<Int64> = 20...300

    @Test func `G-12: loses no acknowledged settlement or reversal, doubles none, and comes back by itself`() throws {
        let seed = RandomYear.seed
        print("kill -9: JIESUAN_SEED=\(seed)")
        let ledger = try KeptLedger(persons: Self.sharedPersons + Self.loads * Int(KillLoad.ownPersons))
        let loads = (0..<Self.loads).map { KillLoad(index: $0, sharedPersons: Self.sharedPersons, seed: seed) }
        var stream = RandomStream(seed: seed, index: UInt64(Self.loads))
        var tally = KillTally(seed: seed)
        var recovery: [Double] = []
        var server = try ledger.serve()
        for round in 1...Self.kills {
            try Self.kill(server, under: loads, after: stream.within(Self.loadMilliseconds))
            for load in loads { try #require(load.problem == nil, "round \(round)") }
            let start = MonotonicClock.nanoseconds()
            server = try ledger.serve()
            recovery.append(Double(MonotonicClock.nanoseconds() - start) / 1e6)
            try tally.check(loads, server)
        }
        try ledger.stop(server)
        let verdict = try ledger.verify()
        let sent = loads.reduce(0) { $0 + $1.sent }
        let doubled = verdict.settlements - sent
        #expect(verdict.isClean, "\(verdict.output)")
        #expect(tally.lost == 0 && tally.refused == 0, "seed \(seed): \(tally.notes)")
        // Every id that was sent has been sent again until it was settled: one settlement each.
        #expect(doubled == 0, "seed \(seed)")
        #expect(verdict.reversals == tally.reversed, "seed \(seed)")
        #expect(tally.acknowledged > 0 && tally.unacknowledged > 0)
        recovery.sort()
        let times = String(format: "p50 %.0f ms, max %.0f ms", recovery[recovery.count / 2], recovery.last ?? 0)
        print(
            "FIGURE kills: \(Self.kills) kills under load, \(tally.acknowledged) settlements acknowledged, "
                + "\(tally.unacknowledged) in doubt, \(tally.reversed) reversed; lost \(tally.lost), "
                + "doubled \(doubled); listens again after \(times)")
    }

    @Test func `the harness finds a server that forgets what it settled`() throws {
        let before = try KeptLedger(persons: Self.sharedPersons + Int(KillLoad.ownPersons))
        let ledger = try KeptLedger(copyOf: before)
        let load = KillLoad(index: 0, sharedPersons: Self.sharedPersons, seed: RandomYear.seed)
        try Self.kill(try ledger.serve(), under: [load], after: 200)
        try #require(load.problem == nil && !load.acknowledged.isEmpty)
        try ledger.replace(by: before)
        var tally = KillTally(seed: RandomYear.seed)
        try tally.check([load], try ledger.serve())
        #expect(tally.lost >= load.acknowledged.count)
        print(
            "FIGURE kills-canary: a server that forgets: \(load.acknowledged.count) acknowledged, "
                + "\(tally.lost) found lost")
    }

    /// Lets the loads run for a while, kills the server, and waits until the loads have seen it.
    private static func kill(_ server: ServerProcess, under loads: [KillLoad], after milliseconds: Int64) throws {
        let parts: [@Sendable (Int) -> Void] = loads.map { load in
            load.begin()
            return { load.run($0) }
        }
        try ServiceTests.kill(server, under: parts) { usleep(UInt32(milliseconds) * 1_000) }
    }
}

/// What came of all rounds so far, and answers of earlier rounds to ask for again.
private struct KillTally {
    /// Answers of earlier rounds that are kept, and how many of them each round asks for.
    static let keptMax: Int64 = 20_000
    static let samples = 300

    private(set) var acknowledged = 0
    private(set) var unacknowledged = 0
    private(set) var reversed = 0
    /// Acknowledged, but answered otherwise when sent again.
    private(set) var lost = 0
    /// Sent again without an acknowledgement, and refused.
    private(set) var refused = 0
    /// The first things that went wrong.
    private(set) var notes: [String] = []

    private var kept: [(request: SettlementRequest, answer: [UInt8])] = []
    private var keptBatches: [AnsweredBatch] = []
    private var keptWithdrawals: [Withdrawal] = []
    private var stream: RandomStream

    init(seed: UInt64) { stream = RandomStream(seed: seed, index: UInt64.max) }

    /// Sends everything of this round again, and some of the earlier ones.
    mutating func check(_ loads: [KillLoad], _ server: ServerProcess) throws {
        let client = try server.connect()
        let calls = SettlementClient(try server.connect())
        for load in loads {
            try expectSame(load.acknowledged, client)
            try settle(Array(load.unacknowledged.values), client)
            try check(load.batches, open: load.openBatch, calls)
            for withdrawal in load.withdrawals { try check(withdrawal, calls) }
        }
        try checkEarlier(client, calls)
        for load in loads { keep(load) }
    }

    private mutating func note(_ text: String) { if notes.count < 10 { notes.append(text) } }

    private mutating func expectSame(
        _ settled: [(request: SettlementRequest, answer: [UInt8])], _ client: Client
    ) throws {
        for (before, now) in zip(settled, try client.settle(settled.map(\.request)))
        where now.code != 0 || now.message != before.answer {
            lost += 1
            note("\(before.request.id) came back otherwise: \(now.code) \(now.text)")
        }
    }

    /// What was in doubt: settled now, or it comes back.
    private mutating func settle(_ requests: [SettlementRequest], _ client: Client) throws {
        unacknowledged += requests.count
        for (request, reply) in zip(requests, try client.settle(requests)) where reply.code != 0 {
            refused += 1
            note("\(request.id) was refused: \(reply.code) \(reply.text)")
        }
    }

    private mutating func check(
        _ batches: [AnsweredBatch], open: [SettlementRequest], _ calls: SettlementClient
    ) throws {
        for batch in batches {
            let differences = batch.differences(from: try AnsweredBatch.send(batch.requests, calls))
            lost += differences
            if differences > 0 { note("\(differences) rows of the batch of \(batch.requests[0].id) differ") }
        }
        guard !open.isEmpty else { return }
        unacknowledged += open.count
        let answer = try AnsweredBatch.send(open, calls)
        refused += answer.errorCount
        if answer.errorCount > 0 { note("\(answer.error(0))") }
    }

    /// Takes it to its end: settled, reversed, and refused with 4105 from then on.
    private mutating func check(_ withdrawal: Withdrawal, _ calls: SettlementClient) throws {
        let request = withdrawal.request
        if withdrawal.reversal == nil {
            unacknowledged += 1
            let answer = try? calls.settleBytes(request)
            if let before = withdrawal.answer, let answer, answer != before {
                lost += 1
                note("\(request.id) came back otherwise before its reversal")
            }
        }
        let reversal: RemoteReversal
        do throws(ClientError) {
            reversal = try calls.reverse(request.id, reason: "登记错误")
        } catch .failed(let code, let text) {
            lost += 1
            note("\(request.id) cannot be reversed any more: \(code) \(text)")
            return
        }
        if let before = withdrawal.reversal {
            acknowledged += 1
            if reversal.sequence != before {
                lost += 1
                note("\(request.id) was reversed again")
            }
        }
        expectReversed(request, calls)
        reversed += 1
        keptWithdrawals.append(Withdrawal(request: request, answer: nil, reversal: reversal.sequence))
    }

    private mutating func expectReversed(_ request: SettlementRequest, _ calls: SettlementClient) {
        let answer = code { () throws(ClientError) in _ = try calls.settleBytes(request) }
        guard answer != 4105 else { return }
        lost += 1
        note("\(request.id) is reversed, but sent again it was answered \(answer)")
    }

    private mutating func checkEarlier(_ client: Client, _ calls: SettlementClient) throws {
        if !kept.isEmpty {
            let places = (0..<Self.samples).map { _ in Int(stream.below(Int64(kept.count))) }
            try expectSame(places.map { kept[$0] }, client)
        }
        if !keptBatches.isEmpty {
            try check([keptBatches[Int(stream.below(Int64(keptBatches.count)))]], open: [], calls)
        }
        if !keptWithdrawals.isEmpty {
            expectReversed(keptWithdrawals[Int(stream.below(Int64(keptWithdrawals.count)))].request, calls)
        }
    }

    private mutating func keep(_ load: KillLoad) {
        acknowledged += load.acknowledged.count + load.batches.reduce(0) { $0 + $1.requests.count }
        for settled in load.acknowledged {
            if kept.count < Int(Self.keptMax) {
                kept.append(settled)
            } else {
                kept[Int(stream.below(Self.keptMax))] = settled
            }
        }
        // One of a load and round is enough of a sample.
        if let batch = load.batches.last { keptBatches.append(batch) }
    }
}
