import Client
import Foundation
import Ledger
import Population
import Settlement
import Testing
import YearEnd

@Suite struct `Year's end on a running server` {
    private func claim(
        _ id: String, _ person: UInt64, on date: Int32, at place: String, yuan: Fen
    ) -> SettlementRequest {
        SettlementRequest(
            id: id, person: person, institution: place,
            ClaimRecord(
                Claim(
                    kind: .outpatient, serviceDate: CalendarDate(date),
                    cost: CostSplit(total: yuan * 100, inPolicy: yuan * 100))))
    }

    /// Asks until the run is over; `between` comes between the questions.
    private func finish(
        _ client: YearEndClient, _ name: String, between: () throws -> Void = {}
    ) throws -> RemoteYearEnd {
        var status = try client.progress(name)
        while status.stage == .reading || status.stage == .posting {
            try between()
            status = try client.progress(name)
        }
        return status
    }

    @Test func `YE-1, YE-7: it finds and posts the differences while claims are settled`() throws {
        let server = try LedgerServer()
        let settlements = try server.connect()
        let person = LedgerServer.active
        // The deductible of 200 was absorbed by the later one first: 60 and 500 instead of 180 and 400.
        _ = try settlements.settle(claim("L1", person, on: 2024_06_30, at: "H2", yuan: 300))
        _ = try settlements.settle(claim("L2", person, on: 2024_05_10, at: "H3", yuan: 1_000))
        let client = YearEndClient(try Client.connect(host: "127.0.0.1", port: server.port))
        _ = try client.start(YearEndOrder(name: "year-2024", year: 2024))
        var online = 0
        let status = try finish(client, "year-2024") {
            online += 1
            _ = try settlements.settle(claim("N\(online)", person + 1, on: 2024_06_30, at: "H2", yuan: 10))
        }
        #expect(status.stage == .done && status.posted == 2 && status.waiting == 0, "\(status)")
        let result = try JSONDecoder().decode(YearResult.self, from: Data(try client.result("year-2024")))
        #expect(result.adjustments.count == 2)
        let chongqing = try #require(result.regions.first)
        #expect(chongqing.cash.adjusted == -120_00 && chongqing.recoverable.final == 100_00)

        // Whoever looks the settlement up finds both: the answer that was given, and what changed.
        let record = try settlements.get("L1")
        #expect(record.answer.outcome.outcome.funds[0] == 60_00 && record.adjustments.count == 1)
        let adjustment = try #require(record.adjustments.first)
        #expect(adjustment.funds.map(\.amount) == [120_00] && adjustment.cash == -120_00)
        #expect(adjustment.reason == "YEAR" && adjustment.recoverable == 0 && adjustment.accounts.isEmpty)
        #expect(try settlements.get("L2").adjustments.map(\.recoverable) == [100_00])
        let booked = try settlements.listYear(person: person, year: 2024).lines.filter(\.isAdjustment)
        #expect(Set(booked.map(\.sequence)).contains(adjustment.sequence) && booked.map(\.total) == [0, 0])
        #expect(booked.reduce(0) { $0 + $1.fundTotal } == 20_00)

        // The same run again, at once, posts nothing; a new one finds nothing.
        for _ in 1...20 {
            _ = try client.start(YearEndOrder(name: "year-2024", year: 2024))
            let again = try finish(client, "year-2024")
            #expect(again.postedBefore == 2, "\(again)")
        }
        _ = try client.start(YearEndOrder(name: "again", year: 2024))
        #expect(try finish(client, "again").posted == 0)
        server.stop()
        #expect(try Verifier(store: server.store, library: Packs.library).verify { _ in }.differences == [])
    }

    @Test func `YE-7: a dry run posts nothing, and its name is checked`() throws {
        let server = try LedgerServer()
        let settlements = try server.connect()
        _ = try settlements.settle(claim("L1", LedgerServer.active, on: 2024_06_30, at: "H2", yuan: 300))
        _ = try settlements.settle(claim("L2", LedgerServer.active, on: 2024_05_10, at: "H3", yuan: 1_000))
        let client = YearEndClient(try Client.connect(host: "127.0.0.1", port: server.port))
        var order = YearEndOrder(name: "try", year: 2024)
        order.isDryRun = true
        _ = try client.start(order)
        let status = try finish(client, "try")
        #expect(status.stage == .done && status.posted == 0)
        for name in ["", "../x", "Year", "a b", String(repeating: "a", count: 65)] {
            #expect(throws: ClientError.self) { try client.start(YearEndOrder(name: name, year: 2024)) }
        }
        #expect(throws: ClientError.self) { try client.progress("unknown") }
        #expect(throws: ClientError.self) { try client.start(YearEndOrder(name: "y", year: 1)) }
        // A region without a second round fails the run and says why.
        order = YearEndOrder(name: "second", year: 2024)
        order.surplus = [("yantai", 1)]
        _ = try client.start(order)
        let failed = try finish(client, "second")
        #expect(failed.stage == .failed && failed.message.contains("SY-4"))
    }
}
