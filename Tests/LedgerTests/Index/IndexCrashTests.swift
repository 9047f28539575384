import Foundation
import LedgerIndex
import Population
import Synchronization
import Testing

/// Copies the folder before every step a writer makes; what was written and not yet synced is garbled in the copy.
private final class CrashWatch: Sendable {
    struct Copy: Sendable {
        var path: String
        /// Blocks durable in the journal at that moment.
        var durable: Int
        var step: String
    }

    private struct State {
        var dirty: Set<String> = []
        var copies: [Copy] = []
        var durable = 0
        var stream: RandomStream
    }

    private let folder: String
    /// Where the copies go.
    private let home: String
    private let state: Mutex<State>

    init(folder: String, home: String, seed: UInt64) {
        self.folder = folder
        self.home = home
        state = Mutex(State(stream: RandomStream(seed: seed)))
    }

    /// The files in the folder, each with its inode: a file that takes another's name is another one.
    private func names() -> [String: UInt64] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return Dictionary(
            uniqueKeysWithValues: names.map { name in
                var facts = stat()
                return (name, stat(folder + "/" + name, &facts) == 0 ? UInt64(facts.st_ino) : 0)
            })
    }

    func setDurable(_ durable: Int) { state.withLock { $0.durable = durable } }

    var copies: [Copy] { state.withLock { $0.copies } }

    /// Called before the step: what is in the folder then is what a crash leaves.
    func take(_ step: DiskStep) {
        state.withLock { state in
            let path = home + "/\(state.copies.count)"
            // Another thread may make its step meanwhile: then it is no copy of one moment.
            var files: [String: UInt64]
            repeat {
                files = names()
                try? FileManager.default.removeItem(atPath: path)
                try? FileManager.default.copyItem(atPath: folder, toPath: path)
            } while files != names()
            for name in state.dirty {
                let file = path + "/" + name
                guard let content = FileManager.default.contents(atPath: file), !content.isEmpty else { continue }
                var bytes = Array(content)
                bytes.removeLast(Int(state.stream.below(Int64(bytes.count))))
                if !bytes.isEmpty { bytes[Int(state.stream.below(Int64(bytes.count)))] ^= 0x55 }
                _ = FileManager.default.createFile(atPath: file, contents: Data(bytes))
            }
            state.copies.append(Copy(path: path, durable: state.durable, step: "\(step)"))
            switch step {
            case .create(let name), .write(let name): state.dirty.insert(name)
            case .sync(let name): state.dirty.remove(name)
            case .rename, .remove, .syncFolder: break
            }
        }
    }
}

@Suite struct `Derived files survive a crash at any step` {
    private static var settings: (IndexKind) -> RunSettings { smallIndexes(tableEntries: 150, fanIn: 3) }

    /// Runs, merges and three snapshots, each chunk naming its block.
    private static func work(_ files: DerivedFiles, _ journal: IndexJournal, _ watch: CrashWatch, seed: UInt64) {
        var stream = RandomStream(seed: seed)
        for number in 1...90 as ClosedRange<UInt64> {
            journal.blocks.append(stream.block(entries: 40, space: 100))
            files.add(journal.blocks[Int(number) - 1], number: number)
            journal.durable += 1
            watch.setDurable(journal.durable)
            files.confirm(number, mark: journal.blocks[journal.durable - 1].mark)
            if number % 30 == 20, let snapshot = files.beginSnapshot() {
                snapshot.append(through: number, Array("persons as of \(number)".utf8))
                snapshot.finish(through: number, global: Array("the rest as of \(number)".utf8))
            }
            #expect(files.waitForRoom())
        }
        #expect(files.flush() && files.ids.settleMerges() && files.institutions.settleMerges())
    }

    /// Opens a copy, without writing to it, and compares.
    private static func check(_ copy: CrashWatch.Copy, _ journal: IndexJournal, seed: UInt64) throws -> DerivedFiles {
        let files = try DerivedFiles(
            folder: copy.path, identity: 9, access: .writer, journal: journal.asked,
            settings: smallIndexes(tableEntries: 5000, fanIn: 1000))
        #expect(files.findings.isEmpty, "before \(copy.step), seed \(seed)")
        if let snapshot = try files.openSnapshot() {
            let through = snapshot.facts.through
            #expect(through % 30 == 20 && through <= journal.durable)
            #expect(try snapshot.next()?.bytes == Array("persons as of \(through)".utf8))
            #expect(try snapshot.next()?.bytes == Array("the rest as of \(through)".utf8))
            #expect(try snapshot.next() == nil)
        }
        files.replay(journal)
        for kind in IndexKind.allCases {
            #expect(try files.index(kind).all() == journal.ordered(kind), "before \(copy.step), seed \(seed)")
        }
        return files
    }

