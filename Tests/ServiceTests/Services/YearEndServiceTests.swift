import Client
import ClientTesting
import Foundation
import Ledger
import Population
import Service
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

    /// Two settlements of the person whose order the year's end corrects.
    private func settleTwo(_ settlements: SettlementClient, _ person: UInt64, _ prefix: String) throws {
        _ = try settlements.settle(claim("\(prefix)-1", person, on: 2024_06_30, at: "H2", yuan: 300))
        _ = try settlements.settle(claim("\(prefix)-2", person, on: 2024_05_10, at: "H3", yuan: 1_000))
    }

    @Test func `YE-7: it posts to its end though nobody asks for its progress`() throws {
        let server = try LedgerServer()
        let settlements = try server.connect()
        for person in 0..<40 { try settleTwo(settlements, LedgerServer.active + UInt64(person), "P\(person)") }
        let client = YearEndClient(try Client.connect(host: "127.0.0.1", port: server.port))
        _ = try client.start(YearEndOrder(name: "alone", year: 2024))
        // Looked at by what it books, without a question to the run.
        var booked = 0
        while booked < 2 {
            booked = try settlements.listYear(person: LedgerServer.active + 39, year: 2024).lines.count(where: \.isAdjustment)
        }
        let status = try finish(client, "alone")
        #expect(status.stage == .done && status.posted == 80 && status.postedBefore == 0, "\(status)")
        // Asking changes nothing.
        #expect(try client.progress("alone") == client.progress("alone"))
        server.stop()
        #expect(try Verifier(store: server.store, library: Packs.library).verify { _ in }.differences == [])
    }

    @Test func `YE-7: it is listed, stopped, and taken up by somebody else, also at another server`() throws {
        let server = try LedgerServer()
        let settlements = try server.connect()
        try settleTwo(settlements, LedgerServer.active, "A")
        let client = YearEndClient(try Client.connect(host: "127.0.0.1", port: server.port))
        #expect(try client.runs() == [])
        _ = try client.start(YearEndOrder(name: "year", year: 2024))
        _ = try client.stop("year")
        let stopped = try finish(client, "year")
        // It was stopped, or was quicker than that.
        #expect([.stopped, .done].contains(stopped.stage), "\(stopped)")
        let other = YearEndClient(try Client.connect(host: "127.0.0.1", port: server.port))
        let listed = try #require(try other.runs().first)
        #expect(listed.name == "year" && listed.year == 2024 && listed.status == stopped && listed.startedAt > 0)
        // With other options it would be another run.
        var changed = YearEndOrder(name: "year", year: 2024)
        changed.isAudit = true
        #expect(throws: ClientError.self) { try other.start(changed) }
        _ = try other.resume("year")
        let done = try finish(other, "year")
        #expect(done.stage == .done && done.posted + done.postedBefore == 2, "\(done)")
        server.stop()

        // As a server left it that was ended in the middle of posting: the next one goes on by itself.
        var record = try #require(RunRecord.read(server.yearEnds + "/year"))
        record.stage = .posting
        try record.write(server.yearEnds + "/year")
        let next = try LedgerServer(store: server.store, yearEnds: server.yearEnds)
        #expect(next.runs.resumeInterrupted() == ["year"])
        let late = YearEndClient(try Client.connect(host: "127.0.0.1", port: next.port))
        let again = try finish(late, "year")
        #expect(again.stage == .done && again.posted == 0 && again.postedBefore == 2, "\(again)")
        #expect(next.runs.resumeInterrupted() == [])
        next.stop()
        #expect(try Verifier(store: next.store, library: Packs.library).verify { _ in }.differences == [])
    }

    @Test func `YE-7: one run is at work at a time`() throws {
        let server = try LedgerServer()
        let client = YearEndClient(try Client.connect(host: "127.0.0.1", port: server.port))
        // What a run under way looks like that another server left: it does not keep others from starting.
        let record = RunRecord(name: "left", options: YearOptions(year: 2023), isDryRun: false, at: 1)
        try record.write(server.yearEnds + "/left")
        let left = try client.progress("left")
        #expect(left.stage == .reading && left.message.contains("Resume"), "\(left)")
        _ = try client.start(YearEndOrder(name: "one", year: 2024))
        // The first may be done by now; where it is not, the second is refused and names it.
        let second = refusal { () throws(ClientError) in _ = try client.start(YearEndOrder(name: "two", year: 2024)) }
        if let second { #expect("\(second)".contains("'one' is at work"), "\(second)") }
        #expect(try finish(client, "one").stage == .done)
    }

    @Test func `YE-7: its files come in parts, with digests, and no name leads out of its folder`() throws {
        let server = try LedgerServer()
        let settlements = try server.connect()
        try settleTwo(settlements, LedgerServer.active, "A")
        let client = YearEndClient(try Client.connect(host: "127.0.0.1", port: server.port))
        _ = try client.start(YearEndOrder(name: "files", year: 2024))
        #expect(try finish(client, "files").stage == .done)
        try Data("secret".utf8).write(to: URL(fileURLWithPath: server.yearEnds + "/secret"))
        let folder = server.yearEnds + "/files"
        let files = try client.files("files")
        let result = try JSONDecoder().decode(YearResult.self, from: Data(try client.result("files")))
        #expect(Set(files.map(\.name)).isSuperset(of: ["result.json", "report.html"] + result.files.map(\.name)))
        for file in files {
            let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder + "/" + file.name)))
            #expect(file.size == UInt64(bytes.count))
            #expect(try RunFiles.digest(folder + "/" + file.name) == file.sha256)
            let middle = UInt64(bytes.count / 2)
            #expect(try client.read("files", file: file.name, from: 0) == bytes)
            #expect(try client.read("files", file: file.name, from: middle) == Array(bytes[Int(middle)...]))
            #expect(try client.read("files", file: file.name, from: file.size) == [])
            #expect(code { () throws(ClientError) in _ = try client.read("files", file: file.name, from: file.size + 1) } == 4002)
        }
        for name in ["../secret", "/etc/passwd", "", ".", "posts.bin", "run.json", "manifest.json", "lock", "a\0b"] {
            #expect(code { () throws(ClientError) in _ = try client.read("files", file: name, from: 0) } == 4211, "\(name)")
        }
    }
}
