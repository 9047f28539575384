import ArgumentParser
import Client
import Policy
import Population

struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Settle one claim and say why, layer by layer, with the sources' words.",
        discussion: """
            The claim comes from flags, or from a line of a claims file; then the lines of the same person and year
            before it are settled first, so that deductibles and limits stand as they stood. A settlement that is
            recorded is explained by its id, from the ledger.

            EXAMPLES:
              jiesuan explain --region chongqing --insurance employee --membership employer --status retired \\
                --kind outpatient --service-date 2024-06-30 --level 2 --in-policy 2800 --accounts self:1260
              jiesuan explain --csv examples.csv --line 5
              jiesuan explain --csv examples.csv --line 5 --json
              jiesuan explain 500101000001202406301200000001 --server :8123

            \(Exit.help)
            """)

    @Argument(help: "A recorded settlement's id, with --server or --ledger.")
    var id: String?

    @Option(help: ArgumentHelp("A running server, for a recorded settlement.", valueName: "HOST:PORT"))
    var server: ServerAddress?

    @Option(help: ArgumentHelp("File of a ledger that no server has open.", valueName: "FILE"))
    var ledger: String?

    @Option(help: ArgumentHelp("Claims file.", valueName: "FILE"))
    var csv: String?

    @Option(help: "Line of the file; its header is line 1.")
    var line: Int?

    @Flag(help: "As JSON, amounts in fen.")
    var json = false

    @OptionGroup(title: "The claim") var claim: ClaimOptions
    @OptionGroup(title: "A server with TLS") var caller: CallerOptions
    @OptionGroup var policies: PolicyOptions

    func validate() throws {
        if id != nil {
            guard csv == nil, line == nil, claim.isEmpty else {
                throw ValidationError("A settlement's id and the flags of a claim exclude each other.")
            }
            guard (server == nil) != (ledger == nil) else {
                throw ValidationError("Name the ledger by --server HOST:PORT or by --ledger FILE.")
            }
            return
        }
        if server != nil || ledger != nil { throw ValidationError("--server and --ledger need a settlement's id.") }
        if csv == nil, claim.isEmpty { throw ValidationError("Name a claim by flags, or --csv FILE --line N.") }
        if csv != nil, line == nil { throw ValidationError("--csv needs --line N.") }
        if csv != nil, !claim.isEmpty { throw ValidationError("--csv and flags of a claim exclude each other.") }
    }

    func run() throws {
        if let id { return try explainRecorded(id) }
        let packs = try policies.load()
        do {
            var settler = LocalSettler(packs)
            let row = try csv.map { try read($0, line ?? 0, &settler) } ?? claim.row()
            let explanation = try settler.explain(row)
            print(json ? explanation.json : explanation.text, terminator: "")
        } catch let problem as RowProblem {
            print(json ? problem.json : problem.text, terminator: "")
            throw Failure(.someRefused)
        }
    }

    private func explainRecorded(_ id: String) throws {
        let explain = { (client: Client) throws in try SettlementClient(client).explain(id) }
        let explanation: (text: String, json: String)
        if let server {
            explanation = try explain(try caller.connect(server))
        } else {
            if let ledger { try LedgerAddress.requireFile(ledger) }
            let child = try ChildServer(policies: policies.directory, ledger: ledger)
            defer { child.kill() }
            explanation = try explain(try Client.connect(host: child.host, port: child.port))
            try child.stop()
        }
        print(json ? explanation.json : explanation.text, terminator: "")
    }

    /// The row at `line`, after settling the earlier rows of the same person and year.
    private func read(_ path: String, _ line: Int, _ settler: inout LocalSettler) throws -> ClaimRow {
        var reader = try ClaimFileReader(try FileSource(path: path))
        var rows: [ClaimRow] = []
        var row = WorkedExamples.all[0]
        while true {
            switch try reader.next(&row) {
            case .row where row.line < line: rows.append(row)
            case .row where row.line == line:
                for earlier in rows where earlier.isOfSamePersonYear(as: row) { _ = settler.settle([earlier]) }
                return row
            case .bad(let problem) where problem.line == line: throw problem
            case .bad(let problem) where problem.line < line: continue
            default: throw Failure(.usage, "\(path) has no claim at line \(line)")
            }
        }
    }
}
