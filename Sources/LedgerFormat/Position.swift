/// Where a row stands in the journal: the block's sequence number and the row inside. Orders as rows were written, and
/// is the number callers see (`sequence`).
///
/// Public, as is all that every row needs here, because only public functions are inlined into other modules.
public struct Position: Equatable, Comparable, Hashable, Sendable, BitwiseCopyable {
    /// Rows of one block; two bytes.
    @inlinable public static var rowsPerBlockMax: Int { 1 << 16 }

    public var number: UInt64

    @inlinable public init(number: UInt64) { self.number = number }

    @inlinable public init(block: UInt64, row: Int) { number = block << 16 | UInt64(row) }

    @inlinable public static var none: Position { Position(number: 0) }

    @inlinable public var block: UInt64 { number >> 16 }
    @inlinable public var row: Int { Int(number & 0xffff) }

    @inlinable public static func < (left: Position, right: Position) -> Bool { left.number < right.number }
}
