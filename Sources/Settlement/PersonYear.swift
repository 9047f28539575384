/// The accumulators of one person, in fen: `count` slots of the call's `year`.
///
/// The range is checked once, each access is one comparison with `count`: a slot that the pack does not have, and so
/// somebody else's accumulator, is never touched. Valid while the span it was made from is borrowed; a span of its own
/// would be the type for this, but in Swift 6.3 none can be made under `@_noLocks` (see `Table`).
struct PersonYear: BitwiseCopyable {
    private let base: UnsafeMutablePointer<Fen>
    private let count: Int

    @_noAllocation @_noLocks
    @inline(__always)
    init(_ year: inout MutableSpan<Fen>, from start: Int, count: Int) {
        precondition(start >= 0 && count >= 0 && count <= year.count - start)
        let storage = year.withUnsafeMutableBufferPointer { $0.baseAddress }
        base = (storage ?? UnsafeMutablePointer(bitPattern: MemoryLayout<Fen>.alignment)!) + start
        self.count = count
    }

    /// The amount in `slot`; 0 where that is `Layer.noSlot`.
    @_noAllocation @_noLocks
    @inline(__always)
    func amount(in slot: UInt8) -> Fen {
        Int(slot) < count ? base[Int(slot)] : 0
    }

    /// Adds to the amount in `slot`; nothing where that is `Layer.noSlot`.
    @_noAllocation @_noLocks
    @inline(__always)
    func add(_ amount: Fen, to slot: UInt8) {
        if Int(slot) < count { base[Int(slot)] &+= amount }
    }

    /// The first slot whose amount is not 0 … `limit`; `count`: none.
    @_noAllocation @_noLocks
    @inline(__always)
    func firstSlot(above limit: Fen) -> Int {
        // The usual case without a look at each: what all bits together make is no less than the largest.
        var bits: UInt64 = 0
        for slot in 0..<count { bits |= UInt64(bitPattern: base[slot]) }
        return bits <= UInt64(bitPattern: limit) >> 1 ? count : exactFirstSlot(above: limit)
    }

    @_noAllocation @_noLocks
    @inline(never)
    private func exactFirstSlot(above limit: Fen) -> Int {
        var slot = 0
        while slot < count, UInt64(bitPattern: base[slot]) <= UInt64(bitPattern: limit) { slot &+= 1 }
        return slot
    }
}
