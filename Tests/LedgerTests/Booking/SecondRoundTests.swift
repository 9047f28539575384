import Ledger
import LedgerFormat
import Records
import Registry
import Settlement
import Testing

@Suite struct `Second-round entries in the ledger` {
    /// Two stays of a registered-poor person in Shenyang, in 2020.
    private func world() throws -> World {
        let world = try World()
        for (number, date) in [2020_03_01, 2020_05_01].enumerated() {
            let stay = world.stay(10_000, basic: 6_000, of: World.poor, at: "S3", on: Int32(date))
            try #require(try world.settle("S\(number + 1)", stay).isNone)
        }
        try world.commit()
        return world
    }

    @Test func `SY-4: a payment is an entry of the person's year, found by its settlement, also after opening anew`() throws {
        let world = try world()
        #expect(try world.payRound("S1", 150_00, run: 7) == .posted)
        #expect(try world.payRound("S1", 150_00, run: 7) == .duplicate)
        #expect(try world.payRound("S1", 37_50, run: 8) == .posted)
        try world.commit()
        for _ in 0..<2 {
            let rounds = try world.rounds(of: "S1")
            #expect(rounds.map(\.round) == [1, 2] && rounds.map(\.amount) == [150_00, 37_50])
            #expect(try world.rounds(of: "S2").isEmpty)
            let (lines, _) = try world.ledger.listYear(person: World.poor, year: 2020, limit: 10)
            #expect(lines.map(\.id) == ["S1", "S2", "S1", "S1"] && lines.map(\.round) == [0, 0, 1, 2])
            #expect(lines.suffix(2).map(\.fundTotal) == [150_00, 37_50])
            #expect(lines.suffix(2).map(\.cash) == [-150_00, -37_50] && lines.suffix(2).map(\.total) == [0, 0])
            #expect(try world.differences() == [])
            try world.reopen()
        }
    }

    @Test func `SY-4, G-12: a settlement with a standing entry is not reversed, and the refusal names the entries`() throws {
        let world = try world()
        try world.payRound("S2", 50_00, run: 7)
        try world.payRound("S2", 12_50, run: 8)
        let refusal = #expect(throws: DomainRefusal.self) { try world.reverse("S2") }
        #expect(refusal?.code == .laterSettlementStands && refusal?.rule == "SY-4")
        #expect(refusal?.message.contains("1 (50.00 yuan), 2 (12.50 yuan)") == true)
        // The latest one first.
        let early = #expect(throws: DomainRefusal.self) { try world.takeBackRound("S2", 1) }
        #expect(early?.code == .laterSettlementStands)
        let unknown = #expect(throws: DomainRefusal.self) { try world.takeBackRound("S2", 3) }
        #expect(unknown?.code == .recordUnknown && unknown?.value == "3")
        let back = try world.takeBackRound("S2", 2)
        #expect(back.amount == -12_50 && back.cash == 12_50 && back.round == 2)
        // The same again gives what was recorded.
        #expect(try world.takeBackRound("S2", 2) == back)
        try world.takeBackRound("S2", 1)
        try world.reverse("S2")
        #expect(try world.rounds(of: "S2").reduce(0) { $0 + $1.amount } == 0)
        try world.commit()
        try world.reopen()
        #expect(try world.standing(of: "S2") == true)
        #expect(try world.differences() == [])
    }

    @Test func `SY-4, G-7: what does not add up, and what is about another settlement, is not booked`() throws {
        let world = try world()
        let end = try world.sealed()
        _ = try world.standing(of: "S1")
        var payment = SecondRoundPayment()
        payment.run = 7
        payment.settlement = world.entry.position
        payment.id = "S1"
        payment.person = World.poor
        payment.year = 2020
        payment.pack = world.entry.pack
        payment.fund.amount = 5
        payment.cash = -4
        #expect(throws: DomainRefusal.self) { try world.ledger.post(payment, readThrough: end) }
        payment.cash = -5
        payment.id = "S2"
        let other = #expect(throws: DomainRefusal.self) { try world.ledger.post(payment, readThrough: end) }
        #expect(other?.code == .recordConflict)
        #expect(try world.differences() == [])
    }

    @Test func `SY-4, G-13: a person's year that moved on since the run read it is left to the next run`() throws {
        let world = try world()
        let end = try world.sealed()
        try world.settle("S3", world.stay(1_000, basic: 500, of: World.poor, at: "S3", on: 2020_06_01))
        #expect(try world.payRound("S1", 150_00, run: 7, through: end) == .movedOn)
        #expect(try world.rounds(of: "S1").isEmpty)
        // What the run itself booked does not hinder the rest of it.
        let now = try world.sealed()
        #expect(try world.payRound("S1", 150_00, run: 8, through: now) == .posted)
        #expect(try world.payRound("S2", 50_00, run: 8, through: now) == .posted)
        #expect(try world.payRound("S3", 50_00, run: 9, through: now) == .movedOn)
    }

    @Test func `G-12, G-13, SY-4: nothing is booked on a settlement that was reversed, whatever the run read`() throws {
        let world = try world()
        try world.payRound("S1", 10_00, run: 6)
        try world.takeBackRound("S1", 1)
        try world.reverse("S2")
        try world.reverse("S1")
        let end = try world.sealed()
        #expect(try world.payRound("S2", 50_00, run: 7, through: end) == .movedOn)
        #expect(try world.adjust("S2", by: 1, run: 8) == .movedOn)
        #expect(try world.rounds(of: "S2").isEmpty)
        // What the run posted while it stood is known to be posted still.
        #expect(try world.payRound("S1", 10_00, run: 6, through: end) == .duplicate)
        #expect(try world.differences() == [])
    }
}
