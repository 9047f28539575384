import Ledger
import Policy
import Registry
import Settlement
import Testing

@Suite struct `A person who moves to another region within a year` {
    private static let mover: UInt64 = 401

    /// Insured in Chongqing to the end of June 2024, in Yantai from July on.
    private func world() throws -> World {
        let world = try World()
        let july = CalendarDate(2024_07_01)
        let first = Enrolment(
            .employee, membership: .employer, status: .active,
            covered: DateRange(from: CalendarDate(2020_01_01), until: CalendarDate(2024_06_30)))
        let second = Enrolment(.resident, covered: DateRange(from: july))
        let facts: [PersonFact] = [
            .basics(PersonBasics(region: "chongqing", birthMonth: 1990_01)), .enrolment(first),
            .basics(PersonBasics(region: "yantai", birthMonth: 1990_01, since: july)), .enrolment(second),
        ]
        try world.ledger.record(facts.map { .person(Self.mover, PersonEvent($0)) })
        try world.commit()
        return world
    }

    private func inpatient(_ world: World, _ total: Fen, at code: String, on date: Int32) -> SettleCommand {
        var command = world.outpatient(total, of: Self.mover, at: code, on: date)
        command.claim.kind = .inpatient
        command.claim.cost.inPolicy = total
        if code == "Y2" { command.claim.externalBasic = total / 2 }
        return command
    }

    @Test func `G-12: begins the year's deductibles and limits anew there; each region's year is its own`() throws {
        let world = try world()
        world.clock.move(to: CalendarDate(2024_12_01))
        #expect(try world.settle("c1", inpatient(world, 50_000_00, at: "H2", on: 2024_03_01)).isNone)
        #expect(try world.settle("y1", inpatient(world, 60_000_00, at: "Y2", on: 2024_08_01)).isNone)
        let first = world.entry
        for slot in 0..<first.slotCount { #expect(first.yearBefore[slot] == 0, "slot \(slot)") }
        #expect(try world.settle("y2", inpatient(world, 60_000_00, at: "Y2", on: 2024_09_01)).isNone)
        let second = world.entry
        #expect((0..<second.slotCount).contains { second.yearBefore[$0] != 0 })
        try world.commit()

        let lines = try world.ledger.listYear(person: Self.mover, year: 2024, limit: 10).lines
        #expect(lines.map(\.id) == ["c1", "y1", "y2"])
        let verifier = try Verifier(store: world.store, library: World.library)
        #expect(try verifier.verify { _ in }.differences == [])
        #expect(verifier.compare(with: world.ledger).differences == [])

        // What stands in the other region does not keep this one from being taken back.
        try world.reverse("c1")
        try world.commit()
        let regions = World.library.packs.map(\.region)
        let amounts = try #require(
            world.ledger.yearAmounts(person: Self.mover, year: 2024, region: regions.firstIndex(of: "chongqing")))
        #expect(amounts.amounts.allSatisfy { $0 == 0 })
        try world.reopen()
        #expect(try world.ledger.listYear(person: Self.mover, year: 2024, limit: 10).lines.count == 4)
        #expect(try Verifier(store: world.store, library: World.library).verify { _ in }.differences == [])
    }
}
