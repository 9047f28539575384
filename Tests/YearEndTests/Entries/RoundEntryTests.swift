import Foundation
import Ledger
import Policy
import Records
import Registry
import Settlement
import TestSupport
import Testing
import Text
import YearEnd

/// The second round as entries of the ledger (SY-4). Registered-poor persons of Shenyang, each with one visit: 80 元 of
/// assistance, half of the drugs that are left in round one.
///
/// | id | drugs | left | round one | U |
/// |---|---|---|---|---|
/// | S1 | 680 | 600 | 300 | 300 |
/// | S2 | 280 | 200 | 100 | 100 |
/// | S3 | 280 | 200 | 100 | 100 |
@Suite struct `Second rounds that are booked` {
    private static func world() throws -> YearWorld {
        let world = try YearWorld()
        for (number, yuan) in [680, 280, 280].enumerated() {
            let person = UInt64(301 + number)
            try world.resident(person, "shenyang")
            try world.identity(.registeredPoor, of: person, given: 2019_06_01)
            try world.settle(
                "S\(number + 1)", person, .outpatient, on: 2020_03_01, at: "S2", yuan: Fen(yuan), drug: Fen(yuan))
        }
        return world
    }

    private static func options(_ surplus: Fen?) -> YearOptions {
        var options = YearOptions(year: 2020)
        if let surplus { options.surplus = ["shenyang": surplus] }
        return options
    }

    /// Runs with a surplus and books what it found; the round's result.
    private static func round(_ world: YearWorld, _ surplus: Fen?) throws -> (YearWorld.Run, SecondRoundResult?) {
        let run = try world.run(options(surplus))
        let posted = try world.post(run)
        #expect(posted.posted == run.result.posts && posted.movedOn == 0)
        #expect(try world.post(run).duplicates == run.result.posts)
        return (run, run.result.secondRounds.first)
    }

    private static func amounts(_ run: YearWorld.Run) throws -> (fund: Movement, cash: Movement, recoverable: Movement) {
        let region = try #require(run.result.regions.first { $0.region == "shenyang" })
        let fund = try #require(region.funds.first { $0.fund.category == "supplementary" })
        let rows = try YearWorld.rows(run.folder + "/funds.csv")
        let row = rows.first { $0["region"] == "shenyang" && $0["payer"] == fund.fund.id }
        #expect(row?["final"] == yuanText(fund.amounts.final))
        return (fund.amounts, region.cash, region.recoverable)
    }

    private static func yuanText(_ fen: Fen) -> String { MoneyText.yuan(fen).filter { $0 != "," } }

    @Test func `SY-4, I-14: the surplus of 250 over 300, 100 and 100, an entry taken back, and the rest divided anew`() throws {
        let world = try Self.world()
        let (first, round) = try Self.round(world, 250_00)
        #expect(round?.paid == 250_00 && first.result.posts == 3)
        #expect(try ["S1", "S2", "S3"].map { try world.rounds(of: $0) } == [[150_00], [50_00], [50_00]])
        let booked = try Self.amounts(first)
        #expect(booked.fund.recorded == 500_00 && booked.fund.adjusted == 250_00 && booked.fund.final == 750_00)
        #expect(booked.cash.final == 250_00)
        // The third entry is taken back, and its settlement reversed.
        #expect(throws: DomainRefusal.self) { try world.reverse("S3") }
        try world.takeBackRound("S3", 1)
        try world.reverse("S3")
        let (second, again) = try Self.round(world, 250_00)
        #expect(again?.paidBefore == 200_00 && again?.left == 200_00 && again?.paid == 50_00)
        #expect(try ["S1", "S2"].map { try world.rounds(of: $0) } == [[150_00, 37_50], [50_00, 12_50]])
        let rows = try YearWorld.rows(second.folder + "/second-round-shenyang.csv")
        #expect(rows.map { $0["paid_before"] } == ["150.00", "50.00"] && rows.map { $0["paid"] } == ["37.50", "12.50"])
        // The same run again pays nothing.
        let (last, none) = try Self.round(world, 250_00)
        #expect(none?.paid == 0 && last.result.posts == 0)
        let standing = try Self.amounts(last)
        #expect(standing.fund.recorded == 650_00 && standing.fund.adjusted == 0)
        // More surplus pays the rest, never more than U.
        let (_, rest) = try Self.round(world, 1_000_00)
        #expect(rest?.paid == 150_00)
        #expect(try world.rounds(of: "S1").reduce(0, +) == 300_00)
        #expect(try world.differences() == [])
    }

    @Test func `SY-4: a surplus below what second rounds paid is refused naming both, and the folder stays free`() throws {
        let world = try Self.world()
        _ = try Self.round(world, 250_00)
        try world.commit()
        let folder = world.folder.file("again")
        func run(_ surplus: Fen) throws -> YearResult {
            try YearRun(
                ledger: world.store, YearWorld.library, Self.options(surplus), asKnownOn: nil, folder: folder
            ).run(workers: 1) { _ in }
        }
        let problem = #expect(throws: RunProblem.self) { try run(249_99) }
        #expect(problem?.description.contains("249.99") == true && problem?.description.contains("250.00") == true)
        #expect(try run(250_00).secondRounds.first?.paid == 0)
    }

    @Test func `SY-4, I-21: what a fact makes too much is to be recovered, and its surplus is divided anew`() throws {
        let world = try Self.world()
        _ = try Self.round(world, 250_00)
        world.clock.move(to: 2024_07_02)
        try world.endEnrolment(of: 302, on: 2020_02_01)
        let (run, round) = try Self.round(world, 250_00)
        // S2 leaves nothing unpaid: its 50 are to be recovered, and go to 150 and 50 that are left of S1 and S3.
        #expect(round?.excess == 50_00 && round?.paid == 50_00 && round?.paidBefore == 250_00)
        #expect(try world.rounds(of: "S2") == [50_00, -50_00])
        #expect(try world.rounds(of: "S1") == [150_00, 37_50])
        let rows = try YearWorld.rows(run.folder + "/adjustments.csv").filter { $0["settlement_id"] == "S2" }
        #expect(Set(rows.map { $0["reason"] }) == ["NOT_COVERED", "SECOND_ROUND"])
        // Its 180 of the first round and of assistance, too.
        let amounts = try Self.amounts(run)
        #expect(amounts.recoverable.final == 180_00 + 50_00)
        let (last, none) = try Self.round(world, 250_00)
        #expect(none?.paid == 0 && none?.excess == 0 && last.result.posts == 0)
        // Covered after all: what was to be recovered is let go first, with no payment for it.
        try world.ledger.record([
            .person(302, PersonEvent(.enrolment(Enrolment(.resident, covered: YearWorld.always))))
        ])
        let (_, more) = try Self.round(world, 300_00)
        #expect(more?.paid == 50_00)
        #expect(try world.differences() == [])
    }
}
