/// The outcomes of a batch under construction, a column per field; in memory of whoever made it.
///
/// Rows are written in their order. A column begins with its first entry that is not 0: most batches leave half of the
/// columns empty, and memory that nobody touches costs nothing.
package struct OutcomeColumns {
    /// The columns of money, in the order of `OutcomeColumns` on the wire.
    package static var moneyColumns: Int { 11 }

    package let count: Int
    /// `moneyColumns` columns of `count` entries, one after the other.
    private let money: UnsafeMutablePointer<Fen>
    private let noRule: UnsafeMutablePointer<UInt8>
    private let identity: UnsafeMutablePointer<UInt8>
    /// Whether the column has begun; beyond those of money, `noRule` and `identity`.
    private var hasBegun = [13 of Bool](repeating: false)
    private static var noRulePlace: Int { moneyColumns }
    private static var identityPlace: Int { moneyColumns + 1 }

    package init(
        count: Int, money: UnsafeMutableBufferPointer<Fen>, noRule: UnsafeMutableBufferPointer<UInt8>,
        identity: UnsafeMutableBufferPointer<UInt8>
    ) {
        precondition(
            money.count >= count * Self.moneyColumns && noRule.count >= count && identity.count >= count)
        self.count = count
        self.money = money.baseAddress!
        self.noRule = noRule.baseAddress!
        self.identity = identity.baseAddress!
    }

    /// Column `column` of money, or nil where every entry is 0: it is left out of an answer.
    package func money(_ column: Int) -> UnsafeMutablePointer<Fen>? {
        hasBegun[column] ? money + column * count : nil
    }

    /// Which claims had no rule (0 / 1), or nil where every entry is 0.
    package var noRuleColumn: UnsafeMutablePointer<UInt8>? { hasBegun[Self.noRulePlace] ? noRule : nil }

    /// The identities that counted, or nil where every entry is 0.
    package var identityColumn: UnsafeMutablePointer<UInt8>? { hasBegun[Self.identityPlace] ? identity : nil }

    /// By pointer: a value of this size would be copied first.
    @inline(__always)
    package mutating func write(_ outcome: UnsafePointer<Outcome>, at row: Int) {
        precondition(UInt(bitPattern: row) < UInt(bitPattern: count))
        put(outcome.pointee.funds[0], 0, row)
        put(outcome.pointee.funds[1], 1, row)
        put(outcome.pointee.funds[2], 2, row)
        put(outcome.pointee.funds[3], 3, row)
        put(outcome.pointee.funds[4], 4, row)
        put(outcome.pointee.funds[5], 5, row)
        put(outcome.pointee.accountPaid, 6, row)
        put(outcome.pointee.familyAccountPaid, 7, row)
        put(outcome.pointee.cash, 8, row)
        put(outcome.pointee.deductiblePaid, 9, row)
        put(outcome.pointee.paidOutside, 10, row)
        put(outcome.pointee.hasNoRule ? 1 : 0, to: noRule, Self.noRulePlace, row)
        put(outcome.pointee.identity.rawValue, to: identity, Self.identityPlace, row)
    }

    /// A refused claim: zeros in every column.
    package mutating func writeNothing(at row: Int) {
        precondition(UInt(bitPattern: row) < UInt(bitPattern: count))
        for column in 0..<Self.moneyColumns { put(0, column, row) }
        put(0, to: noRule, Self.noRulePlace, row)
        put(0, to: identity, Self.identityPlace, row)
    }

    @inline(__always)
    private mutating func put(_ amount: Fen, _ column: Int, _ row: Int) {
        put(amount, to: money + column &* count, column, row)
    }

    @inline(__always)
    private mutating func put<Entry: FixedWidthInteger>(
        _ entry: Entry, to column: UnsafeMutablePointer<Entry>, _ index: Int, _ row: Int
    ) {
        if hasBegun[index] {
            column[row] = entry
        } else if entry != 0 {
            hasBegun[index] = true
            column.update(repeating: 0, count: row)
            column[row] = entry
        }
    }
}
