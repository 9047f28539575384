import Ledger
import Policy
import Records
import Registry
import Settlement
import TestSupport
import Testing

@Suite struct `A settlement's id` {
    @Test func `P2: it has printable ASCII without blanks, whatever stands where`() {
        var random = SeededRandom(seed: 3)
        for length in 0...20 {
            for _ in 0..<2_000 {
                var bytes = (0..<length).map { _ in UInt8.random(in: 0x21...0x7e, using: &random) }
                if length > 0 { bytes[Int.random(in: 0..<length, using: &random)] = .random(in: 0...255, using: &random) }
                let expected = bytes.allSatisfy { $0 > 0x20 && $0 < 0x7f }
                #expect(bytes.withUnsafeBytes { Ledger.isPrintable($0) } == expected, "\(bytes)")
            }
        }
    }
}

@Suite struct `Settling for keeps` {
    @Test func `the worked example 003-1 through the ledger: the pool pays 1,890 yuan`() throws {
        let world = try World()
        let refusal = try world.settle("500101000001-1", world.outpatient(2_800_00))
        #expect(refusal.isNone)
        #expect(world.entry.outcome.pointee.fundTotal == 1_890_00)
        #expect(!world.entry.isDuplicate)
    }

    @Test func `a ledger's first settlement may be of a region whose pack has no accumulators`() throws {
        let world = try World()
        let person: UInt64 = 401
        try #require(World.library["anhui"]?.accumulators.isEmpty == true)
        let enrolment = Enrolment(.resident, covered: DateRange(from: CalendarDate(2020_01_01)))
        try world.ledger.record([
            .person(person, PersonEvent(.basics(PersonBasics(region: "anhui", birthMonth: 1970_01)))),
            .person(person, PersonEvent(.enrolment(enrolment))),
        ])
        #expect(try world.settle("a", world.outpatient(100_00, of: person, at: "A2", on: 2021_06_30)).isNone)
        #expect(world.entry.outcome.pointee.cash == 100_00)
        #expect(try world.commit())
        try world.reopen()
        #expect(try world.settle("b", world.outpatient(200_00, of: person, at: "A2", on: 2021_07_01)).isNone)
    }

    @Test func `the same id and content gives what was recorded, also after the ledger is opened anew`() throws {
        let world = try World()
        _ = try world.settle("a", world.outpatient(2_800_00))
        let position = world.entry.position
        _ = try world.settle("b", world.outpatient(500_00))
        for _ in 0..<2 {
            #expect(try world.settle("a", world.outpatient(2_800_00)).isNone)
            #expect(world.entry.isDuplicate)
            #expect(world.entry.position == position)
            #expect(world.entry.outcome.pointee.fundTotal == 1_890_00)
            #expect(try world.commit())
            try world.reopen()
        }
    }

    @Test func `the same id and other content is refused, whatever differs`() throws {
        let world = try World()
        let first = world.outpatient(2_800_00)
        _ = try world.settle("a", first)
        var others = [
            world.outpatient(2_800_01), world.outpatient(2_800_00, of: World.active),
            world.outpatient(2_800_00, at: "H1"), world.outpatient(2_800_00, on: 2024_06_29),
        ]
        var use = first
        use.claim.accountUse = .none
        var long = first
        long.prescriptionWeeks = 4
        others += [use, long]
        for other in others {
            let refusal = #expect(throws: DomainRefusal.self) { try world.settle("a", other) }
            #expect(refusal?.code == .idReusedWithOtherContent)
            #expect(refusal?.field == "settlement_id")
        }
    }

    @Test(arguments: ["", "with blank", "ä", String(repeating: "7", count: 65)])
    func `an id that is none is refused`(id: String) throws {
        let world = try World()
        let refusal = #expect(throws: DomainRefusal.self) { try world.settle(id, world.outpatient(100)) }
        #expect(refusal?.code == .idInvalid)
    }

    @Test func `a refused claim leaves nothing behind`() throws {
        let world = try World()
        var wrong = world.outpatient(2_800_00)
        wrong.claim.cost.inPolicy = 1
        #expect(try world.settle("a", wrong).code == .amountsDoNotAddUp)
        #expect(world.ledger.seal() == nil)
        #expect(try world.settle("a", world.outpatient(2_800_00)).isNone)
        #expect(world.entry.outcome.pointee.fundTotal == 1_890_00)
    }

    @Test func `a quote says what settling would, and leaves no trace`() throws {
        let world = try World()
        _ = try world.settle("a", world.outpatient(100_00))
        try world.commit()
        #expect(try world.quote(world.outpatient(2_800_00)).isNone)
        let quoted = world.entry.outcome.pointee.fundTotal
        #expect(world.ledger.seal() == nil)
        #expect(try world.settle("b", world.outpatient(2_800_00)).isNone)
        #expect(world.entry.outcome.pointee.fundTotal == quoted)
    }
}

