import Ledger
import LedgerFormat
import LedgerStore
import Records
import Registry
import Settlement
import Testing

@Suite struct `When the store fails` {
    /// A world whose next commit fails.
    private func failing(_ fault: MemoryStore.Fault) throws -> (World, MemoryStore) {
        let store = MemoryStore()
        let world = try World(store: store)
        store.fail(append: 1, fault)
        return (world, store)
    }

    private func code(_ body: () throws -> Void) -> DomainCode? {
        do { try body() } catch { return (error as? DomainRefusal)?.code }
        return nil
    }

    @Test func `what certainly was not written is answered so, and can be settled again`() throws {
        let (world, _) = try failing(.notWritten)
        _ = try world.settle("a", world.outpatient(2_800_00))
        let ticket = try #require(world.ledger.seal())
        world.ledger.queue.commit()
        guard case .notWritten = world.ledger.queue.durability(of: ticket) else {
            Issue.record("\(world.ledger.queue.durability(of: ticket))")
            return
        }
        #expect(try world.settle("a", world.outpatient(2_800_00)).isNone)
        #expect(!world.entry.isDuplicate)
        #expect(world.entry.outcome.pointee.fundTotal == 1_890_00)
        #expect(try world.commit())
    }

    @Test(arguments: [MemoryStore.Fault.unknownAndLost, .unknownAndWritten])
    func `what may have been written is answered as unknown; asking again tells`(fault: MemoryStore.Fault) throws {
        let (world, _) = try failing(fault)
        _ = try world.settle("a", world.outpatient(2_800_00))
        let ticket = try #require(world.ledger.seal())
        world.ledger.queue.commit()
        guard case .unknown = world.ledger.queue.durability(of: ticket) else {
            Issue.record("\(world.ledger.queue.durability(of: ticket))")
            return
        }
        #expect(try world.settle("a", world.outpatient(2_800_00)).isNone)
        #expect(world.entry.isDuplicate == (fault == .unknownAndWritten))
        #expect(world.entry.outcome.pointee.fundTotal == 1_890_00)
        #expect(try world.commit())
        #expect(world.ledger.settlementCount == 1)
    }

    @Test func `what was settled on top of a commit that failed fails with it`() throws {
        let (world, _) = try failing(.notWritten)
        _ = try world.settle("a", world.outpatient(300_00))
        let first = try #require(world.ledger.seal())
        _ = try world.settle("b", world.outpatient(400_00))
        world.ledger.queue.commit()
        let second = try #require(world.ledger.seal())
        world.ledger.queue.commit()
        for ticket in [first, second] { #expect(world.ledger.queue.durability(of: ticket) != .durable) }
        #expect(try world.standing(of: "b") == nil)
        #expect(world.ledger.settlementCount == 0)
    }

    @Test func `a read that saw what did not become durable does not leave`() throws {
        let (world, _) = try failing(.notWritten)
        _ = try world.settle("a", world.outpatient(300_00))
        _ = try #require(world.ledger.seal())
        let year = try world.ledger.listYear(person: World.retired, year: 2024, limit: 10)
        #expect(year.lines.count == 1)
        world.ledger.queue.commit()
        let ticket = try #require(world.ledger.seal())
        world.ledger.queue.commit()
        #expect(world.ledger.queue.durability(of: ticket) != .durable)
        #expect(try world.ledger.listYear(person: World.retired, year: 2024, limit: 10).lines.isEmpty)
    }

    @Test func `nothing is taken while the store does not recover, and it is tried again later`() throws {
        let (world, store) = try failing(.notWritten)
        _ = try world.settle("a", world.outpatient(300_00))
        #expect(try !world.commit())
        store.failRecoveries(2)
        #expect(code { _ = try world.settle("b", world.outpatient(300_00)) } == .storeUnavailable)
        _ = world.ledger.seal()
        // Not before some time has passed.
        #expect(code { _ = try world.settle("b", world.outpatient(300_00)) } == .storeUnavailable)
        _ = world.ledger.seal()
        world.clock.advance(milliseconds: 1_000)
        #expect(code { _ = try world.settle("b", world.outpatient(300_00)) } == .storeUnavailable)
        _ = world.ledger.seal()
        world.clock.advance(milliseconds: 1_000)
        #expect(try world.settle("b", world.outpatient(300_00)).isNone)
        #expect(try world.commit())
    }

    @Test func `a damaged block is named, and nothing is opened on top of it`() throws {
        let world = try World()
        _ = try world.settle("a", world.outpatient(300_00))
        try world.commit()
        let copy = MemoryStore()
        for pack in try world.store.packs() {
            _ = try copy.keep(
                region: pack.region, digest: pack.digest, yaml: pack.yaml, fingerprint: pack.fingerprint)
        }
        var blocks: [SealedBlock] = []
        try world.store.scan(after: 0) { block in
            blocks.append(block)
            return true
        }
        blocks[1].bytes[60] ^= 1
        try copy.append(blocks)
        let problem = #expect(throws: LedgerProblem.self) { try World(store: copy) }
        #expect(problem?.description.contains("block 2") == true)
    }
}
