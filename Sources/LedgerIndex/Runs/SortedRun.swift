import Glibc

/// An open run file: fences and filter in memory, pages read and checked on demand.
///
/// Takes about 1.35 bytes of memory an entry (10 bits of filter, a 16-byte fence per 170 entries) and one descriptor.
/// Pages are read with `pread`, never mapped: a disk failure is an error and not a signal that ends the server.
/// Immutable after opening, so safe to share.
final class SortedRun: @unchecked Sendable {
    let facts: RunFacts
    let bloom: BloomFilter
    private let layout: RunLayout
    private let seeds: RunSeeds
    private let file: Int32
    private let fences: UnsafeMutablePointer<IndexKey>

    var pages: Int { layout.pages }
    /// Bytes of memory it takes.
    var bytes: Int { layout.fenceBytes + layout.bloomBytes }
    var fileBytes: Int { layout.fileBytes }

    /// Opens and checks all but the data pages; nil: there is no such file.
    static func open(_ facts: RunFacts, identity: UInt64, disk: IndexDisk) throws(DerivedFailure) -> SortedRun? {
        guard facts.entries <= RunLayout.entriesMax, facts.bloomBitsPerEntry <= RunLayout.bloomBitsMax else {
            throw DerivedFailure(file: facts.file, reason: "claims \(facts.entries) entries")
        }
        guard let file = try disk.open(facts.file) else { return nil }
        let run = SortedRun(file: file, facts: facts, identity: identity)
        try run.load(identity: identity)
        return run
    }

    private init(file: Int32, facts: RunFacts, identity: UInt64) {
        self.file = file
        self.facts = facts
        layout = RunLayout(entries: facts.entries, bloomBitsPerEntry: facts.bloomBitsPerEntry)
        seeds = RunSeeds(identity: identity, facts: facts)
        fences = .allocate(capacity: max(1, layout.fenceBytes / 16))
        bloom = BloomFilter(blocks: layout.bloomBlocks)
    }

    deinit {
        close(file)
        fences.deallocate()
        bloom.release()
    }

    private func trouble(_ reason: String) -> DerivedFailure { DerivedFailure(file: facts.file, reason: reason) }

    private func load(identity: UInt64) throws(DerivedFailure) {
        let size = try IndexDisk.size(file, facts.file)
        guard size == layout.fileBytes else { throw trouble("\(size) bytes instead of \(layout.fileBytes)") }
        let page = UnsafeMutableRawBufferPointer.allocate(byteCount: RunLayout.pageBytes, alignment: 16)
        defer { page.deallocate() }
        try IndexDisk.read(file, at: 0, into: page, facts.file)
        let expected = RunPages.header(identity: identity, facts)
        guard RunPages.isSealed(UnsafeRawBufferPointer(page), seed: seeds.header),
            expected.indices.allSatisfy({ RunPages.number(UnsafeRawBufferPointer(page), $0) == expected[$0] })
        else { throw trouble("its header is damaged or another ledger's") }
        try IndexDisk.read(file, at: layout.footerAt, into: page, facts.file)
        let footer = UnsafeRawBufferPointer(page)
        guard RunPages.isSealed(footer, seed: seeds.footer) else { throw trouble("its footer is damaged") }
        let fenceBytes = UnsafeMutableRawBufferPointer(start: fences, count: layout.fenceBytes)
        try IndexDisk.read(file, at: layout.fencesAt, into: fenceBytes, facts.file)
        guard Checksum.of(UnsafeRawBufferPointer(fenceBytes), seed: seeds.fences) == RunPages.number(footer, 2) else {
            throw trouble("its fences are damaged")
        }
        try IndexDisk.read(file, at: layout.bloomAt, into: bloom.bytes, facts.file)
        guard Checksum.of(UnsafeRawBufferPointer(bloom.bytes), seed: seeds.bloom) == RunPages.number(footer, 3) else {
            throw trouble("its filter is damaged")
        }
    }

    /// The first page of a search for entries at or above `key`: the last page that begins below it.
    func page(before key: IndexKey) -> Int {
        var low = 0
        var high = layout.pages
        while low < high {
            let middle = (low + high) / 2
            if fences[middle] < key { low = middle + 1 } else { high = middle }
        }
        return max(0, low - 1)
    }

    func fence(_ page: Int) -> IndexKey { fences[page] }

    /// Reads and checks `count` pages into `buffer`.
    func read(pages first: Int, _ count: Int, into buffer: UnsafeMutableRawPointer) throws(DerivedFailure) {
        let bytes = UnsafeMutableRawBufferPointer(start: buffer, count: count * RunLayout.pageBytes)
        try IndexDisk.read(file, at: layout.pageAt(first), into: bytes, facts.file)
        for index in 0..<count {
            let page = UnsafeRawPointer(buffer + index * RunLayout.pageBytes)
            guard RunPage.isSealed(page, seed: seeds.page(first + index)),
                Self.entries(page) == expectedEntries(first + index),
                Self.entry(page, 0).key == fences[first + index]
            else { throw trouble("page \(first + index) is damaged") }
        }
    }

    private func expectedEntries(_ page: Int) -> Int {
        min(RunLayout.pageEntries, Int(facts.entries) - page * RunLayout.pageEntries)
    }

    @inline(__always)
    static func entries(_ page: UnsafeRawPointer) -> Int {
        Int(truncatingIfNeeded: page.loadUnaligned(fromByteOffset: RunLayout.pageCountAt, as: UInt64.self))
    }

    @inline(__always)
    static func entry(_ page: UnsafeRawPointer, _ index: Int) -> IndexEntry {
        page.loadUnaligned(fromByteOffset: index * 24, as: IndexEntry.self)
    }

    /// Calls `body` with the key's values, newest first, until it returns false; returns false then. `buffer` has room
    /// for one page.
    func find(
        _ key: IndexKey, buffer: UnsafeMutableRawPointer, _ body: (UInt64) -> Bool
    ) throws(DerivedFailure) -> Bool {
        var page = page(before: key)
        while page < layout.pages, fences[page] <= key {
            try read(pages: page, 1, into: buffer)
            let count = Self.entries(buffer)
            var index = Self.lowerBound(key, buffer, count)
            while index < count {
                let entry = Self.entry(buffer, index)
                if entry.key != key { return true }
                if !body(entry.value) { return false }
                index += 1
            }
            page += 1
        }
        return true
    }

    private static func lowerBound(_ key: IndexKey, _ page: UnsafeRawPointer, _ count: Int) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if entry(page, middle).key < key { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Reads and checks every page.
    func verify() throws(DerivedFailure) {
        let cursor = EntryCursor(run: self, from: IndexKey(high: 0, low: 0), pagesAtOnce: 64)
        try cursor.start()
        var last = IndexKey(high: 0, low: 0)
        while let entry = cursor.current {
            if entry.key < last { throw trouble("its entries are out of order") }
            last = entry.key
            try cursor.advance()
        }
    }
}
