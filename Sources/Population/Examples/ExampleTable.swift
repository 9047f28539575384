import Policy
import Settlement
import Text

/// The worked examples with their settled results, for people and for programs.
package struct ExampleTable {
    private var results: [(row: ClaimRow, result: RowResult)] = []

    package init() {}

    package mutating func add(_ row: ClaimRow, _ result: RowResult) { results.append((row, result)) }

    /// Examples that disagree with their source; one that is refused disagrees.
    package var disagreeing: Int { results.count { !Self.agrees($0.row, $0.result) } }

    private static func agrees(_ row: ClaimRow, _ result: RowResult) -> Bool {
        if case .settled(let outcome) = result { row.printed.agrees(outcome) } else { false }
    }

    /// As a table, in yuan.
    package func lines() -> [String] {
        var table = TextTable([.left, .left, .right, .right, .right, .right, .right, .right, .left])
        table.add(["", "", "文件所载 printed", "", "", "结算 settled", "", "", ""])
        table.add(["id", "kind", "fund", "account", "cash", "fund", "account", "cash", "±1 yuan"])
        table.addRule()
        for (row, result) in results {
            switch result {
            case .settled(let outcome):
                let amounts = [outcome.fundTotal, outcome.accountTotal, outcome.cash].map(MoneyText.yuan)
                table.add(cells(of: row) + amounts + [Self.agrees(row, result) ? "agrees" : "DISAGREES"])
            case .refused(let problem): table.add(cells(of: row) + ["-", "-", "-", problem.code])
            }
        }
        return table.lines()
    }

    private func cells(of row: ClaimRow) -> [String] {
        func printed(_ amount: Fen?) -> String { amount.map { MoneyText.grouped(UInt64($0 / 100)) } ?? "-" }
        return [
            row.id, ExplainWords.label(row.claim.claim.kind).both, printed(row.printed.fund),
            printed(row.printed.account), printed(row.printed.cash),
        ]
    }

    /// As `examples` and `disagreeing`, amounts in fen; null: the source prints none, or nothing was settled.
    package func write(to json: inout JSONText) {
        json.array("examples") { json in
            for (row, result) in results { json.object { write(row, result, to: &$0) } }
        }
        json.field("disagreeing", disagreeing)
    }

    private func write(_ row: ClaimRow, _ result: RowResult, to json: inout JSONText) {
        var settled: RowOutcome?
        var refusal: String?
        switch result {
        case .settled(let outcome): settled = outcome
        case .refused(let problem): refusal = problem.code
        }
        func object(_ name: String, _ fund: Fen?, _ account: Fen?, _ cash: Fen?) {
            json.object(name) { json in
                for (key, amount) in [("fund", fund), ("account", account), ("cash", cash)] {
                    if let amount { json.field(key, amount) } else { json.null(key) }
                }
            }
        }
        json.field("id", row.id)
        json.field("region", row.region)
        json.field("kind", "\(row.claim.claim.kind)".snakeCased)
        json.field("total", row.claim.claim.cost.total)
        object("printed", row.printed.fund, row.printed.account, row.printed.cash)
        object("settled", settled?.fundTotal, settled?.accountTotal, settled?.cash)
        if let refusal { json.field("refusal", refusal) } else { json.null("refusal") }
        json.field("agrees", Self.agrees(row, result))
    }
}