    @Test func `old or new, and never a file that is not whole`() throws {
        let (folder, home) = (IndexFolder(), IndexFolder())
        try FileManager.default.createDirectory(atPath: home.path, withIntermediateDirectories: true)
        var (stream, seed) = RandomStream.fresh()
        let watch = CrashWatch(folder: folder.path, home: home.path, seed: seed)
        let journal = IndexJournal()
        let files = try DerivedFiles(
            folder: folder.path, identity: 9, access: .writer, journal: journal.asked, settings: Self.settings,
            watch: {
                watch.take($0)
                return 0
            })
        Self.work(files, journal, watch, seed: seed)
        files.close()
        let all = journal.blocks
        var snapshots: Set<UInt64> = []
        for copy in watch.copies {
            // With the journal of that moment, and with a later one: names that were not synced may come back late.
            for durable in [copy.durable, all.count] {
                journal.blocks = Array(all[..<durable])
                journal.durable = durable
                let files = try Self.check(copy, journal, seed: seed)
                snapshots.insert(files.snapshotFacts?.through ?? 0)
                // And the work goes on from there.
                if stream.happens(1_000) { #expect(files.flush(), "before \(copy.step), seed \(seed)") }
                files.close()
            }
        }
        #expect(watch.copies.count > 200 && snapshots.count >= 3)
        print("derived files: \(watch.copies.count) crash points, snapshots \(snapshots.sorted()), seed \(seed)")
    }

    @Test(arguments: 0..<3)
    func `a disk that is full or fails now and then loses nothing`(round: Int) throws {
        let folder = IndexFolder()
        let journal = IndexJournal()
        var (stream, seed) = RandomStream.fresh()
        // Steps left until the next failure; then some steps fail in a row.
        let faults = Mutex((stream: RandomStream(seed: seed, index: 1), isBroken: false, isOver: false))
        let settings = smallIndexes(tableEntries: 60, fanIn: 3)
        func open(watch: IndexDisk.Watch?) throws -> DerivedFiles {
            try DerivedFiles(
                folder: folder.path, identity: 9, access: .writer, journal: journal.asked, settings: settings,
                watch: watch)
        }
        var files = try open { _ in
            faults.withLock { faults in
                if faults.isOver { return 0 }
                if faults.stream.happens(faults.isBroken ? 3_000 : 300) { faults.isBroken.toggle() }
                return faults.isBroken ? [ENOSPC, EIO][Int(faults.stream.below(2))] : 0
            }
        }
        var hasFailed = false
        for number in 1...150 as ClosedRange<UInt64> {
            journal.blocks.append(stream.block(entries: 40, space: 100))
            journal.durable += 1
            files.add(journal.blocks[Int(number) - 1], number: number)
            files.confirm(number, mark: journal.blocks[Int(number) - 1].mark)
            if number % 20 == 0 {
                let snapshot = files.beginSnapshot()
                snapshot?.finish(through: number, global: [1, 2, 3])
            }
            hasFailed = hasFailed || files.ids.writeTrouble != nil
            while !files.hasRoom { _ = files.waitForRoom() }
            if number % 30 == 0 {
                for kind in IndexKind.allCases {
                    #expect(try files.index(kind).all() == journal.ordered(kind), "seed \(seed)")
                }
            }
        }
        faults.withLock { $0.isOver = true }
        #expect(files.flush() && files.ids.settleMerges() && files.institutions.settleMerges(), "seed \(seed)")
        #expect(hasFailed, "seed \(seed)")
        files.close()
        files = try open(watch: nil)
        #expect(files.findings.isEmpty, "seed \(seed)")
        #expect(files.ids.through == 150)
        files.replay(journal)
        for kind in IndexKind.allCases {
            #expect(try files.index(kind).all() == journal.ordered(kind), "seed \(seed)")
        }
        files.close()
        // What failed half-way is gone.
        #expect(folder.files.count == files.ids.runCount + files.institutions.runCount + (files.snapshotFacts == nil ? 2 : 3))
    }
}
