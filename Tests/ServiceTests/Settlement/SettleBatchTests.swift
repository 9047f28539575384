import CAllocationCounter
import Client
import Ledger
import Policy
import Population
import RPC
import Registry
import Service
import Settlement
import Testing

/// Settlements in columns.
@Suite struct `Batches of settlements` {
    private func batch(_ requests: [SettlementRequest]) -> SettleBatch {
        let batch = SettleBatch()
        for request in requests { batch.add(request) }
        return batch
    }

    @Test(arguments: [true, false])
    func `a batch settles what single calls would, in its order`(idsAreOfOneLength: Bool) throws {
        let one = try LedgerServer()
        let other = try LedgerServer()
        var requests: [SettlementRequest] = []
        // As many as another thread helps with, and no whole number of groups.
        let count = 4 * Prefetcher.piecesMin * PreparedClaims.claimsMax + 100
        for number in 0..<count {
            // Some ids come again, with the same content or with another, and some are none.
            let repeated = number % 50 == 49 ? number - (number % 100 == 99 ? 42 : 7) : number
            let text = number % 97 == 96 ? "id 10000" : "id-\(10_000 + repeated)"
            let id = idsAreOfOneLength ? text : text + String(repeating: "x", count: repeated % 11)
            var request = LedgerServer.outpatient(
                id, Fen(1 + repeated) * 33_33, person: LedgerServer.active + UInt64(number % 7),
                at: ["H1", "H2", "H3"][number % 3])
            if number % 5 == 0 { request.claim.claim.kind = .inpatient }
            if number % 9 == 0 {
                request.claim.claim.kind = .special
                request.claim.disease = number % 2 == 0 ? "hypertension" : "dialysis"
            }
            requests.append(request)
        }
        let answer = try one.connect().settle(batch(requests))
        let client = try other.connect()
        var newest: UInt64 = 0
        for (row, request) in requests.enumerated() {
            var settled: RemoteSettlement?
            let failure = refusal { () throws(ClientError) in settled = try client.settle(request) }
            if let settled {
                #expect(answer.outcome(row) == settled.outcome.outcome)
                #expect(answer.sequence(row) > 0 && answer.exists(row) == (settled.sequence <= newest))
                newest = max(newest, settled.sequence)
            } else {
                let error = (0..<answer.errorCount).map(answer.error).first { $0.item == row }
                guard case .failed(let code, let text)? = failure else { continue }
                // Where an id stands for something else, that one's number is named: ledgers number differently.
                #expect(error?.code == code, "\(text)")
                #expect(code == 4102 || text.contains(error?.message ?? "?"), "\(text)")
                #expect(answer.sequence(row) == 0 && answer.outcome(row) == RowOutcome())
            }
        }
        #expect(answer.errorCount < requests.count / 2)
        #expect((0..<count).contains { answer.exists($0) })
        let sequences = (0..<count).filter { !answer.exists($0) }.map(answer.sequence).filter { $0 > 0 }
        #expect(sequences == sequences.sorted() && Set(sequences).count == sequences.count)
    }

    @Test func `the same batch again is what was answered then, and settles nothing more`() throws {
        let server = try LedgerServer()
        let client = try server.connect()
        let requests = (0..<100).map { LedgerServer.outpatient("b\($0)", 1_000_00 + Fen($0)) }
        let first = try client.settle(batch(Array(requests[..<50])))
        let again = try client.settle(batch(requests))
        #expect(first.errorCount == 0 && again.errorCount == 0)
        for row in 0..<100 {
            #expect(again.exists(row) == (row < 50))
            if row < 50 {
                #expect(again.sequence(row) == first.sequence(row) && again.outcome(row) == first.outcome(row))
            }
        }
        #expect(try client.settle(requests[3]).sequence == first.sequence(3))
        #expect(try client.listYear(person: LedgerServer.retired, year: 2024, limit: 1000).lines.count == 100)
    }

