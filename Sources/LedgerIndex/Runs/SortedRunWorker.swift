import Dispatch
import Glibc
import Synchronization

/// The background worker of an index: writes frozen tables and merges runs on two queues, and leaves the results in a
/// mailbox for the index's thread.
final class SortedRunWorker: Sendable {
    enum Letter {
        /// The oldest frozen table was written as this run.
        case written(SortedRun)
        /// Runs were merged into one.
        case merged(SortedRun, replaced: [UInt64])
        /// A run to be merged is damaged.
        case damaged(DerivedFailure)
        case mergeFailed(DerivedFailure)
        /// A write failed, and is retried until it succeeds.
        case writeFailed(DerivedFailure)
    }

    private struct Box {
        var letters: [(letter: Letter, generation: UInt64)] = []
    }

    /// Pause between retries of a failed write, microseconds; the disk may be full for hours.
    private static let retryMicroseconds: UInt32 = 100_000

    let kind: IndexKind
    let disk: IndexDisk
    let keeper: ManifestKeeper
    private let writeQueue: DispatchQueue
    private let mergeQueue: DispatchQueue
    private let box = Mutex(Box())
    private let hasNews = Atomic<Bool>(false)
    private let isClosing = Atomic<Bool>(false)
    private let arrived = DispatchSemaphore(value: 0)

    init(
        kind: IndexKind, disk: IndexDisk, keeper: ManifestKeeper, writeQueue: DispatchQueue, mergeQueue: DispatchQueue
    ) {
        self.kind = kind
        self.disk = disk
        self.keeper = keeper
        self.writeQueue = writeQueue
        self.mergeQueue = mergeQueue
    }

    /// Whether the mailbox has letters; cheap.
    @inline(__always)
    var isBoxFull: Bool { hasNews.load(ordering: .acquiring) }

    func takeLetters() -> [(letter: Letter, generation: UInt64)] {
        hasNews.store(false, ordering: .releasing)
        return box.withLock { box in
            let letters = box.letters
            box.letters = []
            return letters
        }
    }

    /// Waits for a letter, at most until `time`.
    func waitForLetter(until time: DispatchTime) { _ = arrived.wait(timeout: time) }

    private func deliver(_ letter: Letter, _ generation: UInt64) {
        box.withLock { $0.letters.append((letter, generation)) }
        hasNews.store(true, ordering: .releasing)
        arrived.signal()
    }

    /// Asks running work to stop soon; waiting for the queues then waits for all indexes that share them.
    func stop() { isClosing.store(true, ordering: .releasing) }

    private func isOver(_ generation: UInt64) -> Bool {
        isClosing.load(ordering: .acquiring) || keeper.generation(kind) != generation
    }

    /// Writes a frozen table as a run, with retries; later tables wait, so that there is never a gap.
    func write(_ table: MemoryTable, as facts: RunFacts, generation: UInt64) {
        writeQueue.async { [self] in
            let order = RadixOrder(table)
            var hasFailed = false
            while !isOver(generation) {
                do throws(DerivedFailure) {
                    let run = try make(facts) { (add) throws(DerivedFailure) in
                        for rank in 0..<order.count { try add(table.entries[order[rank]]) }
                        return true
                    }
                    if let run { try publish(run, replacing: [], generation) { .written($0) } }
                    return
                } catch {
                    if !hasFailed { deliver(.writeFailed(error), generation) }
                    hasFailed = true
                    usleep(Self.retryMicroseconds)
                }
            }
        }
    }

    /// Merges neighbouring runs, the oldest first, into one.
    func merge(_ runs: [SortedRun], generation: UInt64) {
        mergeQueue.async { [self] in
            guard let first = runs.first?.facts, var facts = runs.last?.facts, !isOver(generation) else { return }
            facts.from = first.from
            facts.entries = runs.reduce(0) { $0 + $1.facts.entries }
            do throws(DerivedFailure) {
                let merged = try make(facts) { (add) throws(DerivedFailure) in
                    try mergeAll(runs, generation, add)
                }
                guard let merged else { return }
                let numbers = runs.map(\.facts.number)
                try publish(merged, replacing: numbers, generation) { .merged($0, replaced: numbers) }
            } catch {
                let isInput = runs.contains { $0.facts.file == error.file }
                deliver(isInput ? .damaged(error) : .mergeFailed(error), generation)
            }
        }
    }

    /// Passes the runs' merged entries to `add`; false: stopped.
    private func mergeAll(
        _ runs: [SortedRun], _ generation: UInt64, _ add: (IndexEntry) throws(DerivedFailure) -> Void
    ) throws(DerivedFailure) -> Bool {
        let start = IndexKey(high: 0, low: 0)
        var merge = try EntryMerge(
            newestFirst: runs.reversed().map { EntryCursor(run: $0, from: start, pagesAtOnce: 64) })
        var done = 0
        while let entry = try merge.next() {
            try add(entry)
            done += 1
            if done & 0xFFFF == 0 && isOver(generation) { return false }
        }
        return true
    }

    /// Writes a run under a new number and opens it; nil: `fill` stopped.
    private func make(
        _ facts: RunFacts,
        _ fill: ((IndexEntry) throws(DerivedFailure) -> Void) throws(DerivedFailure) -> Bool
    ) throws(DerivedFailure) -> SortedRun? {
        var facts = facts
        facts.number = keeper.nextNumber()
        let file = facts.file
        var isMade = false
        defer { if !isMade { disk.remove(file) } }
        let writer = try SortedRunWriter(disk: disk, facts: facts, identity: keeper.identity)
        guard try fill({ (entry) throws(DerivedFailure) in try writer.append(entry) }) else { return nil }
        try writer.finish()
        try disk.syncFolder()
        guard let run = try SortedRun.open(facts, identity: keeper.identity, disk: disk) else {
            throw DerivedFailure(file: file, reason: "was removed by somebody else")
        }
        isMade = true
        return run
    }

    /// Makes a run live, with retries, and posts the result.
    private func publish(
        _ run: SortedRun, replacing numbers: [UInt64], _ generation: UInt64, _ letter: (SortedRun) -> Letter
    ) throws(DerivedFailure) {
        var hasFailed = false
        while !isOver(generation) {
            do throws(DerivedFailure) {
                guard try keeper.publish(run.facts, replacing: numbers, generation: generation) else { return }
                // A reader's scratch file needs no name while it is open.
                if !keeper.isDurable { disk.remove(run.facts.file) }
                deliver(letter(run), generation)
                return
            } catch {
                if !hasFailed { deliver(.writeFailed(error), generation) }
                hasFailed = true
                usleep(Self.retryMicroseconds)
            }
        }
    }
}
