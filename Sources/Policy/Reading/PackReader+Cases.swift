import Settlement
import Yams

/// Deductibles, ratios and caps: one case, or a list of cases with `when`.
extension PackReader {
    private static let caseKeys = ["when", "from", "until", "also"] + PackReader.tableKeys

    /// All cases of a number; empty where there is no `node`; nil where something is wrong.
    func cases<Body>(
        _ node: Node?, _ what: String, _ keys: [String], _ read: (Fields) -> (Body, Citation)?
    ) -> [CaseSpec<Body>]? {
        guard let node else { return [] }
        var nodes = [node]
        if case .sequence(let sequence) = node { nodes = Array(sequence) }
        if nodes.isEmpty { problems.add(node.line, "\(what) is an empty list") }
        var cases: [CaseSpec<Body>] = []
        for node in nodes {
            guard
                let fields = Fields(
                    node, what, allowed: PackReader.caseKeys + keys + citationKeys, problems: problems)
            else { continue }
            let when = condition(fields.node("when"))
            let period = fields.period()
            let also = furtherCitations(fields)
            guard let (body, citation) = read(fields), let when, let period else { continue }
            cases.append(
                CaseSpec(line: fields.line, when: when, period: period, citation: citation, also: also, body: body))
        }
        return cases.count == nodes.count && !cases.isEmpty ? cases : nil
    }

    func deductibleBody(_ fields: Fields) -> (DeductibleBody, Citation)? {
        let amounts = amounts(fields, allowsNone: false)
        let per: Bool? = fields.text("per").flatMap { name in
            choice(name, among: [("visit", false), ("year", true)], "per", fields)
        }
        guard let per else { return nil }
        if !per {
            if let node = fields.node("accumulator") {
                problems.add(node.line, "a deductible per visit has no accumulator")
            }
            return amounts.map { (DeductibleBody(amount: $0.0, accumulator: nil), $0.1) }
        }
        guard let accumulator = accumulator(fields, role: .absorbed), let amounts else { return nil }
        return (DeductibleBody(amount: amounts.0, accumulator: accumulator), amounts.1)
    }

    func capBody(_ fields: Fields) -> (CapBody, Citation)? {
        let amounts = amounts(fields, allowsNone: true)
        if let amounts, case .value(let leaf) = amounts.0, leaf.value == Layer.unlimited {
            if let node = fields.node("accumulator") {
                problems.add(node.line, "'none' needs no accumulator: nothing is limited")
            }
            return (CapBody(amount: amounts.0, accumulator: nil), amounts.1)
        }
        guard let accumulator = accumulator(fields, role: .capped), let amounts else { return nil }
        return (CapBody(amount: amounts.0, accumulator: accumulator), amounts.1)
    }

    func ratioBody(_ fields: Fields) -> (RatioBody, Citation)? {
        guard let node = fields.node("brackets") else {
            for key in ["measured_on", "accumulator"] where fields.has(key) {
                problems.add(fields.node(key)!.line, "'\(key)' goes with 'brackets' only")
            }
            return ratios(fields).map { (.flat($0.0), $0.1) }
        }
        for key in ["value", "table"] where fields.has(key) {
            problems.add(fields.node(key)!.line, "a ratio has either 'brackets' or '\(key)'")
        }
        let isByPayment: Bool? = fields.text("measured_on").flatMap { name in
            choice(name, among: [("expenses", false), ("payments", true)], "measured_on", fields)
        }
        let citation = citation(fields, isNumber: true)
        let facets = fields.has("by") ? facets(fields) : []
        guard let isByPayment, let facets,
            let accumulator = accumulator(fields, role: isByPayment ? .payments : .expenses),
            let brackets = brackets(node, by: facets, isByPayment: isByPayment), let citation
        else { return nil }
        return (.brackets(brackets, isByPayment: isByPayment, accumulator: accumulator), citation)
    }

    private func brackets(_ node: Node, by facets: [Facet], isByPayment: Bool) -> [BracketSpec]? {
        guard case .sequence(let rows) = node, !rows.isEmpty else {
            problems.add(node.line, "brackets is a list of '- { from: …, … }' rows, not \(node.kindName)")
            return nil
        }
        let limit = isByPayment ? PackLimit.paymentBracketsMax : PackLimit.expenseBracketsMax
        guard rows.count <= limit else {
            problems.add(rows[limit].line, "more than \(limit) brackets")
            return nil
        }
        let brackets = rows.compactMap { bracket($0, by: facets) }
        guard brackets.count == rows.count else { return nil }
        for (lower, upper) in zip(brackets, brackets.dropFirst()) {
            guard let bound = upper.from else {
                problems.add(upper.line, "only the first bracket may begin at the deductible")
                return nil
            }
            if bound == lower.from {
                problems.add(upper.line, "the bracket before this one has no width: both begin at the same amount")
            } else if bound < lower.from ?? 0 {
                problems.add(upper.line, "brackets ascend: this one begins below the one before it")
            }
        }
        if isByPayment, brackets[0].from != 0 {
            problems.add(brackets[0].line, "brackets by payment begin at 0 元: nothing is paid below")
        }
        return brackets
    }

    private func bracket(_ node: Node, by facets: [Facet]) -> BracketSpec? {
        guard case .mapping(let mapping) = node, let start = mapping["from"] else {
            problems.add(node.line, "a bracket is a row '{ from: …, … }'")
            return nil
        }
        let ratio: Cells<BasisPoints>?
        if facets.isEmpty {
            guard let fields = Fields(node, "a bracket", allowed: ["from", "value"], problems: problems),
                let value = fields.required("value")
            else { return nil }
            ratio = table(value, by: [], besides: []) { Fields.ratio($0, $1, self.problems) }
        } else {
            ratio = table(node, by: facets[...], besides: ["from"]) { Fields.ratio($0, $1, self.problems) }
        }
        guard let ratio else { return nil }
        if start.scalar?.string == "deductible" {
            return BracketSpec(from: nil, line: node.line, ratio: ratio)
        }
        guard let from = Fields.amount(start, "from", problems) else { return nil }
        return BracketSpec(from: from, line: node.line, ratio: ratio)
    }
}
