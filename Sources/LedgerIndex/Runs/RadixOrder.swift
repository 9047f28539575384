/// Radix sort of a frozen table's entries by key, the newest of a key first; linear time for hashed keys.
struct RadixOrder: ~Copyable {
    private struct Item {
        var high: UInt64
        var index: UInt32
    }

    private static let digitBits: UInt64 = 11
    private static let digits = 6

    private var items: UnsafeMutablePointer<Item>
    private var spare: UnsafeMutablePointer<Item>
    let count: Int

    /// Sorts the table; uses 32 bytes an entry.
    init(_ table: MemoryTable) {
        count = table.count
        items = .allocate(capacity: max(1, count))
        spare = .allocate(capacity: max(1, count))
        for index in 0..<count { items[index] = Item(high: table.entries[index].high, index: UInt32(index)) }
        sortByHigh()
        sortEqualHighs(table)
    }

    deinit {
        items.deallocate()
        spare.deallocate()
    }

    /// The index in the table of the entry at this rank.
    @inline(__always)
    subscript(rank: Int) -> Int { Int(items[rank].index) }

    /// Least significant digit first; every pass is stable, so that entries with equal `high` keep their order.
    private mutating func sortByHigh() {
        let size = 1 << Int(Self.digitBits)
        var counts = [Int](repeating: 0, count: size * Self.digits)
        for item in 0..<count {
            for digit in 0..<Self.digits { counts[digit * size + Self.value(items[item], digit)] += 1 }
        }
        for digit in 0..<Self.digits {
            let range = digit * size..<(digit + 1) * size
            // All entries have the same digit: the pass is skipped.
            if counts[range].contains(count) { continue }
            var start = 0
            for slot in range {
                let number = counts[slot]
                counts[slot] = start
                start += number
            }
            for item in 0..<count {
                let slot = range.lowerBound + Self.value(items[item], digit)
                spare[counts[slot]] = items[item]
                counts[slot] += 1
            }
            swap(&items, &spare)
        }
    }

    @inline(__always)
    private static func value(_ item: Item, _ digit: Int) -> Int {
        Int(truncatingIfNeeded: item.high >> (UInt64(digit) * digitBits)) & (1 << Int(digitBits) - 1)
    }

    private func sortEqualHighs(_ table: MemoryTable) {
        var first = 0
        while first < count {
            var end = first + 1
            var isSorted = true
            while end < count, items[end].high == items[first].high {
                if table.entries[Int(items[end].index)].low <= table.entries[Int(items[end - 1].index)].low {
                    isSorted = false
                }
                end += 1
            }
            if !isSorted {
                var group = UnsafeMutableBufferPointer(start: items + first, count: end - first)
                group.sort { a, b in
                    let lowA = table.entries[Int(a.index)].low
                    let lowB = table.entries[Int(b.index)].low
                    return lowA != lowB ? lowA < lowB : a.index > b.index
                }
            }
            first = end
        }
    }
}
