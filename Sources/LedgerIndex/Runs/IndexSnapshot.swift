/// The entries of an index as they were at one moment, for any thread to read while the index goes on.
///
/// Taken in a microsecond: tables in memory and run files are shared, not copied. Entries of blocks that were not
/// durable then are in it; who takes it waits until they are before reading.
package struct IndexSnapshot: Sendable {
    /// The first entries of a table.
    struct Table: Sendable {
        let memory: EntryMemory
        let count: Int
    }

    /// The newest first.
    let tables: [Table]
    /// The oldest first.
    let runs: [SortedRun]
    let damage: DerivedFailure?

    /// Entries from `first` to `last`, both included, by key, the newest of a key first, until `body` returns false.
    ///
    /// Looks at every entry in memory once (a linear pass), then reads the runs' pages in order. Throws where a run is
    /// damaged: what `body` was given before is right, what is missing is not known.
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

/// Memory for the entries of a table, freed when neither the table nor a snapshot needs it any more.
///
/// Safe to share: one thread writes entries, each once, behind those that others may read.
final class EntryMemory: @unchecked Sendable {
    let entries: UnsafeMutablePointer<IndexEntry>

    init(capacity: Int) { entries = .allocate(capacity: capacity) }

    deinit { entries.deallocate() }

    /// Of the first `count` entries those from `first` to `last`, both included, by key, the newest of a key first.
    /// Looks at every entry.
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
