/// A cursor over entries in key order: of a run, read some pages at a time, or of memory.
final class EntryCursor {
    private let run: SortedRun?
    private let pagesAtOnce: Int
    private let first: IndexKey
    private var page = 0
    private var buffer: UnsafeMutableRawPointer
    private var position = 0
    private var end = 0
    private(set) var current: IndexEntry?

    /// A cursor over a run's entries from `first` on; `start` reads the first.
    init(run: SortedRun, from first: IndexKey, pagesAtOnce: Int) {
        self.run = run
        self.first = first
        self.pagesAtOnce = pagesAtOnce
        page = run.page(before: first)
        buffer = .allocate(byteCount: pagesAtOnce * RunLayout.pageBytes, alignment: RunLayout.pageBytes)
    }

    /// A cursor over sorted entries in memory.
    init(_ entries: [IndexEntry]) {
        run = nil
        first = IndexKey(high: 0, low: 0)
        pagesAtOnce = 0
        buffer = .allocate(byteCount: max(1, entries.count) * 24, alignment: 16)
        for (index, entry) in entries.enumerated() {
            buffer.storeBytes(of: entry, toByteOffset: index * 24, as: IndexEntry.self)
        }
        end = entries.count
    }

    deinit { buffer.deallocate() }

    /// Moves to the first entry.
    func start() throws(DerivedFailure) {
        try advance()
        while let entry = current, entry.key < first { try advance() }
    }

    @inline(__always)
    func advance() throws(DerivedFailure) {
        if position == end { try refill() }
        guard position < end else {
            current = nil
            return
        }
        current = buffer.loadUnaligned(fromByteOffset: position * 24, as: IndexEntry.self)
        position += 1
    }

    private func refill() throws(DerivedFailure) {
        guard let run, page < run.pages else { return }
        let count = min(pagesAtOnce, run.pages - page)
        try run.read(pages: page, count, into: buffer)
        // Compacts the pages' entries, over the checksums between them.
        end = SortedRun.entries(buffer)
        for index in 1..<max(1, count) {
            let from = buffer + index * RunLayout.pageBytes
            let entries = SortedRun.entries(from)
            (buffer + end * 24).copyMemory(from: from, byteCount: entries * 24)
            end += entries
        }
        page += count
        position = 0
    }
}

/// A merge of several cursors by key; of equal keys the cursor named first comes first.
struct EntryMerge {
    private var cursors: [EntryCursor]

    /// - Parameter cursors: the cursors, the newest first.
    init(newestFirst cursors: [EntryCursor]) throws(DerivedFailure) {
        for cursor in cursors { try cursor.start() }
        self.cursors = cursors.filter { $0.current != nil }
    }

    mutating func next() throws(DerivedFailure) -> IndexEntry? {
        guard var best = cursors.first?.current else { return nil }
        var choice = 0
        for index in 1..<max(1, cursors.count) {
            if let entry = cursors[index].current, entry.key < best.key {
                best = entry
                choice = index
            }
        }
        try cursors[choice].advance()
        if cursors[choice].current == nil { cursors.remove(at: choice) }
        return best
    }
}
