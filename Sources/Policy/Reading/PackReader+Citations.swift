import Settlement
import Yams

/// Citations: which rule, where it stands in the source, in which words, and what we decided where it is silent.
extension PackReader {
    var citationKeys: [String] { ["rule", "source", "interpretation", "note"] }

    /// The citation beside a number or a rule.
    ///
    /// A number needs a source; what is no number may rest on an interpretation alone.
    func citation(_ fields: Fields, isNumber: Bool) -> Citation? {
        let rule = fields.text("rule").flatMap { checkedRule($0, line: fields.node("rule")!.line) }
        let (interpretations, decided) = interpretation(fields.node("interpretation"))
        let note = fields.node("note").flatMap { labelOnly($0, "a note") }
        if decided != nil, note != nil {
            problems.add(fields.node("note")!.line, "an interpretation says what was decided: leave out the note")
        }
        guard let node = fields.node("source") else {
            if isNumber || (interpretations.isEmpty && !fields.has("interpretation")) {
                problems.add(fields.line, "\(fields.what) has no source: name document, article and words")
                return nil
            }
            guard let rule else { return nil }
            return Citation(
                rule: rule, document: "", article: "", words: "", interpretations: interpretations,
                note: decided ?? note)
        }
        guard let source = Fields(node, "a source", allowed: ["document", "article", "words"], problems: problems)
        else { return nil }
        let documentName = source.text("document")
        if let documentName, document.documents[documentName] == nil {
            let known = document.documents.keys.sorted().joined(separator: ", ")
            problems.add(
                source.node("document")!.line, "there is no document '\(documentName)'; the documents are \(known)")
        }
        guard let rule, let documentName, let article = source.text("article"), let words = source.text("words")
        else { return nil }
        return Citation(
            rule: rule, document: documentName, article: article, words: words, interpretations: interpretations,
            note: decided ?? note)
    }

    /// `also:` a list of further citations.
    func furtherCitations(_ fields: Fields) -> [Citation] {
        list(fields, "also").compactMap { node in
            guard let entry = Fields(node, "a citation", allowed: citationKeys, problems: problems) else { return nil }
            return citation(entry, isNumber: false)
        }
    }

    private func checkedRule(_ rule: String, line: Int) -> String? {
        guard Quantity.isRuleId(rule) else {
            problems.add(line, "'\(rule)' is not a rule id; write it as CQ-16: letters, a hyphen, a number")
            return nil
        }
        document.rules.insert(rule)
        return rule
    }

    /// `interpretation: { id: I-06, zh: …, en: … }`; `id` may be a list.
    private func interpretation(_ node: Node?) -> ([String], Label?) {
        guard let node, let fields = Fields(node, "an interpretation", allowed: ["id", "zh", "en"], problems: problems)
        else { return ([], nil) }
        var ids: [String] = []
        for (id, line) in fields.texts("id") ?? [] {
            if Quantity.isRuleId(id), id.hasPrefix("I-") {
                ids.append(id)
            } else {
                problems.add(line, "'\(id)' is not the id of an interpretation; write it as I-06")
            }
        }
        return (ids, fields.label())
    }

    private func labelOnly(_ node: Node, _ what: String) -> Label? {
        Fields(node, what, allowed: ["zh", "en"], problems: problems)?.label()
    }
}
