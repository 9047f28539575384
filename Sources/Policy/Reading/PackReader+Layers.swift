import Settlement
import Yams

/// Funds and layers.
extension PackReader {
    func readFunds(_ fields: Fields) {
        for (id, line, node) in entries(fields, "funds", needed: true) {
            let allowed = ["zh", "en", "category", "code", "yearly_limit"]
            guard checkName(id, "fund", line: line),
                let entry = Fields(node, "a fund", allowed: allowed, problems: problems)
            else { continue }
            let label = entry.label()
            let category = entry.text("category").flatMap { name in
                choice(name, among: Vocabulary.categories.map { ($0.name, $0.category) }, "category", entry)
            }
            guard let label, let category else { continue }
            let fund = Fund(id: id, label: label, category: category, code: entry.optionalText("code"))
            var spec = FundSpec(fund: fund)
            if let node = entry.node("yearly_limit") { readFundLimit(node, into: &spec) }
            guard document.funds.count < PackLimit.fundsMax else {
                problems.add(line, "more than \(PackLimit.fundsMax) funds")
                return
            }
            fundIndexes[id] = document.funds.count
            document.funds.append(spec)
            fundLines.append(line)
        }
    }

    private func readFundLimit(_ node: Node, into spec: inout FundSpec) {
        guard
            let fields = Fields(
                node, "a yearly limit", allowed: ["value", "accumulator"] + citationKeys, problems: problems)
        else { return }
        spec.limit = fields.amount("value")
        spec.accumulator = accumulator(fields, role: .fund)
        spec.citation = citation(fields, isNumber: true)
    }

    /// The accumulator that `key` names, for one role and no other.
    func accumulator(_ fields: Fields, key: String = "accumulator", role: AccumulatorRole) -> Int? {
        guard let name = fields.text(key), let line = fields.node(key)?.line else { return nil }
        guard let index = accumulatorIndexes[name] else {
            problems.add(line, "there is no accumulator '\(name)' under 'accumulators'")
            return nil
        }
        if let other = roles[index], other != role {
            problems.add(
                line,
                "the accumulator '\(name)' already counts \(other.rawValue); it would also count \(role.rawValue)")
            return nil
        }
        roles[index] = role
        return index
    }

    func choice<Value>(_ name: String, among values: [(String, Value)], _ key: String, _ fields: Fields) -> Value? {
        if let value = values.first(where: { $0.0 == name })?.1 { return value }
        let known = values.map(\.0).joined(separator: ", ")
        problems.add(fields.node(key)?.line ?? fields.line, "\(key): there is no '\(name)'; choose one of \(known)")
        return nil
    }

    private static let layerKeys = [
        "id", "zh", "en", "stage", "when", "from", "until", "base", "deductible", "ratio", "cap", "paid_by", "external",
        "silent", "also",
    ]

    func readLayer(_ node: Node, number: Int, isOtherwise: Bool) {
        guard let fields = Fields(node, "a layer", allowed: PackReader.layerKeys, problems: problems) else { return }
        guard number < PackLimit.layersMax else {
            problems.add(fields.line, "more than \(PackLimit.layersMax) layers")
            return
        }
        let id = fields.name("id")
        let label = fields.label()
        let stage =
            isOtherwise && !fields.has("stage")
            ? .basic
            : fields.text("stage").flatMap { name in
                choice(name, among: Stage.allCases.map { ($0.rawValue, $0) }, "stage", fields)
            }
        let when = condition(fields.node("when"))
        let period = fields.period()
        let payers = payers(fields)
        let also = furtherCitations(fields)
        let body = layerBody(fields)
        var base = LayerBase.inPolicyLeft
        if let name = fields.optionalText("base") {
            guard let value = choice(name, among: Vocabulary.bases.map { ($0.name, $0.base) }, "base", fields)
            else { return }
            base = value
        } else if case .computed = body {
            problems.add(fields.line, "a layer needs 'base': what of the bill it looks at")
        }
        guard let id, let label, let stage, let when, let period, let payers, let body else { return }
        checkExternal(body, isOtherwise: isOtherwise, fields)
        document.layers.append(
            LayerSpec(
                id: id, label: label, line: fields.line, stage: stage, isOtherwise: isOtherwise, when: when,
                period: period, base: base, body: body, payers: payers, also: also))
    }

