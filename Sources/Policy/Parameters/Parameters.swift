import Settlement

/// A number, a date or a list of names that a rule beside the calculator needs (政策参数): premiums, credit rates,
/// weeks, lists of documents.
package enum ParameterValue: Equatable, Hashable, Sendable {
    /// "105 元", 0 … 10^12 fen.
    case money(Fen)
    /// "2 %", 0 … `PackLimit.parameterRatioMax` basis points: it may be more than the whole.
    case ratio(BasisPoints)
    /// "12", 0 … `PackLimit.parameterNumberMax`.
    case number(Int)
    /// "2023-01-01".
    case date(CalendarDate)
    /// "[spouse, parent, child]": at least one, in the pack's order, none twice.
    case names([String])
}

/// A value of a pack's section `parameters`, with its source.
package struct Parameter: Equatable, Hashable, Sendable {
    package var value: ParameterValue
    package var citation: Citation

    package init(value: ParameterValue, citation: Citation) {
        self.value = value
        self.citation = citation
    }
}

/// Parameters by the names of `ParameterRegistry`; nil where the pack does not have it.
extension PolicyPack {
    /// - Parameters:
    ///   - name: as the registry has it: "filing.papers.<paper>".
    /// - words: the words for its variable parts, in their order.
    package func parameter(_ name: String, _ words: String...) -> Parameter? { find(name, words) }

    package func money(_ name: String, _ words: String...) -> Fen? {
        if case .money(let amount) = find(name, words)?.value { amount } else { nil }
    }

    package func ratio(_ name: String, _ words: String...) -> BasisPoints? {
        if case .ratio(let ratio) = find(name, words)?.value { ratio } else { nil }
    }

    package func number(_ name: String, _ words: String...) -> Int? {
        if case .number(let number) = find(name, words)?.value { number } else { nil }
    }

    package func date(_ name: String, _ words: String...) -> CalendarDate? {
        if case .date(let date) = find(name, words)?.value { date } else { nil }
    }

    package func names(_ name: String, _ words: String...) -> [String]? {
        if case .names(let names) = find(name, words)?.value { names } else { nil }
    }

    private func find(_ name: String, _ words: [String]) -> Parameter? {
        // No pack has a name that the registry lacks; a test of the project looks for such a name in the code.
        parameters[words.isEmpty ? name : ParameterRegistry[name]?.name(with: words) ?? name]
    }
}
