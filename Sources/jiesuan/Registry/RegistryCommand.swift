import ArgumentParser
import Client
import Policy
import Population
import Records
import Registry
import RegistryFiles
import Settlement
import Text

struct RegistryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "registry",
        abstract: "The register: institutions, persons and what is registered of them (参保登记).",
        discussion: """
            What one person's record needs, as retirement and corrections, is under `jiesuan person`.

            EXAMPLES:
              jiesuan registry import institutions institutions.csv --server :8123
              jiesuan registry put identities person=4 identity=low_income given=2024-01-10 department=civil_affairs \
                --server :8123
              jiesuan registry list institutions --region chongqing --server :8123
              jiesuan registry show H50010100001 --server :8123
              jiesuan registry export persons --out persons.csv --ledger ./ledger.db

            \(Exit.help)
            """,
        subcommands: [
            RegistryImport.self, RegistryExport.self, RegistryPut.self, RegistryList.self, RegistryShow.self,
        ])
}

struct RegistryImport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Put the rows of a CSV file into the register.",
        discussion: """
            A row that is refused is told with its line, column, value, reason and what to do; the others are
            recorded. Importing a file again changes nothing. A row that stands twice with the same values is one row;
            an institution, person or referral that stands twice with other values is refused, naming both lines. A row
            that says again what is registered, with an end where there was none, ends it: an office's list with those
            who left is imported as it is. A row with a number in its column corrects takes the place of that record.
            To build up a register, import the tables in this order:
            \(RegistryTable.importOrder.map(\.rawValue).joined(separator: ", ")).

            With --dry-run nothing is recorded, and everything is said as if it were. Rows of one person that lie more
            than \(RegistryLimit.importItemsMax) rows apart are then judged without each other.

            EXAMPLES:
              jiesuan registry import persons persons.csv --server :8123 --errors errors.csv
              jiesuan registry import identities exits.csv --dry-run --server :8123

            COLUMNS (any order, English or Chinese names; * required; amounts in yuan):
            \(columnsHelp)

            \(Exit.help)
            """)

    private static var columnsHelp: String {
        var lines: [String] = []
        for table in RegistryTable.importOrder {
            var text = TextTable([.left, .left, .left])
            for column in table.columns {
                text.add([(column.isRequired ? "* " : "  ") + column.name, column.chinese, column.explanation])
            }
            lines += ["", table.rawValue] + text.lines()
        }
        return lines.joined(separator: "\n")
    }

    @Argument(help: "Which table the file has.") var table: RegistryTable
    @Argument(help: ArgumentHelp("The file; - reads the standard input.", valueName: "FILE.csv")) var file: String
    @Option(help: ArgumentHelp("Where the refused rows go (CSV); else to the standard error.", valueName: "FILE"))
    var errors: String?
    @Option(
        help: ArgumentHelp(
            "Of identities: a file that tells the department of every row that it was taken in, or why not (YT-12).",
            valueName: "FILE.csv"))
    var feedback: String?
    @OptionGroup var tables: HeadingOptions
    @Flag(help: "Say what would be recorded and refused; record nothing.") var dryRun = false
    @Flag(help: "Print the summary as JSON.") var json = false
    @OptionGroup(title: "The ledger") var address: LedgerAddress

    func validate() throws {
        if dryRun, feedback != nil {
            throw ValidationError("--feedback tells what was recorded; with --dry-run nothing is.")
        }
        if let errors, errors != "-", let target = FileIdentity(path: errors), target == FileIdentity(path: file) {
            throw ValidationError("--errors \(errors) is the imported file itself; name another file")
        }
        guard let feedback else { return }
        if table != .identities { throw ValidationError("--feedback is of identities, which departments send") }
        if let target = FileIdentity(path: feedback), target == FileIdentity(path: file) {
            throw ValidationError("--feedback \(feedback) is the imported file itself; name another file")
        }
    }

    func run() throws {
        let folder = try ScratchFolder()
        let file = try RereadableFile.path(of: file, folder: folder.path)
        let repeated = try RepeatedImportRows(table, file: file, folder: folder.path)
        let source = try FileSource(path: file)
        let reader = try RegistryFileReader(table, source)
        let refusals = try RefusalReport(errors, tables.headings)
        let answers = try feedback.map { path throws in try ImportFeedback(path: path, tables.headings) }
        let progress = Progress("rows")
        let run = try address.withClient(makes: !dryRun) { client in
            var run = RegistryImportRun(
                RegistryClient(client), table, isTrial: dryRun, refusals, repeated, answers)
            try run.run(reader) { rows, bytes in
                progress.show(rows, share: source.size.map { Double(bytes) / Double(max($0, 1)) })
            }
            return run
        }
        progress.finish(run.rows)
        report(run)
        guard run.refused == 0 else {
            let hint = errors.map { $0 == "-" ? "" : ": see \($0)" } ?? ""
            throw Failure(
                .someRefused,
                counted(run.refused, "row")
                    + " \(dryRun ? "would not be" : run.refused == 1 ? "is not" : "are not") recorded"
                    + hint)
        }
    }

    private func report(_ run: RegistryImportRun) {
        var text =
            dryRun
            ? "\(table.rawValue): \(run.recorded) would be recorded, \(run.unchanged) stand so already, "
                + "\(run.refused) would be refused; nothing was recorded\n"
            : "\(table.rawValue): \(run.recorded) recorded, \(run.unchanged) unchanged, "
                + "\(run.refused) refused\n"
        if json {
            var summary = JSONText(indents: false)
            summary.object { summary in
                summary.field("table", table.rawValue)
                summary.field("recorded", run.recorded)
                summary.field("unchanged", run.unchanged)
                summary.field("refused", run.refused)
                summary.field("dry_run", dryRun)
            }
            text = summary.text + "\n"
        }
        if errors == "-" { Terminal.write(text) } else { print(text, terminator: "") }
    }
}