    private func checkExternal(_ body: LayerBody, isOtherwise: Bool, _ fields: Fields) {
        if isOtherwise {
            guard case .external(let external) = body else {
                problems.add(fields.line, "under 'otherwise' only layers with 'external' stand: the source has no rule")
                return
            }
            if external.isFixedFee {
                problems.add(fields.line, "a layer under 'otherwise' has no 'fixed_fee': it says that there is no rule")
            }
        }
        guard case .computed = body else {
            for key in ["deductible", "ratio", "cap", "base"] where fields.has(key) {
                problems.add(fields.node(key)!.line, "an external or silent layer has no '\(key)'")
            }
            return
        }
    }

    private func payers(_ fields: Fields) -> [Int]? {
        guard let names = fields.texts("paid_by") else { return nil }
        var payers: [Int] = []
        for (name, line) in names {
            guard let index = fundIndexes[name] else {
                problems.add(line, "there is no fund '\(name)' under 'funds'")
                return nil
            }
            if payers.contains(index) {
                problems.add(line, "the fund '\(name)' stands twice")
                return nil
            }
            usedFunds.insert(index)
            payers.append(index)
        }
        if payers.count > PackLimit.payersMax {
            problems.add(fields.node("paid_by")!.line, "more than \(PackLimit.payersMax) funds pay for one layer")
            return nil
        }
        if payers.count == 2, document.funds[payers[0]].limit == nil {
            problems.add(
                fields.node("paid_by")!.line,
                "'\(document.funds[payers[0]].fund.id)' has no yearly limit, so the second fund never pays")
        }
        return payers
    }

    private func layerBody(_ fields: Fields) -> LayerBody? {
        let ways = ["ratio", "external", "silent"].filter(fields.has)
        guard ways.count == 1 else {
            problems.add(fields.line, "a layer has exactly one of 'ratio', 'external' and 'silent'")
            return nil
        }
        switch ways[0] {
        case "external": return external(fields.node("external")!)
        case "silent":
            guard let entry = Fields(fields.node("silent")!, "silent", allowed: citationKeys, problems: problems),
                let citation = citation(entry, isNumber: false)
            else { return nil }
            return .silent(citation)
        default:
            let deductible = cases(fields.node("deductible"), "a deductible", ["per", "accumulator"], deductibleBody)
            let ratio = cases(
                fields.node("ratio"), "a ratio", ["measured_on", "accumulator", "brackets"], ratioBody)
            let cap = cases(fields.node("cap"), "a cap", ["accumulator"], capBody)
            guard let deductible, let ratio, let cap else { return nil }
            return .computed(deductible: deductible, ratio: ratio, cap: cap)
        }
    }

    private func external(_ node: Node) -> LayerBody? {
        let allowed = ["part", "counts_into", "fixed_fee"] + citationKeys
        guard let fields = Fields(node, "external", allowed: allowed, problems: problems) else { return nil }
        let parts: [(String, LayerMethod)] = [("basic", .externalBasic), ("large_amount", .externalLargeAmount)]
        let part = fields.text("part").flatMap { choice($0, among: parts, "part", fields) }
        var countsInto: Int?
        if fields.has("counts_into") {
            guard let index = accumulator(fields, key: "counts_into", role: .fund) else { return nil }
            countsInto = index
        }
        var isFixedFee = false
        if let answer = fields.optionalText("fixed_fee") {
            let answers = [("yes", true), ("no", false)]
            guard let value = choice(answer, among: answers, "fixed_fee", fields) else { return nil }
            isFixedFee = value
        }
        guard let citation = citation(fields, isNumber: false), let part else { return nil }
        if isFixedFee, part != .externalBasic {
            problems.add(fields.node("fixed_fee")!.line, "a fixed fee is a part of the basic insurance")
        }
        return .external(
            ExternalBody(method: part, countsInto: countsInto, isFixedFee: isFixedFee, citation: citation))
    }
}
