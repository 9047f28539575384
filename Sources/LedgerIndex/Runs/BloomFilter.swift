import Glibc

/// A blocked Bloom filter of a run's keys: blocks of 512 bits (one cache line), six bits a key.
///
/// At 10 bits an entry the false-positive rate is about 1 %. Without blocks every key passes.
struct BloomFilter {
    static let blockBytes = 64
    private static let probes = 6

    let words: UnsafeMutablePointer<UInt64>
    let blocks: UInt64

    /// Number of blocks, rounded up to whole pages of the file.
    static func blocks(entries: UInt64, bitsPerEntry: UInt64) -> UInt64 {
        (entries * bitsPerEntry + 512 * 64 - 1) / (512 * 64) * 64
    }

    /// Takes zeroed memory; `release` gives it back.
    init(blocks: UInt64) {
        self.blocks = blocks
        let bytes = max(1, Int(blocks)) * Self.blockBytes
        let memory = LargeMemory.take(bytes)
        memset(memory, 0, bytes)
        words = memory.bindMemory(to: UInt64.self, capacity: bytes / 8)
    }

    func release() { free(words) }

    var bytes: UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(start: words, count: Int(blocks) * Self.blockBytes)
    }

    /// Uses nine bits of the hash for each probe, other bits than those that choose the block.
    @inline(__always)
    private static func probeBits(_ mixed: UInt64) -> UInt64 {
        let product = mixed &* 0xD6E8_FEB8_6659_FD93
        return product ^ (product >> 32)
    }

    @inline(__always)
    private func block(_ mixed: UInt64) -> UnsafeMutablePointer<UInt64> {
        words + Int(truncatingIfNeeded: mixed.multipliedFullWidth(by: blocks).high) &* 8
    }

    @inline(__always)
    func insert(_ mixed: UInt64) {
        if blocks == 0 { return }
        let block = block(mixed)
        var probeBits = Self.probeBits(mixed)
        for _ in 0..<Self.probes {
            block[Int(truncatingIfNeeded: (probeBits >> 6) & 7)] |= 1 << (probeBits & 63)
            probeBits >>= 9
        }
    }

    /// A single, well-predicted branch, so that the processor loads the next filter's line while waiting for this one.
    @inline(__always)
    func mayContain(_ mixed: UInt64) -> Bool {
        if blocks == 0 { return true }
        let block = block(mixed)
        var probeBits = Self.probeBits(mixed)
        var all: UInt64 = 1
        for _ in 0..<Self.probes {
            all &= block[Int(truncatingIfNeeded: (probeBits >> 6) & 7)] >> (probeBits & 63)
            probeBits >>= 9
        }
        return all != 0
    }
}
