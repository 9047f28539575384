import ArgumentParser
import Client
import Policy
import Population
import Text

struct Calculate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Settle a CSV file of claims.",
        discussion: """
            Rows of one person and year apply in the order of the file; the year's accumulators and accounts are kept
            over it. Rows are not compared with each other: one that stands twice is settled twice (`year-end
            --claims` compares them). A row that cannot be settled goes to the error file with its line, column, value,
            reason and what to do; the rest is settled. With --server claims travel in batches; results are the same.

            EXAMPLES:
              jiesuan calculate claims.csv --out results.csv --errors errors.csv
              jiesuan calculate claims.csv --server 127.0.0.1:8123 --json
              jiesuan generate --claims 1000 --out - | jiesuan calculate -

            The file is UTF-8, or GB18030 or UTF-16 where there is no doubt. Blanks and tabs around values are no part
            of them; dates are 2024-06-03, 20240603 or 2024/6/3; rows of empty cells are skipped.

            COLUMNS (any order, English or Chinese names; * required; amounts in yuan, lists joined by ;):
            \(columnsHelp)

            \(Exit.help)
            """)

    private static var columnsHelp: String {
        var table = TextTable([.left, .left, .left])
        for column in ClaimColumn.allCases {
            table.add([(column.isRequired ? "* " : "  ") + column.rawValue, column.chinese, column.explanation])
        }
        return table.lines().joined(separator: "\n")
    }

    @Argument(help: ArgumentHelp("Claims file; - reads the standard input.", valueName: "FILE.csv"))
    var file: String

    @Option(help: ArgumentHelp("Settle at this server instead of in process.", valueName: "HOST:PORT"))
    var server: ServerAddress?

    @Option(help: ArgumentHelp("Where the results go (CSV); - is the standard output.", valueName: "RESULTS.csv"))
    var out: String?

    @Option(help: ArgumentHelp("Where the refused rows go (CSV).", valueName: "ERRORS.csv"))
    var errors: String?

    @OptionGroup var tables: HeadingOptions

    @Flag(help: "Print the summary as JSON.")
    var json = false

    @OptionGroup(title: "A server with TLS") var caller: CallerOptions
    @OptionGroup var policies: PolicyOptions

    func validate() throws {
        if server != nil, policies.directory != nil {
            throw ValidationError("--server and --policies exclude each other: the server settles by its own packs")
        }
        for (name, path) in [("--out", out), ("--errors", errors)] {
            if let path, path != "-", let target = FileIdentity(path: path), target == FileIdentity(path: file) {
                throw ValidationError("\(name) \(path) is the claims file itself; name another file")
            }
        }
        let isSame = errors.flatMap { FileIdentity(path: $0) }.map { $0 == out.flatMap { FileIdentity(path: $0) } }
        if let out, let errors, out == errors || isSame == true, FileIdentity(path: out)?.isRegular ?? true {
            throw ValidationError("--out and --errors name the same file; name two")
        }
    }

    func run() throws {
        let source = try FileSource(path: file)
        let reader = try ClaimFileReader(source)
        let size = source.size
        let progress = Progress("claims")
        let show = { (rows: Int, bytes: Int64) in
            progress.show(rows, share: size.map { Double(bytes) / Double(max($0, 1)) })
        }
        let summary: RunSummary
        if let server {
            let client = try caller.connect(server)
            let settler = try RemoteSettler(CalculationClient(client))
            var run = try makeRun(reader, settler)
            summary = try run.run(progress: show)
        } else {
            let settler = LocalSettler(try policies.load())
            var run = try makeRun(reader, settler)
            summary = try run.run(progress: show)
        }
        progress.finish(summary.all.settled + summary.refused)
        report(summary, seconds: progress.seconds)
        guard summary.isClean else { throw Failure(.someRefused, complaint(summary)) }
    }

    private func makeRun<Settler: RowSettler>(
        _ reader: ClaimFileReader<FileSource>, _ settler: Settler
    ) throws -> ClaimFileRun<FileSource, Settler> {
        ClaimFileRun(
            reader, settler, results: try sink(out), errors: try sink(errors), headings: tables.headings)
    }

    private func sink(_ path: String?) throws -> FileSink? { try path.map { path throws in try FileSink(path: path) } }

    /// Prints the summary, to the standard error if the standard output has the results.
    private func report(_ summary: RunSummary, seconds: Double) {
        let text = json ? SummaryText.json(summary) : SummaryText.table(summary, seconds: seconds)
        if out == "-" || errors == "-" { Terminal.write(text) } else { print(text, terminator: "") }
    }

    private func complaint(_ summary: RunSummary) -> String {
        var parts: [String] = []
        if summary.refused > 0 {
            let hint = errors.map { "see \($0)" } ?? "name --errors FILE to see why"
            parts.append("\(counted(summary.refused, "row is", "rows are")) not settled: \(hint)")
        }
        if summary.disagreeing > 0 {
            parts.append(
                "\(summary.disagreeing) of \(counted(summary.compared, "row")) differ from what their source prints")
        }
        if !summary.all.isConserving {
            parts.append("\(counted(summary.all.unbalanced, "claim breaks", "claims break")) conservation (G-7)")
        }
        return parts.joined(separator: "; ")
    }
}
