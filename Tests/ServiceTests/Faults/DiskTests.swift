import Client
import Foundation
import Glibc
import Population
import Settlement
import Testing

/// A server whose files may not grow any more: every write beyond the limit fails, as on a full disk.
@Suite struct `A server whose disk is full` {
    static let persons = 100
    /// What the largest file of the ledger may still grow.
    static let roomBytes = 1 << 20
    static let batchRows = 500
    /// Batches that fill the room many times over: a settlement takes more than 50 bytes.
    static let batchesMax = 4 * roomBytes / (50 * batchRows)
    /// `NOT_CONFIRMED` and `STORE_UNAVAILABLE`.
    static let honest: [Int32: String] = [4106: "NOT_CONFIRMED", 4107: "STORE_UNAVAILABLE"]

    @Test func `it acknowledges nothing that is not kept, says so, stays alive, and has all of it later`() throws {
        let ledger = try KeptLedger(persons: Self.persons)
        let full = try ServerProcess(
            ["--ledger", ledger.path], fileBytesMax: try largestFile(of: ledger) + Self.roomBytes)
        let client = try full.connect()
        var batches: [AnsweredBatch] = []
        let inDoubt = try fill(SettlementClient(client), &batches)
        try #require(!inDoubt.isEmpty, "the disk is never full")
        // Small ones may still fit where a large one did not.
        let singles = (0..<200).map { request("single-\($0)", $0) }
        let replies = try client.settle(singles, window: 1)
        for reply in replies where reply.code != 0 { expectHonest(reply.code, reply.text) }
        try expectReadable(batches, SettlementClient(client))
        try full.expectHealthy(after: "a full disk")
        let refused = replies.filter { $0.code != 0 }.count
        full.send(SIGKILL)
        _ = try full.exitCode()

        let server = try ledger.serve()
        let again = try server.connect()
        let calls = SettlementClient(again)
        for batch in batches {
            #expect(batch.differences(from: try AnsweredBatch.send(batch.requests, calls)) == 0)
        }
        // What was acknowledged comes back as it was, what was refused is settled now, and all of it once.
        for (before, now) in zip(replies, try again.settle(singles)) {
            #expect(now.code == 0 && (before.code != 0 || before.message == now.message), "\(now.text)")
        }
        #expect(try AnsweredBatch.send(inDoubt, calls).errorCount == 0)
        try ledger.stop(server)
        let verdict = try ledger.verify()
        let rows = (batches.count + 1) * Self.batchRows + singles.count
        #expect(verdict.isClean && verdict.settlements == rows, "\(rows): \(verdict.output)")
        print(
            "full disk: \(batches.count * Self.batchRows) settlements acknowledged before, "
                + "\(refused) of \(singles.count) single ones refused honestly, 0 lost")
    }

    /// Settles batches until one is refused: that one.
    private func fill(_ calls: SettlementClient, _ batches: inout [AnsweredBatch]) throws -> [SettlementRequest] {
        for number in 0..<Self.batchesMax {
            let requests = (0..<Self.batchRows).map { request("batch-\(number)-\($0)", $0) }
            do {
                let answer = try AnsweredBatch.send(requests, calls)
                guard answer.errorCount == 0 else {
                    throw ServerProcess.Failure("row refused: \(answer.error(0))")
                }
                batches.append(AnsweredBatch(requests, answer))
            } catch ClientError.failed(let code, let text) {
                expectHonest(code, text)
                return requests
            }
        }
        return []
    }

    /// What was acknowledged can be read, or the answer says that the store is not available.
    private func expectReadable(_ batches: [AnsweredBatch], _ calls: SettlementClient) throws {
        for batch in batches {
            do {
                let record = try calls.get(batch.requests[0].id)
                #expect(record.answer.sequence == batch.sequences[0])
                #expect(record.answer.outcome.outcome == batch.outcomes[0])
            } catch ClientError.failed(let code, let text) {
                expectHonest(code, text)
            }
        }
    }

    private func expectHonest(_ code: Int32, _ text: String) {
        guard let name = Self.honest[code] else {
            Issue.record("\(code) \(text)")
            return
        }
        #expect(text.contains(name), "\(code) \(text)")
    }

    private func request(_ id: String, _ number: Int) -> SettlementRequest {
        LedgerServer.outpatient(
            id, Fen(1 + number) * 100, person: UInt64(1 + number % Self.persons), at: KeptLedger.institutions[0])
    }

    private func largestFile(of ledger: KeptLedger) throws -> Int {
        let names = try FileManager.default.subpathsOfDirectory(atPath: ledger.folder.path)
        return names.reduce(0) { largest, name in
            var status = stat()
            guard stat(ledger.folder.appendingPathComponent(name).path, &status) == 0 else { return largest }
            return max(largest, Int(status.st_size))
        }
    }
}
