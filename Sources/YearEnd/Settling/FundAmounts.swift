import Settlement

/// An amount for each fund of a region, in fen.
package struct FundAmounts: Sendable, BitwiseCopyable, Equatable {
    /// Funds of one region; the longest list of the sources has seven.
    package static var countMax: Int { 16 }

    private var values = [16 of Fen](repeating: 0)

    package init() {}

    package subscript(fund: Int) -> Fen {
        @inline(__always) get { values[fund] }
        @inline(__always) set { values[fund] = newValue }
    }

    package var total: Fen {
        var total: Fen = 0
        for fund in 0..<Self.countMax { total += values[fund] }
        return total
    }

    package static func += (left: inout FundAmounts, right: FundAmounts) {
        for fund in 0..<countMax { left.values[fund] += right.values[fund] }
    }

    package static func - (left: FundAmounts, right: FundAmounts) -> FundAmounts {
        var difference = left
        for fund in 0..<countMax { difference.values[fund] -= right.values[fund] }
        return difference
    }

    package static func == (left: FundAmounts, right: FundAmounts) -> Bool {
        for fund in 0..<countMax where left.values[fund] != right.values[fund] { return false }
        return true
    }
}
