import Settlement
import Yams

/// What stands beside the layers: rules on levels, entitlement, personal accounts.
extension PackReader {
    func readLevelRule(_ node: Node) {
        let allowed = ["stage", "when", "from", "until", "treat", "for", "continue_deductible"] + citationKeys
        guard let fields = Fields(node, "a level rule", allowed: allowed, problems: problems) else { return }
        let stage = fields.text("stage").flatMap { name in
            choice(name, among: Stage.allCases.map { ($0.rawValue, $0) }, "stage", fields)
        }
        let when = condition(fields.node("when"))
        let period = fields.period()
        let citation = citation(fields, isNumber: false)
        guard let effect = levelEffect(fields), let stage, let when, let period, let citation else { return }
        document.levelRules.append(
            LevelRuleSpec(
                line: fields.line, stage: stage, when: when, period: period, effect: effect, citation: citation))
    }

    private func levelEffect(_ fields: Fields) -> LevelRuleSpec.Effect? {
        if let node = fields.node("continue_deductible") {
            for key in ["treat", "for"] where fields.has(key) {
                problems.add(fields.node(key)!.line, "a level rule has either 'treat' or 'continue_deductible'")
            }
            // The only way the sources know; its name says what it does.
            return Fields.text(node, "continue_deductible", problems).flatMap { name in
                choice(name, among: [("one_level_up", .continueDeductible)], "continue_deductible", fields)
            }
        }
        guard fields.required("treat") != nil, let purposes = fields.texts("for") else { return nil }
        var levels: [UInt8] = [0, 1, 2, 3]
        for (name, line, node) in entries(fields, "treat") {
            guard let from = values(named: name, of: .level, line: line)?.first,
                let text = Fields.text(node, name, problems),
                let to = values(named: text, of: .level, line: node.line)?.first
            else { return nil }
            levels[Int(from)] = to
        }
        for (purpose, line) in purposes where purpose != "deductible" && purpose != "ratio" {
            problems.add(line, "for: there is no '\(purpose)'; a level rule acts on deductible and ratio")
            return nil
        }
        return .treat(
            levels, deductible: purposes.contains { $0.text == "deductible" },
            ratio: purposes.contains { $0.text == "ratio" })
    }

    func readEntitlement(_ node: Node) {
        let allowed = ["when", "from", "until", "only", "needs"] + citationKeys
        guard let fields = Fields(node, "an entitlement", allowed: allowed, problems: problems) else { return }
        let when = condition(fields.node("when"))
        let only = condition(fields.node("only"))
        let period = fields.period()
        let citation = citation(fields, isNumber: false)
        var needsFiling = false
        if let need = fields.optionalText("needs") {
            guard choice(need, among: [("filing", true)], "needs", fields) != nil else { return }
            needsFiling = true
        }
        if !fields.has("only"), !needsFiling {
            problems.add(fields.line, "an entitlement says 'only: { … }' or 'needs: filing'")
            return
        }
        guard let when, let only, let period, let citation else { return }
        document.entitlements.append(
            EntitlementSpec(
                line: fields.line, when: when, period: period, only: only, needsFiling: needsFiling,
                citation: citation))
    }

    func readAccountUse(_ node: Node) {
        let allowed = ["when", "from", "until"] + citationKeys
        guard let fields = Fields(node, "accounts", allowed: allowed, problems: problems) else { return }
        guard let when = condition(fields.node("when")), let period = fields.period(),
            let citation = citation(fields, isNumber: false)
        else { return }
        document.accountUse = AccountUseSpec(when: when, period: period, citation: citation)
    }
}
