import Ledger
import LedgerFormat
import Registry
import Settlement
import Testing

/// What a clock that is set does is told of while it can still be set right.
@Suite struct `A clock that is set` {
    private func settle(_ id: String, _ world: World) throws {
        #expect(try world.settle(id, world.outpatient(100_00, on: 2024_06_30)).isNone)
        #expect(try world.commit())
    }

    @Test func `ahead while the ledger is open is told of once, with both times; time that passes is not`() throws {
        let world = try World()
        try settle("a", world)
        world.clock.advance(milliseconds: 40 * 86_400_000)
        try settle("b", world)
        world.clock.set(milliseconds: 300_000)
        try settle("c", world)
        #expect(world.incidents.kinds == [])
        world.clock.set(milliseconds: 300_001)
        try settle("d", world)
        world.clock.advance(milliseconds: 1_000)
        try settle("e", world)
        #expect(world.incidents.kinds == [.clockSetAhead])
        let text = world.incidents.text(.clockSetAhead) ?? ""
        #expect(text.contains("set ahead by 300 s, from 2024-08-10 00:05:00"), "\(text)")
        #expect(text.contains("to 2024-08-10 00:10:00") && text.contains("accept-clock"), "\(text)")
    }

    @Test func `back by more than half of what is refused is told of once each time, before anything is refused`() throws {
        let world = try World()
        try settle("a", world)
        world.clock.set(milliseconds: -150_000)
        try settle("b", world)
        #expect(world.incidents.kinds == [])
        world.clock.set(milliseconds: -1)
        try settle("c", world)
        try settle("d", world)
        #expect(world.incidents.kinds == [.clockNearlyBehind])
        #expect(world.incidents.text(.clockNearlyBehind)?.contains("150 s before the ledger's last record") == true)
        world.clock.set(milliseconds: 200_000)
        try settle("e", world)
        world.clock.set(milliseconds: -200_000)
        try settle("f", world)
        #expect(world.incidents.kinds == [.clockNearlyBehind, .clockNearlyBehind])
    }
}
