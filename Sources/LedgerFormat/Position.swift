/// Where a row stands in the journal: the block's sequence number and the row inside. Orders as rows were written, and
/// is the number callers see (`sequence`).
package struct Position: Equatable, Comparable, Hashable, Sendable, BitwiseCopyable {
    /// Rows of one block; two bytes.
    @inlinable package static var rowsPerBlockMax: Int { 1 << 16 }

    package var number: UInt64

    @inlinable package init(number: UInt64) { self.number = number }

    @inlinable package init(block: UInt64, row: Int) { number = block << 16 | UInt64(row) }

    @inlinable package static var none: Position { Position(number: 0) }

    @inlinable package var block: UInt64 { number >> 16 }
    @inlinable package var row: Int { Int(number & 0xffff) }

    @inlinable package static func < (left: Position, right: Position) -> Bool { left.number < right.number }
}
