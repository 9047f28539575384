import Records

/// Hash table from person number to row; it stores rows only, the numbers stand with the persons. O(1). Public: see
/// `ByteWriter`.
public struct PersonIndex {
    /// 1 + row, 0 in a free slot; at most half are taken, and the count is a power of two.
    @usableFromInline var slots: [UInt32] = Array(repeating: 0, count: 1 << 10)
    private var count = 0

    package init() {}

    /// The row of `person`; −1: none. `number(row)` gives the person of a row.
    @inlinable @inline(__always)
    public func find(_ person: UInt64, number: (Int) -> UInt64) -> Int {
        slots.withUnsafeBufferPointer { slots in
            let mask = slots.count - 1
            var slot = PersonIndex.hash(person) & mask
            while slots[slot] != 0 {
                let row = Int(slots[slot]) - 1
                if number(row) == person { return row }
                slot = (slot + 1) & mask
            }
            return -1
        }
    }

    /// Adds a person that is not in the table yet.
    package mutating func add(_ person: UInt64, row: Int, number: (Int) -> UInt64) {
        if 2 * (count + 1) > slots.count { grow(number) }
        put(person, row)
        count += 1
    }

    /// Sets the row of a person that is in the table already.
    package mutating func move(_ person: UInt64, to row: Int, number: (Int) -> UInt64) {
        let mask = slots.count - 1
        var slot = PersonIndex.hash(person) & mask
        while number(Int(slots[slot]) - 1) != person { slot = (slot + 1) & mask }
        slots[slot] = UInt32(row + 1)
    }

    private mutating func grow(_ number: (Int) -> UInt64) {
        let old = slots
        slots = Array(repeating: 0, count: 2 * old.count)
        for row in old where row != 0 { put(number(Int(row) - 1), Int(row) - 1) }
    }

    private mutating func put(_ person: UInt64, _ row: Int) {
        let mask = slots.count - 1
        var slot = PersonIndex.hash(person) & mask
        while slots[slot] != 0 { slot = (slot + 1) & mask }
        slots[slot] = UInt32(row + 1)
    }

    /// Consecutive numbers spread over the slots.
    @inlinable @inline(__always)
    static func hash(_ person: UInt64) -> Int {
        Int(truncatingIfNeeded: SplitMix64.mix(person) & 0x7fff_ffff_ffff_ffff)
    }
}