/// Sends the rows of a file in batches, and reports each refused row by its line.
private struct RegistryImportRun {
    private(set) var recorded = 0
    private(set) var unchanged = 0
    private(set) var refused = 0
    var rows: Int { recorded + unchanged + refused }

    private let client: RegistryClient
    private let table: RegistryTable
    private let isTrial: Bool
    private var report: RefusalReport
    private var repeated: RepeatedImportRows
    private let feedback: ImportFeedback?
    private var requests: [RegistryRequest] = []
    /// For each of `requests`, the line of the file.
    private var lines: [Int] = []
    private var problems: [RowProblem] = []

    init(
        _ client: RegistryClient, _ table: RegistryTable, isTrial: Bool, _ report: RefusalReport,
        _ repeated: RepeatedImportRows, _ feedback: ImportFeedback?
    ) {
        self.isTrial = isTrial
        self.client = client
        self.table = table
        self.report = report
        self.repeated = repeated
        self.feedback = feedback
    }

    mutating func run(
        _ given: RegistryFileReader<FileSource>, progress: (_ rows: Int, _ bytes: Int64) -> Void
    ) throws {
        var reader = given
        reading: while true {
            switch try reader.next() {
            case .row(let line, let request):
                if let problem = try repeated.refusal(ofLine: line, of: reader) {
                    problems.append(problem)
                    continue
                }
                lines.append(line)
                requests.append(request)
            case .bad(let problem): problems.append(problem)
            case .end: break reading
            }
            if requests.count + problems.count >= RegistryLimit.importItemsMax {
                try send()
                progress(rows, reader.bytesRead)
            }
        }
        try send()
        try report.finish()
        try feedback?.finish()
    }

    private mutating func send() throws {
        if !requests.isEmpty {
            let receipt = try client.put(requests, dryRun: isTrial)
            recorded += receipt.recorded
            unchanged += receipt.unchanged
            for error in receipt.errors where lines.indices.contains(error.item) { problems.append(problem(error)) }
        }
        refused += problems.count
        // Unreadable and refused rows, in the order of the file.
        for problem in problems.sorted(by: { $0.line < $1.line }) { try report.tell(problem) }
        try feedback?.tell(requests, lines: lines, refused: problems)
        requests.removeAll(keepingCapacity: true)
        lines.removeAll(keepingCapacity: true)
        problems.removeAll(keepingCapacity: true)
    }

    private func problem(_ error: ImportError) -> RowProblem {
        // Of "identity.given" the column is the last name.
        let name = error.field.split(separator: ".").last.map(String.init) ?? ""
        let isColumn = table.columns.contains { $0.name == name }
        let code = DomainCode(ofFailure: error.code)?.name ?? "\(error.code)"
        return RowProblem(
            line: lines[error.item], column: isColumn ? name : error.field, value: error.value, code: code,
            rule: error.rule, message: error.message)
    }
}
