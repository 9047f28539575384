import Ledger
import LedgerFormat
import LedgerStore
import Records
import Registry
import Settlement
import TestSupport
import Testing

/// While the store takes nothing, what is durable can be read, and nothing else; writing is refused.
@Suite struct `While the disk is full` {
    private func code(_ body: () throws -> Void) -> DomainCode? {
        do { try body() } catch { return (error as? DomainRefusal)?.code }
        return nil
    }

    @Test(arguments: [MemoryStore.Fault.notWritten, .unknownAndLost, .unknownAndWritten])
    func `settlements, years, quotes and totals are answered at once from what is durable, and settling is refused`(
        fault: MemoryStore.Fault
    ) throws {
        let store = MemoryStore()
        let world = try World(store: store)
        _ = try world.settle("kept", world.outpatient(2_800_00))
        #expect(try world.commit())
        store.fail(append: 1, fault)
        store.failRecoveries(1_000)
        _ = try world.settle("lost", world.outpatient(300_00))
        #expect(try !world.commit())

        for _ in 0..<3 {
            #expect(try world.standing(of: "kept") == false)
            #expect(try world.standing(of: "lost") == nil)
            #expect(try world.ledger.listYear(person: World.retired, year: 2024, limit: 10).lines.map(\.id) == ["kept"])
            #expect(try world.quote(world.outpatient(300_00)).isNone)
            let july = CalendarDate(2024_07_01)
            let sums = try world.ledger.totals(
                institution: world.institution("H2"), from: july, until: july, type: nil)
            #expect(sums.settlements == 1)
            #expect(code { _ = try world.settle("new", world.outpatient(300_00)) } == .storeUnavailable)
            #expect(code { try world.reverse("kept") } == .storeUnavailable)
            // Nobody waits for a store that takes nothing.
            #expect(world.ledger.seal() == nil)
            world.clock.advance(milliseconds: 1_000)
        }
        store.failRecoveries(0)
        #expect(try world.settle("new", world.outpatient(300_00)).isNone)
        #expect(try world.commit())
        #expect(try world.standing(of: "new") == false)
        let isThere = fault == .unknownAndWritten
        #expect(try (world.standing(of: "lost") != nil) == isThere)
        #expect(world.ledger.settlementCount == (isThere ? 3 : 2))
        #expect(try Verifier(store: store, library: World.library).verify { _ in }.isClean)
    }

    @Test func `an answer given before the failure was noticed fails with what it saw`() throws {
        let store = MemoryStore()
        let world = try World(store: store)
        store.fail(append: 1, .notWritten)
        store.failRecoveries(1_000)
        _ = try world.settle("lost", world.outpatient(300_00))
        _ = try #require(world.ledger.seal())
        #expect(try world.standing(of: "lost") == false)
        world.ledger.queue.commit()
        // In the same burst nothing is mended: its first answer rests on what is gone.
        #expect(code { _ = try world.standing(of: "lost") } == .storeUnavailable)
        let ticket = try #require(world.ledger.seal())
        world.ledger.queue.commit()
        #expect(world.ledger.queue.durability(of: ticket) != .durable)
        #expect(try world.standing(of: "lost") == nil)
        #expect(world.ledger.seal() == nil)
    }

    @Test func `P1: whatever fails and whenever it is asked, exactly what was acknowledged is read`() throws {
        var random = SeededRandom.printed()
        for _ in 0..<40 {
            let store = MemoryStore()
            let world = try World(store: store)
            var acknowledged: Set<String> = []
            var doubtful: Set<String> = []
            var asked = 0
            for step in 0..<60 {
                switch Int.random(in: 0..<10, using: &random) {
                case 0: store.fail(append: Int.random(in: 1...3, using: &random), .notWritten)
                case 1: store.fail(append: 1, Bool.random(using: &random) ? .unknownAndLost : .unknownAndWritten)
                case 2: store.failRecoveries(Int.random(in: 0...3, using: &random))
                case 3...6:
                    let id = "s\(step)"
                    guard code({ _ = try world.settle(id, world.outpatient(100_00)) }) == nil else {
                        _ = world.ledger.seal()
                        world.clock.advance(milliseconds: 300)
                        continue
                    }
                    guard let ticket = world.ledger.seal() else { continue }
                    world.ledger.queue.commit()
                    switch world.ledger.queue.durability(of: ticket) {
                    case .durable: acknowledged.insert(id)
                    case .unknown: doubtful.insert(id)
                    default: break
                    }
                default:
                    let lines = try world.ledger.listYear(person: World.retired, year: 2024, limit: 100).lines
                    if world.ledger.seal() == nil {
                        let read = Set(lines.map(\.id))
                        #expect(read.isSuperset(of: acknowledged) && read.isSubset(of: acknowledged.union(doubtful)))
                        asked += 1
                    } else {
                        world.ledger.queue.commit()
                    }
                }
            }
            #expect(asked > 0)
        }
    }

    @Test func `a disk that is full, then has room: every step is told of, with its reason`() throws {
        let directory = ScratchFolder(inMemory: true)
        let disk = FaultDisk(seed: 3)
        let store = try SQLiteStore(path: directory.file("ledger.db"), mode: .create, vfs: disk.vfs)
        defer { store.close() }
        let world = try World(store: store)
        _ = try world.settle("kept", world.outpatient(300_00))
        #expect(try world.commit())
        disk.fail(.write, .full, lasting: true)
        _ = try world.settle("lost", world.outpatient(300_00))
        #expect(try !world.commit())
        #expect(world.incidents.text(.commitFailed)?.contains("database or disk is full") == true)
        #expect(try world.standing(of: "kept") == false)
        #expect(try world.standing(of: "lost") == nil)
        #expect(world.incidents.text(.notRecovered)?.contains("full") == true)
        disk.heal()
        world.clock.advance(milliseconds: 1_000)
        _ = world.ledger.seal()
        #expect(try world.settle("lost", world.outpatient(300_00)).isNone)
        #expect(try world.commit())
        #expect(
            world.incidents.kinds.filter { $0 != .notRecovered && $0 != .diskNearlyFull }
                == [.commitFailed, .rolledBack, .recovered])
    }
}
