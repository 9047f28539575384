import Text

/// The registry of parameters as text: the table of `docs/policy/parameters.md` and of
/// `jiesuan policy parameters`.
package enum ParameterPage {
    package static let columns = ["name", "value", "中文", "meaning", "rule", "read by"]

    /// A row for each parameter, in the order of the registry.
    package static var rows: [[String]] {
        ParameterRegistry.all.map { definition in
            [
                definition.name, value(definition.kind), definition.label.zh, definition.label.en, definition.rule,
                definition.reader,
            ]
        }
    }

    /// The table in Markdown, which ends with a line break.
    package static var markdown: String {
        func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |\n" }
        var text = line(columns) + line(columns.map { _ in "---" })
        for row in rows {
            // In Markdown, <paper> would be a tag.
            text += line(["`\(row[0])`"] + row.dropFirst())
        }
        return text
    }

    private static func value(_ kind: ParameterKind) -> String {
        switch kind {
        case .money: "amount in yuan (105 元)"
        case .ratio(let most): "ratio, at most \(MoneyText.percent(most))"
        case .number(let unit, let range): "\(unit), \(range.lowerBound) … \(range.upperBound)"
        case .date: "date (2023-01-01)"
        case .names(let vocabulary): "list of " + words(vocabulary)
        }
    }

    private static func words(_ vocabulary: ParameterVocabulary) -> String {
        switch vocabulary {
        case .kinds: "kinds of claim"
        case .identities: "identities of the pack"
        case .insurances: "insurances"
        case .memberships: "memberships of the pack"
        case .diseases: "diseases of the pack"
        case .words(let words): words.joined(separator: ", ")
        case .ownWords(let words): "the pack's own words, such as " + words.joined(separator: ", ")
        }
    }
}
