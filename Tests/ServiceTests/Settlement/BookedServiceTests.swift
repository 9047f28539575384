import Client
import ClientTesting
import Foundation
import Ledger
import LedgerStore
import Population
import Registry
import Settlement
import Testing
import YearEnd

/// What is booked for persons beside settlements, as callers see it: second rounds (SY-4), recognitions (YT-7).
@Suite struct `Second rounds and recognitions over the wire` {
    private static let poor: UInt64 = 301
    private static let ill: UInt64 = 208

    /// A server with a registered-poor person of Shenyang and a resident of Yantai, and a hospital for each.
    private func server() throws -> LedgerServer {
        let store = MemoryStore()
        let ledger = try Ledger(store: store, library: Packs.library, clock: StandingClock(), directory: nil)
        let covered = DateRange(from: CalendarDate(2019_01_01))
        var events: [RegistryEvent] = [("S2", "shenyang"), ("Y2", "yantai")].map { place in
            .institution(.registered(InstitutionRecord(code: place.0, region: place.1, level: .two)))
        }
        for (person, region) in [(Self.poor, "shenyang"), (Self.ill, "yantai")] {
            events.append(.person(person, PersonEvent(.basics(PersonBasics(region: region, birthMonth: 1960_05)))))
            events.append(.person(person, PersonEvent(.enrolment(Enrolment(.resident, covered: covered)))))
        }
        let identity = IdentityRecord(
            DatedIdentity(.registeredPoor, given: CalendarDate(2019_06_01)), department: .civilAffairs)
        events.append(.person(Self.poor, PersonEvent(.identity(identity))))
        try ledger.record(events)
        _ = ledger.seal()
        ledger.queue.commit()
        ledger.abandon()
        return try LedgerServer(store: store)
    }

    private func request(
        _ id: String, _ person: UInt64, _ kind: ClaimKind, on date: Int32, at place: String, yuan: Fen, drug: Fen = 0,
        basic: Fen = 0
    ) -> SettlementRequest {
        let cost = CostSplit(total: yuan * 100, inPolicy: yuan * 100, inPolicyDrug: drug * 100)
        return SettlementRequest(
            id: id, person: person, institution: place,
            ClaimRecord(
                Claim(kind: kind, serviceDate: CalendarDate(date), cost: cost, externalBasic: basic * 100)))
    }

    @Test func `SY-4, YE-7: a run on the server books the round; get, the year and the reversal know of it`() throws {
        let server = try server()
        let settlements = try server.connect()
        // 80 of assistance, half of 600 of drugs: 300 are left unpaid.
        _ = try settlements.settle(
            request("S1", Self.poor, .outpatient, on: 2020_03_01, at: "S2", yuan: 680, drug: 680))
        let client = YearEndClient(try Client.connect(host: "127.0.0.1", port: server.port))
        var order = YearEndOrder(name: "year-2020", year: 2020)
        order.surplus = [("shenyang", 250_00)]
        _ = try client.start(order)
        var status = try client.progress("year-2020")
        while status.stage == .reading || status.stage == .posting { status = try client.progress("year-2020") }
        #expect(status.stage == .done && status.posted == 1, "\(status)")

        let record = try settlements.get("S1")
        let round = try #require(record.secondRounds.first)
        #expect(record.secondRounds.count == 1 && round.round == 1 && round.amount == 250_00 && round.cash == -250_00)
        #expect(record.answer.outcome.outcome.cash == 300_00)
        let lines = try settlements.listYear(person: Self.poor, year: 2020).lines
        #expect(lines.map(\.round) == [0, 1] && lines[1].fundTotal == 250_00 && lines[1].total == 0)

        #expect(code { () throws(ClientError) in _ = try settlements.reverse("S1", reason: "wrong person") } == 4104)
        #expect(code { () throws(ClientError) in _ = try settlements.reverse("S1", round: 2, reason: "") } == 4211)
        let back = try settlements.reverse("S1", round: 1, reason: "not registered")
        #expect(back.secondRound?.amount == -250_00 && back.secondRound?.takesBack == round.sequence)
        #expect(try settlements.reverse("S1", round: 1, reason: "again").sequence == back.sequence)
        #expect(try settlements.get("S1").secondRounds.map(\.isTakenBack) == [true, false])
        _ = try settlements.reverse("S1", reason: "wrong person")
        server.stop()
        #expect(try Verifier(store: server.store, library: Packs.library).verify { _ in }.differences == [])
    }

    @Test func `YT-7, I-39: a recognition's payment, its shares, and that the office takes it back`() throws {
        let server = try server()
        let settlements = try server.connect()
        let filings = FilingClient(try Client.connect(host: "127.0.0.1", port: server.port))
        // Burdens of 3,000 and 16,400: 60 % of 9,400 are 5,640, of which the older one gets 3,000.
        _ = try settlements.settle(
            request("A", Self.ill, .inpatient, on: 2023_11_10, at: "Y2", yuan: 5_000, basic: 2_000))
        _ = try settlements.settle(
            request("B", Self.ill, .inpatient, on: 2024_03_10, at: "Y2", yuan: 30_000, basic: 10_000))
        _ = try filings.recognise(person: Self.ill, step: 1, on: CalendarDate(2024_04_02))
        let paid = try filings.recognise(person: Self.ill, step: 3, year: 2024, on: CalendarDate(2024_04_02))
        #expect(paid.paidNow == 5_640_00)
        #expect(paid.shares.map(\.settlement) == ["A", "B"] && paid.shares.map(\.amount) == [3_000_00, 2_640_00])
        let part = try #require(try settlements.get("B").recognitionParts.first)
        #expect(part.amount == 2_640_00 && part.year == 2024)
        let lines = try settlements.listYear(person: Self.ill, year: 2024).lines
        #expect(lines.map(\.isRecognition) == [false, true] && lines[1].sequence == part.sequence)
        #expect(lines[1].fundTotal == 5_640_00 && lines[1].cash == -5_640_00 && lines[1].id.isEmpty)

        let refused = refusal { () throws(ClientError) in _ = try settlements.reverse("A", reason: "wrong person") }
        guard case .failed(4104, let message)? = refused else {
            Issue.record("A is reversed though its recognition would have paid too much")
            return
        }
        #expect(message.contains("YT-7") && message.contains("2024-04-02"))
        let back = try filings.recognise(
            person: Self.ill, step: 5, year: 2024, on: CalendarDate(2024_06_01), reason: "assets found")
        #expect(back.paidNow == -5_640_00 && back.paid == 0)
        #expect(try settlements.get("A").recognitionParts.map(\.amount) == [3_000_00, -3_000_00])
        _ = try settlements.reverse("A", reason: "wrong person")
        server.stop()
        #expect(try Verifier(store: server.store, library: Packs.library).verify { _ in }.differences == [])
    }
}
