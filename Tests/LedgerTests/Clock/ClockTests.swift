import Foundation
import Ledger
import LedgerFormat
import LedgerStore
import Records
import Registry
import Settlement
import TestSupport
import Testing

/// A clock that was wrong: nothing is written far behind the journal, and after it was accepted everything goes on by
/// the clock, in the order of the journal.
@Suite struct `When the clock was wrong` {
    private static let dayMilliseconds: Int64 = 86_400_000
    private static let jump = 400 * dayMilliseconds

    private func refusal(_ body: () throws -> Void) -> DomainRefusal? {
        do { try body() } catch { return error as? DomainRefusal }
        return nil
    }

    private func time(of id: String, in world: World) throws -> Moment {
        _ = try world.standing(of: id)
        return world.entry.settledAt
    }

    /// A world whose clock was 400 days ahead for one settlement, and is right again.
    private func wrong(_ world: World) throws {
        _ = try world.settle("before", world.outpatient(100_00))
        #expect(try world.commit())
        world.clock.advance(milliseconds: Self.jump)
        _ = try world.settle("ahead", world.outpatient(100_00))
        #expect(try world.commit())
        world.clock.advance(milliseconds: 60_000 - Self.jump)
    }

    @Test func `nothing is recorded, both times are named, reading goes on, after a restart too`() throws {
        let world = try World()
        try wrong(world)
        for _ in 0..<2 {
            let refusal = refusal { _ = try world.settle("after", world.outpatient(100_00)) }
            #expect(refusal?.code == .storeUnavailable)
            let text = refusal?.line ?? ""
            #expect(text.contains("2025-08-05 00:00:00 (Beijing time)"), "\(text)")
            #expect(text.contains("2024-07-01 00:01:00 (Beijing time)"), "\(text)")
            #expect(text.contains("jiesuan ledger accept-clock"))
            #expect(world.ledger.seal() == nil)
            #expect(try world.standing(of: "ahead") == false)
            #expect(try world.standing(of: "after") == nil)
            #expect(try world.quote(world.outpatient(100_00)).isNone)
            // What lies in the future is judged by the clock.
            let tomorrow = world.outpatient(100_00, on: 2024_07_02)
            #expect(self.refusal { _ = try world.quote(tomorrow) }?.code == .dateInFuture)
            #expect(world.ledger.seal() == nil)
            #expect(world.incidents.kinds.contains(.clockBehind))
            try world.reopen(withSnapshot: true)
        }
        #expect(world.incidents.kinds.count { $0 == .clockBehind } == 3)
    }

    @Test func `a clock that is set right again is enough`() throws {
        let world = try World()
        try wrong(world)
        #expect(refusal { _ = try world.settle("after", world.outpatient(100_00)) }?.code == .storeUnavailable)
        _ = world.ledger.seal()
        world.clock.advance(milliseconds: Self.jump)
        #expect(try world.settle("after", world.outpatient(100_00)).isNone)
        #expect(try world.commit())
        #expect(world.incidents.kinds == [.clockBehind, .clockRight])
        #expect(try world.ledger.acceptClock() == nil)
    }

    @Test func `a question that is asked while the clock is ahead changes nothing`() throws {
        let world = try World()
        world.clock.advance(milliseconds: Self.jump)
        #expect(try world.quote(world.outpatient(100_00)).isNone)
        _ = world.ledger.seal()
        world.clock.advance(milliseconds: -Self.jump)
        #expect(try world.settle("a", world.outpatient(100_00)).isNone)
        #expect(try world.commit())
        #expect(try time(of: "a", in: world) == world.clock.now())
    }

    @Test func `a few minutes back stop nothing: time stands still`() throws {
        let world = try World()
        _ = try world.settle("a", world.outpatient(100_00))
        #expect(try world.commit())
        world.clock.advance(milliseconds: -300_000)
        _ = try world.settle("b", world.outpatient(100_00))
        #expect(try world.commit())
        #expect(try time(of: "b", in: world) == time(of: "a", in: world))
        world.clock.advance(milliseconds: -1)
        #expect(refusal { _ = try world.settle("c", world.outpatient(100_00)) }?.code == .storeUnavailable)
    }

    @Test(arguments: [false, true])
    func `after the clock was accepted records bear its time, and keep their order, also opened from a snapshot`(
        withSnapshot: Bool
    ) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("ledger-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let world = try World(directory: folder)
        try wrong(world)
        if withSnapshot { try world.reopen(withSnapshot: true) }
        let accepted = world.clock.now()
        let era = try #require(try world.ledger.acceptClock())
        #expect(era.accepted == accepted && era.newest.milliseconds == accepted.milliseconds - 60_000 + Self.jump)
        world.clock.advance(milliseconds: 60_000)
        #expect(try world.settle("after", world.outpatient(100_00)).isNone)
        #expect(try world.commit())
        for _ in 0..<2 {
            #expect(try time(of: "after", in: world).milliseconds == accepted.milliseconds + 60_000)
            let ids = try world.ledger.listYear(person: World.retired, year: 2024, limit: 10).lines.map(\.id)
            #expect(ids == ["before", "ahead", "after"])
            for (id, isTrusted) in [("before", true), ("ahead", false), ("after", true)] {
                let time = try time(of: id, in: world)
                #expect(world.ledger.isTimeTrusted(time, at: world.entry.position) == isTrusted, "\(id)")
            }
            try world.reopen(withSnapshot: withSnapshot)
        }
        let verification = try Verifier(store: world.store, library: World.library).verify { _ in }
        #expect(verification.isClean, "\(verification.differences)")
        let verifier = try Verifier(store: world.store, library: World.library)
        _ = try verifier.verify { _ in }
        #expect(verifier.compare(with: world.ledger).isClean)
        // What was settled while the clock was wrong can be reversed, and is settled once.
        #expect(try world.settle("ahead", world.outpatient(100_00)).isNone)
        #expect(world.entry.isDuplicate)
        try world.reverse("after")
        #expect(try world.commit())
        try world.reverse("ahead")
        #expect(try world.commit())
    }

