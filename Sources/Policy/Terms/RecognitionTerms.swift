import Settlement

/// What a recognition of poverty through illness (因病致贫, YT-7) gives: the numbers of the pack's `recognition.*`.
package struct RecognitionTerms: Equatable, Sendable, BitwiseCopyable {
    /// The burden of the window that stays with the person, in fen.
    package var threshold: Fen
    /// Of what is above it.
    package var ratio: BasisPoints
    /// The most that one recognition pays, in fen.
    package var limit: Fen
    /// Whole months that the window reaches back before the month of application (I-11).
    package var monthsBefore: Int32

    package init(threshold: Fen, ratio: BasisPoints, limit: Fen, monthsBefore: Int32) {
        self.threshold = threshold
        self.ratio = ratio
        self.limit = limit
        self.monthsBefore = monthsBefore
    }

    /// What a burden of `burden` fen entitles to before the limit: rounded once, half up (YT-7, G-3).
    @inline(__always)
    package func entitlement(_ burden: Fen) -> Fen {
        roundedHalfUp(tenThousandths: max(0, burden - threshold) * Int64(ratio))
    }
}

extension PolicyPack {
    /// Nil: the pack has no such recognition.
    package var recognition: RecognitionTerms? {
        recognitionLayer == nil ? nil : RecognitionTerms(parameters)
    }

    /// The fund that pays it; nil: the pack has no such recognition.
    package var recognitionFund: Fund? { recognitionLayer.map { layers[Int($0)].first } }

    /// True for a recognition's payment in an outcome.
    package func isRecognition(_ result: LayerResult) -> Bool { recognitionLayer == result.layer }
}

extension RecognitionTerms {
    /// The parameters that it rests on.
    static let names = [
        "recognition.threshold", "recognition.ratio", "recognition.limit", "recognition.months_before",
    ]

    /// Nil where one is missing or of another kind.
    init?(_ parameters: [String: Parameter]) {
        guard case .money(let threshold)? = parameters["recognition.threshold"]?.value,
            case .ratio(let ratio)? = parameters["recognition.ratio"]?.value,
            ratio <= AmountLimit.wholeBasisPoints,
            case .money(let limit)? = parameters["recognition.limit"]?.value,
            case .number(let months)? = parameters["recognition.months_before"]?.value,
            months <= RecognitionTerms.monthsBeforeMax
        else { return nil }
        self.init(threshold: threshold, ratio: ratio, limit: limit, monthsBefore: Int32(months))
    }

    /// The source has 12.
    package static var monthsBeforeMax: Int { 120 }
}
