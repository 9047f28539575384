import Population
import Records
import Settlement

/// A checksum of figures that does not depend on their order; a figure of 0 counts like one that is absent.
package struct FigureSum: Equatable, Sendable, BitwiseCopyable {
    package private(set) var value: UInt64 = 0

    package init() {}

    /// - Parameter key: which figure it is.
    @inline(__always)
    mutating func add(_ key: UInt64, _ amount: Int64) {
        if amount == 0 { return }
        value &+= SplitMix64.mix(UInt64(bitPattern: amount) &+ key &* SplitMix64.increment)
    }

    /// Joins the sums of several claims, so that claims in another order give another sum.
    mutating func add(_ other: FigureSum, of item: Int) {
        value &+= SplitMix64.mix(other.value &+ UInt64(item) &* 0xD1B5_4A32_D192_ED03)
    }

    /// A checksum of bytes in their order.
    package static func of(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var sum = UInt64(bytes.count) &* SplitMix64.increment
        var offset = 0
        while offset + 8 <= bytes.count {
            sum = (sum ^ bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) &* 0xBF58_476D_1CE4_E5B9
            sum ^= sum >> 29
            offset += 8
        }
        while offset < bytes.count {
            sum = (sum ^ UInt64(bytes[offset])) &* 0x94D0_49BB_1331_11EB
            offset += 1
        }
        return SplitMix64.mix(sum)
    }

    package static func of(_ text: String) -> UInt64 {
        var text = text
        return text.withUTF8 { of(UnsafeRawBufferPointer($0)) }
    }
}

extension FigureSum {
    /// Keys of figures beside the fields 1 to 19 of an `Outcome`; an accumulator's is the checksum of its name.
    enum Key {
        static let noRule: UInt64 = 16
        static let identity: UInt64 = 17
        static let paidOutside: UInt64 = 19
        /// And the two keys of each account after it.
        static let account: UInt64 = 0x100
        static let year: UInt64 = 0x200
    }

    /// The figures of an outcome as field numbers of outcome.proto name them.
    @inline(__always)
    mutating func add(_ outcome: RowOutcome, total: Fen) {
        add(1, total)
        for index in 0..<CalculatorLimit.fundCategories { add(UInt64(2 + index), outcome.funds[index]) }
        add(8, outcome.fundTotal)
        add(9, total - outcome.fundTotal)
        add(10, outcome.accountPaid)
        add(11, outcome.familyAccountPaid)
        add(12, outcome.cash)
        add(13, outcome.deductiblePaid)
        add(Key.noRule, outcome.hasNoRule ? 1 : 0)
        add(Key.identity, Int64(outcome.identity.rawValue))
        add(Key.paidOutside, outcome.paidOutside)
    }

    @inline(__always)
    mutating func addAccount(_ index: Int, paid: Fen, balance: Fen) {
        add(Key.account + 2 * UInt64(index), paid)
        add(Key.account + 2 * UInt64(index) + 1, balance)
    }
}
