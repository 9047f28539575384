import Text

/// Tells failures in Chinese: what the code means and what to do, the field, the words of the rule's source; then comes
/// what is told in English, with the field's value and the detail.
package struct ChineseRefusals: Sendable {
    /// Bytes of the source's words that are quoted.
    private static let wordsBytesMax = 240

    /// "《…》第五条「…」" by rule id.
    private let sources: [String: String]

    /// - Parameter packs: where rules are cited; of equal ones the first.
    package init(_ packs: [PolicyPack]) {
        var sources: [String: String] = [:]
        for pack in packs {
            for citation in pack.citations where sources[citation.rule] == nil {
                sources[citation.rule] = Self.source(citation, pack)
            }
        }
        self.sources = sources
    }

    /// The text of a failed call, of which `english` is what is told in English, and stays at its end as it is; a code
    /// that is not in the registry is told in English alone.
    ///
    /// "总额不等于各部分之和(G-5); 请核对账单, 更正金额。字段: 医疗费总额。AMOUNTS_DO_NOT_ADD_UP claim.cost.total=100 [G-5]: …"
    package func text(_ code: Int32, _ english: String) -> String {
        guard let entry = ErrorRegistry[code] else { return english }
        let line = RefusalLine(in: english, of: entry.name)
        return begin(entry, field: line?.field ?? "", rule: line?.rule ?? "", english) + english
    }

    /// The text of a refused item of a batch, beside which its field, value and rule stand.
    ///
    /// - Parameter isBrief: without the English text, and the source's words: of very many items.
    package func message(
        _ code: Int32, field: String, rule: String, _ english: String, isBrief: Bool = false
    ) -> String {
        guard let entry = ErrorRegistry[code] else { return english }
        return isBrief
            ? begin(entry, field: field, rule: "", english) : begin(entry, field: field, rule: rule, english) + english
    }

    /// What stands before the English text.
    private func begin(_ entry: ErrorEntry, field: String, rule: String, _ english: String) -> String {
        var text = entry.sentence.chinese + "。"
        if let title = FieldTitles.chinese(field) { text += "字段: \(title)。" }
        // Where a plan refuses, the English text quotes the source itself.
        if !english.contains("「"), let source = sources[rule] { text += "依据: \(source)。" }
        return text
    }

    private static func source(_ citation: Citation, _ pack: PolicyPack) -> String? {
        guard let document = pack.documents[citation.document] else { return nil }
        var words = citation.words
        while words.utf8.count > wordsBytesMax { words.removeLast() }
        let isCut = words.utf8.count < citation.words.utf8.count
        return "\(document.zh)\(citation.article)「\(words)\(isCut ? "…" : "")」"
    }
}

extension PolicyPack {
    /// What the pack cites, in the order of its layers, refusals and parameters' names.
    fileprivate var citations: [Citation] {
        layers.flatMap { [$0.ratio, $0.deductible, $0.cap, $0.payers].compactMap { $0 } + $0.also } + refusals
            + (accountUse.map { [$0] } ?? []) + products.map(\.premiumCitation)
            + (secondRound.map { [$0.citation] } ?? []) + parameters.sorted { $0.key < $1.key }.map(\.value.citation)
    }
}
