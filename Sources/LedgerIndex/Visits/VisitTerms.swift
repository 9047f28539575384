import Policy
import Settlement

/// For the layers of a kept pack: the paying funds, and whether their payment lowers the burden (YT-9).
final class VisitTerms {
    private struct Layer: BitwiseCopyable {
        var first: UInt8
        var second: UInt8
        /// Masks: all bits set where the first or second fund's payment lowers the burden, else 0.
        var firstMask: Fen
        var secondMask: Fen
    }

    private let layers: UnsafeMutableBufferPointer<Layer>

    init(_ pack: PolicyPack) {
        layers = .allocate(capacity: pack.calculator.layers.count)
        for (number, layer) in pack.calculator.layers.enumerated() {
            let payers = pack.tables.payers(of: UInt32(number))
            let counts = layer.base == .inPolicyLeft && pack.recognitionLayer.map { Int($0) != number } ?? true
            func mask(_ category: FundCategory) -> Fen {
                switch category {
                case .pool, .largeAmount, .criticalIllness: counts ? -1 : 0
                default: 0
                }
            }
            layers.initializeElement(
                at: number,
                to: Layer(
                    first: UInt8(payers.first), second: UInt8(payers.second),
                    firstMask: mask(layer.first.category), secondMask: mask(layer.second.category)))
        }
    }

    deinit { layers.deallocate() }

    /// The burden of a settlement, its amount left in policy, in fen; writes its parts to `parts`, which has room for
    /// `partsMax`.
    @inline(__always)
    func take(
        _ outcome: UnsafePointer<Outcome>, inPolicy: Fen, parts: UnsafeMutablePointer<VisitPart>
    ) -> (burden: Fen, parts: Int) {
        var burden = inPolicy
        var count = 0
        for position in 0..<outcome.pointee.layerCount {
            let number = Int(outcome.pointee.layers[position].layer)
            let layer = layers[number]
            let first = outcome.pointee.layers[position].paidFirst
            let second = outcome.pointee.layers[position].paidSecond
            burden -= first & layer.firstMask + second & layer.secondMask
            if first != 0 {
                parts[count] = VisitPart(fund: layer.first, paid: first)
                count += 1
            }
            if second != 0 {
                parts[count] = VisitPart(fund: layer.second, paid: second)
                count += 1
            }
        }
        return (burden, count)
    }

    /// Parts of one settlement at most.
    static let partsMax = 2 * CalculatorLimit.layersMax
}
