import Glibc

/// Writes a run file from entries in key order; on background queues only.
///
/// Holds 256 KiB of pages and, until it is finished, the run's fences and filter.
final class SortedRunWriter {
    /// Pages written at once.
    private static let batchPages = 64
    /// Bytes between two syncs: bounds the wait of a concurrent sync of the journal.
    private static let syncBytes = 16 << 20

    private let disk: IndexDisk
    private let facts: RunFacts
    private let layout: RunLayout
    private let seeds: RunSeeds
    private let file: Int32
    private let batch: UnsafeMutableRawPointer
    private let bloom: BloomFilter
    private let fences: UnsafeMutableRawBufferPointer
    private var isClosed = false
    private var page = 0
    private var pageEntries = 0
    private var batchStart = 0
    private var unsynced = 0
    private var written: UInt64 = 0

    init(disk: IndexDisk, facts: RunFacts, identity: UInt64) throws(DerivedFailure) {
        self.disk = disk
        self.facts = facts
        layout = RunLayout(entries: facts.entries, bloomBitsPerEntry: facts.bloomBitsPerEntry)
        seeds = RunSeeds(identity: identity, facts: facts)
        file = try disk.create(facts.file)
        batch = .allocate(byteCount: Self.batchPages * RunLayout.pageBytes, alignment: RunLayout.pageBytes)
        bloom = BloomFilter(blocks: layout.bloomBlocks)
        fences = .allocate(byteCount: layout.fenceBytes, alignment: 16)
        fences.initializeMemory(as: UInt8.self, repeating: 0)
        let header = UnsafeMutableRawBufferPointer(start: batch, count: RunLayout.pageBytes)
        RunPages.fill(header, RunPages.header(identity: identity, facts), seed: seeds.header)
        try disk.write(UnsafeRawBufferPointer(header), to: file, facts.file)
    }

    deinit {
        if !isClosed { close(file) }
        batch.deallocate()
        bloom.release()
        fences.deallocate()
    }

    @inline(__always)
    func append(_ entry: IndexEntry) throws(DerivedFailure) {
        let base = batch + (page - batchStart) * RunLayout.pageBytes
        if pageEntries == 0 {
            fences.storeBytes(of: entry.high, toByteOffset: page * 16, as: UInt64.self)
            fences.storeBytes(of: entry.low, toByteOffset: page * 16 + 8, as: UInt64.self)
        }
        base.storeBytes(of: entry, toByteOffset: pageEntries * 24, as: IndexEntry.self)
        bloom.insert(entry.key.mixed)
        pageEntries += 1
        written += 1
        if pageEntries == RunLayout.pageEntries { try sealPage() }
    }

    private func sealPage() throws(DerivedFailure) {
        let base = batch + (page - batchStart) * RunLayout.pageBytes
        memset(base + pageEntries * 24, 0, RunLayout.pageBytes - pageEntries * 24)
        base.storeBytes(of: UInt64(pageEntries), toByteOffset: RunLayout.pageCountAt, as: UInt64.self)
        RunPage.seal(base, seed: seeds.page(page))
        page += 1
        pageEntries = 0
        if page - batchStart == Self.batchPages { try flush() }
    }

    private func flush() throws(DerivedFailure) {
        let bytes = (page - batchStart) * RunLayout.pageBytes
        try disk.write(UnsafeRawBufferPointer(start: batch, count: bytes), to: file, facts.file)
        batchStart = page
        unsynced += bytes
        if unsynced >= Self.syncBytes {
            try disk.sync(file, facts.file)
            unsynced = 0
        }
    }

    /// Writes the rest; on return the file's bytes are durable, its name not yet.
    func finish() throws(DerivedFailure) {
        precondition(written == facts.entries, "a run holds what its header says")
        if pageEntries > 0 { try sealPage() }
        try flush()
        try disk.write(UnsafeRawBufferPointer(fences), to: file, facts.file)
        let filter = UnsafeRawBufferPointer(bloom.bytes)
        try disk.write(filter, to: file, facts.file)
        let footer = UnsafeMutableRawBufferPointer(start: batch, count: RunLayout.pageBytes)
        let sums = [
            RunLayout.magic, facts.number, Checksum.of(UnsafeRawBufferPointer(fences), seed: seeds.fences),
            Checksum.of(filter, seed: seeds.bloom),
        ]
        RunPages.fill(footer, sums, seed: seeds.footer)
        try disk.write(UnsafeRawBufferPointer(footer), to: file, facts.file)
        try disk.sync(file, facts.file)
        close(file)
        isClosed = true
    }
}

/// A data page's checksum covers its entries and their number.
enum RunPage {
    static func checksum(_ page: UnsafeRawPointer, seed: UInt64) -> UInt64 {
        let entries = UnsafeRawBufferPointer(start: page, count: RunLayout.pageChecksumAt)
        let count = page.loadUnaligned(fromByteOffset: RunLayout.pageCountAt, as: UInt64.self)
        return Checksum.of(entries, seed: seed &+ count &* 0xC2B2_AE3D_27D4_EB4F)
    }

    static func seal(_ page: UnsafeMutableRawPointer, seed: UInt64) {
        page.storeBytes(of: checksum(page, seed: seed), toByteOffset: RunLayout.pageChecksumAt, as: UInt64.self)
    }

    static func isSealed(_ page: UnsafeRawPointer, seed: UInt64) -> Bool {
        page.loadUnaligned(fromByteOffset: RunLayout.pageChecksumAt, as: UInt64.self) == checksum(page, seed: seed)
    }
}
