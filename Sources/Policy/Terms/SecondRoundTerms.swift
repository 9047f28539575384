import Settlement

/// What is left in a fund at the end of the year is divided over what a layer left unpaid (二次报销, SY-4).
package struct SecondRoundTerms: Equatable, Sendable {
    package var label: Label
    /// The pack's id of the layer: "supplementary".
    package var layer: String
    /// Index of the fund that pays among the pack's funds.
    package var fund: Int
    package var citation: Citation
}

extension PolicyPack {
    /// True for the layer whose unpaid base the second round divides over: base − deductible − paid (SY-4). `layer` is
    /// an index into the calculator's layers.
    package func isInSecondRound(_ layer: UInt32) -> Bool { layers[Int(layer)].isInSecondRound }
}
