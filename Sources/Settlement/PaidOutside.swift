/// What was paid outside (系统外已支付, rule G-9): the funds' totals contain it, nobody is owed it.
extension Claim {
    /// What the claim says was paid outside, in fen. Once the claim is settled, this is exactly the part of
    /// `Outcome.fundTotal` that was paid outside: a plan takes all of it, or the claim is refused.
    package var paidOutside: Fen {
        @_noAllocation @_noLocks @inline(__always) get { externalBasic &+ externalLargeAmount }
    }
}

/// Which funds pay for a layer, by the pack's order of funds, and whether they pay outside (rule G-9).
package struct LayerPayers: Equatable, Sendable, BitwiseCopyable {
    /// Index among the pack's funds of what `LayerResult.paidFirst` is.
    package var first: Int
    /// Of what `LayerResult.paidSecond` is; the same as `first` where one fund pays.
    package var second: Int
    /// The claim says what was paid: the money went its way outside, and nobody is owed it.
    package var isOutside: Bool
}

/// Amounts by fund, in the order of the pack's funds, in fen.
package struct FundSums: Equatable, Sendable, BitwiseCopyable {
    /// What each fund paid, outside or not.
    package var paid = [16 of Fen](repeating: 0)
    /// What of `paid` was paid outside; what is owed is the difference (rules G-9, YE-3).
    package var outside = [16 of Fen](repeating: 0)

    package init() {}

    /// What is owed of a fund's payments.
    package func owed(_ fund: Int) -> Fen { paid[fund] - outside[fund] }

    package static func == (left: FundSums, right: FundSums) -> Bool {
        (0..<CalculatorLimit.fundsMax).allSatisfy {
            left.paid[$0] == right.paid[$0] && left.outside[$0] == right.outside[$0]
        }
    }
}

extension Tables {
    /// Who pays for the layer of a result.
    @_noAllocation @_noLocks
    package func payers(of layer: UInt32) -> LayerPayers {
        let pointer = layers.pointer(to: Int(layer))
        let method = pointer.pointee.method
        return LayerPayers(
            first: Int(pointer.pointee.first.fund), second: Int(pointer.pointee.second.fund),
            isOutside: method == .externalBasic || method == .externalLargeAmount)
    }

    /// Adds what each fund paid in `outcome`; with `sign` −1 takes it off, as a reversal does (rules G-9, G-12).
    @_noAllocation @_noLocks
    package func add(_ outcome: UnsafePointer<Outcome>, to sums: inout FundSums, sign: Fen = 1) {
        for position in 0..<outcome.pointee.layerCount {
            let result = outcome.pointee.layers[position]
            let payers = payers(of: result.layer)
            sums.paid[payers.first] += sign * result.paidFirst
            sums.paid[payers.second] += sign * result.paidSecond
            if payers.isOutside {
                sums.outside[payers.first] += sign * result.paidFirst
                sums.outside[payers.second] += sign * result.paidSecond
            }
        }
    }

    /// What of `outcome` was paid outside, in fen.
    @_noAllocation @_noLocks
    package func paidOutside(_ outcome: UnsafePointer<Outcome>) -> Fen {
        var paid: Fen = 0
        for position in 0..<outcome.pointee.layerCount {
            let result = outcome.pointee.layers[position]
            if payers(of: result.layer).isOutside { paid += result.paidFirst + result.paidSecond }
        }
        return paid
    }
}
