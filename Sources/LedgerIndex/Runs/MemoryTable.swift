import Glibc

/// The entries of recent blocks in memory, in the order they came, found by key; 36 bytes an entry, 24 in a table
/// without buckets, which is for entries that are looked at in ranges: to find one key there means to look at all.
///
/// Entries that fall into one bucket are chained from the newest to the oldest, so that the newest value of a key is
/// found first and the last entries can be taken back exactly (a block that did not become durable). Safe to share
/// once nothing is inserted any more: a frozen table is only read.
final class MemoryTable: @unchecked Sendable {
    /// Where `entries` are; snapshots share it.
    private var memory: EntryMemory
    @exclusivity(unchecked) private(set) var entries: UnsafeMutablePointer<IndexEntry>
    /// Index + 1 of the entry before this one in its bucket; 0: none.
    @exclusivity(unchecked) private var links: UnsafeMutablePointer<UInt32>
    /// Index + 1 of the bucket's newest entry; 0: none.
    @exclusivity(unchecked) private var heads: UnsafeMutablePointer<UInt32>
    @exclusivity(unchecked) private(set) var count = 0
    @exclusivity(unchecked) private var capacity: Int
    @exclusivity(unchecked) private var shift: UInt64
    private let hasBuckets: Bool

    /// Takes room for `capacity` entries; the machine gives the memory as it fills.
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

    /// The first `count` entries, which stay as they are, for other threads: no `truncate` must go below them unless
    /// the snapshot is not read.
    func snapshot(_ count: Int) -> IndexSnapshot.Table { IndexSnapshot.Table(memory: memory, count: count) }

    /// Bytes of memory once full.
    var bytes: Int { capacity * (hasBuckets ? 28 : 24) + (4 << Int(64 - shift)) }

    /// About two buckets an entry: half of the misses look at no entry at all.
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

    /// Takes back the entries after the first `kept`, the newest first: each is the head of its bucket when its turn
    /// comes.
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

    /// Of the key's bucket: index + 1 of its newest entry; 0: none.
    @inline(__always)
    func head(_ mixed: UInt64) -> Int { Int(heads[Int(mixed >> shift)]) }

    /// Values of the key, newest first, until `body` returns false; false then.
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
