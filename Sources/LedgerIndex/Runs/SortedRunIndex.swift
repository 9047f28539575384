import LedgerFormat

/// An index of the journal: key → values; recent entries in memory, the others in sorted run files.
///
/// One thread uses it. Life of an entry: `insert` while its block is made, `seal` when the block is complete,
/// `confirm` when the block is durable; only then may it be written, so that no file ever knows of a block that the
/// journal does not. `rollback` takes back blocks that did not become durable. Writing and merging happen on
/// background queues; what they made is taken in by `confirm`.
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
    /// Being written, the oldest first.
    @exclusivity(unchecked) var frozen: [FrozenTable] = []
    /// The oldest first.
    @exclusivity(unchecked) var runs: [SortedRun]
    /// The filters of `runs`, side by side.
    @exclusivity(unchecked) var blooms: [BloomFilter] = []
    var generation: UInt64
    var isMerging = false
    /// A page as it is read; kept for the next.
    private let page = UnsafeMutableRawPointer.allocate(
        byteCount: RunLayout.pageBytes, alignment: RunLayout.pageBytes)

    /// Sealed blocks of the active table that are not confirmed: their number, and the entries up to their end.
    @exclusivity(unchecked) var unconfirmed: [(block: UInt64, count: Int)] = []
    /// Entries of the active table that are confirmed or sealed.
    @exclusivity(unchecked) var confirmedCount = 0
    @exclusivity(unchecked) var sealedCount = 0
    /// The last block that is confirmed, and its mark.
    @exclusivity(unchecked) var confirmed: (block: UInt64, mark: UInt64)
    @exclusivity(unchecked) package internal(set) var sealed: UInt64
    /// A damaged run, once it was found: until `repair` every answer would be a guess.
    @exclusivity(unchecked) package internal(set) var damage: DerivedFailure?

    /// The same without a copy of what was found.
    @inline(__always)
    var isDamaged: Bool { damage != nil }
    /// Why the last attempt to write failed; nil: none did since the last that succeeded.
    package internal(set) var writeTrouble: DerivedFailure?
    /// Is told of what cannot be written.
    var observer: LedgerObserver = { _ in }

    init(worker: SortedRunWorker, settings: RunSettings, runs: [SortedRun]) {
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

    /// Every entry of the blocks up to this one is in run files: a replay need not insert them.
    package var through: UInt64 { runs.last?.facts.through ?? 0 }

    /// Entries not yet in run files.
    package var entriesInMemory: Int { frozen.reduce(active.count) { $0 + $1.table.count } }

    /// Entries in run files.
    package var entriesInRuns: UInt64 { runs.reduce(0) { $0 + $1.facts.entries } }

    package var runCount: Int { runs.count }

    /// Bytes of memory that tables, fences and filters take.
    package var bytesInMemory: Int {
        frozen.reduce(active.bytes) { $0 + $1.table.bytes } + runs.reduce(0) { $0 + $1.bytes }
    }

    package var bytesOnDisk: Int { runs.reduce(0) { $0 + $1.fileBytes } }

    /// False: the files cannot be written as fast as entries come, or not at all (`writeTrouble` says why). The caller
    /// takes no more until it is true; an entry that is inserted all the same is never lost. Entries that are not
    /// confirmed do not count: who makes blocks bounds how many wait to become durable.
    package var hasRoom: Bool {
        frozen.reduce(confirmedCount) { $0 + $1.table.count } < settings.memoryEntriesMax
    }

    // MARK: - Blocks

    /// Adds an entry of the block that is being made; about 50 ns.
    @inline(__always)
    package func insert(_ entry: IndexEntry) { active.insert(entry) }

    /// The entries since the last call are all of this block. Those of a block that is in the index already (a
    /// replay) are taken back.
    package func seal(_ block: UInt64) {
        guard block > sealed else {
            active.truncate(to: sealedCount)
            return
        }
        sealed = block
        sealedCount = active.count
        unconfirmed.append((block, sealedCount))
    }

    /// Blocks up to this one are durable; `mark`: a number of this block's content, another in another journal.
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

    /// Takes back the entries of blocks after this one, and those of a block not yet sealed. Confirmed blocks stay.
    package func rollback(after block: UInt64) {
        precondition(block >= confirmed.block, "a durable block is not taken back")
        unconfirmed.removeAll { $0.block > block }
        sealed = unconfirmed.last?.block ?? confirmed.block
        sealedCount = unconfirmed.last?.count ?? confirmedCount
        active.truncate(to: sealedCount)
    }

    // MARK: - Answers

    /// Values of the key, the newest first, until `body` returns false.
    ///
    /// Throws where a run is damaged: then the answer is not known, not even that there is none.
    @inline(__always)
    package func find(
        high: UInt64, low: UInt64, _ body: (_ value: UInt64) -> Bool
    ) throws(DerivedFailure) {
        let key = IndexKey(high: high, low: low)
        let mixed = key.mixed
        guard active.find(key, mixed: mixed, body) else { return }
        try findOlder(key, mixed, body)
    }

    /// Looks at what `find` looks at first for each of these keys; gives a number that depends on all of it.
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
    /// Looks at every entry in memory once (a linear pass), then reads the runs' pages in order. `body` must not change
    /// the index. Throws where a run is damaged: what `body` was given before is right, what is missing is not known.
    package func scan(
        from first: IndexKey, to last: IndexKey, _ body: (IndexEntry) -> Bool
    ) throws(DerivedFailure) {
        do throws(DerivedFailure) { try snapshot().scan(from: first, to: last, body) } catch {
            damage = error
            throw error
        }
    }

    /// The entries as they are now, for another thread.
    package func snapshot() -> IndexSnapshot {
        IndexSnapshot(
            tables: [active.snapshot(active.count)] + frozen.reversed().map { $0.table.snapshot($0.table.count) },
            runs: runs, damage: damage)
    }

    /// A reader of a snapshot found a run damaged.
    package func note(_ trouble: DerivedFailure) { if damage == nil { damage = trouble } }
}
