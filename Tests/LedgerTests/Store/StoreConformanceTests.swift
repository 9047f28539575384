import Glibc
import LedgerFormat
import LedgerStore
import Synchronization
import TestSupport
import Testing

/// An implementation under test.
struct StoreUnderTest: Sendable, CustomTestStringConvertible {
    let name: String
    /// A new, empty store in a directory of its own.
    let make: @Sendable (ScratchFolder) throws -> any LedgerStore
    /// Opens anew what `make` made, after that was given up; nil: it does not outlive its object.
    let reopen: (@Sendable (ScratchFolder) throws -> any LedgerStore)?

    /// A new store whose next append fails when `fail` is called: certainly not written, or in doubt.
    let makeFailing: @Sendable (ScratchFolder) throws -> (any LedgerStore, fail: (_ isCertain: Bool) -> Void)

    var testDescription: String { name }

    static let all = [
        StoreUnderTest(
            name: "memory",
            make: { _ in MemoryStore() },
            reopen: nil,
            makeFailing: { _ in
                let store = MemoryStore()
                return (store, { store.fail(append: 1, $0 ? .notWritten : .unknownAndWritten) })
            }),
        StoreUnderTest(
            name: "memory, losing what is in doubt",
            make: { _ in MemoryStore() },
            reopen: nil,
            makeFailing: { _ in
                let store = MemoryStore()
                return (store, { store.fail(append: 1, $0 ? .notWritten : .unknownAndLost) })
            }),
        StoreUnderTest(
            name: "SQLite",
            make: { try SQLiteStore(path: $0.file("ledger.db"), mode: .create) },
            reopen: { try SQLiteStore(path: $0.file("ledger.db"), mode: .open) },
            makeFailing: {
                let disk = FaultDisk(seed: 3)
                let store = try SQLiteStore(path: $0.file("ledger.db"), mode: .create, vfs: disk.vfs)
                return (store, { disk.fail($0 ? .write : .sync, $0 ? .full : .sync) })
            }),
    ]
}

/// What a ledger relies on, whatever its store is.
@Suite struct StoreConformanceTests {
    @Test(arguments: StoreUnderTest.all)
    func `a new store is empty`(_ kind: StoreUnderTest) throws {
        let directory = ScratchFolder()
        let store = try kind.make(directory)
        #expect(store.identity != 0)
        #expect(try store.lastSequence() == 0)
        #expect(try store.block(0) == nil)
        #expect(try store.block(1) == nil)
        #expect(try store.block(UInt64.max) == nil)
        #expect(try store.allBlocks() == [])
        #expect(try store.packs() == [])
    }