    @Test func `a row's error names its column, value and rule, and touches no other row`() throws {
        let server = try LedgerServer()
        let client = try server.connect()
        var rows = (0..<9).map { LedgerServer.outpatient("e\($0)") }
        rows[1].person = 999
        rows[2].institution = "H9"
        rows[3].claim.claim.cost.total = -1
        rows[4].claim.disease = "nonsense"
        rows[5].claim.claim.serviceDate = CalendarDate(2024_02_30)
        rows[6].id = "with blank"
        rows[7].id = "e0"
        rows[7].claim.claim.accountUse = .none
        let answer = try client.settle(batch(rows))
        let errors = (0..<answer.errorCount).map(answer.error)
        #expect(errors.map(\.item) == [1, 2, 3, 4, 5, 6, 7])
        #expect(errors.map(\.code) == [4201, 4202, 4004, 4002, 4003, 4101, 4102])
        #expect(
            errors.map(\.field) == [
                "person", "institution", "total", "disease", "service_date", "settlement_ids", "settlement_ids",
            ])
        #expect(errors.map(\.value) == ["999", "H9", "-1", "nonsense", "20240230", "with?blank", "e0"])
        #expect(errors[2].rule == "G-1" && errors[4].rule == "G-4")
        #expect(errors.allSatisfy { !$0.message.isEmpty })
        #expect([0, 8].allSatisfy { answer.sequence($0) > 0 })
        #expect((1...7).allSatisfy { answer.sequence($0) == 0 && answer.outcome($0) == RowOutcome() })
        #expect(try client.listYear(person: LedgerServer.retired, year: 2024).lines.map(\.id) == ["e0", "e8"])
    }

    @Test func `an empty batch has an empty answer`() throws {
        let server = try LedgerServer()
        let answer = try server.connect().settle(SettleBatch())
        #expect(answer.count == 0 && answer.errorCount == 0)
    }

    /// Columns that do not fit, written by hand.
    @Test func `a batch whose columns do not fit is refused as a whole with the column's name`() throws {
        let server = try LedgerServer()
        let client = try server.connect()
        func message(_ change: (inout WireMessage) -> Void) -> [UInt8] {
            var message = WireMessage()
            message.column(4, [UInt64](repeating: 101, count: 3))
            message.item(5, "H2")
            message.column(8, [UInt32](repeating: 2024_06_30, count: 3))
            message.column(9, [UInt8](repeating: 2, count: 3))
            message.column(12, [Int64](repeating: 100, count: 3))
            message.column(16, [Int64](repeating: 100, count: 3))
            change(&message)
            return message.bytes
        }
        func ids(_ message: inout WireMessage) {
            message.column(1, Array("aabbcc".utf8))
            message.number(2, 2)
        }
        let bad: [(words: String, bytes: [UInt8])] = [
            (
                "settlement_ids has 2 entries",
                message {
                    $0.column(1, Array("aabbcc".utf8))
                    $0.number(2, 3)
                }
            ),
            ("settlement_ids is not as long as id_lengths", message { $0.column(1, Array("aabbcc".utf8)) }),
            (
                "settlement_ids is not as long as id_lengths",
                message {
                    $0.column(1, Array("aabbcc".utf8))
                    $0.column(3, [2, 2, UInt32.max])
                }
            ),
            (
                "id_bytes and id_lengths",
                message {
                    ids(&$0)
                    $0.column(3, [2, 2, UInt32(2)])
                }
            ),
            (
                "institution has 2 entries",
                message {
                    ids(&$0)
                    $0.column(6, [0, UInt32(0)])
                }
            ),
            (
                "account_use has 1 entries",
                message {
                    ids(&$0)
                    $0.column(11, [UInt8(0)])
                }
            ),
            (
                "special_drug has 4 entries",
                message {
                    ids(&$0)
                    $0.column(18, [Int64](repeating: 0, count: 4))
                }
            ),
            (
                "a text has a zero byte",
                message {
                    ids(&$0)
                    $0.item(5, "H2\0")
                }
            ),
            (
                "diseases[0] is longer",
                message {
                    ids(&$0)
                    $0.item(7, String(repeating: "d", count: 65))
                }
            ),
            (
                "diseases has more than 255",
                message { message in
                    ids(&message)
                    for _ in 0...255 { message.item(7, "d") }
                }
            ),
            ("does not parse", [0x20, 0xff]),
        ]
        for (words, bytes) in bad {
            let answer = refusal { () throws(ClientError) in
                _ = try client.client.call(service: "SettlementService", method: "SettleBatch", message: bytes)
            }
            guard case .failed(let code, let text)? = answer else {
                Issue.record("\(words): not refused")
                continue
            }
            #expect(code == 1003 && text.contains(words), "\(text)")
        }
        // The same without a fault, but for rows that name what is not there.
        let rows = message { message in
            ids(&message)
            message.column(6, [0, 1, UInt32(0)])
            message.column(10, [0, 0, UInt8(1)])
        }
        let answer = try client.client.call(service: "SettlementService", method: "SettleBatch", message: rows)
        let settled = try answer.withUnsafeBytes { try SettleBatchAnswer($0, settlements: 3) }
        #expect(settled.errorCount == 2 && settled.sequence(0) > 0)
        #expect(settled.error(0).field == "institution" && settled.error(0).value == "1")
        #expect(settled.error(1).field == "disease" && settled.error(1).value == "1")
    }

    /// What the service adds to the ledger's own work, per row.
    @Test func `decoding and encoding a batch allocates nothing for a row`() throws {
        let server = try LedgerServer()
        let method = try #require(
            Services.methods(Packs.regions, ledger: server.access).first { $0.name == "SettleBatch" })
        let context = WorkerContext(index: 0, configuration: ServerConfiguration(), state: Services.makeState())
        func mallocs(_ rows: Int) -> UInt64 {
            // Always the same settlement: what the ledger's state takes for a new one is its own affair.
            let batch = SettleBatch()
            let place = batch.institution("H2")
            let claim = Claim(
                kind: .outpatient, serviceDate: CalendarDate(2024_06_30), cost: CostSplit(total: 1, inPolicy: 1))
            for _ in 0..<rows {
                Array("same-id".utf8).withUnsafeBytes { batch.add(id: $0, person: 101, institution: place, claim) }
            }
            var least = UInt64.max
            for _ in 0..<5 {
                var reply = ReplyWriter(firstCapacity: 16 << 20)
                let before = allocation_count()
                context.arena.reset()
                let status = method.handler(batch.pack(), &reply, context)
                least = min(least, allocation_count() - before)
                #expect(status.isOK, "\(status.text)")
            }
            return least
        }
        _ = mallocs(1)
        let (few, many) = (mallocs(10), mallocs(4_010))
        print("malloc calls of a batch of 10 and of 4,010 settlements that exist: \(few) and \(many)")
        #expect(many < few + 16)
    }
}
