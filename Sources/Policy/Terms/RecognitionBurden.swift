import Settlement
import Text

/// A settlement as a recognition of poverty through illness looks at it (YT-7).
package struct SettledBurden: Equatable, Sendable, BitwiseCopyable {
    package var serviceDate: CalendarDate
    /// Base of assistance, in fen: what basic, large amount and critical illness left of `in_policy`.
    package var burden: Fen
    /// It received assistance or re-assistance under another identity (YT-5, YT-6), so it does not count.
    package var isAssisted: Bool

    package init(serviceDate: CalendarDate, burden: Fen, isAssisted: Bool = false) {
        self.serviceDate = serviceDate
        self.burden = burden
        self.isAssisted = isAssisted
    }
}

extension PolicyPack {
    /// What a settlement under this pack is to a recognition (YT-7); nil: its kind is not covered, or the pack has no
    /// recognition. `outcome` may carry a recognition's payment already.
    package func burden(of claim: Claim, _ outcome: Outcome) -> SettledBurden? {
        guard recognitionLayer != nil, let kinds = names("recognition.kinds"),
            kinds.contains("\(claim.kind)".snakeCased)
        else { return nil }
        return settledBurden(of: claim, outcome)
    }

    /// What a settlement of any kind leaves in policy after basic insurance, large amount and critical illness (YT-9).
    package func settledBurden(of claim: Claim, _ outcome: Outcome) -> SettledBurden {
        var burden = SettledBurden(serviceDate: claim.serviceDate, burden: claim.cost.inPolicy)
        for position in 0..<outcome.layerCount {
            let result = outcome.layers[position]
            if isRecognition(result) { continue }
            let layer = calculator.layers[Int(result.layer)]
            for (payer, paid) in [(layer.first, result.paidFirst), (layer.second, result.paidSecond)] {
                switch payer.category {
                case .pool, .largeAmount, .criticalIllness:
                    if layer.base == .inPolicyLeft { burden.burden -= paid }
                case .assistance, .reassistance: if paid > 0 { burden.isAssisted = true }
                case .supplementary: break
                }
            }
        }
        return burden
    }
}

extension Outcome {
    /// Adds a recognition's payment behind the layers of the plan: what it pays, the person does not (G-7).
    ///
    /// The pack leaves room for it (`PackCompiler`); `result.paid` is at most what is left in policy.
    package mutating func add(_ result: LayerResult, of pack: PolicyPack) {
        precondition(pack.isRecognition(result) && layerCount < CalculatorLimit.layersMax)
        precondition(result.paid >= 0 && result.paid <= cash)
        layers[layerCount] = result
        layerCount += 1
        funds[Int(pack.calculator.layers[Int(result.layer)].first.category.rawValue)] += result.paid
        cash -= result.paid
    }

    /// The recognition's payment in this outcome, in fen; 0: there is none.
    package func recognitionPaid(_ pack: PolicyPack) -> Fen {
        guard layerCount > 0, pack.isRecognition(layers[layerCount - 1]) else { return 0 }
        return layers[layerCount - 1].paid
    }
}
