import ArgumentParser
import Foundation
import Measurement
import Report

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Make a benchmark's results a page: will the year's end fit into the night? (性能测试报告)",
        discussion: """
            DIR is what `make bench` wrote: environment.json, points.ndjson, ramp.json, load-NAME.json, goals.json.
            What is missing is named on the page. Writes one HTML file that needs no network, and the same as Markdown
            beside it.

            EXAMPLES:
              jiesuan report .build/bench
              jiesuan report .build/bench --out ./benchmark.html --population 900000 --claims-per-person 14.5
              jiesuan report .build/bench --history Benchmarks/history.ndjson
              jiesuan report .build/bench --append-history Benchmarks/history.ndjson --json

            \(Exit.help)
            """)

    /// Bounds above any real population, and above a person's claims of a year.
    private static let populationMax = 10_000_000_000
    private static let claimsMax = 100_000.0
    private static let hoursMax = 24.0

    @Argument(help: ArgumentHelp("Folder of the results.", valueName: "DIR")) var folder: String

    @Option(help: ArgumentHelp("The page; the Markdown lies beside it. Default: DIR/report.html.", valueName: "FILE"))
    var out: String?

    @Option(help: ArgumentHelp("Earlier runs to compare with, one NDJSON line each.", valueName: "FILE"))
    var history: String?

    @Option(help: ArgumentHelp("As --history, and adds this run to it, once.", valueName: "FILE"))
    var appendHistory: String?

    @Option(help: "Persons of the projection.") var population = 3_200_000

    @Option(help: "Claims a person and year.") var claimsPerPerson = 10.0

    @Option(help: "Hours of a night.") var nightHours = 8.0

    @Flag(help: "Print the verdict, the projection, goals and changes as JSON.") var json = false

    func validate() throws {
        guard (1...Self.populationMax).contains(population) else {
            throw ValidationError("--population is \(population); it lies in 1 … \(Self.populationMax)")
        }
        guard claimsPerPerson > 0, claimsPerPerson <= Self.claimsMax else {
            throw ValidationError(
                "--claims-per-person is \(claimsPerPerson); it is more than 0, at most \(Self.claimsMax)")
        }
        guard nightHours > 0, nightHours <= Self.hoursMax else {
            throw ValidationError("--night-hours is \(nightHours); it is more than 0, at most \(Self.hoursMax)")
        }
        guard history == nil || appendHistory == nil else {
            throw ValidationError("give one of --history and --append-history: the second reads the file too")
        }
    }

    func run() throws {
        let results = try ResultsReader.read(folder: folder)
        let lines = try (history ?? appendHistory).map { try HistoryFile.read($0) } ?? []
        if let history, !FileManager.default.fileExists(atPath: history) {
            throw Failure(.file, "\(history): there is no such file; --append-history FILE begins one")
        }
        let question = Projection.Question(
            population: population, claimsPerPerson: claimsPerPerson, nightHours: nightHours)
        let report = BenchReport(results, question: question, history: lines)
        let page = out ?? folder + "/report.html"
        let markdown = (page.hasSuffix(".html") ? String(page.dropLast(".html".count)) : page) + ".md"
        try write(BenchHTML.write(report), page)
        try write(Array(BenchMarkdown.write(report).utf8), markdown)
        if let appendHistory { try append(report, to: appendHistory) }
        Terminal.announce(try json ? ReportSummary(report).json : ReportSummary(report).text, terminator: "")
        if !json { Terminal.announce("Page:      \(page)\nMarkdown:  \(markdown)") }
        if report.projection.verdict == .void { throw Failure(.someRefused) }
    }

    private func append(_ report: BenchReport, to path: String) throws {
        guard let line = report.history.line, !line.startedAt.isEmpty else {
            throw Failure(
                .file, "\(folder): without environment.json nobody knows when the run was: not added to \(path)")
        }
        if try !HistoryFile.append(line, to: path) {
            Terminal.complain("\(path): the run of \(line.startedAt) is there already; nothing was added")
        }
    }

    private func write(_ bytes: [UInt8], _ path: String) throws {
        do { try Data(bytes).write(to: URL(filePath: path), options: .atomic) } catch {
            throw Failure(.file, "\(path): cannot be written: \(error.localizedDescription)")
        }
    }
}