    @Test func `the end of a day is found in the order of the journal`() throws {
        let world = try World()
        try wrong(world)
        _ = try world.ledger.acceptClock()
        let end = try world.store.lastSequence()
        // What was settled 400 days ahead was made before the clock was accepted, on the first of July.
        #expect(try JournalScan.lastBlock(of: world.store, through: CalendarDate(2024_06_30)) == 0)
        #expect(try JournalScan.lastBlock(of: world.store, through: CalendarDate(2024_07_01)) == end)
        world.clock.advance(milliseconds: Self.dayMilliseconds)
        _ = try world.settle("next-day", world.outpatient(100_00))
        #expect(try world.commit())
        #expect(try JournalScan.lastBlock(of: world.store, through: CalendarDate(2024_07_01)) == end)
        #expect(try JournalScan.lastBlock(of: world.store, through: CalendarDate(2024_07_02)) == end + 1)
    }

    @Test func `what was registered under a wrong clock is known from when it was accepted`() throws {
        let world = try World()
        world.clock.advance(milliseconds: Self.jump)
        let given = CalendarDate(2024_06_01)
        let identity = IdentityRecord(DatedIdentity(.destitute, given: given), department: .civilAffairs)
        try world.ledger.record([.person(World.resident, PersonEvent(.identity(identity)))])
        #expect(try world.commit())
        world.clock.advance(milliseconds: -Self.jump)
        let day = CalendarDate(2024_07_01)
        let people = { world.ledger.registry.people }
        #expect(people().history(of: World.resident, knownOn: day).count == 2)
        let era = try #require(try world.ledger.acceptClock())
        for _ in 0..<2 {
            #expect(people().history(of: World.resident, knownOn: day).count == 3)
            #expect(people().history(of: World.resident).last?.recorded == era.accepted)
            try world.reopen()
        }
    }

    @Test func `a block that goes back in time without saying so is found`() throws {
        let world = try World()
        _ = try world.settle("a", world.outpatient(100_00))
        #expect(try world.commit())
        var blocks = try world.store.allBlocks()
        let last = blocks.count - 1
        var time = blocks[last].bytes[16..<24].reversed().reduce(Int64(0)) { $0 << 8 | Int64($1) }
        time -= 1
        for byte in 0..<8 { blocks[last].bytes[16 + byte] = UInt8(truncatingIfNeeded: time >> (8 * Int64(byte))) }
        let end = blocks[last].bytes.count - 4
        let sum = crc32(blocks[last].bytes[..<end])
        for byte in 0..<4 { blocks[last].bytes[end + byte] = UInt8(truncatingIfNeeded: sum >> (8 * UInt32(byte))) }
        let forged = MemoryStore()
        for pack in try world.store.packs() {
            _ = try forged.keep(
                region: pack.region, digest: pack.digest, yaml: pack.yaml, fingerprint: pack.fingerprint)
        }
        try forged.append(blocks)
        let verification = try Verifier(store: forged, library: World.library).verify { _ in }
        #expect(verification.differences == ["block \(blocks.count) is older than the one before it"])
    }

    private func crc32(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        var sum = UInt32.max
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 {
                let isOdd = sum & 1 == 1
                sum >>= 1
                if isOdd { sum ^= 0xEDB8_8320 }
            }
        }
        return ~sum
    }

    @Test func `whatever the clock does, nothing is far ahead of it when it is written, and order is kept`() throws {
        var random = SeededRandom.printed()
        for _ in 0..<15 {
            let world = try World()
            var settled: [String] = []
            var times: [String: Moment] = [:]
            for step in 0..<80 {
                switch Int.random(in: 0..<12, using: &random) {
                case 0: world.clock.advance(milliseconds: Int64.random(in: -Self.jump...Self.jump, using: &random))
                case 1: world.clock.advance(milliseconds: Int64.random(in: -400_000...400_000, using: &random))
                case 2:
                    if let era = try world.ledger.acceptClock() {
                        #expect(era.accepted == world.clock.now() && era.newest > era.accepted)
                    }
                case 3: try world.reopen()
                default:
                    world.clock.advance(milliseconds: 1_000)
                    let id = "s\(step)"
                    let before = world.clock.now()
                    let command = world.outpatient(100_00, on: 2020_06_30)
                    if let refusal = refusal({ _ = try world.settle(id, command) }) {
                        #expect(refusal.code == .storeUnavailable || refusal.code == .dateInFuture)
                        _ = world.ledger.seal()
                        continue
                    }
                    #expect(try world.commit())
                    guard try world.standing(of: id) == false else { continue }
                    let time = world.entry.settledAt
                    #expect(time >= before && time.milliseconds <= before.milliseconds + 300_000)
                    settled.append(id)
                    times[id] = time
                }
            }
            let lines = try world.ledger.listYear(person: World.retired, year: 2020, limit: 1_000).lines
            #expect(lines.map(\.id) == settled)
            #expect(lines.map(\.at) == settled.map { times[$0] })
            let verification = try Verifier(store: world.store, library: World.library).verify { _ in }
            #expect(verification.isClean, "\(verification.differences)")
            // The journal cut at any time is a beginning of it, the longer the later.
            var last: UInt64 = 0
            for year in 2021...2028 {
                let day = CalendarDate(year: Int32(year), month: 1, day: 1)
                let block = try JournalScan.lastBlock(of: world.store, through: day)
                #expect(block >= last)
                last = block
            }
        }
    }
}
