import Dispatch
import Ledger
import Population
import Registry
import Settlement
import Synchronization
import Testing

/// Reading beside whoever writes.
@Suite struct `Answers read beside the sequencer` {
    private static let institutions = ["H1", "H2", "H3"]
    private static let persons = [World.retired, World.active, World.resident]

    /// A question with what the sequencer itself answers at the moment when it is asked.
    private enum Question: Sendable {
        case year(YearHeads, direct: [YearLine], person: UInt64)
        case reconcile(InstitutionRecords, theirs: [ReconcileLine], direct: Reconciliation)
        case settlement(Position, id: String)
    }

    private static func ask(_ world: World, _ random: inout SeededRandom, settled: [String]) throws -> Question {
        let ledger = world.ledger
        switch Int.random(in: 0..<3, using: &random) {
        case 0:
            let person = persons.randomElement(using: &random)!
            return .year(
                ledger.yearHeads(person: person, year: 2024),
                direct: try ledger.listYear(person: person, year: 2024, limit: 10_000).lines, person: person)
        case 1:
            let place = world.institution(institutions.randomElement(using: &random)!)
            let from = CalendarDate(2024_07_01)
            let until = CalendarDate(2024_07_01 + Int32.random(in: 0...9, using: &random))
            // Their books: ours with some rows missing, some doubled, some changed.
            var theirs: [ReconcileLine] = []
            for line in try ledger.lines(place, from, until, nil) {
                switch Int.random(in: 0..<10, using: &random) {
                case 0: break
                case 1: theirs += [line, line]
                case 2:
                    var other = line
                    other.cash += 1
                    theirs += [other, line]
                case 3:
                    var other = line
                    other.fundTotal -= 1
                    theirs.append(other)
                default: theirs.append(line)
                }
            }
            theirs.shuffle(using: &random)
            return .reconcile(
                try ledger.records(of: place, from: from, until: until), theirs: theirs,
                direct: try ledger.reconcile(
                    institution: place, from: from, until: until, type: nil, theirs: theirs))
        default:
            guard let id = settled.randomElement(using: &random) else {
                return try ask(world, &random, settled: settled)
            }
            _ = try world.standing(of: id)
            return .settlement(ledger.entry.position, id: id)
        }
    }

    /// Whether a reader answers what the sequencer did.
    private static func agrees(_ question: Question, _ readers: LedgerReaders) throws -> Bool {
        switch question {
        case .year(let heads, let direct, _):
            return try readers.read { try $0.listYear(heads, limit: 10_000) }.lines == direct
        case .reconcile(let records, let theirs, let direct):
            return try readers.read { try $0.reconcile(records, type: nil, theirs: theirs) } == direct
        case .settlement(let position, let id):
            return try readers.read { try $0.settlement(at: position).idText } == id
        }
    }

    /// Settles and takes back a little.
    private static func write(_ world: World, _ random: inout SeededRandom, _ ids: inout [String]) throws {
        for _ in 0..<Int.random(in: 1...12, using: &random) {
            if let last = ids.last, Int.random(in: 0..<6, using: &random) == 0 {
                do { try world.reverse(last) } catch let refusal as DomainRefusal {
                    #expect(refusal.code == .laterSettlementStands)
                }
                continue
            }
            let id = "S\(ids.count)"
            let command = world.outpatient(
                Fen.random(in: 1...5_000_00, using: &random), of: persons.randomElement(using: &random)!,
                at: institutions.randomElement(using: &random)!,
                on: 2024_06_01 + Int32.random(in: 0...29, using: &random))
            if try world.settle(id, command).isNone { ids.append(id) }
        }
        if Int.random(in: 0..<8, using: &random) == 0, world.clock.moment.date < CalendarDate(2024_07_10) {
            world.clock.advance(milliseconds: 86_400_000)
        }
    }

    @Test func `are the sequencer's own at the moment of asking, while it goes on writing`() throws {
        var random = SeededRandom.printed()
        let scratch = ScratchDirectory(inMemory: true)
        let store = try SQLiteStore(path: scratch.file("ledger.db"), mode: .create)
        let world = try World(store: store, directory: scratch.file("derived"))
        defer {
            world.ledger.abandon()
            store.close()
        }
        let readers = LedgerReaders(world.ledger)
        let asked = Mutex<[Question]>([])
        let isWriting = Atomic(true)
        let right = Atomic(0)
        let wrong = Atomic(0)
        let group = DispatchGroup()
        for _ in 0..<2 {
            DispatchQueue.global().async(group: group) {
                while true {
                    let goesOn = isWriting.load(ordering: .acquiring)
                    guard let question = asked.withLock({ $0.popLast() }) else {
                        if goesOn { continue } else { return }
                    }
                    let isRight = (try? Self.agrees(question, readers)) ?? false
                    if isRight {
                        right.add(1, ordering: .relaxed)
                    } else {
                        wrong.add(1, ordering: .relaxed)
                    }
                }
            }
        }
        var ids: [String] = []
        var questions = 0
        for _ in 0..<250 {
            // Asked in the middle of what is being written, handed to the readers when that is durable.
            try Self.write(world, &random, &ids)
            let question = try Self.ask(world, &random, settled: ids)
            #expect(try world.commit())
            asked.withLock { $0.append(question) }
            questions += 1
        }
        isWriting.store(false, ordering: .releasing)
        group.wait()
        #expect(wrong.load(ordering: .relaxed) == 0)
        #expect(right.load(ordering: .relaxed) == questions)
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
        let block = world.ledger.entry.position.block
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
