import ArgumentParser
import Policy
import Population
import Text

struct Examples: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The nine worked examples that the source documents print.",
        discussion: """
            As a table, settled in process and compared with what is printed (the sources round to the yuan, so ±1
            yuan is agreement); or with --csv as a claims file. Its columns printed_fund, printed_account and
            printed_cash hold what the source prints; `jiesuan calculate` compares with them.

            EXAMPLES:
              jiesuan examples
              jiesuan examples --json
              jiesuan examples --csv > examples.csv

            \(Exit.help)
            """)

    @Flag(help: "Print them as a claims file.")
    var csv = false

    @Flag(help: "With --csv: begin with a byte-order mark, by which spreadsheets know UTF-8.")
    var bom = false

    @Flag(help: "Print the comparison as JSON, amounts in fen.")
    var json = false

    @OptionGroup var policies: PolicyOptions

    func validate() throws {
        if csv, json { throw ValidationError("--csv and --json exclude each other.") }
    }

    func run() throws {
        if csv { return try writeFile() }
        var settler = LocalSettler(try policies.load())
        var table = ExampleTable()
        for (row, result) in zip(WorkedExamples.all, settler.settle(WorkedExamples.all)) { table.add(row, result) }
        if json {
            var json = JSONText()
            json.object { table.write(to: &$0) }
            print(json.text, terminator: "")
        } else {
            for line in table.lines() { print(line) }
        }
        if table.disagreeing > 0 { throw Failure(.someRefused) }
    }

    private func writeFile() throws {
        let sink = try FileSink(path: "-")
        let writer = ClaimFileWriter(hasPrinted: true)
        writer.appendHeader(to: &sink.bytes, hasMark: bom)
        for row in WorkedExamples.all { writer.append(row, to: &sink.bytes) }
        try sink.finish()
    }
}
