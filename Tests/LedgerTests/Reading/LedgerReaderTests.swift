import Dispatch
import Foundation
import Ledger
import LedgerFormat
import LedgerIndex
import LedgerStore
import Population
import Records
import Registry
import Settlement
import Synchronization
import TestSupport
import Testing

/// Reading beside whoever writes.
@Suite struct `Answers read beside the sequencer` {
    @Test func `are the sequencer's own at the moment of asking, while it goes on writing`() throws {
        var random = SeededRandom.printed()
        let scratch = ScratchFolder(inMemory: true)
        let store = try SQLiteStore(path: scratch.file("ledger.db"), mode: .create)
        let world = try World(store: store, directory: scratch.file("derived"))
        defer {
            world.ledger.abandon()
            store.close()
        }
        let desk = AskedLedger(world)
        let readers = LedgerReaders(world.ledger)
        let asked = Mutex<[AskedLedger.Question]>([])
        let bell = DispatchSemaphore(value: 0)
        let right = Atomic(0)
        let wrong = Mutex<[String]>([])
        let group = DispatchGroup()
        for _ in 0..<2 {
            group.enter()
            // Threads of queues may all wait in other tests.
            Thread.detachNewThread {
                defer { group.leave() }
                // One ring for each question, and one at the end that finds none.
                while true {
                    bell.wait(for: "the next answer")
                    guard let question = asked.withLock({ $0.popLast() }) else { return }
                    let difference = desk.difference(question, readers)
                    if let difference { wrong.withLock { $0.append(difference) } }
                    right.add(difference == nil ? 1 : 0, ordering: .relaxed)
                }
            }
        }
        let questions = 300
        for _ in 0..<questions {
            // Asked in the middle of what is being written, handed to the readers when that is durable.
            let question = try desk.writeAndAsk(&random)
            asked.withLock { $0.append(question) }
            bell.signal()
        }
        for _ in 0..<2 { bell.signal() }
        group.wait(for: "the readers")
        #expect(wrong.withLock { $0 } == [])
        #expect(right.load(ordering: .relaxed) == questions)
        #expect(desk.kinds.count == AskedLedger.kinds, "every kind of question came up: \(desk.kinds)")
    }

    @Test func `stop when nobody waits any more`() throws {
        let world = try World()
        for number in 0..<2_000 { try world.settle("S\(number)", world.outpatient(1_00, of: World.active)) }
        try world.commit()
        let readers = LedgerReaders(world.ledger)
        let heads = world.ledger.yearHeads(person: World.active, year: 2024)
        let day = CalendarDate(2024_07_01)
        let records = try world.ledger.records(of: world.institution("H2"), from: day, until: day)
        var looks = 0
        func isOver() -> Bool {
            looks += 1
            return looks == 3
        }
        readers.read { reader in
            expectStopped { () throws(ReadingFailure) in _ = try reader.listYear(heads, limit: 1_000, isOver: isOver) }
            #expect(looks == 3)
            looks = 0
            expectStopped { () throws(ReadingFailure) in
                _ = try reader.reconcile(records, type: nil, theirs: [], isOver: isOver)
            }
            #expect(looks == 3)
        }
    }

    private func expectStopped(_ body: () throws(ReadingFailure) -> Void) {
        do throws(ReadingFailure) {
            try body()
            Issue.record("it went on")
        } catch {
            guard case .stopped = error else {
                Issue.record("\(error)")
                return
            }
        }
    }

    @Test func `of a damaged block are a refusal that names it, and the next question is answered`() throws {
        let store = SpoiltStore(MemoryStore())
        let world = try World(store: store)
        for number in 0..<3 { try world.settle("S\(number)", world.outpatient(1_00, of: World.active)) }
        try world.commit()
        let block = world.entry.position.block
        store.spoil(block)
        let readers = LedgerReaders(world.ledger)
        let heads = world.ledger.yearHeads(person: World.active, year: 2024)
        do throws(ReadingFailure) {
            _ = try readers.read { (reader) throws(ReadingFailure) in try reader.listYear(heads, limit: 10) }
            Issue.record("it was read")
        } catch {
            let refusal = world.ledger.refusal(of: error)
            #expect(refusal.code == .storeUnavailable && refusal.message.contains("block \(block) of the journal"))
        }
        store.spoil(nil)
        #expect(try readers.read { try $0.listYear(heads, limit: 10) }.lines.count == 3)
    }

    @Test func `an index as it was stays so, while entries come, tables are written and runs are merged`() throws {
        var random = SeededRandom.printed()
        let folder = IndexFolder()
        let journal = IndexJournal()
        let files = try DerivedFiles(
            folder: folder.path, identity: 7, access: .writer, journal: journal.asked,
            settings: smallIndexes(tableEntries: 64, fanIn: 2))
        defer { files.close() }
        var stream = RandomStream(seed: random.next())
        var taken: [(snapshot: IndexSnapshot, entries: [IndexEntry])] = []
        for _ in 0..<300 {
            journal.blocks.append(stream.block(entries: 40, space: 300))
            files.add(journal.blocks[journal.blocks.count - 1], number: journal.last)
            journal.durable = journal.blocks.count
            files.confirm(journal.last, mark: journal.blocks[journal.durable - 1].mark)
            #expect(files.waitForRoom())
            if Int.random(in: 0..<10, using: &random) == 0 {
                taken.append((files.institutions.snapshot(), try files.institutions.all()))
            }
        }
        #expect(files.institutions.runCount > 0 && taken.count > 5)
        for (snapshot, entries) in taken {
            var found: [IndexEntry] = []
            try snapshot.scan(from: IndexKey(high: 0, low: 0), to: IndexKey(high: .max, low: .max)) {
                found.append($0)
                return true
            }
            #expect(found == entries)
        }
    }
}
