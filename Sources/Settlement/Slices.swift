/// A slice of a layer's payable amount and the ratio it was paid at (分段), for showing.
package struct Slice: Equatable, Sendable, BitwiseCopyable {
    /// In fen. Where brackets are filled by payment (CQ-12) the bound between two slices is a fraction of a fen: it is
    /// rounded half up here, and only here; the payment itself is exact.
    package var amount: Fen = 0
    package var ratio: BasisPoints = 0
}

/// The slices of one layer: at most one per bracket.
package struct Slices: Sendable {
    package var count: Int = 0
    package var slices: [8 of Slice] = [8 of Slice](repeating: Slice())

    package init() {}

    @_noAllocation @_noLocks
    mutating func append(_ amount: Fen, at ratio: BasisPoints) {
        // A pack that checks has no more brackets than this.
        guard amount > 0, count < CalculatorLimit.bracketsMax else { return }
        slices[count] = Slice(amount: amount, ratio: ratio)
        count += 1
    }
}

extension Tables {
    /// How the payable amount of `result` fell into its layer's brackets.
    ///
    /// External and silent layers have none.
    @_noAllocation @_noLocks
    package func slices(of result: LayerResult) -> Slices {
        let layer = layers.pointer(to: Int(result.layer))
        var slices = Slices()
        let last = Int(layer.pointee.firstBracket) + Int(layer.pointee.bracketCount) - 1
        switch layer.pointee.method {
        case .flat: slices.append(result.payable, at: layer.pointee.ratio)
        case .expenseBrackets:
            let from = result.measureBefore + result.deductible
            let to = result.measureBefore + result.base
            for index in Int(layer.pointee.firstBracket)...last {
                let upper = index == last ? Int64.max : brackets[index + 1].lowerBound
                slices.append(min(to, upper) - max(from, brackets[index].lowerBound), at: brackets[index].ratio)
            }
        case .paymentBrackets:
            var rest = result.payable
            var reached = result.measureBefore
            for index in Int(layer.pointee.firstBracket)...last where rest > 0 {
                let ratio = brackets[index].ratio
                if index == last {
                    slices.append(rest, at: ratio)
                } else if ratio > 0, brackets[index + 1].lowerBound > reached {
                    let room = brackets[index + 1].lowerBound - reached
                    let fills = (room * 10_000 + Int64(ratio) / 2) / Int64(ratio)
                    slices.append(min(rest, fills), at: ratio)
                    rest -= min(rest, fills)
                    reached += room
                }
            }
        case .externalBasic, .externalLargeAmount, .silent: break
        }
        return slices
    }
}
