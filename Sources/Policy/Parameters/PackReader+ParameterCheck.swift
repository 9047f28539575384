import Settlement
import Text
import Yams

/// A pack's parameters against the registry: names, kinds, words.
extension PackReader {
    /// The lines of a parameter in its file, for messages.
    struct ParameterLocation {
        var name: String
        var line: Int
        var valueLine: Int
        /// Of a list of names.
        var wordLines: [Int]
    }

    /// Reports what the registry does not have. After all parameters, the diseases and the identities have been read.
    func checkParameters(_ locations: [ParameterLocation]) {
        for location in locations {
            guard let definition = ParameterRegistry.definition(of: location.name) else {
                problems.add(location.line, unknownParameter(location.name))
                continue
            }
            checkVariables(location, definition)
            if let value = document.parameters[location.name]?.value { check(value, location, definition) }
        }
    }

    private func unknownParameter(_ name: String) -> String {
        // With the parts that vary as this name has them, so that only what is wrong differs.
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        let names = ParameterRegistry.all.map { definition in
            definition.parts.enumerated().map { index, part in
                part.hasPrefix("<") && index < parts.count ? String(parts[index]) : String(part)
            }.joined(separator: ".")
        }
        let nearest = NearestName.of(name, among: names).map { ": did you mean '\($0)'?" }
        return "there is no parameter '\(name)'" + (nearest ?? "; 'jiesuan policy parameters' lists them all")
    }

    private func checkVariables(_ location: ParameterLocation, _ definition: ParameterDefinition) {
        for (pattern, word) in zip(definition.parts, location.name.split(separator: ".")) {
            guard let variable = ParameterVariable(rawValue: String(pattern)),
                let words = variable.words(in: document), !words.contains(String(word))
            else { continue }
            problems.add(
                location.line,
                "there is no parameter '\(location.name)': "
                    + misspelt(String(word), words, in: "\(definition.name) has for \(pattern)"))
        }
    }

    private func check(_ value: ParameterValue, _ location: ParameterLocation, _ definition: ParameterDefinition) {
        switch (definition.kind, value) {
        case (.money, .money), (.date, .date): break
        case (.ratio(let most), .ratio(let ratio)):
            if ratio > most {
                problems.add(location.valueLine, "'\(location.name)' is at most \(MoneyText.percent(most))")
            }
        case (.number(let unit, let range), .number(let number)):
            if !range.contains(number) {
                problems.add(
                    location.valueLine,
                    "'\(location.name)' (\(unit)) is \(range.lowerBound) … \(range.upperBound), not \(number)")
            }
        case (.names(let vocabulary), .names(let words)):
            for (word, line) in zip(words, location.wordLines) { check(word, line, location.name, vocabulary) }
        default:
            problems.add(
                location.valueLine, "'\(location.name)' is \(definition.kind.inWords), not \(value.inWords)")
        }
    }

    private func check(_ word: String, _ line: Int, _ name: String, _ vocabulary: ParameterVocabulary) {
        switch vocabulary {
        case .ownWords(let known):
            guard !known.contains(word), let meant = NearestName.of(word, among: known) else { return }
            problems.add(
                line, "'\(name)' has '\(word)': did you mean '\(meant)'? A word of the pack's own is not near one")
        case .diseases where document.diseases.isEmpty: break
        default:
            let known = words(of: vocabulary)
            if !known.contains(word) { problems.add(line, misspelt(word, known, in: "'\(name)' has")) }
        }
    }

    private func words(of vocabulary: ParameterVocabulary) -> [String] {
        switch vocabulary {
        case .kinds: Vocabulary.values(of: .kind).map(\.name)
        case .insurances: Vocabulary.values(of: .insurance).map(\.name)
        case .identities:
            Vocabulary.identities.filter { document.identityRanks[Int($0.identity.rawValue)] != 0 }.map(\.name)
        case .memberships:
            Vocabulary.values(of: .membership).filter { _, number in
                document.memberships.isEmpty || document.memberships.values.contains { $0.contains(number) }
            }.map(\.name)
        case .diseases: document.diseases.map(\.code)
        case .words(let words), .ownWords(let words): words
        }
    }

    private func misspelt(_ word: String, _ known: [String], in context: String) -> String {
        let meant = NearestName.of(word, among: known).map { ", did you mean '\($0)'?" } ?? ";"
        return "\(context) no word '\(word)'\(meant) The words are \(known.joined(separator: ", "))"
    }
}

extension ParameterKind {
    /// "a whole number of weeks (12)".
    package var inWords: String {
        switch self {
        case .money: "an amount (105 元)"
        case .ratio: "a ratio (60 %)"
        case .number(let unit, _): "a whole number (12): \(unit)"
        case .date: "a date (2023-01-01)"
        case .names: "a list of words ([a, b])"
        }
    }
}

extension ParameterValue {
    var inWords: String {
        switch self {
        case .money: "an amount"
        case .ratio: "a ratio"
        case .number: "a whole number"
        case .date: "a date"
        case .names: "a list of words"
        }
    }
}
