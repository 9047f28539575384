import LedgerIndex
import Population
import Testing

@Suite struct `An index answers like a dictionary` {
    private static func compare(
        _ files: DerivedFiles, _ journal: IndexJournal, _ stream: inout RandomStream, seed: UInt64
    ) throws {
        for kind in IndexKind.allCases {
            let values = journal.values(kind)
            let index = files.index(kind)
            for (key, expected) in values { #expect(try index.values(key) == expected, "seed \(seed)") }
            for _ in 0..<50 {
                let key = IndexKey(high: stream.next(), low: stream.next())
                #expect(try index.values(key) == values[key] ?? [], "seed \(seed)")
            }
            let ordered = journal.ordered(kind)
            #expect(try index.all() == ordered, "seed \(seed)")
            let (a, b) = (stream.key(of: 300), stream.key(of: 300))
            let (first, last) = (min(a, b), max(a, b))
            let part = ordered.filter { $0.key >= first && $0.key <= last }
            #expect(try index.all(from: first, to: last) == part, "seed \(seed)")
        }
    }

    @Test(arguments: 0..<12)
    func `over random blocks, freezes, merges, rollbacks and restarts`(round: Int) throws {
        var (stream, seed) = RandomStream.fresh()
        let folder = IndexFolder()
        let journal = IndexJournal()
        let settings = smallIndexes(
            tableEntries: Int(stream.within(16...200)), fanIn: Int(stream.within(2...5)))
        func open(_ access: DerivedFiles.Access = .writer) throws -> DerivedFiles {
            let files = try DerivedFiles(
                folder: folder.path, identity: 7, access: access, journal: journal.asked, settings: settings)
            #expect(files.findings.isEmpty, "seed \(seed)")
            files.replay(journal)
            return files
        }
        var files = try open()
        for step in 0..<400 {
            switch stream.below(20) {
            case 0...11:
                journal.blocks.append(stream.block(entries: 40, space: 300))
                files.add(journal.blocks[journal.blocks.count - 1], number: journal.last)
            case 12...14 where journal.durable < journal.blocks.count:
                journal.durable = Int(stream.within(Int64(journal.durable + 1)...Int64(journal.blocks.count)))
                files.confirm(UInt64(journal.durable), mark: journal.blocks[journal.durable - 1].mark)
            case 15:
                let kept = Int(stream.within(Int64(journal.durable)...Int64(journal.blocks.count)))
                journal.blocks.removeLast(journal.blocks.count - kept)
                // A block that was not sealed goes with the others.
                files.ids.insert(IndexEntry(high: 1, low: 1, value: 1))
                files.rollback(after: UInt64(kept))
            case 16: files.ids.freeze()
            case 17: #expect(files.waitForRoom())
            case 18 where stream.happens(2_000):
                if stream.happens(5_000) { #expect(files.flush(), "seed \(seed)") }
                files.close()
                journal.blocks.removeLast(journal.blocks.count - journal.durable)
                files = try open()
            default: break
            }
            if step % 40 == 39 { try Self.compare(files, journal, &stream, seed: seed) }
        }
        #expect(files.flush() && files.ids.settleMerges() && files.institutions.settleMerges(), "seed \(seed)")
        try Self.compare(files, journal, &stream, seed: seed)
        #expect(files.ids.entriesInRuns > 0 && files.ids.runCount < 40)
        journal.blocks.removeLast(journal.blocks.count - journal.durable)
        files.rollback(after: UInt64(journal.durable))
        let reader = try open(.reader)
        try Self.compare(reader, journal, &stream, seed: seed)
        files.close()
    }

    @Test func `empty`() throws {
        let folder = IndexFolder()
        let journal = IndexJournal()
        for _ in 0..<2 {
            let files = try DerivedFiles(folder: folder.path, identity: 1, access: .writer, journal: journal.asked)
            #expect(files.findings.isEmpty && files.replayStart == 0)
            #expect(try files.ids.values(IndexKey(high: 0, low: 0)) == [] && files.ids.all() == [])
            #expect(files.flush())
            files.close()
        }
        #expect(folder.files == ["lock"])
    }

    @Test func `with one key of a thousand values over pages and runs, the newest first`() throws {
        let folder = IndexFolder()
        let journal = IndexJournal()
        let files = try DerivedFiles(
            folder: folder.path, identity: 1, access: .writer, journal: journal.asked,
            settings: smallIndexes(tableEntries: 400, fanIn: 2))
        for number in 1...1000 as ClosedRange<UInt64> {
            let entries = [2, 3, 4].map { IndexEntry(high: 5, low: $0, value: number) }
            journal.blocks.append(IndexJournal.Block(ids: entries, institutions: [], mark: number))
            journal.durable += 1
            files.add(journal.blocks[journal.durable - 1], number: number)
            files.confirm(number, mark: number)
            if number % 100 == 0 { #expect(files.waitForRoom()) }
        }
        #expect(files.flush() && files.ids.settleMerges())
        #expect(try files.ids.values(IndexKey(high: 5, low: 3)) == (1...1000).reversed())
        var first: UInt64?
        try files.ids.find(high: 5, low: 3) {
            first = $0
            return false
        }
        #expect(first == 1000)
    }

    @Test func `a block that is in the files already is not inserted twice`() throws {
        let folder = IndexFolder()
        let journal = IndexJournal()
        var (stream, seed) = RandomStream.fresh()
        for _ in 0..<30 { journal.blocks.append(stream.block(entries: 20, space: 50)) }
        journal.durable = 30
        func open() throws -> DerivedFiles {
            try DerivedFiles(folder: folder.path, identity: 1, access: .writer, journal: journal.asked)
        }
        var files = try open()
        files.replay(journal)
        // Only one of the two: the other keeps the replay's start at the beginning.
        #expect(files.ids.flush())
        files.close()
        files = try open()
        #expect(files.replayStart == 0 && files.ids.through == 30)
        files.replay(journal)
        try Self.compare(files, journal, &stream, seed: seed)
    }
}
