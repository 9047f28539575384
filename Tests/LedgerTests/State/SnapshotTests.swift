import Foundation
import Glibc
import LedgerIndex
import Population
import TestSupport
import Testing

@Suite struct `A snapshot` {
    private static func journal(_ blocks: Int, seed: UInt64 = 1) -> IndexJournal {
        let journal = IndexJournal()
        var stream = RandomStream(seed: seed)
        for _ in 0..<blocks { journal.blocks.append(stream.block(entries: 3, space: 10)) }
        journal.durable = blocks
        return journal
    }

    private static func open(_ folder: IndexFolder, _ journal: IndexJournal, identity: UInt64 = 5) throws -> DerivedFiles {
        try DerivedFiles(
            folder: folder.path, identity: identity, access: .writer, journal: journal.asked,
            settings: smallIndexes(tableEntries: 1000))
    }

    private static func wait(_ writer: SnapshotWriter, while progress: SnapshotWriter.Progress) {
        while writer.progress == progress { usleep(200) }
    }

    /// Three chunks and the global one, after the blocks of `journal`, published.
    private static func written(_ folder: IndexFolder, _ journal: IndexJournal) throws -> [SnapshotChunk] {
        let files = try open(folder, journal)
        files.replay(journal)
        let writer = try #require(files.beginSnapshot())
        let last = journal.last
        let chunks = [
            SnapshotChunk(through: last, bytes: Array(0...255)), SnapshotChunk(through: last, bytes: []),
            SnapshotChunk(through: last, bytes: [UInt8](repeating: 7, count: 3000)),
            SnapshotChunk(through: last, isGlobal: true, bytes: [1, 2, 3]),
        ]
        for chunk in chunks.dropLast() { #expect(writer.append(through: chunk.through, chunk.bytes)) }
        writer.finish(through: last, global: chunks[3].bytes)
        wait(writer, while: .finishing)
        #expect(files.flush())
        files.close()
        return chunks
    }

    private static func read(_ files: DerivedFiles) throws -> [SnapshotChunk]? {
        guard let reader = try files.openSnapshot() else { return nil }
        var chunks: [SnapshotChunk] = []
        while let chunk = try reader.next() { chunks.append(chunk) }
        return chunks
    }

    @Test func `comes back chunk by chunk, and the next one takes its place`() throws {
        let folder = IndexFolder()
        let journal = Self.journal(10)
        let chunks = try Self.written(folder, journal)
        for _ in 0..<2 {
            let files = try Self.open(folder, journal)
            #expect(files.findings.isEmpty && files.replayStart == 10)
            #expect(try Self.read(files) == chunks)
            files.close()
        }
        _ = try Self.written(folder, journal)
        #expect(folder.files.filter { $0.hasSuffix(".snap") }.count == 1)
        let files = try Self.open(folder, journal)
        files.dropSnapshot()
        #expect(try Self.read(files) == nil && files.replayStart == 0)
    }

    @Test func `is not live before its blocks are durable, and dies with one that does not become it`() throws {
        let folder = IndexFolder()
        let journal = Self.journal(10)
        let files = try Self.open(folder, journal)
        journal.durable = 6
        files.replay(journal)
        for number in 7...10 { files.add(journal.blocks[number - 1], number: UInt64(number)) }
        for isTakenBack in [true, false] {
            let writer = try #require(files.beginSnapshot())
            #expect(writer.start == 6 && files.beginSnapshot() == nil)
            writer.append(through: 7, [1])
            writer.finish(through: 10, global: [2])
            files.confirm(6, mark: journal.blocks[5].mark)
            #expect(writer.progress == .finishing)
            if isTakenBack {
                files.rollback(after: 9)
                #expect(writer.progress == .abandoned)
                files.add(journal.blocks[9], number: 10)
            } else {
                journal.durable = 10
                files.confirm(9, mark: journal.blocks[8].mark)
                usleep(20_000)
                #expect(writer.progress == .finishing)
                files.confirm(10, mark: journal.blocks[9].mark)
                Self.wait(writer, while: .finishing)
            }
            files.confirm(6, mark: journal.blocks[5].mark)
        }
        let facts = try #require(files.snapshotFacts)
        #expect(facts.start == 6 && facts.through == 10 && facts.marked == 10)
        files.close()
        // The journal lost its last block with the disk's lies: the snapshot knows too much.
        journal.durable = 9
        let again = try Self.open(folder, journal)
        #expect(again.snapshotFacts == nil && again.findings.contains { $0.file.hasPrefix("snapshot") })
    }

    @Test func `that is damaged anywhere, cut off or another ledger's is not used`() throws {
        let folder = IndexFolder()
        let journal = Self.journal(10)
        let chunks = try Self.written(folder, journal)
        let name = try #require(folder.files.first { $0.hasSuffix(".snap") })
        let bytes = try folder.read(name)
        func expectUnused(_ what: String) throws {
            let files = try Self.open(folder, journal)
            #expect(files.snapshotFacts == nil && files.findings.count == 1, "\(what)")
            files.close()
        }
        let file = Glibc.open(folder.path + "/" + name, O_WRONLY)
        defer { close(file) }
        for offset in bytes.indices {
            var (right, turned) = (bytes[offset], bytes[offset] ^ 1 << UInt8(offset % 8))
            pwrite(file, &turned, 1, off_t(offset))
            try expectUnused("byte \(offset)")
            pwrite(file, &right, 1, off_t(offset))
        }
        for length in stride(from: 0, to: bytes.count, by: 211) {
            try folder.write(name, Array(bytes[..<length]))
            try expectUnused("cut at \(length)")
        }
        try folder.write(name, bytes + [0])
        try expectUnused("a byte more")
        try folder.write(name, bytes)
        var files = try Self.open(folder, journal)
        #expect(try Self.read(files) == chunks)
        // It rots after it was found good.
        let reader = try #require(try files.openSnapshot())
        #expect(try reader.next() == chunks[0])
        var damaged = bytes
        damaged[bytes.count - 1] ^= 1
        try folder.write(name, damaged)
        #expect(throws: DerivedFailure.self) { while try reader.next() != nil {} }
        files.close()
        try folder.write(name, bytes)
        files = try Self.open(folder, journal, identity: 6)
        #expect(try Self.read(files) == nil)
    }

    @Test func `asks for a pause when the disk is slow, and gives up on one that fails`() throws {
        let folder = IndexFolder()
        let journal = Self.journal(1)
        let gate = DispatchSemaphore(value: 0)
        let files = try DerivedFiles(
            folder: folder.path, identity: 1, access: .writer, journal: journal.asked,
            watch: { step in
                guard case .write(let name) = step, name.hasSuffix(".snap") else { return 0 }
                gate.wait(for: "the opening of the gate")
                gate.signal()
                return ENOSPC
            })
        files.replay(journal)
        let writer = try #require(files.beginSnapshot())
        let chunk = [UInt8](repeating: 1, count: 1 << 20)
        var appended = 0
        while writer.append(through: 1, chunk) { appended += 1 }
        #expect(appended == SnapshotWriter.queuedBytesMax / chunk.count - 1)
        gate.signal()
        Self.wait(writer, while: .writing)
        guard case .failed(let trouble) = writer.progress else {
            Issue.record("\(writer.progress)")
            return
        }
        #expect(trouble.reason.contains("No space"))
        while !writer.hasRoom { usleep(200) }
        files.confirm(1, mark: journal.blocks[0].mark)
        #expect(files.snapshotFacts == nil)
        files.close()
        #expect(!folder.files.contains { $0.hasSuffix(".snap") })
    }

    /// As the ledger uses it: persons in chunks, each as of another block, while blocks go on.
    @Test(arguments: 0..<5)
    func `taken while blocks go on gives, with the journal, the state as it is`(round: Int) throws {
        let (fresh, seed) = RandomStream.fresh()
        var stream = fresh
        let folder = IndexFolder()
        let journal = IndexJournal()
        let persons = 64
        /// What a block does: adds its number to the sums of the persons that its entries name.
        func apply(_ number: Int, to sums: inout [UInt64], above through: (Int) -> UInt64) {
            for entry in journal.blocks[number - 1].ids where UInt64(number) > through(Int(entry.high)) {
                sums[Int(entry.high)] = sums[Int(entry.high)] &* 31 &+ UInt64(number)
            }
        }
        var files = try Self.open(folder, journal)
        var sums = [UInt64](repeating: 0, count: persons)
        var writer: SnapshotWriter?
        var next = 0
        for number in 1...400 {
            journal.blocks.append(stream.block(entries: 20, space: Int64(persons)))
            files.add(journal.blocks[number - 1], number: UInt64(number))
            apply(number, to: &sums) { _ in 0 }
            if number % 70 == 10 {
                writer = files.beginSnapshot()
                next = 0
            }
            if let open = writer {
                if next < persons {
                    let chunk = sums[next..<next + 8].flatMap { sum in withUnsafeBytes(of: sum) { Array($0) } }
                    open.append(through: UInt64(number), chunk)
                    next += 8
                } else {
                    open.finish(through: UInt64(number), global: [])
                    writer = nil
                }
            }
            // Durable a little later.
            if number % 3 == 0 {
                journal.durable = number - 2
                files.confirm(UInt64(number - 2), mark: journal.blocks[number - 3].mark)
            }
        }
        journal.durable = 400
        files.confirm(400, mark: journal.blocks[399].mark)
        #expect(files.flush())
        files.close()
        files = try Self.open(folder, journal)
        #expect(files.findings.isEmpty && files.replayStart > 0, "seed \(seed)")
        var restored = [UInt64](repeating: 0, count: persons)
        var through = [UInt64](repeating: 0, count: persons)
        var person = 0
        for chunk in try Self.read(files) ?? [] where !chunk.isGlobal {
            for place in stride(from: 0, to: chunk.bytes.count, by: 8) {
                restored[person] = chunk.bytes.withUnsafeBytes {
                    $0.loadUnaligned(fromByteOffset: place, as: UInt64.self)
                }
                through[person] = chunk.through
                person += 1
            }
        }
        #expect(person == persons && through[0] != through[persons - 1], "seed \(seed)")
        for number in Int(files.replayStart) + 1...400 { apply(number, to: &restored) { through[$0] } }
        #expect(restored == sums, "seed \(seed)")
    }
}