@Suite struct `Taking settlements back (G-12)` {
    private func code(_ body: () throws -> Void) -> DomainCode? {
        do { try body() } catch { return (error as? DomainRefusal)?.code }
        return nil
    }

    @Test func `G-12: last in, first out, naming the one that stands; the year is as before`() throws {
        let world = try World()
        _ = try world.settle("a", world.outpatient(300_00))
        let after = world.ledger.yearAmounts(person: World.retired, year: 2024, region: nil)?.amounts
        _ = try world.settle("b", world.outpatient(2_500_00))
        let refusal = #expect(throws: DomainRefusal.self) { try world.reverse("a") }
        #expect(refusal?.code == .laterSettlementStands)
        #expect(refusal?.message.contains("reverse b first") == true)
        try world.reverse("b")
        #expect(world.ledger.yearAmounts(person: World.retired, year: 2024, region: nil)?.amounts == after)
        try world.reverse("a")
        #expect(world.ledger.yearAmounts(person: World.retired, year: 2024, region: nil)?.amounts.allSatisfy { $0 == 0 } == true)
    }

    @Test func `what was reversed stays reversed, and reversing again gives the same`() throws {
        let world = try World()
        _ = try world.settle("a", world.outpatient(300_00))
        try world.reverse("a")
        let position = world.reversal.position
        #expect(code { _ = try world.settle("a", world.outpatient(300_00)) } == .settlementReversed)
        try world.commit()
        try world.reopen()
        #expect(code { _ = try world.settle("a", world.outpatient(300_00)) } == .settlementReversed)
        try world.reverse("a", reason: "again")
        #expect(world.reversal.isDuplicate)
        #expect(world.reversal.position == position)
        #expect(world.reversal.reason == "wrong person")
        #expect(code { try world.reverse("never") } == .settlementUnknown)
    }

    @Test func `a year lists its settlements and reversals in their order, page by page`() throws {
        let world = try World()
        for index in 0..<5 { _ = try world.settle("s\(index)", world.outpatient(100_00 + Int64(index))) }
        try world.reverse("s4")
        let (lines, more) = try world.ledger.listYear(person: World.retired, year: 2024, limit: 100)
        #expect(lines.map(\.id) == ["s0", "s1", "s2", "s3", "s4", "s4"])
        #expect(lines.map(\.isReversal) == [false, false, false, false, false, true])
        #expect(lines.map(\.isReversed) == [false, false, false, false, true, false])
        #expect(!more)
        let last = try world.ledger.listYear(person: World.retired, year: 2024, limit: 2)
        #expect(last.lines.map(\.id) == ["s4", "s4"] && last.more)
        let before = try world.ledger.listYear(
            person: World.retired, year: 2024, before: last.lines[0].position, limit: 2)
        #expect(before.lines.map(\.id) == ["s2", "s3"] && before.more)
    }
}

@Suite struct `Reconciling with an institution` {
    @Test func `totals count settlements less reversals, each on the day it was made`() throws {
        let world = try World()
        _ = try world.settle("a", world.outpatient(300_00))
        _ = try world.settle("b", world.outpatient(400_00))
        world.clock.move(to: CalendarDate(2024_07_02))
        try world.commit()
        try world.reverse("b")
        let place = world.institution("H2")
        func totals(_ from: Int32, _ until: Int32) throws -> ClearingSums {
            try world.ledger.totals(
                institution: place, from: CalendarDate(from), until: CalendarDate(until), type: nil)
        }
        let first = try totals(2024_07_01, 2024_07_01)
        #expect(first.settlements == 2 && first.total == 700_00 && first.reversals == 0)
        let second = try totals(2024_07_02, 2024_07_02)
        #expect(second.reversals == 1 && second.total == -400_00)
        let month = try totals(2024_07_01, 2024_07_31)
        #expect(month.total == 300_00 && month.total == month.fundTotal + month.accountTotal + month.cash)
    }

    @Test func `rows are equal, only there, only here, or differ`() throws {
        let world = try World()
        for id in ["a", "b", "c"] { _ = try world.settle(id, world.outpatient(300_00)) }
        let day = CalendarDate(2024_07_01)
        let place = world.institution("H2")
        var rows = try world.ledger.lines(place, day, day, nil)
        #expect(rows.map(\.id) == ["a", "b", "c"])
        func reconcile(_ rows: [ReconcileLine]) throws -> Reconciliation {
            try world.ledger.reconcile(institution: place, from: day, until: day, type: nil, theirs: rows)
        }
        #expect(try reconcile(rows).isBalanced)
        rows[0].cash += 1
        rows.remove(at: 1)
        rows.append(
            ReconcileLine(id: "z", isReversal: false, total: 1, fundTotal: 0, accountTotal: 0, cash: 1))
        let result = try reconcile(rows)
        #expect(result.equal == 1)
        #expect(result.differing.map(\.theirs.id) == ["a"])
        #expect(result.onlyHere.map(\.id) == ["b"])
        #expect(result.onlyThere.map(\.id) == ["z"])
    }
}
