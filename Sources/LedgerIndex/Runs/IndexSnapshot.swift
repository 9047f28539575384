/// A point-in-time view of an index, readable by any thread while the index changes.
///
/// Taken in a microsecond: tables in memory and run files are shared, not copied. It includes entries of blocks not yet
/// durable, so the caller waits for their durability before reading.
package struct IndexSnapshot: Sendable {
    /// The first entries of a table.
    struct Table: Sendable {
        let memory: EntryMemory
        let count: Int
    }

    /// Tables in memory, the newest first.
    let tables: [Table]
    /// Run files, the oldest first.
    let runs: [SortedRun]
    let damage: DerivedFailure?

    /// Entries from `first` to `last`, both included, by key, the newest of a key first, until `body` returns false.
    ///
    /// Scans all entries in memory (linear), then reads the runs' pages in order. Throws where a run is damaged:
    /// entries passed to `body` before are right, the missing ones are unknown.
    package func scan(
        from first: IndexKey, to last: IndexKey, _ body: (IndexEntry) -> Bool
    ) throws(DerivedFailure) {
        if let damage { throw damage }
        guard first <= last else { return }
        let cursors =
            tables.map { EntryCursor($0.memory.sorted($0.count, from: first, to: last)) }
            + runs.reversed().map { EntryCursor(run: $0, from: first, pagesAtOnce: 8) }
        var merge = try EntryMerge(newestFirst: cursors)
        while let entry = try merge.next(), entry.key <= last {
            if !body(entry) { return }
        }
    }
}

/// Memory of a table's entries, freed with the last table or snapshot that refers to it.
///
/// Safe to share: one thread writes entries, each once, behind the published ones.
final class EntryMemory: @unchecked Sendable {
    let entries: UnsafeMutablePointer<IndexEntry>

    init(capacity: Int) { entries = .allocate(capacity: capacity) }

    deinit { entries.deallocate() }

    /// The entries from `first` to `last`, both included, among the first `count`, by key, the newest of a key first.
    /// Linear in `count`.
    func sorted(_ count: Int, from first: IndexKey, to last: IndexKey) -> [IndexEntry] {
        var found: [(entry: IndexEntry, index: Int)] = []
        for index in 0..<count where entries[index].high >= first.high && entries[index].high <= last.high {
            let key = entries[index].key
            if key >= first && key <= last { found.append((entries[index], index)) }
        }
        found.sort { $0.entry.key != $1.entry.key ? $0.entry.key < $1.entry.key : $0.index > $1.index }
        return found.map(\.entry)
    }
}
