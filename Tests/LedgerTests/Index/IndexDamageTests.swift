import Foundation
import LedgerIndex
import Population
import Testing

@Suite struct `A damaged index gives no wrong answer` {
    /// Some blocks, written into runs of both kinds and closed.
    private final class Written {
        let folder = IndexFolder()
        let journal = IndexJournal()
        let seed: UInt64
        private var expected: [IndexKind: (values: [IndexKey: [UInt64]], ordered: [IndexEntry])] = [:]
        private var expectedBlocks = -1

        /// What the journal's durable blocks say; made once for thousands of comparisons.
        private func expected(_ kind: IndexKind) -> (values: [IndexKey: [UInt64]], ordered: [IndexEntry]) {
            if expectedBlocks != journal.blocks.count {
                expectedBlocks = journal.blocks.count
                for kind in IndexKind.allCases { expected[kind] = (journal.values(kind), journal.ordered(kind)) }
            }
            return expected[kind]!
        }

        init(blocks: Int = 20, settings: (IndexKind) -> RunSettings = smallIndexes(tableEntries: 5000)) throws {
            var stream: RandomStream
            (stream, seed) = RandomStream.fresh()
            for _ in 0..<blocks { journal.blocks.append(stream.block(entries: 40, space: 200)) }
            let files = try open(settings: settings)
            for number in 1...blocks {
                files.add(journal.blocks[number - 1], number: UInt64(number))
                journal.durable = number
                files.confirm(UInt64(number), mark: journal.blocks[number - 1].mark)
                // Room for the next table: there are as many runs as the settings say.
                while files.ids.entriesInMemory >= settings(.ids).tableEntries { files.ids.takeIn() }
            }
            #expect(files.flush() && files.ids.settleMerges() && files.institutions.settleMerges())
            files.close()
        }

        func open(
            _ other: IndexFolder? = nil, identity: UInt64 = 3, access: DerivedFiles.Access = .writer,
            settings: (IndexKind) -> RunSettings = smallIndexes(tableEntries: 5000)
        ) throws -> DerivedFiles {
            try DerivedFiles(
                folder: (other ?? folder).path, identity: identity, access: access, journal: journal.asked,
                settings: settings)
        }

        /// Opens the folder and compares every answer; a trouble on the way is repaired. Whether damage was found.
        func findsDamage(_ files: DerivedFiles) throws -> Bool {
            var isFound = !files.findings.isEmpty
            files.replay(journal)
            for kind in IndexKind.allCases {
                let index = files.index(kind)
                let (values, ordered) = expected(kind)
                do {
                    for (key, expected) in values where try index.values(key) != expected {
                        Issue.record("\(key), seed \(seed)")
                    }
                    #expect(try index.all() == ordered, "seed \(seed)")
                } catch {
                    isFound = true
                    #expect(index.damage == error)
                    _ = index.repair()
                    files.replay(journal)
                    #expect(try index.all() == ordered, "seed \(seed)")
                    #expect(index.damage == nil)
                }
            }
            return isFound
        }
    }

    @Test func `whichever byte of a run is turned`() throws {
        let written = try Written(blocks: 12)
        let names = written.folder.files.filter { $0.hasSuffix(".run") }
        #expect(names.count == 2)
        var stream = RandomStream(seed: written.seed)
        var flips = 0
        for name in names {
            let bytes = try written.folder.read(name)
            let file = open(written.folder.path + "/" + name, O_WRONLY)
            defer { close(file) }
            // Another seventh of the bytes every time; every byte was turned once, all were found.
            var offset = Int(stream.below(7))
            while offset < bytes.count {
                var (right, turned) = (bytes[offset], bytes[offset] ^ 1 << UInt8(stream.below(8)))
                pwrite(file, &turned, 1, off_t(offset))
                let files = try written.open()
                #expect(try written.findsDamage(files), "\(name), byte \(offset), seed \(written.seed)")
                files.close()
                pwrite(file, &right, 1, off_t(offset))
                flips += 1
                offset += Int(stream.within(1...13))
            }
        }
        let files = try written.open()
        #expect(try files.findings.isEmpty && !written.findsDamage(files))
        print("index damage: \(flips) bytes turned, all found, seed \(written.seed)")
    }

    @Test func `whichever byte of the manifest is turned`() throws {
        let written = try Written(blocks: 12)
        let bytes = try written.folder.read("manifest")
        for offset in bytes.indices {
            let copy = try written.folder.copy()
            var damaged = bytes
            damaged[offset] ^= 1 << UInt8(offset % 8)
            try copy.write("manifest", damaged)
            let files = try written.open(copy)
            #expect(files.findings.map(\.file) == ["manifest"] && files.ids.through == 0, "byte \(offset)")
            #expect(try written.findsDamage(files))
            #expect(copy.files == ["lock", "manifest"])
            files.close()
        }
    }

