import Settlement

/// A parameter that packs may have (政策参数): its name, its kind, its words, the rule that it belongs to.
package struct ParameterDefinition: Equatable, Sendable {
    /// "prescription.long_term.weeks". A part in angle brackets stands for one word of a list: see `ParameterVariable`.
    package var name: String
    package var kind: ParameterKind
    /// Rule id: "CQ-43".
    package var rule: String
    package var label: Label
    /// The part of the product that reads it: "admission".
    package var reader: String

    init(_ name: String, _ kind: ParameterKind, _ rule: String, _ zh: String, _ en: String) {
        self.name = name
        self.kind = kind
        self.rule = rule
        label = Label(zh: zh, en: en)
        reader = ""
    }

    /// The parts of the name between the points.
    var parts: [Substring] { name.split(separator: ".") }

    /// The name with each variable part replaced by a word.
    func name(with words: [String]) -> String {
        var left = words[...]
        return parts.map { $0.hasPrefix("<") ? left.popFirst() ?? "" : String($0) }.joined(separator: ".")
    }
}

/// What a parameter's value is.
package enum ParameterKind: Equatable, Sendable {
    /// "105 元", in fen.
    case money
    /// "60 %", in basis points, at most `max`.
    case ratio(max: BasisPoints)
    /// "12", a whole number of `unit` in `range`.
    case number(unit: String, range: ClosedRange<Int>)
    /// "2023-01-01".
    case date
    /// "[spouse, child]", words of a vocabulary.
    case names(ParameterVocabulary)

    /// A share of a whole.
    static var share: ParameterKind { .ratio(max: AmountLimit.wholeBasisPoints) }
}

/// The words that a list of names may have.
package enum ParameterVocabulary: Equatable, Sendable {
    /// Kinds of claim (rule G-5).
    case kinds
    /// Identities that the pack ranks (rule G-10).
    case identities
    case insurances
    /// Memberships that the pack's insurances have.
    case memberships
    /// Codes of the pack's diseases; any code where the pack has no table of diseases.
    case diseases
    /// These and no others: the code knows each of them.
    case words([String])
    /// The pack's own words, which callers send: any, but none that is nearly one of these.
    case ownWords([String])

    /// Whom an account may pay for (CQ-31).
    static var beneficiaries: ParameterVocabulary {
        .words(["own", "own_retired", "spouse", "parent", "child", "anyone"])
    }

    /// Documents that a claim may come with (CQ-42, YT-11).
    static var documents: ParameterVocabulary {
        .ownWords(["identity", "receipt", "cost_list", "medical_record", "bank_account", "informed_consent"])
    }
}

/// A part of a parameter's name that stands for one word of a list.
enum ParameterVariable: String, CaseIterable {
    case insurance = "<insurance>"
    case membership = "<membership>"
    /// Four digits.
    case year = "<year>"
    case department = "<department>"
    case premium = "<premium>"
    /// A word of the pack's `filing.papers`.
    case paper = "<paper>"

    /// The words that it may stand for; nil: a rule of its own.
    func words(in document: PackDocument) -> [String]? {
        switch self {
        case .insurance: Vocabulary.values(of: .insurance).map(\.name)
        case .membership: Vocabulary.values(of: .membership).map(\.name)
        case .year: nil
        case .department: ["civil_affairs", "rural_revitalisation", "poverty_alleviation"]
        case .premium: ["resident", "long_term_care", "government", "large_amount", "yukuaibao"]
        case .paper:
            if case .names(let papers)? = document.parameters["filing.papers"]?.value { papers } else { [] }
        }
    }

    /// Whether a name may have `word` in its place, before the pack is known.
    func admits(_ word: Substring) -> Bool {
        self == .year ? word.utf8.count == 4 && Int(word).map((1900...2999).contains) == true : true
    }
}
