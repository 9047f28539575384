import Client
import ClientTesting
import Dispatch
import Foundation
import Population
import Settlement
import Synchronization
import Testing

/// Many connections at once, on a server process with its ledger in a file.
@Suite struct `Settling from many connections at once` {
    static let connections = 8
    static let ids = 400
    static let persons = 100
    static let claimsPerPerson = 12

    @Test func `the same ids from eight connections are one settlement each, answered with the same bytes`() throws {
        let ledger = try KeptLedger(persons: Self.persons)
        let server = try ledger.serve()
        let requests = (0..<Self.ids).map { number in
            LedgerServer.outpatient(
                "same-\(number)", Fen(100 + number) * 7_77, person: UInt64(1 + number % Self.persons), at: "H2")
        }
        let answers = Mutex<[[SettleReply]]>([])
        let port = server.port
        DispatchQueue.concurrentPerform(iterations: Self.connections) { _ in
            do {
                let client = try Client.connect(host: "127.0.0.1", port: port)
                let replies = try client.settle(requests, window: 64)
                answers.withLock { $0.append(replies) }
            } catch {
                Issue.record("\(error)")
            }
        }
        let all = answers.withLock { $0 }
        try #require(all.count == Self.connections)
        for (number, request) in requests.enumerated() {
            #expect(all[0][number].code == 0, "\(all[0][number].text)")
            let differing = all.filter { $0[number] != all[0][number] }
            #expect(differing.isEmpty, "\(request.id) has several answers")
        }
        let sequences = Set(try all[0].map { try SettlementClient.settlement($0.message).sequence })
        #expect(sequences.count == Self.ids)
        try ledger.stop(server)
        let verdict = try ledger.verify()
        #expect(verdict.isClean && verdict.settlements == Self.ids, "\(verdict.output)")
    }

    @Test func `different persons in parallel come to the same years as one after the other`() throws {
        var stream = RandomStream(seed: RandomYear.seed)
        print("persons in parallel: JIESUAN_SEED=\(RandomYear.seed)")
        let queues: [[SettlementRequest]] = (1...UInt64(Self.persons)).map { person in
            (0..<Self.claimsPerPerson).map { number in
                LedgerServer.outpatient(
                    "p\(person)-\(number)", stream.within(1_00...4_000_00), person: person,
                    at: KeptLedger.institutions[Int(stream.below(2))])
            }
        }
        let single = try KeptLedger(persons: Self.persons)
        let lone = try single.serve()
        for queue in queues { try Self.settle(queue, lone.port) }

        let shared = try KeptLedger(persons: Self.persons)
        let busy = try shared.serve()
        let port = busy.port
        DispatchQueue.concurrentPerform(iterations: 4) { part in
            do {
                // Claims of many persons alternate; those of one person keep their order on their connection.
                let own = queues.indices.filter { $0 % 4 == part }.map { queues[$0] }
                try Self.settle((0..<Self.claimsPerPerson).flatMap { row in own.map { $0[row] } }, port)
            } catch {
                Issue.record("\(error)")
            }
        }
        for person in 1...UInt64(Self.persons) {
            let one = try Self.year(of: person, lone)
            let other = try Self.year(of: person, busy)
            #expect(one.year == other.year && one.lines == other.lines, "person \(person), seed \(RandomYear.seed)")
            #expect(one.lines.count == Self.claimsPerPerson)
        }
        try shared.stop(busy)
        let verdict = try shared.verify()
        #expect(verdict.isClean, "\(verdict.output)")
        #expect(verdict.settlements == Self.persons * Self.claimsPerPerson)
    }

    private static func settle(_ requests: [SettlementRequest], _ port: Int) throws {
        let replies = try Client.connect(host: "127.0.0.1", port: port).settle(requests, window: 64)
        for reply in replies where reply.code != 0 { Issue.record("\(reply.text)") }
    }

    /// A line of a person's year without what differs by the hour: number and time.
    private struct Line: Equatable {
        var id: String
        var amounts: [Fen]
    }

    private static func year(of person: UInt64, _ server: ServerProcess) throws -> (year: RemoteYear, lines: [Line]) {
        let client = try server.connect()
        let lines = try SettlementClient(client).listYear(person: person, year: 2024, limit: 1000).lines.map { line in
            Line(id: line.id, amounts: [line.total, line.fundTotal, line.accountTotal, line.cash])
        }
        let year = try RegistryClient(client).year(person, 2024, on: CalendarDate(2024_06_30))
        #expect(year.accumulators.contains { $0.amount > 0 })
        return (year, lines)
    }
}
