import LedgerFormat

/// Blocks that were read lately, of at most so many bytes: neighbours are often asked for together.
///
/// One that was asked for again stays when room is needed, once (the second chance of a clock): about as good as giving
/// up the one not used for longest, and finding a block moves nothing. Finding takes some 20 ns.
package struct BlockCache {
    /// What a block takes beside its bytes.
    private static let overheadBytes = 256

    private struct Slot {
        var block: CheckedBlock
        var wasUsed = false

        var bytes: Int { block.byteCount + BlockCache.overheadBytes }
    }

    private let bytesMax: Int
    package private(set) var bytes = 0
    private var slotIndexes: [UInt64: Int] = [:]
    /// nil: free.
    private var slots: [Slot?] = []
    private var free: [Int] = []
    /// The slot that is looked at first when room is needed.
    private var hand = 0
    /// The one that was asked for last.
    private var last: CheckedBlock?

    package init(bytesMax: Int) { self.bytesMax = bytesMax }

    package var count: Int { slotIndexes.count }

    @inline(__always)
    package mutating func find(_ sequence: UInt64) -> CheckedBlock? {
        if let last, last.sequence == sequence { return last }
        return findAmongAll(sequence)
    }

    private mutating func findAmongAll(_ sequence: UInt64) -> CheckedBlock? {
        guard let index = slotIndexes[sequence] else { return nil }
        slots[index]?.wasUsed = true
        last = slots[index]?.block
        return last
    }

    /// Keeps a block that `find` did not find, instead of others where there is no room; one that would take a quarter
    /// of the room or more only until the next is asked for.
    package mutating func insert(_ block: CheckedBlock) {
        last = block
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
