import ArgumentParser
import Client
import Policy
import Population
import Registry
import Settlement
import Text

struct Reconcile: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compare an institution's own books of a period with the ledger (对账).",
        discussion: """
            Without --rows: the ledger's totals. With --rows: which rows are only there, only here, or differ. A row
            that stands twice in the institution's books is only there the second time; one that cannot be read is
            told by its line, and the others are compared.
            The file's columns (or 中文, or the platform's names), amounts in yuan; without cash it is the rest:
            \(ReconcileFile.columns.map(\.name).joined(separator: ","))
            \(ReconcileFile.columns.map(\.chinese).joined(separator: ","))
            The platform's file of 3202 is read as it is, zipped or not: behind tabs, without a line of names, a refund
            as a negative row. --result writes the platform's result file: a row each with 000000 平, 000101 医保有机构无,
            000102 机构有医保无 or 000103 数据不一致.

            EXAMPLES:
              jiesuan reconcile --server :8123 --institution H50010100001 --from 2024-06-01 --until 2024-06-30
              jiesuan reconcile --server :8123 --institution H50010100001 --from 2024-06-01 --until 2024-06-30 \\
                --type 21 --rows june.csv --errors errors.csv
              jiesuan reconcile --server :8123 --institution H50010100001 --from 2024-06-01 --until 2024-06-30 \\
                --rows june.csv --out differences.xlsx --xlsx --headings zh
              jiesuan reconcile --server :8123 --institution H50010100001 --from 2024-06-01 --until 2024-06-30 \\
                --insurance 310 --rows 3202.zip --result 3202-result.txt

            \(Exit.help)
            """)

    @Option(help: ArgumentHelp("Code of the institution in the register.", valueName: "CODE")) var institution: String
    @Option(help: "First day on which rows were recorded, by the clock of China.") var from: Day
    @Option(help: "Last day, of the same month.") var until: Day
    @Option(
        help: "Clearing type (清算类别): 11 outpatient, 14 special, 21 inpatient, 41 pharmacy; default: all.")
    var type: UInt32?
    @Option(
        help: ArgumentHelp(
            "Insurance (险种): 310 or employee, 390 or resident; default: all.", valueName: "INSURANCE"))
    var insurance: String?
    @Option(help: ArgumentHelp("The institution's own rows: CSV, or the platform's file.", valueName: "FILE"))
    var rows: String?
    @Option(help: ArgumentHelp("Where unreadable rows go (CSV); else to the standard error.", valueName: "FILE"))
    var errors: String?
    @Option(help: ArgumentHelp("Where the rows that are not the same on both sides go (CSV).", valueName: "FILE"))
    var out: String?
    @Flag(help: "Make --out a workbook (.xlsx).") var xlsx = false
    @Option(help: ArgumentHelp("Where the platform's result file goes: all rows, with tabs.", valueName: "FILE"))
    var result: String?
    @Flag(help: "In --result 0 for a row that is equal and 1 for others, instead of 000000 to 000103.")
    var shortCodes = false
    @OptionGroup var tables: HeadingOptions
    @Flag(help: "As JSON, amounts in fen.") var json = false
    @OptionGroup(title: "The ledger") var address: LedgerAddress

    func validate() throws {
        if rows == nil, out != nil || errors != nil || result != nil {
            throw ValidationError("--out, --errors and --result go with --rows.")
        }
        if shortCodes, result == nil { throw ValidationError("--short-codes goes with --result.") }
        for (name, path) in [("--out", out), ("--errors", errors), ("--result", result)] {
            if let path, let rows, path != "-", let target = FileIdentity(path: path),
                target == FileIdentity(path: rows)
            {
                throw ValidationError("\(name) \(path) is the file of rows itself; name another file")
            }
        }
        let targets = [out, errors, result].compactMap(\.self)
        if Set(targets).count < targets.count {
            throw ValidationError("--out, --errors and --result name the same file twice; name different ones")
        }
        if xlsx, out == nil || out == "-" { throw ValidationError("--xlsx needs a file: name it by --out FILE.xlsx.") }
        if let type, ![11, 14, 21, 41].contains(type) {
            throw ValidationError("--type is 11, 14, 21 or 41, not \(type).")
        }
        _ = try insured()
    }

    /// The chosen insurance; `unspecified`: all.
    private func insured() throws -> Insurance {
        guard let insurance else { return .unspecified }
        if !insurance.isEmpty, let found = Words.insurance.first(where: { $0.1.contains(insurance) })?.0,
            found != .unspecified
        {
            return found
        }
        throw ValidationError("--insurance is 310 (employee) or 390 (resident), not \(insurance).")
    }

    func run() throws {
        let period = RemotePeriod(
            institution: institution, from: from.date, until: until.date, clearingType: type ?? 0,
            insurance: try insured())
        guard let rows else { return try showTotals(period) }
        let theirs = try ReconcileFile(rows)
        var report = try RefusalReport(errors, tables.headings)
        for problem in theirs.problems { try report.tell(problem) }
        try report.finish()
        let comparison = try address.withClient { client in
            let details = try SettlementClient(client).reconcile(period, rows: theirs.rows.map(\.row))
            return try BookComparison(theirs, details) { try Self.number(of: $0, client) }
        }
        let details = comparison.details
        if let result {
            try ReconcileResult(comparison: comparison, hasShortCodes: shortCodes).write(to: result)
        }
        if let out { try ReconcileTable.write(details, to: out, tables.headings, isWorkbook: xlsx) }
        let text = json ? asJSON(details, refused: report.count) : asText(details, refused: report.count)
        if [out, errors, result].contains("-") { Terminal.write(text + "\n") } else { print(text) }
        var complaints: [String] = []
        if report.count > 0 {
            complaints.append("\(counted(report.count, "row")) cannot be read" + (errors.map { ": see \($0)" } ?? ""))
        }
        if !details.isBalanced { complaints.append("the books do not balance") }
        if !complaints.isEmpty { throw Failure(.someRefused, complaints.joined(separator: "; ")) }
    }

    /// Our number of a person named by the platform's; nil: unknown or ambiguous.
    private static func number(of person: String, _ client: Client) throws(ClientError) -> UInt64? {
        do throws(ClientError) { return try RegistryClient(client).number(PersonName(no: person)) } catch {
            if case .failed = error { return nil }
            throw error
        }
    }

    private func showTotals(_ period: RemotePeriod) throws {
        let totals = try address.withClient { client in
            try SettlementClient(client).reconcile(period, sums: RemoteSums())
        }
        print(json ? asJSON(totals.ours) : asText(totals.ours))
    }

    // MARK: Totals

    private func asText(_ sums: RemoteSums) -> String {
        var table = TextTable([.left, .right])
        table.add(["结算笔数 settlements", MoneyText.grouped(UInt64(sums.settlements))])
        table.add(["撤销笔数 reversals", MoneyText.grouped(UInt64(sums.reversals))])
        table.add(["个人账户直接支付 account uses", MoneyText.grouped(UInt64(sums.uses))])
        table.add(["其中退费 refunds of them", MoneyText.grouped(UInt64(sums.refunds))])
        table.add(["医疗费总额 total", MoneyText.yuan(sums.total)])
        table.add(["基金支付 funds", MoneyText.yuan(sums.fundTotal)])
        table.add(["其中系统外已支付 paid outside", MoneyText.yuan(sums.paidOutside)])
        table.add(["个人账户 accounts", MoneyText.yuan(sums.accountTotal)])
        table.add(["现金 cash", MoneyText.yuan(sums.cash)])
        return table.lines().joined(separator: "\n")
    }

    private func asJSON(_ sums: RemoteSums) -> String {
        var json = JSONText(indents: false)
        json.object { json in
            json.field("settlements", sums.settlements)
            json.field("reversals", sums.reversals)
            json.field("uses", sums.uses)
            json.field("refunds", sums.refunds)
            json.field("total", sums.total)
            json.field("fund_total", sums.fundTotal)
            json.field("paid_outside", sums.paidOutside)
            json.field("account_total", sums.accountTotal)
            json.field("cash", sums.cash)
        }
        return json.text
    }

    // MARK: Rows

    private func asText(_ details: RemoteDetails, refused: Int) -> String {
        var counts = TextTable([.left, .right])
        counts.add(["相符 equal", "\(details.equal)"])
        counts.add(["机构有医保无 only there", "\(details.onlyThere.count)"])
        counts.add(["医保有机构无 only here", "\(details.onlyHere.count)"])
        counts.add(["金额不符 differing", "\(details.differing.count)"])
        if refused > 0 { counts.add(["无法读取 cannot be read", "\(refused)"]) }
        var lines = counts.lines()
        if !details.isBalanced { lines += [""] + rowTable(details) }
        let isBalanced = details.isBalanced && refused == 0
        lines.append(isBalanced ? "平 The books balance." : "不平 The books do NOT balance.")
        return lines.joined(separator: "\n")
    }

    private func rowTable(_ details: RemoteDetails) -> [String] {
        var table = TextTable([.left, .left, .left, .right, .right, .right, .right])
        table.add(["", "settlement", "", "total", "funds", "accounts", "cash"])
        func add(_ standing: String, _ row: RemoteRow) {
            table.add([
                standing, row.id, row.isReversal ? "撤销 reversal" : "结算", MoneyText.yuan(row.total),
                MoneyText.yuan(row.fundTotal), MoneyText.yuan(row.accountTotal), MoneyText.yuan(row.cash),
            ])
        }
        for row in details.onlyThere { add("only there", row) }
        for row in details.onlyHere { add("only here", row) }
        for pair in details.differing {
            add("theirs", pair.theirs)
            add("ours", pair.ours)
        }
        return table.lines()
    }

    private func asJSON(_ details: RemoteDetails, refused: Int) -> String {
        var json = JSONText(indents: false)
        json.object { json in
            json.field("balanced", details.isBalanced && refused == 0)
            json.field("refused", refused)
            json.field("equal", details.equal)
            json.array("only_there") { json in
                for row in details.onlyThere { json.object { add(row, to: &$0) } }
            }
            json.array("only_here") { json in
                for row in details.onlyHere { json.object { add(row, to: &$0) } }
            }
            json.array("differing") { json in
                for pair in details.differing {
                    json.object { json in
                        json.object("theirs") { add(pair.theirs, to: &$0) }
                        json.object("ours") { add(pair.ours, to: &$0) }
                    }
                }
            }
        }
        return json.text
    }

    private func add(_ row: RemoteRow, to json: inout JSONText) {
        json.field("settlement_id", row.id)
        json.field("is_reversal", row.isReversal)
        json.person(PersonName(row.person, no: row.personNo))
        json.field("total", row.total)
        json.field("fund_total", row.fundTotal)
        json.field("account_total", row.accountTotal)
        json.field("cash", row.cash)
    }
}