    @Test func `wherever a file is cut off`() throws {
        let written = try Written()
        for name in written.folder.files where name != "lock" {
            let bytes = try written.folder.read(name)
            for length in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 60)) {
                try written.folder.write(name, Array(bytes[..<length]))
                let files = try written.open()
                #expect(try written.findsDamage(files), "\(name) cut at \(length)")
                files.close()
            }
            try written.folder.write(name, bytes + [0])
            let files = try written.open()
            #expect(try written.findsDamage(files), "\(name) with a byte more")
            files.close()
            try written.folder.write(name, bytes)
        }
    }

    @Test func `a missing file is found, and written again`() throws {
        let written = try Written()
        for name in written.folder.files where name != "lock" {
            let folder = try written.folder.copy()
            try FileManager.default.removeItem(atPath: folder.path + "/" + name)
            let files = try written.open(folder)
            #expect(files.findings.isEmpty == (name == "manifest"))
            _ = try written.findsDamage(files)
            #expect(files.flush())
            files.close()
            let again = try written.open(folder)
            #expect(again.findings.isEmpty && again.ids.through == 20 && again.institutions.through == 20)
            #expect(try !written.findsDamage(again))
        }
    }

    @Test func `files of another ledger are not used, and make room`() throws {
        let written = try Written()
        let old = written.folder.files
        let files = try written.open(identity: 4)
        #expect(files.findings == [DerivedFailure(file: "manifest", reason: "belongs to another ledger")])
        #expect(files.replayStart == 0)
        #expect(try written.findsDamage(files))
        #expect(files.flush())
        #expect(Set(old).intersection(files.ids.through == 20 ? written.folder.files : old) == ["lock", "manifest"])
        files.close()
    }

    @Test func `files beyond the journal's end, or of a journal that went another way, are not used`() throws {
        let written = try Written(blocks: 40, settings: smallIndexes(tableEntries: 60, fanIn: 100))
        let settings = smallIndexes(tableEntries: 60, fanIn: 100)
        // The journal came back from a copy of an earlier day …
        written.journal.durable = 25
        let copy = try written.folder.copy()
        var files = try written.open(copy, settings: settings)
        #expect(files.findings.count == 2 && files.ids.through > 0 && files.ids.through <= 25)
        written.journal.blocks.removeLast(15)
        #expect(try written.findsDamage(files))
        files.close()
        // … and went on with other blocks.
        var stream = RandomStream(seed: written.seed + 1)
        for _ in 0..<30 { written.journal.blocks.append(stream.block(entries: 40, space: 200)) }
        written.journal.durable = 55
        files = try written.open(settings: settings)
        #expect(files.findings.allSatisfy { $0.reason.contains("is another in this journal") })
        #expect(files.findings.count == 2 && files.ids.through > 0 && files.ids.through <= 25)
        #expect(try written.findsDamage(files))
        files.close()
    }

    @Test func `a damaged page that a merge meets is reported`() throws {
        let written = try Written(blocks: 40, settings: smallIndexes(tableEntries: 60, fanIn: 100))
        // The oldest: it is merged first.
        let name = try #require(written.folder.files.filter { $0.hasPrefix("ids-") }.min { ($0.count, $0) < ($1.count, $1) })
        var bytes = try written.folder.read(name)
        bytes[4096 + 100] ^= 4
        try written.folder.write(name, bytes)
        // Enough runs for a merge: it begins with opening.
        let files = try written.open(settings: smallIndexes(tableEntries: 60, fanIn: 4))
        #expect(files.findings.isEmpty && files.ids.runCount >= 4)
        while files.ids.damage == nil { _ = files.ids.settleMerges(milliseconds: 100) }
        #expect(files.ids.damage?.file == name)
        #expect(throws: DerivedFailure.self) { try files.ids.values(IndexKey(high: 99, low: 99)) }
        let start = files.ids.repair()
        #expect(start < 40 && files.ids.damage == nil)
        files.replay(written.journal)
        #expect(try files.ids.all() == written.journal.ordered(.ids))
        files.close()
    }

    @Test func `only one process writes, and a reader changes nothing`() throws {
        let written = try Written()
        let writer = try written.open()
        #expect(throws: DerivedFailure.self) { try written.open() }
        let before = try written.folder.files.map { try written.folder.read($0) }
        let names = written.folder.files
        // The reader's memory is small: it writes runs of its own, elsewhere.
        var stream = RandomStream(seed: written.seed + 1)
        for _ in 0..<30 { written.journal.blocks.append(stream.block(entries: 40, space: 200)) }
        written.journal.durable = 50
        let reader = try written.open(access: .reader, settings: smallIndexes(tableEntries: 50, fanIn: 2))
        #expect(try !written.findsDamage(reader))
        #expect(reader.flush() && reader.ids.settleMerges() && reader.ids.entriesInRuns > 0)
        #expect(try !written.findsDamage(reader) && reader.beginSnapshot() == nil)
        reader.close()
        #expect(written.folder.files == names)
        #expect(try names.map { try written.folder.read($0) } == before)
        writer.close()
        // There is nothing to read from, and nothing is made.
        let nowhere = IndexFolder()
        let other = try written.open(nowhere, access: .reader)
        #expect(try !written.findsDamage(other) && nowhere.files == [])
    }

    @Test func `a reader finds its way while a writer replaces files`() throws {
        let written = try Written(blocks: 1)
        let settings = smallIndexes(tableEntries: 30, fanIn: 2)
        let writer = try written.open(settings: settings)
        writer.replay(written.journal)
        let patient = smallIndexes(tableEntries: 5000, fanIn: 1000)
        var stream = RandomStream(seed: written.seed)
        for number in 2...200 as ClosedRange<UInt64> {
            written.journal.blocks.append(stream.block(entries: 40, space: 200))
            written.journal.durable += 1
            writer.add(written.journal.blocks[written.journal.durable - 1], number: number)
            writer.confirm(number, mark: written.journal.blocks[written.journal.durable - 1].mark)
            if stream.happens(2_000) {
                let reader = try written.open(access: .reader, settings: patient)
                #expect(try !written.findsDamage(reader), "seed \(written.seed)")
            }
        }
        writer.close()
    }
}
