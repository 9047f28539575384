import Policy
import Settlement
import Text

extension LocalSettler {
    /// Settles a row and explains the result; the person's year changes as by `settle`.
    package mutating func explain(_ row: ClaimRow) throws(RowProblem) -> Explanation {
        let (year, accounts) = try state(before: row)
        let outcome = try settle(row)
        let pack = try pack(of: row)
        let resolved = try ResolvedRow(row, pack)
        return Explanation(
            pack: pack, claim: resolved.claim, facts: resolved.facts, outcome: outcome, yearBefore: year,
            accounts: accounts)
    }
}

extension ClaimRow {
    /// True where both change the same accumulators.
    package func isOfSamePersonYear(as other: ClaimRow) -> Bool {
        region == other.region && person.number == other.person.number
            && claim.claim.serviceDate.year == other.claim.claim.serviceDate.year
    }
}

extension RowProblem {
    /// The refusal for a person.
    package var text: String {
        var table = TextTable([.left, .left])
        table.add(["不予结算 not settled", code])
        if line > 0 { table.add(["行 line", String(line)]) }
        if !column.isEmpty { table.add(["项目 column", column]) }
        if !value.isEmpty { table.add(["内容 value", value]) }
        if !rule.isEmpty { table.add(["规则 rule", rule]) }
        let head = table.lines()
        let body = DisplayWidth.wrapped(message, to: 78)
        return (head + [""] + body).joined(separator: "\n") + "\n"
    }

    /// The refusal for a program.
    package var json: String {
        var json = JSONText()
        json.object { json in
            json.field("code", code)
            json.field("line", line)
            json.field("column", column)
            json.field("value", value)
            json.field("rule", rule)
            json.field("message", message)
        }
        return json.text
    }
}
