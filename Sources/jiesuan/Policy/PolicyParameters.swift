import ArgumentParser
import Policy

/// `jiesuan policy parameters`: what a pack may say under `parameters`.
struct PolicyParameters: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "parameters",
        abstract: "The parameters that a pack may have: name, value, rule, who reads it.",
        discussion: """
            A name in a pack that is not here, a value of another kind and a word that is none of its words are refused
            by 'policy check', with the name that is nearest.

            EXAMPLES:
              jiesuan policy parameters
              jiesuan policy parameters prescription
              jiesuan policy parameters --markdown    the table of docs/policy/parameters.md

            \(Exit.help)
            """)

    @Argument(help: "Only names that begin so: account, prescription …") var prefix = ""
    @Flag(help: "As a table in Markdown.") var markdown = false

    func run() throws {
        if markdown { return print(ParameterPage.markdown, terminator: "") }
        let rows = ParameterPage.rows.filter { $0[0].hasPrefix(prefix) }
        guard !rows.isEmpty else {
            throw Failure(.usage, "no parameter begins with \"\(prefix)\"; 'jiesuan policy parameters' lists them all")
        }
        for row in rows {
            print(row[0])
            for (column, cell) in zip(ParameterPage.columns, row).dropFirst() { print("  \(column): \(cell)") }
        }
    }
}
