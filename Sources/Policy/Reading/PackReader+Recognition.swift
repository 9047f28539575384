import Settlement
import Yams

/// A recognition's payment (因病致贫, YT-7): a layer beside the plans, with the numbers of `recognition.*`.
struct RecognitionSpec {
    var label: Label
    var line: Int
    /// Index into the pack's funds.
    var fund: Int
    var terms: RecognitionTerms
}

extension PackReader {
    /// `recognition: { zh: …, en: …, paid_by: … }`, after the parameters have been read.
    func readRecognition(_ fields: Fields) {
        guard let node = fields.node("recognition"),
            let entry = Fields(node, "recognition", allowed: ["zh", "en", "paid_by"], problems: problems)
        else { return }
        let label = entry.label()
        guard let name = entry.text("paid_by"), let label else { return }
        guard let fund = fundIndexes[name] else {
            problems.add(entry.node("paid_by")!.line, "there is no fund '\(name)' under 'funds'")
            return
        }
        usedFunds.insert(fund)
        guard let terms = RecognitionTerms(document.parameters) else {
            problems.add(
                entry.line,
                "a recognition needs the parameters \(RecognitionTerms.names.joined(separator: ", ")): an amount, "
                    + "a ratio of at most 100 %, an amount, at most \(RecognitionTerms.monthsBeforeMax) months")
            return
        }
        // They come after assistance (G-6), but a recognition's payment is added to what the plan came to.
        if document.accountUse != nil || document.layers.contains(where: { $0.stage == .supplementary }) {
            problems.add(entry.line, "a pack with a recognition has neither 'accounts' nor a supplementary layer")
        }
        document.recognition = RecognitionSpec(label: label, line: entry.line, fund: fund, terms: terms)
    }
}

extension PlanBuilder {
    /// Puts a recognition's layer behind all others; its index.
    mutating func addRecognition(_ spec: RecognitionSpec, _ document: PackDocument) -> UInt32 {
        let fund = document.funds[spec.fund].fund
        let layer = Layer(
            base: .inPolicyLeft, method: .flat, ratio: spec.terms.ratio, deductible: spec.terms.threshold,
            cap: spec.terms.limit,
            first: Payer(category: fund.category, fund: UInt8(spec.fund)))
        func citation(_ name: String) -> Citation? { document.parameters["recognition.\(name)"]?.citation }
        let description = LayerDescription(
            id: "recognition", label: spec.label, first: fund, second: nil,
            ratio: citation("ratio") ?? Citation(rule: "", document: "", article: "", words: ""),
            deductible: citation("threshold"), cap: citation("limit"), payers: nil,
            also: citation("months_before").map { [$0] } ?? [])
        return add(layer, description)
    }
}
