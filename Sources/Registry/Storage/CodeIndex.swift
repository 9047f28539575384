/// Hash table from code to number over the codes' bytes; O(1), one look-up per settlement.
struct CodeIndex {
    /// The codes one after the other.
    private var bytes: [UInt8] = []
    /// By number − 1: the offset in `bytes` at which the code ends.
    private var ends: [Int32] = []
    /// Open addressing: numbers, 0 in a free slot; at most half of the slots are taken, and their count is a power of
    /// two.
    private var slots: [UInt32] = Array(repeating: 0, count: 64)

    /// Numbers follow each other: 1, 2, 3 …
    mutating func add(_ code: String, number: UInt32) {
        precondition(Int(number) == ends.count + 1)
        bytes.append(contentsOf: code.utf8)
        ends.append(Int32(bytes.count))
        if 2 * ends.count > slots.count {
            slots = Array(repeating: 0, count: 2 * slots.count)
            for number in 1...UInt32(ends.count) { insert(number) }
        } else {
            insert(number)
        }
    }

    /// The number of a code; 0 when it is not in the table.
    func number(of code: UnsafeRawBufferPointer) -> UInt32 {
        let mask = slots.count - 1
        return bytes.withUnsafeBytes { all in
            var slot = CodeIndex.hash(code) & mask
            while slots[slot] != 0 {
                let range = range(slots[slot])
                if CodeIndex.equal(UnsafeRawBufferPointer(rebasing: all[range]), code) { return slots[slot] }
                slot = (slot + 1) & mask
            }
            return 0
        }
    }

    private mutating func insert(_ number: UInt32) {
        let mask = slots.count - 1
        let range = range(number)
        var slot = bytes.withUnsafeBytes { CodeIndex.hash(UnsafeRawBufferPointer(rebasing: $0[range])) } & mask
        while slots[slot] != 0 { slot = (slot + 1) & mask }
        slots[slot] = number
    }

    private func range(_ number: UInt32) -> Range<Int> {
        let index = Int(number) - 1
        return (index == 0 ? 0 : Int(ends[index - 1]))..<Int(ends[index])
    }

    private static func equal(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
        guard left.count == right.count else { return false }
        for index in 0..<left.count where left[index] != right[index] { return false }
        return true
    }

    /// FNV-1a, mixed once more because its low bits alone are weak.
    private static func hash(_ bytes: UnsafeRawBufferPointer) -> Int {
        var hash: UInt64 = 14_695_981_039_346_656_037
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 1_099_511_628_211 }
        return Int(truncatingIfNeeded: hash ^ hash >> 29)
    }
}
