import Ledger
import LedgerFormat
import Policy
import Records
import Registry
import Settlement
import Testing

/// Recognition of poverty through illness (YT-7): what it pays for the past is an entry of the ledger.
///
/// | id | stay | burden | what the recognition pays of it |
/// |---|---|---|---|
/// | A | Nov 2023: 5,000, basic 2,000 | 3,000 | 3,000 |
/// | B | March 2024: 30,000, basic 10,000; (20,000 − 14,000) × 60 % = 3,600 | 16,400 | 2,640 |
/// | | W = 19,400: (19,400 − 10,000) × 60 % = 5,640 | | |
/// | C | May 2024: 10,000, × 60 % = 6,000; W = 23,400: 8,040 due | 4,000 | 2,400 with it |
@Suite struct `What a recognition pays` {
    private static let applied = CalendarDate(2024_04_02)

    private func world() throws -> World {
        let world = try World()
        try world.registerIll()
        try world.settle("B", world.stay(30_000, basic: 10_000, of: World.ill, at: "Y2", on: 2024_03_10))
        try world.settle("A", world.stay(5_000, basic: 2_000, of: World.ill, at: "Y2", on: 2023_11_10))
        try world.recognise(.apply(on: Self.applied))
        return world
    }

    @discardableResult
    private func recognise(_ world: World) throws -> RecognitionPayment? {
        try world.recognise(.recognise(year: 2024, on: Self.applied, outside: []))
    }

    private func parts(_ world: World, _ id: String) throws -> [Fen] {
        _ = try world.standing(of: id)
        return try world.ledger.recognitionParts(of: id, world.entry.position)
            .map { $0.parts.reduce(0) { $0 + $1.amount } }
    }

    @Test func `YT-7, I-39: it is a record of the year of recognition, and lowers the oldest settlement's cash first`() throws {
        let world = try world()
        let payment = try #require(try recognise(world))
        #expect(payment.amount == 5_640_00 && payment.cash == -5_640_00 && payment.year == 2024)
        #expect(payment.parts.map(\.id) == ["A", "B"] && payment.parts.map(\.amount) == [3_000_00, 2_640_00])
        try world.commit()
        for _ in 0..<2 {
            #expect(try parts(world, "A") == [3_000_00])
            #expect(try parts(world, "B") == [2_640_00])
            let (lines, _) = try world.ledger.listYear(person: World.ill, year: 2024, limit: 10)
            #expect(lines.map(\.id) == ["B", ""] && lines.map(\.isRecognition) == [false, true])
            #expect(lines[1].fundTotal == 5_640_00 && lines[1].cash == -5_640_00 && lines[1].total == 0)
            // The year before stays as it is.
            #expect(try world.ledger.listYear(person: World.ill, year: 2023, limit: 10).lines.map(\.id) == ["A"])
            #expect(try world.differences() == [])
            try world.reopen()
        }
    }

