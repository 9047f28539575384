import Glibc

/// A hash table of recent blocks' entries, kept in order of insertion; 36 bytes an entry. A table without buckets, for
/// range queries only, takes 24 bytes an entry and finds one key by a linear scan.
///
/// The entries of a bucket are chained from the newest to the oldest, so that a look-up finds the newest value first
/// and the last entries can be removed exactly (a block that did not become durable). Safe to share once frozen.
final class MemoryTable: @unchecked Sendable {
    /// The memory of `entries`, shared with snapshots.
    private var memory: EntryMemory
    @exclusivity(unchecked) private(set) var entries: UnsafeMutablePointer<IndexEntry>
    /// For each entry, index + 1 of the previous one in its bucket; 0: none.
    @exclusivity(unchecked) private var links: UnsafeMutablePointer<UInt32>
    /// For each bucket, index + 1 of its newest entry; 0: none.
    @exclusivity(unchecked) private var heads: UnsafeMutablePointer<UInt32>
    @exclusivity(unchecked) private(set) var count = 0
    @exclusivity(unchecked) private var capacity: Int
    @exclusivity(unchecked) private var shift: UInt64
    private let hasBuckets: Bool

    /// Reserves address space for `capacity` entries; memory is committed as the table fills.
    init(capacity: Int, hasBuckets: Bool) {
        self.hasBuckets = hasBuckets
        self.capacity = max(16, capacity)
        memory = EntryMemory(capacity: self.capacity)
        entries = memory.entries
        links = .allocate(capacity: hasBuckets ? self.capacity : 0)
        (heads, shift) = Self.makeHeads(hasBuckets ? self.capacity : 0)
    }

    deinit {
        links.deallocate()
        free(heads)
    }

    /// A view of the first `count` entries for other threads; `truncate` must not go below them while it is read.
    func snapshot(_ count: Int) -> IndexSnapshot.Table { IndexSnapshot.Table(memory: memory, count: count) }

    /// Memory of a full table, bytes.
    var bytes: Int { capacity * (hasBuckets ? 28 : 24) + (4 << Int(64 - shift)) }

    /// About two buckets an entry, so that half of the misses read no entry.
    private static func makeHeads(_ capacity: Int) -> (UnsafeMutablePointer<UInt32>, UInt64) {
        var bits = 4
        while (3 << bits) < capacity * 4 { bits += 1 }
        let heads = LargeMemory.take(4 << bits)
        memset(heads, 0, 4 << bits)
        return (heads.bindMemory(to: UInt32.self, capacity: 1 << bits), UInt64(64 - bits))
    }

    @inline(__always)
    func insert(_ entry: IndexEntry) {
        if count == capacity { grow() }
        entries[count] = entry
        guard hasBuckets else {
            count += 1
            return
        }
        let bucket = Int(entry.key.mixed >> shift)
        links[count] = heads[bucket]
        count += 1
        heads[bucket] = UInt32(truncatingIfNeeded: count)
    }

    private func grow() {
        precondition(count < Int(UInt32.max) / 2, "the index was not given a chance to write")
        let larger = EntryMemory(capacity: 2 * capacity)
        larger.entries.update(from: entries, count: count)
        capacity *= 2
        memory = larger
        entries = larger.entries
        guard hasBuckets else { return }
        links.deallocate()
        free(heads)
        links = .allocate(capacity: capacity)
        (heads, shift) = Self.makeHeads(capacity)
        for index in 0..<count {
            let bucket = Int(entries[index].key.mixed >> shift)
            links[index] = heads[bucket]
            heads[bucket] = UInt32(index + 1)
        }
    }

    /// Removes the entries after the first `kept`, the newest first, so that each is the head of its bucket in turn.
    func truncate(to kept: Int) {
        precondition(kept <= count)
        guard hasBuckets else {
            count = kept
            return
        }
        while count > kept {
            count -= 1
            heads[Int(entries[count].key.mixed >> shift)] = links[count]
        }
    }

    /// The head of the key's bucket: index + 1 of its newest entry; 0: none.
    @inline(__always)
    func head(_ mixed: UInt64) -> Int { Int(heads[Int(mixed >> shift)]) }

    /// Calls `body` with the key's values, newest first, until it returns false; returns false then.
    @inline(__always)
    func find(_ key: IndexKey, mixed: UInt64, _ body: (UInt64) -> Bool) -> Bool {
        guard hasBuckets else { return findAmongAll(key, body) }
        var link = heads[Int(mixed >> shift)]
        while link != 0 {
            let index = Int(link) - 1
            if entries[index].low == key.low, entries[index].high == key.high, !body(entries[index].value) {
                return false
            }
            link = links[index]
        }
        return true
    }

    private func findAmongAll(_ key: IndexKey, _ body: (UInt64) -> Bool) -> Bool {
        for index in (0..<count).reversed() where entries[index].key == key && !body(entries[index].value) {
            return false
        }
        return true
    }
}
