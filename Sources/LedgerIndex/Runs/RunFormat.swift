/// Metadata of a run file: it has the entries of all blocks after `from` up to `through`.
package struct RunFacts: Equatable, Sendable {
    package var kind: IndexKind
    /// Number of the file, never reused in a folder.
    package var number: UInt64
    package var entries: UInt64
    /// The last block of older runs; 0: this is the oldest run.
    package var from: UInt64
    /// The last block in this run.
    package var through: UInt64
    /// Fingerprint of block `through`, which differs in another journal.
    package var mark: UInt64
    package var bloomBitsPerEntry: UInt64

    var file: String { "\(kind.word)-\(number).run" }
}

/// Layout of a run file: header page, data pages, fences, filter, footer page; each part a multiple of 4,096 bytes.
///
/// A data page holds 170 entries in key order, its checksum and its number of entries. The fences are the first keys of
/// the pages, the filter is a Bloom filter of the keys; both are kept in memory.
struct RunLayout {
    static let pageBytes = 4096
    static let pageEntries = 170
    /// Offset of a data page's checksum, followed by the number of its entries.
    static let pageChecksumAt = 4080
    static let pageCountAt = 4088
    static let magic: UInt64 = 0x314E_5552_5349_4A00  // "\0JISRUN1"
    static let version: UInt64 = 1
    /// Upper bound of a header's number of entries, so that damaged numbers cannot overflow: 2^36 entries are 1.6 TB.
    static let entriesMax: UInt64 = 1 << 36
    static let bloomBitsMax: UInt64 = 64

    let pages: Int
    let fenceBytes: Int
    let bloomBlocks: UInt64
    let bloomBytes: Int

    init(entries: UInt64, bloomBitsPerEntry: UInt64) {
        precondition(entries <= Self.entriesMax && bloomBitsPerEntry <= Self.bloomBitsMax)
        pages = (Int(entries) + Self.pageEntries - 1) / Self.pageEntries
        fenceBytes = Self.whole(pages * 16)
        bloomBlocks = BloomFilter.blocks(entries: entries, bitsPerEntry: bloomBitsPerEntry)
        bloomBytes = Int(bloomBlocks) * BloomFilter.blockBytes
    }

    static func whole(_ bytes: Int) -> Int { (bytes + pageBytes - 1) / pageBytes * pageBytes }

    func pageAt(_ page: Int) -> Int { (1 + page) * Self.pageBytes }
    var fencesAt: Int { pageAt(pages) }
    var bloomAt: Int { fencesAt + fenceBytes }
    var footerAt: Int { bloomAt + bloomBytes }
    var fileBytes: Int { footerAt + Self.pageBytes }
}

/// Seeds of a run's checksums, so that bytes of another ledger, run or page do not match.
struct RunSeeds {
    private let base: UInt64

    init(identity: UInt64, facts: RunFacts) {
        let key = IndexKey(high: identity, low: facts.number << 8 | UInt64(facts.kind.rawValue))
        base = key.mixed
    }

    func page(_ page: Int) -> UInt64 { base &+ UInt64(page) &* 0x9E37_79B9_7F4A_7C15 }
    var header: UInt64 { ~base }
    var fences: UInt64 { ~base &- 1 }
    var bloom: UInt64 { ~base &- 2 }
    var footer: UInt64 { ~base &- 3 }
}

/// The numbers of the header page and the footer page: eight bytes each, the page's checksum in its last eight.
enum RunPages {
    /// Fills a page with numbers and zeros, and seals it.
    static func fill(_ page: UnsafeMutableRawBufferPointer, _ numbers: [UInt64], seed: UInt64) {
        page.initializeMemory(as: UInt8.self, repeating: 0)
        for (index, number) in numbers.enumerated() {
            page.storeBytes(of: number.littleEndian, toByteOffset: 8 * index, as: UInt64.self)
        }
        let sum = Checksum.of(UnsafeRawBufferPointer(rebasing: page[..<(page.count - 8)]), seed: seed)
        page.storeBytes(of: sum.littleEndian, toByteOffset: page.count - 8, as: UInt64.self)
    }

    static func isSealed(_ page: UnsafeRawBufferPointer, seed: UInt64) -> Bool {
        number(page, page.count / 8 - 1)
            == Checksum.of(UnsafeRawBufferPointer(rebasing: page[..<(page.count - 8)]), seed: seed)
    }

    static func number(_ page: UnsafeRawBufferPointer, _ index: Int) -> UInt64 {
        UInt64(littleEndian: page.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self))
    }

    static func header(identity: UInt64, _ facts: RunFacts) -> [UInt64] {
        [
            RunLayout.magic, RunLayout.version, identity, UInt64(facts.kind.rawValue), facts.number, facts.entries,
            facts.from, facts.through, facts.mark, facts.bloomBitsPerEntry,
        ]
    }
}
