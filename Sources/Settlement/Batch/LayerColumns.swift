/// The layers of a batch's outcomes under construction, one entry per layer of a settled claim; in memory of whoever
/// made it, for `CalculatorLimit.layersMax` layers a claim.
package struct LayerColumns {
    package private(set) var count = 0
    package let claim: UnsafeMutableBufferPointer<UInt32>
    package let layer: UnsafeMutableBufferPointer<UInt32>
    package let base: UnsafeMutableBufferPointer<Fen>
    package let deductible: UnsafeMutableBufferPointer<Fen>
    package let paid: UnsafeMutableBufferPointer<Fen>
    package let overflow: UnsafeMutableBufferPointer<Fen>

    package init(
        claim: UnsafeMutableBufferPointer<UInt32>, layer: UnsafeMutableBufferPointer<UInt32>,
        base: UnsafeMutableBufferPointer<Fen>, deductible: UnsafeMutableBufferPointer<Fen>,
        paid: UnsafeMutableBufferPointer<Fen>, overflow: UnsafeMutableBufferPointer<Fen>
    ) {
        self.claim = claim
        self.layer = layer
        self.base = base
        self.deductible = deductible
        self.paid = paid
        self.overflow = overflow
    }

    mutating func write(_ outcome: borrowing Outcome, claim row: Int) {
        for position in 0..<outcome.layerCount {
            let result = outcome.layers[position]
            claim[count] = UInt32(row)
            layer[count] = result.layer
            base[count] = result.base
            deductible[count] = result.deductible
            paid[count] = result.paidFirst
            overflow[count] = result.paidSecond
            count += 1
        }
    }
}
