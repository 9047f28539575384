import Settlement

/// What one bracket of a layer paid in one settlement; amounts in fen, for display only.
///
/// The parts add up: `amount` over the slices is the layer's payable amount, `paid` what it computed.
package struct LayerSlice: Equatable, Sendable {
    package var amount: Fen
    package var ratio: BasisPoints
    package var paid: Fen
    /// Bounds of the bracket; both nil for a layer with one ratio, `upper` nil: open.
    package var lower: Fen?
    package var upper: Fen?

    package init(amount: Fen, ratio: BasisPoints, paid: Fen, lower: Fen? = nil, upper: Fen? = nil) {
        self.amount = amount
        self.ratio = ratio
        self.paid = paid
        self.lower = lower
        self.upper = upper
    }
}

extension PolicyPack {
    /// How the payable amount of `result` divides into brackets, in the order in which they were paid (rule G-8).
    ///
    /// The layer's payment is rounded once (rule G-3); what each bracket paid is rounded cumulatively, so that the
    /// parts still add up to it. `tables` are the pack's own, made once for many results.
    package func slices(of result: LayerResult, _ tables: Tables) -> [LayerSlice] {
        let layer = calculator.layers[Int(result.layer)]
        let parts = tables.slices(of: result)
        var slices: [LayerSlice] = []
        var exact: Int64 = 0
        var paid: Fen = 0
        var bracket = firstBracket(of: layer, result)
        for index in 0..<parts.count {
            let part = parts.slices[index]
            exact += part.amount * Int64(part.ratio)
            let upToHere = index + 1 == parts.count ? result.computed : roundedHalfUp(tenThousandths: exact)
            var slice = LayerSlice(amount: part.amount, ratio: part.ratio, paid: upToHere - paid)
            paid = upToHere
            if layer.method != .flat {
                slice.lower = calculator.brackets[Int(layer.firstBracket) + bracket].lowerBound
                if bracket + 1 < Int(layer.bracketCount) {
                    slice.upper = calculator.brackets[Int(layer.firstBracket) + bracket + 1].lowerBound
                }
                bracket += 1
            }
            slices.append(slice)
        }
        return slices
    }

    /// The bracket, from 0, in which the payable amount begins; it goes on through those after it without a gap.
    private func firstBracket(of layer: Layer, _ result: LayerResult) -> Int {
        let start = layer.method == .expenseBrackets ? result.measureBefore + result.deductible : result.measureBefore
        let brackets = calculator.brackets[Int(layer.firstBracket)..<Int(layer.firstBracket + layer.bracketCount)]
        return max(0, brackets.count { $0.lowerBound <= start } - 1)
    }
}