    @Test(arguments: StoreUnderTest.all)
    func `blocks come back in order, byte for byte`(_ kind: StoreUnderTest) throws {
        let directory = ScratchFolder()
        let store = try kind.make(directory)
        let sizes = [0, 1, 100, 4_095, 4_096, 16_384, 30_720, 200_000]
        let blocks = sizes.enumerated().map { testBlock(UInt64($0.offset) + 1, bytes: $0.element) }
        try store.append([blocks[0]])
        try store.append(Array(blocks[1..<5]))
        try store.append(Array(blocks[5...]))
        #expect(try store.lastSequence() == UInt64(blocks.count))
        #expect(try store.allBlocks() == blocks)
        for block in blocks { #expect(try store.block(block.sequence) == block.bytes) }
        #expect(try store.block(UInt64(blocks.count) + 1) == nil)
    }

    @Test(arguments: StoreUnderTest.all)
    func `an empty append changes nothing`(_ kind: StoreUnderTest) throws {
        let directory = ScratchFolder()
        let store = try kind.make(directory)
        try store.append([])
        try store.append([testBlock(1)])
        try store.append([])
        #expect(try store.allBlocks() == [testBlock(1)])
    }

    @Test(arguments: StoreUnderTest.all)
    func `a gap, a repetition and a wrong order are refused and write nothing`(_ kind: StoreUnderTest) throws {
        let directory = ScratchFolder()
        let store = try kind.make(directory)
        try store.append([testBlock(1), testBlock(2)])
        let wrong: [[UInt64]] = [[4], [2], [0], [3, 5], [3, 3], [4, 3], [UInt64.max]]
        for sequences in wrong {
            let refusal = failure { try store.append(sequences.map { testBlock($0) }) }
            #expect(refusal?.kind == "notWritten", "\(sequences)")
            #expect(try store.lastSequence() == 2)
        }
        try store.append([testBlock(3)])
        #expect(try store.allBlocks() == (1...3).map { testBlock($0) })
    }

    @Test(arguments: StoreUnderTest.all)
    func `a block of 16 MiB comes back`(_ kind: StoreUnderTest) throws {
        let directory = ScratchFolder()
        let store = try kind.make(directory)
        let large = testBlock(2, bytes: 16 << 20)
        try store.append([testBlock(1)])
        try store.append([large, testBlock(3)])
        #expect(try store.block(2) == large.bytes)
        #expect(try store.block(3) == testBlock(3).bytes)
    }

    @Test(arguments: StoreUnderTest.all)
    func `a scan begins after its bound and ends where it is told`(_ kind: StoreUnderTest) throws {
        let directory = ScratchFolder()
        let store = try kind.make(directory)
        try store.append((1...20).map { testBlock($0) })
        var seen: [UInt64] = []
        try store.scan(after: 15) { block in
            seen.append(block.sequence)
            return true
        }
        #expect(seen == [16, 17, 18, 19, 20])
        seen = []
        try store.scan(after: 3) { block in
            seen.append(block.sequence)
            return block.sequence < 6
        }
        #expect(seen == [4, 5, 6])
        for bound in [20, 21, UInt64.max] {
            try store.scan(after: bound) { _ in
                Issue.record("there is nothing after \(bound)")
                return true
            }
        }
    }

    @Test(arguments: StoreUnderTest.all)
    func `a scan does not see what is appended meanwhile`(_ kind: StoreUnderTest) throws {
        let directory = ScratchFolder()
        let store = try kind.make(directory)
        try store.append((1...5).map { testBlock($0) })
        var seen: [UInt64] = []
        try store.scan(after: 0) { block in
            seen.append(block.sequence)
            return failure { try store.append([testBlock(block.sequence + 5)]) } == nil
        }
        #expect(seen == [1, 2, 3, 4, 5])
        #expect(try store.allBlocks() == (1...10).map { testBlock($0) })
    }

    @Test(arguments: StoreUnderTest.all)
    func `scans on another thread see whole groups only, while blocks are appended`(_ kind: StoreUnderTest) throws {
        let directory = ScratchFolder()
        let store = try kind.make(directory)
        let group = 7
        let groups = 60
        let problems = Mutex<[String]>([])
        let reader = TestThread {
            var last = 0
            while last < group * groups {
                do {
                    let blocks = try store.allBlocks()
                    if blocks.count % group != 0 || blocks.count < last {
                        problems.withLock { $0.append("\(blocks.count) blocks after \(last)") }
                    }
                    for (index, block) in blocks.enumerated() where block != testBlock(UInt64(index) + 1) {
                        problems.withLock { $0.append("block \(index + 1) is not what was written") }
                    }
                    last = blocks.count
                } catch {
                    problems.withLock { $0.append("\(error)") }
                    return
                }
            }
        }
        for number in 0..<groups {
            try store.append((1...group).map { testBlock(UInt64(number * group + $0)) })
        }
        reader.join()
        #expect(problems.withLock { $0 } == [])
    }

    @Test(arguments: StoreUnderTest.all)
    func `packs are kept under 1, 2, 3 and come back`(_ kind: StoreUnderTest) throws {
        let directory = ScratchFolder()
        let store = try kind.make(directory)
        for number in 1...3 { #expect(try store.keepTestPack(number) == UInt32(number)) }
        let packs = try store.packs()
        #expect(packs.map(\.number) == [1, 2, 3])
        #expect(packs[1].region == "region 2")
        #expect(packs[1].digest == String(repeating: "2", count: 64))
        #expect(packs[1].yaml == "名称: 结算 2\n")
        #expect(packs[1].fingerprint == "fingerprint 2")
        #expect(try store.lastSequence() == 0)
    }

    @Test(arguments: StoreUnderTest.all)
    func `recovering a store that did not fail changes nothing`(_ kind: StoreUnderTest) throws {
        let directory = ScratchFolder()
        let store = try kind.make(directory)
        try store.append([testBlock(1)])
        try store.recover()
        #expect(try store.allBlocks() == [testBlock(1)])
        try store.append([testBlock(2)])
        store.maintain()
        #expect(try store.allBlocks() == [testBlock(1), testBlock(2)])
    }

    @Test(arguments: StoreUnderTest.all)
    func `an append that failed for certain leaves nothing, and the next one works`(_ kind: StoreUnderTest) throws {
        let directory = ScratchFolder()
        let (store, fail) = try kind.makeFailing(directory)
        try store.append([testBlock(1)])
        fail(true)
        #expect(failure { try store.append([testBlock(2), testBlock(3)]) }?.kind == "notWritten")
        #expect(try store.allBlocks() == [testBlock(1)])
        try store.append([testBlock(2, bytes: 7)])
        fail(true)
        #expect(failure { try store.append([testBlock(3)]) }?.kind == "notWritten")
        try store.recover()
        #expect(try store.allBlocks() == [testBlock(1), testBlock(2, bytes: 7)])
        try store.append([testBlock(3)])
        #expect(try store.lastSequence() == 3)
    }

    @Test(arguments: StoreUnderTest.all)
    func `after a doubtful append nothing is taken until recovering decides`(_ kind: StoreUnderTest) throws {
        let directory = ScratchFolder()
        let (store, fail) = try kind.makeFailing(directory)
        try store.append([testBlock(1)])
        fail(false)
        #expect(failure { try store.append([testBlock(2), testBlock(3)]) }?.kind == "unknown")
        #expect(failure { try store.append([testBlock(2)]) }?.kind == "notWritten")
        #expect(failure { _ = try store.keepTestPack(1) }?.kind == "notWritten")
        #expect(failure { try store.append([]) }?.kind == "notWritten")
        try store.recover()
        let last = try store.lastSequence()
        #expect(last == 1 || last == 3, "whole or not")
        try store.append([testBlock(last + 1)])
        #expect(try store.allBlocks() == (1...last + 1).map { testBlock($0) })
        #expect(try store.packs() == [])
    }

    @Test(arguments: StoreUnderTest.all.filter { $0.reopen != nil })
    func `a store opened again has everything and its identity`(_ kind: StoreUnderTest) throws {
        let directory = ScratchFolder()
        var store: (any LedgerStore)? = try kind.make(directory)
        let identity = try #require(store).identity
        var expected: [SealedBlock] = []
        for round in 0..<4 {
            let first = UInt64(round * 3)
            let blocks = (1...3).map { testBlock(first + $0, bytes: 5_000 * round) }
            try #require(store).append(blocks)
            try #require(store).keepTestPack(round + 1)
            expected += blocks
            store = nil
            store = try kind.reopen?(directory)
            #expect(store?.identity == identity)
            #expect(try store?.allBlocks() == expected)
            #expect(try store?.packs().count == round + 1)
        }
    }

    @Test(arguments: StoreUnderTest.all)
    func `a backup made while blocks are appended is the store as it was`(_ kind: StoreUnderTest) throws {
        let directory = ScratchFolder()
        let store = try kind.make(directory)
        try store.append((1...50).map { testBlock($0, bytes: 10_000) })
        try store.keepTestPack(1)
        let stop = Atomic(false)
        let problems = Mutex<[String]>([])
        let writer = TestThread {
            var next: UInt64 = 51
            while !stop.load(ordering: .relaxed), next < 5_000 {
                let block = testBlock(next, bytes: 10_000)
                if let failure = failure(of: { try store.append([block]) }) {
                    problems.withLock { $0.append("\(failure)") }
                    return
                }
                next += 1
            }
        }
        let target = directory.file("backup.db")
        var reports: [Int] = []
        try store.backup(to: target) { done, _ in reports.append(done) }
        stop.store(true, ordering: .relaxed)
        writer.join()
        #expect(problems.withLock { $0 } == [])

        #expect(directory.names().filter { $0.hasPrefix("backup") } == ["backup.db"])
        let copy = try SQLiteStore(path: target, mode: .readOnly)
        let copied = try copy.allBlocks()
        #expect(copied.count >= 50)
        #expect(reports.last == copied.count)
        #expect(copied == (1...UInt64(copied.count)).map { testBlock($0, bytes: 10_000) })
        #expect(copy.identity == store.identity)
        #expect(try copy.packs() == store.packs())

        // An existing file is never written over.
        let before = fileBytes(target)
        #expect(failure { try store.backup(to: target) { _, _ in } }?.kind == "unavailable")
        #expect(fileBytes(target) == before)
    }
}

/// A thread of the operating system: what the ledger's committer is, too.
final class TestThread: Sendable {
    private let thread: Mutex<pthread_t>

    init(_ body: @escaping @Sendable () -> Void) {
        final class Box: Sendable {
            let body: @Sendable () -> Void
            init(_ body: @escaping @Sendable () -> Void) { self.body = body }
        }
        var made = pthread_t()
        let context = Unmanaged.passRetained(Box(body)).toOpaque()
        let code = pthread_create(
            &made, nil,
            { context in
                context.map { Unmanaged<Box>.fromOpaque($0).takeRetainedValue().body() }
                return nil
            }, context)
        guard code == 0 else { fatalError("pthread_create: \(code)") }
        thread = Mutex(made)
    }

    func join() { _ = thread.withLock { pthread_join($0, nil) } }
}
