import ArgumentParser
import Client
import Policy
import Population

struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Settle one claim and say why, layer by layer, with the sources' words.",
        discussion: """
            The claim comes from flags, or from a line of a claims file; then the lines of the same person and year
            before it are settled first, so that deductibles and limits stand as they stood.

            EXAMPLES:
              jiesuan explain --region chongqing --insurance employee --membership employer --status retired \\
                --kind outpatient --service-date 2024-06-30 --level 2 --in-policy 2800 --accounts self:1260
              jiesuan explain --csv examples.csv --line 5
              jiesuan explain --csv examples.csv --line 5 --json

            \(Exit.help)
            """)

    @Option(help: ArgumentHelp("Claims file.", valueName: "FILE"))
    var csv: String?

    @Option(help: "Line of the file; its header is line 1.")
    var line: Int?

    @Flag(help: "As JSON, amounts in fen.")
    var json = false

    @OptionGroup(title: "The claim") var claim: ClaimOptions
    @OptionGroup var policies: PolicyOptions

    func validate() throws {
        if csv == nil, claim.isEmpty { throw ValidationError("Name a claim by flags, or --csv FILE --line N.") }
        if csv != nil, line == nil { throw ValidationError("--csv needs --line N.") }
        if csv != nil, !claim.isEmpty { throw ValidationError("--csv and flags of a claim exclude each other.") }
    }

    func run() throws {
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

    /// The row at `line`, after those before it of the same person and year are settled.
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
