import ArgumentParser
import Service
import Text

struct MetricsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "metrics",
        abstract: "The metrics that a server shows at /metrics.",
        discussion: """
            EXAMPLES:
              jiesuan metrics list

            \(Exit.help)
            """,
        subcommands: [MetricsList.self])
}

struct MetricsList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Print every metric with its type, its labels and what it tells.",
        discussion: """
            EXAMPLES:
              jiesuan metrics list
              jiesuan metrics list --markdown

            \(Exit.help)
            """)

    @Flag(help: "Print a table of Markdown.") var markdown = false

    func run() throws {
        guard markdown else {
            for metric in Metric.all {
                let labels = metric.labels.isEmpty ? "" : "{\(metric.labels.joined(separator: ","))}"
                print("\(metric.name)\(labels)  \(metric.kind.rawValue)\n    \(metric.help)")
            }
            return
        }
        print("| metric | type | labels | tells |\n|---|---|---|---|")
        for metric in Metric.all {
            let labels = metric.labels.map { "`\($0)`" }.joined(separator: ", ")
            print("| `\(metric.name)` | \(metric.kind.rawValue) | \(labels) | \(metric.help) |")
        }
    }
}
