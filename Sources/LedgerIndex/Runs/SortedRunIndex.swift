import LedgerFormat

/// An index of the journal, key → values, as a log-structured merge tree: recent entries in memory, others in sorted
/// run files.
///
/// Used by one thread. Life of an entry: `insert` while its block is open, `seal` when the block is complete, `confirm`
/// when the block is durable; only then may it be written, so that no file has a block that the journal lacks.
/// `rollback` removes blocks that did not become durable. Writing and merging run on background queues; `confirm` takes
/// over their results.
///
/// Memory: 36 bytes an entry not yet written (confirmed ones at most `memoryEntriesMax`, where the caller heeds
/// `hasRoom`), 32 more while a table is sorted, and 1.35 bytes an entry in runs with a filter (0.1 without), twice
/// that for the runs a merge is making.
package final class SortedRunIndex {
    struct FrozenTable {
        var table: MemoryTable
        var through: UInt64
    }

    package let kind: IndexKind
    package let settings: RunSettings
    let worker: SortedRunWorker
    @exclusivity(unchecked) var active: MemoryTable
    /// Tables being written, the oldest first.
    @exclusivity(unchecked) var frozen: [FrozenTable] = []
    /// Run files, the oldest first.
    @exclusivity(unchecked) var runs: [SortedRun]
    /// The filters of `runs`, contiguous in memory.
    @exclusivity(unchecked) var blooms: [BloomFilter] = []
    var generation: UInt64
    var isMerging = false
    /// A reused buffer for reading a page.
    private let page = UnsafeMutableRawPointer.allocate(
        byteCount: RunLayout.pageBytes, alignment: RunLayout.pageBytes)

    /// Sealed, unconfirmed blocks of the active table, each with the number of entries up to its end.
    @exclusivity(unchecked) var unconfirmed: [(block: UInt64, count: Int)] = []
    /// Number of confirmed or sealed entries in the active table.
    @exclusivity(unchecked) var confirmedCount = 0
    @exclusivity(unchecked) var sealedCount = 0
    /// The last confirmed block, and its fingerprint.
    @exclusivity(unchecked) var confirmed: (block: UInt64, mark: UInt64)
    @exclusivity(unchecked) package internal(set) var sealed: UInt64
    /// The damage found in a run; until `repair` no answer is reliable.
    @exclusivity(unchecked) package internal(set) var damage: DerivedFailure? {
        didSet { if damage != nil { damageFlag.set() } }
    }
    private let damageFlag: DamageFlag

    /// Whether damage was found; cheaper than reading `damage`.
    @inline(__always)
    var isDamaged: Bool { damage != nil }
    /// Why the last write failed; nil after a success.
    package internal(set) var writeTrouble: DerivedFailure?
    /// Receives failures to write.
    var observer: LedgerObserver = { _ in }

    init(worker: SortedRunWorker, settings: RunSettings, runs: [SortedRun], damageFlag: DamageFlag) {
        self.damageFlag = damageFlag
        kind = worker.kind
        self.worker = worker
        self.settings = settings
        self.runs = runs
        generation = worker.keeper.generation(kind)
        active = MemoryTable(
            capacity: settings.tableEntries + settings.tableEntries / 16 + 1024, hasBuckets: kind == .ids)
        sealed = runs.last?.facts.through ?? 0
        confirmed = (sealed, runs.last?.facts.mark ?? 0)
        takeBlooms()
        considerMerge()
    }

    deinit { page.deallocate() }

    /// The last block whose entries are all in run files: a replay begins after it.
    package var through: UInt64 { runs.last?.facts.through ?? 0 }

    /// Number of entries not yet in run files.
    package var entriesInMemory: Int { frozen.reduce(active.count) { $0 + $1.table.count } }

    /// Number of entries in run files.
    package var entriesInRuns: UInt64 { runs.reduce(0) { $0 + $1.facts.entries } }

    package var runCount: Int { runs.count }

    /// Memory of tables, fences and filters, bytes.
    package var bytesInMemory: Int {
        frozen.reduce(active.bytes) { $0 + $1.table.bytes } + runs.reduce(0) { $0 + $1.bytes }
    }

    package var bytesOnDisk: Int { runs.reduce(0) { $0 + $1.fileBytes } }

    /// Back-pressure: false when entries come faster than files can be written, or writing fails (see `writeTrouble`).
    /// The caller then accepts no more until it is true; an entry inserted all the same is not lost. Unconfirmed
    /// entries do not count: the maker of blocks bounds those.
    package var hasRoom: Bool {
        frozen.reduce(confirmedCount) { $0 + $1.table.count } < settings.memoryEntriesMax
    }

    // MARK: - Blocks

    /// Adds an entry of the open block; about 50 ns.
    @inline(__always)
    package func insert(_ entry: IndexEntry) { active.insert(entry) }

    /// Marks the entries since the last call as all of this block. Entries of a block already in the index (a replay)
    /// are removed.
    package func seal(_ block: UInt64) {
        guard block > sealed else {
            active.truncate(to: sealedCount)
            return
        }
        sealed = block
        sealedCount = active.count
        unconfirmed.append((block, sealedCount))
    }

    /// Marks the blocks up to this one as durable; `mark` is the fingerprint of this block, which differs in another
    /// journal.
    package func confirm(_ block: UInt64, mark: UInt64) {
        guard block > confirmed.block else {
            if worker.isBoxFull { takeIn() }
            return
        }
        precondition(block <= sealed, "a block is sealed before it is confirmed")
        let done = unconfirmed.prefix { $0.block <= block }
        if let last = done.last { confirmedCount = last.count }
        unconfirmed.removeFirst(done.count)
        confirmed = (block, mark)
        if worker.isBoxFull { takeIn() }
        if confirmedCount >= settings.tableEntries { freeze() }
    }

    /// Removes the entries of blocks after this one, and of a block not yet sealed. Confirmed blocks stay.
    package func rollback(after block: UInt64) {
        precondition(block >= confirmed.block, "a durable block is not taken back")
        unconfirmed.removeAll { $0.block > block }
        sealed = unconfirmed.last?.block ?? confirmed.block
        sealedCount = unconfirmed.last?.count ?? confirmedCount
        active.truncate(to: sealedCount)
    }

    // MARK: - Answers

    /// Calls `body` with the key's values, the newest first, until it returns false.
    ///
    /// Throws where a run is damaged: the result is then unknown, even if no value was found.
    @inline(__always)
    package func find(
        high: UInt64, low: UInt64, _ body: (_ value: UInt64) -> Bool
    ) throws(DerivedFailure) {
        let key = IndexKey(high: high, low: low)
        let mixed = key.mixed
        guard active.find(key, mixed: mixed, body) else { return }
        try findOlder(key, mixed, body)
    }

    /// Prefetches the memory that `find` reads first for each key; returns a sum of it, so that the compiler keeps the
    /// reads.
    package func prefetch(_ keys: UnsafeBufferPointer<(high: UInt64, low: UInt64)>) -> Int {
        var seen = 0
        for key in keys {
            let mixed = IndexKey(high: key.high, low: key.low).mixed
            seen &+= active.head(mixed)
            for table in frozen { seen &+= table.table.head(mixed) }
            for bloom in blooms where bloom.mayContain(mixed) { seen &+= 1 }
        }
        return seen
    }

    private func findOlder(
        _ key: IndexKey, _ mixed: UInt64, _ body: (UInt64) -> Bool
    ) throws(DerivedFailure) {
        if let damage { throw damage }
        var index = frozen.count
        while index > 0 {
            index -= 1
            guard frozen[index].table.find(key, mixed: mixed, body) else { return }
        }
        index = blooms.count
        while index > 0 {
            index -= 1
            guard blooms[index].mayContain(mixed) else { continue }
            do {
                guard try runs[index].find(key, buffer: page, body) else { return }
            } catch {
                damage = error
                throw error
            }
        }
    }

    /// Entries from `first` to `last`, both included, by key, the newest of a key first, until `body` returns false.
    ///
    /// Scans all entries in memory (linear), then reads the runs' pages in order. `body` must not change the index.
    /// Throws where a run is damaged: entries passed to `body` before are right, the missing ones are unknown.
    package func scan(
        from first: IndexKey, to last: IndexKey, _ body: (IndexEntry) -> Bool
    ) throws(DerivedFailure) {
        do throws(DerivedFailure) { try snapshot().scan(from: first, to: last, body) } catch {
            damage = error
            throw error
        }
    }

    /// A point-in-time view of the entries, for another thread.
    package func snapshot() -> IndexSnapshot {
        IndexSnapshot(
            tables: [active.snapshot(active.count)] + frozen.reversed().map { $0.table.snapshot($0.table.count) },
            runs: runs, damage: damage)
    }

    /// Records damage of a run found by a reader of a snapshot.
    package func note(_ trouble: DerivedFailure) { if damage == nil { damage = trouble } }
}
