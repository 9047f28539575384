import HTMLReport

extension Tone {
    /// - Parameter category: of a fund; another is shown as basic insurance is.
    init(category: String) {
        self =
            switch category {
            case "large_amount": .largeAmount
            case "critical_illness": .criticalIllness
            case "assistance": .assistance
            case "reassistance": .reassistance
            case "supplementary": .supplementary
            default: .pool
            }
    }
}
