import ArgumentParser
import Client
import Policy
import Population
import Settlement
import Text

struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "The same stay at several institutions or levels, side by side (SY-9); nothing is recorded.",
        discussion: """
            Both ratios are what the funds pay: of what is in policy, and of the whole bill.

            EXAMPLES:
              jiesuan compare --person 401 --kind inpatient --service-date 2020-08-20 --in-policy 6175 \\
                --out-of-catalog 89 --external-basic 4149 --at H2 --at H3 --level 2 --server :8123

            \(Exit.help)
            """)

    @Option(help: ArgumentHelp("An institution of the register; may be repeated.", valueName: "CODE"))
    var at: [String] = []
    @Option(help: "A level by itself, within the city: 1, 2, 3; may be repeated.") var level: [String] = []
    @Flag(help: "As JSON, amounts in fen, ratios in basis points.") var json = false
    @OptionGroup(title: "The claim") var claim: SettleOptions
    @OptionGroup(title: "The ledger") var address: LedgerAddress

    func validate() throws {
        if at.isEmpty, level.isEmpty { throw ValidationError("Name what to compare: --at CODE, --level N.") }
        for text in level where !["1", "2", "3"].contains(text) { throw ValidationError("--level \(text): 1, 2 or 3.") }
        if claim.institution != nil { throw ValidationError("--institution: name what to compare by --at.") }
    }

    func run() throws {
        let stay = try claim.request(id: "", isForInstitution: false)
        let levels = level.compactMap { UInt8($0).flatMap(Level.init) }
        let columns = try address.withClient { client in
            try SettlementClient(client).compare(stay, institutions: at, levels: levels)
        }
        print(json ? Self.json(columns) : Self.lines(columns).joined(separator: "\n"))
        let refused = columns.count { $0.outcome == nil }
        if refused > 0 { throw Failure(.someRefused, "\(counted(refused, "column")) cannot be settled") }
    }

    private static func title(_ column: RemoteColumn) -> String {
        column.institution.isEmpty ? "level \(column.level.rawValue)" : column.institution
    }

    private static func lines(_ columns: [RemoteColumn]) -> [String] {
        var table = TextTable([.left] + columns.map { _ in .right })
        func add(_ name: String, _ cell: (RemoteColumn, RemoteOutcome) -> String) {
            table.add([name] + columns.map { column in column.outcome.map { cell(column, $0) } ?? "-" })
        }
        table.add(["机构 institution"] + columns.map(title))
        table.add(["等级 level"] + columns.map { "\($0.level.rawValue)" })
        table.addRule()
        add("医疗费总额 total") { MoneyText.yuan($1.total) }
        for (index, name) in SettlementText.fundNames.enumerated()
        where columns.contains(where: { $0.outcome?.outcome.funds[index] ?? 0 != 0 }) {
            add("  " + name) { MoneyText.yuan($1.outcome.funds[index]) }
        }
        add("  个人账户 accounts") { MoneyText.yuan($1.outcome.accountPaid + $1.outcome.familyAccountPaid) }
        add("  现金 cash") { MoneyText.yuan($1.outcome.cash) }
        add("政策范围内报销比例 of in policy") { column, _ in percent(column.inPolicyBasisPoints) }
        add("实际报销比例 of total") { column, _ in percent(column.totalBasisPoints) }
        var lines = table.lines()
        for column in columns {
            if let refusal = column.refusal { lines.append("\(title(column)): \(refusal.message)") }
        }
        return lines
    }

    private static func percent(_ basisPoints: Int) -> String {
        let rest = basisPoints % 100
        return "\(basisPoints / 100).\(rest < 10 ? "0" : "")\(rest) %"
    }

    private static func json(_ columns: [RemoteColumn]) -> String {
        var json = JSONText(indents: false)
        json.array { json in
            for column in columns {
                json.object { json in
                    json.field("institution", column.institution)
                    json.field("level", column.level.rawValue)
                    if let outcome = column.outcome {
                        SettlementText.addAmounts(outcome, to: &json)
                        json.field("in_policy_basis_points", column.inPolicyBasisPoints)
                        json.field("total_basis_points", column.totalBasisPoints)
                    }
                    if let refusal = column.refusal {
                        json.object("error") { json in
                            json.field("code", refusal.code)
                            json.field("field", refusal.field)
                            json.field("value", refusal.value)
                            json.field("rule", refusal.rule)
                            json.field("message", refusal.message)
                        }
                    }
                }
            }
        }
        return json.text
    }
}
