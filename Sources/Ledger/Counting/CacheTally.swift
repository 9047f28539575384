import Synchronization

/// What a cache of blocks did; its one thread writes, any thread reads.
package final class CacheTally: Sendable {
    private let hitCount = Atomic<UInt64>(0)
    private let missCount = Atomic<UInt64>(0)
    private let byteCount = Atomic<Int>(0)

    /// Blocks that were found.
    package var hits: UInt64 { hitCount.load(ordering: .relaxed) }
    /// Blocks that had to be read.
    package var misses: UInt64 { missCount.load(ordering: .relaxed) }
    /// Memory of the blocks that it has.
    package var bytes: Int { byteCount.load(ordering: .relaxed) }

    package init() {}

    @inline(__always)
    func addHit() { hitCount.store(hits &+ 1, ordering: .relaxed) }

    func addMiss(bytes: Int) {
        missCount.store(misses &+ 1, ordering: .relaxed)
        byteCount.store(bytes, ordering: .relaxed)
    }
}
