import Settlement
import Yams

/// A YAML mapping whose keys have been checked, read key by key; what is wrong is reported with its line.
struct Fields {
    let line: Int
    /// What the mapping is, for messages: "a layer".
    let what: String
    private let values: [String: Node]
    private let problems: ProblemList

    /// nil (and a problem) where `node` is no mapping; a key outside `allowed` is a problem.
    init?(_ node: Node, _ what: String, allowed: [String], problems: ProblemList) {
        guard case .mapping(let mapping) = node else {
            problems.add(node.line, "\(what) is a table of 'key: value' lines, not \(node.kindName)")
            return nil
        }
        var values: [String: Node] = [:]
        for (key, value) in mapping {
            guard let name = key.scalar?.string, allowed.contains(name) else {
                // `{ words: one, two }` reads as two keys.
                let hint = value.scalar?.string == "" ? "; a text with a comma needs quotation marks in { … }" : ""
                problems.add(
                    key.line,
                    "\(what) has no key \(key.kindName); its keys are \(allowed.joined(separator: ", "))\(hint)")
                continue
            }
            values[name] = value
        }
        self.values = values
        self.what = what
        self.problems = problems
        line = node.line
    }

    func has(_ key: String) -> Bool { values[key] != nil }

    func node(_ key: String) -> Node? { values[key] }

    /// The node; a problem where it is missing.
    func required(_ key: String) -> Node? {
        if let node = values[key] { return node }
        problems.add(line, "\(what) needs '\(key)'")
        return nil
    }

    /// A text, not empty; a problem where it is missing.
    func text(_ key: String) -> String? {
        required(key).flatMap { Fields.text($0, key, problems) }
    }

    /// A text where there is one.
    func optionalText(_ key: String) -> String? {
        values[key].flatMap { Fields.text($0, key, problems) }
    }

    /// A list of texts, or one text.
    func texts(_ key: String) -> [(text: String, line: Int)]? {
        guard let node = required(key) else { return nil }
        return Fields.texts(node, key, problems)
    }

    /// A name by the rules of `Quantity.isName`.
    func name(_ key: String) -> String? {
        guard let text = text(key) else { return nil }
        if Quantity.isName(text) { return text }
        problems.add(
            values[key]!.line, "\(key): '\(text)' is not a name: small letters, digits, '_' and '.', a letter first")
        return nil
    }

    /// `zh` and `en`, both needed.
    func label() -> Label? {
        guard let zh = text("zh"), let en = text("en") else { return nil }
        return Label(zh: zh, en: en)
    }

    func amount(_ key: String) -> Fen? {
        required(key).flatMap { Fields.amount($0, key, problems) }
    }

    /// `from` and `until`, both optional.
    func period() -> DateRange? {
        let from = values["from"].map { Fields.date($0, "from", problems) } ?? CalendarDate.none
        let until = values["until"].map { Fields.date($0, "until", problems) } ?? CalendarDate.none
        guard let from, let until else { return nil }
        if from != .none, until != .none, until < from {
            problems.add(
                values["until"]!.line,
                "the dates are reversed: until \(until.description) is before from \(from.description)")
            return nil
        }
        return DateRange(from: from, until: until)
    }

    static func text(_ node: Node, _ key: String, _ problems: ProblemList) -> String? {
        guard let text = node.scalar?.string else {
            problems.add(node.line, "\(key) is a text, not \(node.kindName)")
            return nil
        }
        if text.isEmpty {
            problems.add(node.line, "\(key) is empty")
            return nil
        }
        return text
    }

    static func texts(_ node: Node, _ key: String, _ problems: ProblemList) -> [(text: String, line: Int)]? {
        guard case .sequence(let sequence) = node else {
            return text(node, key, problems).map { [($0, node.line)] }
        }
        if sequence.isEmpty { problems.add(node.line, "\(key) is an empty list") }
        let texts = sequence.compactMap { item in text(item, key, problems).map { ($0, item.line) } }
        return texts.count == sequence.count && !texts.isEmpty ? texts : nil
    }

    static func amount(_ node: Node, _ key: String, _ problems: ProblemList) -> Fen? {
        guard let text = text(node, key, problems) else { return nil }
        guard let fen = Quantity.fen(text) else {
            problems.add(node.line, "\(key): '\(text)' is not an amount; write it as '200 元' or '4.7万元'")
            return nil
        }
        if fen > AmountLimit.claimMax {
            problems.add(node.line, "\(key): '\(text)' is above 10^12 fen, the largest amount of a pack (G-1)")
            return nil
        }
        return fen
    }

    static func ratio(_ node: Node, _ key: String, _ problems: ProblemList) -> BasisPoints? {
        guard let text = text(node, key, problems) else { return nil }
        guard let ratio = Quantity.basisPoints(text) else {
            problems.add(node.line, "\(key): '\(text)' is not a ratio; write it as '60 %', with at most two decimals")
            return nil
        }
        if ratio > AmountLimit.wholeBasisPoints {
            problems.add(node.line, "\(key): '\(text)' is more than 100 %: no layer pays more than its base (G-7)")
            return nil
        }
        return ratio
    }

    static func date(_ node: Node, _ key: String, _ problems: ProblemList) -> CalendarDate? {
        guard let text = text(node, key, problems) else { return nil }
        if let date = Quantity.date(text) { return date }
        problems.add(node.line, "\(key): '\(text)' is not a date of the calendar; write it as 2024-01-31")
        return nil
    }
}
