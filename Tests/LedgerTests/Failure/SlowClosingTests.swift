import Dispatch
import LedgerIndex
import Population
import TestSupport
import Testing

/// Derived files whose disk does not come back while the ledger is being closed.
@Suite struct `Closing with a disk that is slow` {
    @Test func `what derives is waited for until the given time and not longer, and the next opening makes it anew`() throws {
        let folder = IndexFolder()
        let journal = IndexJournal()
        var stream = RandomStream(seed: 1)
        for _ in 0..<10 { journal.blocks.append(stream.block(entries: 3, space: 10)) }
        journal.durable = 10
        let gate = DispatchSemaphore(value: 0)
        let files = try DerivedFiles(
            folder: folder.path, identity: 1, access: .writer, journal: journal.asked,
            watch: { step in
                guard case .sync = step else { return 0 }
                gate.wait(for: "the opening of the gate")
                gate.signal()
                return 0
            })
        files.replay(journal)
        let writer = try #require(files.beginSnapshot())
        writer.append(through: 10, [1])
        writer.finish(through: 10, global: [2])
        // Nobody opens the gate: without the given time this would wait for ever.
        files.finish(until: .now() + 0.05)
        #expect(writer.progress == .finishing && files.snapshotFacts == nil)
        files.abandonSnapshot()
        gate.signal()
        files.close()
        let again = try DerivedFiles(
            folder: folder.path, identity: 1, access: .writer, journal: journal.asked)
        #expect(again.snapshotFacts == nil && again.replayStart == 0 && again.damage == nil)
        again.replay(journal)
        again.finish()
        again.close()
    }

    @Test func `a snapshot begins while the disk does not come back`() throws {
        let folder = IndexFolder()
        let journal = IndexJournal()
        var stream = RandomStream(seed: 2)
        for _ in 0..<10 { journal.blocks.append(stream.block(entries: 3, space: 10)) }
        journal.durable = 10
        let arrived = DispatchSemaphore(value: 0)
        let gate = DispatchSemaphore(value: 0)
        let files = try DerivedFiles(
            folder: folder.path, identity: 1, access: .writer, journal: journal.asked,
            watch: { step in
                guard case .sync = step else { return 0 }
                arrived.signal()
                gate.wait(for: "the opening of the gate")
                gate.signal()
                return 0
            })
        files.replay(journal)
        // The manifest is on its way to the disk, and nobody opens the gate.
        #expect(!files.visits.flush(milliseconds: 0))
        arrived.wait(for: "a sync")
        #expect(files.beginSnapshot() != nil)
        gate.signal()
        files.abandonSnapshot()
        files.close()
    }
}
