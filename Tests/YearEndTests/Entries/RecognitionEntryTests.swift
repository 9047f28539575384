import Ledger
import Policy
import Registry
import Settlement
import Testing
import YearEnd

/// Recognitions of poverty through illness at the year's end (YT-7): what is due by the final facts is booked.
@Suite struct `Recognitions that are settled up` {
    private static let day = CalendarDate(2024_04_02)

    /// Burden 30,000 − 9,600 = 20,400 in the year before; `paid` for the past.
    private func world(paid: Fen) throws -> YearWorld {
        let world = try YearWorld()
        try world.resident(208, "yantai")
        try world.settle("W1", 208, .inpatient, on: 2023_11_10, at: "Y2", yuan: 50_000, basic: 20_000)
        let terms = try #require(YearWorld.library["yantai"]?.recognition)
        try world.ledger.record(.applied(on: Self.day), of: 208)
        try world.ledger.record(
            .recognised(year: 2024, on: Self.day, terms, burden: 20_400_00, outside: 0, paid: paid), of: 208)
        return world
    }

    private func assistance(_ run: YearWorld.Run) throws -> Movement {
        let region = try #require(run.result.regions.first { $0.region == "yantai" })
        return try #require(region.funds.first { $0.fund.id == "assistance" }).amounts
    }

    @Test func `YT-7, YE-2: a payment whose settlements are of the year before stands in the year of recognition`() throws {
        let world = try world(paid: 6_240_00)
        let run = try world.run(YearOptions(year: 2024))
        #expect(try assistance(run).recorded == 6_240_00 && run.result.posts == 0)
        let region = try #require(run.result.regions.first { $0.region == "yantai" })
        #expect(region.cash.final == -6_240_00 && region.total == 0 && region.settlements == 0)
        let row = try YearWorld.rows(run.folder + "/funds.csv").first { $0["payer"] == "assistance" }
        #expect(row?["final"] == "6240.00")
        // Its own year is not that of the settlement.
        let before = try world.run(YearOptions(year: 2023))
        #expect(try assistance(before) == Movement())
    }

    @Test func `YT-7: more that is due is one more entry, owed to the person; run again, nothing is`() throws {
        let world = try world(paid: 5_000_00)
        let run = try world.run(YearOptions(year: 2024))
        #expect(run.result.recognitions.outstanding == 1_240_00 && run.result.posts == 1)
        #expect(try assistance(run).final == 6_240_00)
        #expect(try world.post(run).posted == 1)
        #expect(try world.post(run).duplicates == 1)
        #expect(world.ledger.recognitions(of: 208)[2024]?.paid == 6_240_00)
        let again = try world.run(YearOptions(year: 2024))
        #expect(again.result.posts == 0 && again.result.recognitions.outstanding == 0)
        #expect(try assistance(again).recorded == 6_240_00)
        #expect(try world.differences() == [])
    }

    @Test func `YT-7, I-21: what is no longer due by the final facts is to be recovered`() throws {
        let world = try world(paid: 6_240_00)
        // Told late: 特困 in the year before, so W1 is assisted and no part of W.
        try world.ledger.record([
            .person(
                208,
                PersonEvent(
                    .identity(
                        IdentityRecord(
                            DatedIdentity(
                                .destitute, given: CalendarDate(2023_01_10), ended: CalendarDate(2023_12_10)),
                            department: .civilAffairs))))
        ])
        let before = try world.run(YearOptions(year: 2023))
        #expect(try world.post(before).posted == 1)
        #expect(world.ledger.recognitions(of: 208)[2024]?.burden == 0)
        let run = try world.run(YearOptions(year: 2024))
        #expect(run.result.recognitions.overpaid == 6_240_00)
        let region = try #require(run.result.regions.first { $0.region == "yantai" })
        #expect(region.recoverable.final == 6_240_00 && region.cash.final == -6_240_00)
        #expect(try assistance(run).final == 0)
        #expect(try world.post(run).posted == 1)
        let recognition = try #require(world.ledger.recognitions(of: 208)[2024])
        #expect(recognition.paid == 0 && recognition.recoverable == 6_240_00)
        #expect(try world.run(YearOptions(year: 2024)).result.posts == 0)
        #expect(try world.differences() == [])
    }

    @Test func `G-12, YT-7: reversing an adjusted settlement of W takes its change of W back too`() throws {
        let world = try world(paid: 0)
        try world.settle("W2", 208, .inpatient, on: 2024_05_10, at: "Y2", yuan: 30_000, basic: 10_000)
        try world.identity(.lowIncome, of: 208, given: 2024_03_01)
        let run = try world.run(YearOptions(year: 2024))
        _ = try world.post(run)
        #expect(world.ledger.recognitions(of: 208)[2024]?.burden == 20_400_00)
        try world.reverse("W2")
        let recognition = try #require(world.ledger.recognitions(of: 208)[2024])
        #expect(recognition.burden == 20_400_00 && recognition.carried == 0)
        #expect(try world.run(YearOptions(year: 2024)).result.posts == 0)
        #expect(try world.differences() == [])
    }
}
