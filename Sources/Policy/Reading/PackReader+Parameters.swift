import Settlement
import Yams

/// The section `parameters`: a name, a value, where it comes from.
extension PackReader {
    func readParameters(_ fields: Fields) {
        var locations: [ParameterLocation] = []
        for (name, line, node) in entries(fields, "parameters") {
            guard document.parameters.count < PackLimit.parametersMax else {
                problems.add(line, "more than \(PackLimit.parametersMax) parameters")
                return
            }
            guard checkParameterName(name, line: line),
                let entry = Fields(
                    node, "the parameter '\(name)'", allowed: ["value"] + citationKeys, problems: problems)
            else { continue }
            let node = entry.required("value")
            let value = node.flatMap(parameterValue)
            var isNumber = true
            if case .sequence = node { isNumber = false }
            guard let citation = citation(entry, isNumber: isNumber), let value else { continue }
            document.parameters[name] = Parameter(value: value, citation: citation)
            locations.append(
                ParameterLocation(
                    name: name, line: line, valueLine: node!.line,
                    wordLines: node!.sequence.map { $0.map(\.line) } ?? []))
        }
        if !isKept { checkParameters(locations) }
    }

    /// A topic, a point, and what it is: "account.credit.retired".
    private func checkParameterName(_ name: String, line: Int) -> Bool {
        guard checkName(name, "parameter", line: line) else { return false }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        if parts.count > 1, parts.allSatisfy({ !$0.isEmpty }) { return true }
        problems.add(line, "the parameter '\(name)' has no topic: write it as account.credit.active")
        return false
    }

    /// The form says the kind.
    private func parameterValue(_ node: Node) -> ParameterValue? {
        if case .sequence = node { return parameterNames(node).map(ParameterValue.names) }
        guard let text = Fields.text(node, "value", problems) else { return nil }
        if text.hasSuffix("元") { return Fields.amount(node, "value", problems).map(ParameterValue.money) }
        if text.hasSuffix("%") { return parameterRatio(text, line: node.line).map(ParameterValue.ratio) }
        let bytes = Array(text.utf8)
        if bytes.count == 10, bytes[4] == UInt8(ascii: "-") {
            return Fields.date(node, "value", problems).map(ParameterValue.date)
        }
        guard bytes.allSatisfy({ (48...57).contains($0) }), bytes == [48] || bytes[0] != 48 else {
            problems.add(
                node.line,
                "value: '\(text)' is none of an amount (105 元), a ratio (2 %), a whole number (12), "
                    + "a date (2023-01-01) and a list of names ([spouse, child])")
            return nil
        }
        guard let number = Int(text), number <= PackLimit.parameterNumberMax else {
            problems.add(node.line, "value: \(text) is above \(PackLimit.parameterNumberMax), the largest number")
            return nil
        }
        return .number(number)
    }

    private func parameterRatio(_ text: String, line: Int) -> BasisPoints? {
        guard let ratio = Quantity.basisPoints(text) else {
            problems.add(line, "value: '\(text)' is not a ratio; write it as '60 %', with at most two decimals")
            return nil
        }
        guard ratio <= PackLimit.parameterRatioMax else {
            problems.add(line, "value: '\(text)' is above \(PackLimit.parameterRatioMax / 100) %, the largest ratio")
            return nil
        }
        return ratio
    }

    private func parameterNames(_ node: Node) -> [String]? {
        guard let texts = Fields.texts(node, "value", problems) else { return nil }
        guard texts.count <= PackLimit.parameterNamesMax else {
            problems.add(node.line, "value: more than \(PackLimit.parameterNamesMax) names")
            return nil
        }
        var names: [String] = []
        for (name, line) in texts {
            guard checkName(name, "value:", line: line) else { return nil }
            if names.contains(name) {
                problems.add(line, "value: '\(name)' stands twice")
                return nil
            }
            names.append(name)
        }
        return names
    }
}