    @Test func `YT-7, I-39: cost from before the pack is the oldest, and no settlement's cash is lowered for it`() throws {
        let world = try World()
        try world.registerIll()
        world.clock.move(to: CalendarDate(2023_07_01))
        try world.settle("A", world.stay(30_000, basic: 10_000, of: World.ill, at: "Y2", on: 2023_03_10))
        try world.recognise(.apply(on: CalendarDate(2023_06_01)))
        let outside = [SettledBurden(serviceDate: CalendarDate(2022_10_01), burden: 4_000_00)]
        let payment = try #require(
            try world.recognise(.recognise(year: 2023, on: CalendarDate(2023_06_02), outside: outside)))
        // W = 20,400: 6,240, of which 4,000 were borne before.
        #expect(payment.amount == 6_240_00 && payment.parts.map(\.amount) == [2_240_00])
        #expect(try world.differences() == [])
    }

    @Test func `YT-7: while it stands a settlement of its window is reversed only if what was paid stays due`() throws {
        let world = try world()
        try recognise(world)
        for id in ["A", "B"] {
            let refusal = #expect(throws: DomainRefusal.self) { try world.reverse(id) }
            #expect(refusal?.code == .laterSettlementStands && refusal?.rule == "YT-7")
            #expect(refusal?.message.contains("2024-04-02") == true && refusal?.message.contains("5,640.00") == true)
        }
        try world.settle("C", world.stay(10_000, basic: 0, of: World.ill, at: "Y2", on: 2024_05_10))
        #expect(world.ledger.recognitions(of: World.ill)[2024]?.carried == 2_400_00)
        // What carries its own part gives it back.
        try world.reverse("C")
        #expect(world.ledger.recognitions(of: World.ill)[2024]?.paid == 5_640_00)
        // Far above the limit of 30,000 the one stay does not matter.
        try world.settle("D", world.stay(150_000, basic: 0, of: World.ill, at: "Y2", on: 2024_06_10))
        try world.commit()
        try world.reopen()
        #expect(world.ledger.recognitions(of: World.ill)[2024]?.paid == 30_000_00)
        try world.reverse("A")
        #expect(try world.differences() == [])
    }

    @Test func `YT-7: the office takes it back with a reason, while no later settlement carries a part of it`() throws {
        let world = try world()
        try recognise(world)
        try world.settle("C", world.stay(10_000, basic: 0, of: World.ill, at: "Y2", on: 2024_05_10))
        let day = CalendarDate(2024_06_01)
        let carried = #expect(throws: DomainRefusal.self) {
            try world.recognise(.takeBack(year: 2024, on: day, reason: "assets found"))
        }
        #expect(carried?.code == .laterSettlementStands && carried?.message.contains("settlement C") == true)
        try world.reverse("C")
        let silent = #expect(throws: DomainRefusal.self) {
            try world.recognise(.takeBack(year: 2024, on: day, reason: " "))
        }
        #expect(silent?.code == .reasonMissing)
        let back = try #require(try world.recognise(.takeBack(year: 2024, on: day, reason: "assets found")))
        #expect(back.amount == -5_640_00 && back.cash == 5_640_00 && back.year == 2024)
        #expect(back.parts.map(\.amount) == [-3_000_00, -2_640_00])
        #expect(try parts(world, "A") == [3_000_00, -3_000_00])
        let state = world.ledger.recognitions(of: World.ill)
        #expect(state.identities.isEmpty && state[2024]?.isPending == true && state[2024]?.reason == "assets found")
        // It is still the one application of the year, and may be decided anew.
        #expect(throws: DomainRefusal.self) { try world.recognise(.apply(on: day)) }
        try world.reverse("B")
        try world.commit()
        try world.reopen()
        #expect(world.ledger.recognitions(of: World.ill) == state)
        #expect(try recognise(world) == nil)
        #expect(try world.differences() == [])
    }

    @Test func `YT-7, I-04: what a year's end finds due besides is one more entry; what is too much is to be recovered`() throws {
        let world = try world()
        try recognise(world)
        func settleUp(_ amount: Fen, cash: Fen, recoverable: Fen, run: UInt64) throws -> AdjustmentPosting {
            let end = try world.sealed()
            _ = try world.standing(of: "A")
            var payment = RecognitionPayment()
            payment.run = run
            payment.person = World.ill
            payment.year = 2024
            payment.pack = world.entry.pack
            payment.event = .settledUp(year: 2024, amount: amount, recoverable: recoverable)
            payment.fund = FundChange(.assistance, "assistance", amount)
            payment.cash = cash
            payment.recoverable = recoverable
            return try world.ledger.post(payment, readThrough: end)
        }
        #expect(try settleUp(1_000_00, cash: -1_000_00, recoverable: 0, run: 7) == .posted)
        #expect(try settleUp(1_000_00, cash: -1_000_00, recoverable: 0, run: 7) == .duplicate)
        #expect(try parts(world, "B") == [2_640_00, 1_000_00])
        #expect(try settleUp(-600_00, cash: 0, recoverable: 600_00, run: 8) == .posted)
        let recognition = try #require(world.ledger.recognitions(of: World.ill)[2024])
        #expect(recognition.paid == 6_040_00 && recognition.recoverable == 600_00 && recognition.carried == 0)
        #expect(throws: DomainRefusal.self) { try settleUp(5, cash: -4, recoverable: 0, run: 9) }
        // Taken back, all of it goes: paid, and to be recovered.
        let back = try #require(
            try world.recognise(.takeBack(year: 2024, on: CalendarDate(2024_06_01), reason: "assets found")))
        #expect(back.amount == -6_040_00 && back.cash == 6_640_00 && back.recoverable == -600_00)
        try world.commit()
        try world.reopen()
        #expect(try world.differences() == [])
    }
}
