/// The accumulators of one person, in fen: `count` slots of the call's `year`.
///
/// The place is checked once, each access is one comparison with `count`: a slot that the pack does not have, and so
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
        guard Int(slot) < count else {
            precondition(slot == Layer.noSlot)
            return 0
        }
        return base[Int(slot)]
    }

    /// Adds to the amount in `slot`; nothing where that is `Layer.noSlot`.
    @_noAllocation @_noLocks
    @inline(__always)
    func add(_ amount: Fen, to slot: UInt8) {
        guard Int(slot) < count else { return precondition(slot == Layer.noSlot) }
        base[Int(slot)] += amount
    }

    /// The first slot whose amount is not 0 … `limit`; `count`: none.
    @_noAllocation @_noLocks
    @inline(__always)
    func firstSlot(above limit: Fen) -> Int {
        var slot = 0
        while slot < count, UInt64(bitPattern: base[slot]) <= UInt64(bitPattern: limit) { slot &+= 1 }
        return slot
    }
}
