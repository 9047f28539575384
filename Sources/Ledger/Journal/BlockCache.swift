import LedgerFormat

/// A cache of recently read blocks, bounded in bytes: neighbouring records are often read together.
///
/// Evicts by the clock algorithm (second chance): nearly the hit rate of LRU, and a hit moves nothing. A hit takes some
/// 20 ns.
package struct BlockCache {
    /// Memory of a block beside its bytes.
    private static let overheadBytes = 256

    private struct Slot {
        var block: CheckedBlock
        var wasUsed = false

        var bytes: Int { block.byteCount + BlockCache.overheadBytes }
    }

    private let bytesMax: Int
    private let tally: CacheTally
    package private(set) var bytes = 0
    private var slotIndexes: [UInt64: Int] = [:]
    /// nil: free.
    private var slots: [Slot?] = []
    private var free: [Int] = []
    /// The clock's hand: the first slot to consider for eviction.
    private var hand = 0
    /// The last block returned, checked first.
    private var last: CheckedBlock?

    /// - Parameter tally: of the thread that has the cache.
    package init(bytesMax: Int, tally: CacheTally = CacheTally()) {
        self.bytesMax = bytesMax
        self.tally = tally
    }

    package var count: Int { slotIndexes.count }

    @inline(__always)
    package mutating func find(_ sequence: UInt64) -> CheckedBlock? {
        if let last, last.sequence == sequence {
            tally.addHit()
            return last
        }
        return findAmongAll(sequence)
    }

    private mutating func findAmongAll(_ sequence: UInt64) -> CheckedBlock? {
        guard let index = slotIndexes[sequence] else { return nil }
        tally.addHit()
        slots[index]?.wasUsed = true
        last = slots[index]?.block
        return last
    }

    /// Caches a block after a miss, evicting others where necessary; a block of a quarter of the capacity or more is
    /// kept only as `last`.
    package mutating func insert(_ block: CheckedBlock) {
        last = block
        defer { tally.addMiss(bytes: bytes) }
        let slot = Slot(block: block)
        guard slot.bytes < bytesMax / 4 else { return }
        while bytes + slot.bytes > bytesMax { giveOneUp() }
        bytes += slot.bytes
        if let index = free.popLast() {
            slots[index] = slot
            slotIndexes[block.sequence] = index
        } else {
            slotIndexes[block.sequence] = slots.count
            slots.append(slot)
        }
    }

    private mutating func giveOneUp() {
        while true {
            let index = hand
            hand = hand + 1 < slots.count ? hand + 1 : 0
            guard let slot = slots[index] else { continue }
            if slot.wasUsed {
                slots[index]?.wasUsed = false
            } else {
                bytes -= slot.bytes
                slotIndexes[slot.block.sequence] = nil
                slots[index] = nil
                free.append(index)
                return
            }
        }
    }
}
