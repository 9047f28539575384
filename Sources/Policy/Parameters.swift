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

/// Parameters by name; the typed ones are nil where the pack does not have it, or has it as another kind.
extension PolicyPack {
    package func parameter(_ name: String) -> Parameter? { parameters[name] }

    package func money(_ name: String) -> Fen? {
        if case .money(let amount) = parameters[name]?.value { amount } else { nil }
    }

    package func ratio(_ name: String) -> BasisPoints? {
        if case .ratio(let ratio) = parameters[name]?.value { ratio } else { nil }
    }

    package func number(_ name: String) -> Int? {
        if case .number(let number) = parameters[name]?.value { number } else { nil }
    }

    package func date(_ name: String) -> CalendarDate? {
        if case .date(let date) = parameters[name]?.value { date } else { nil }
    }

    package func names(_ name: String) -> [String]? {
        if case .names(let names) = parameters[name]?.value { names } else { nil }
    }
}
