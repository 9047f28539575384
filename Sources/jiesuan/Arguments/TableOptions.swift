import ArgumentParser
import Population

extension TableHeadings: ExpressibleByArgument {}

/// Options on the output of tables.
struct HeadingOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Language of the header line of files: en, or zh for 中文.", valueName: "en|zh"))
    var headings = TableHeadings.english
}

/// Reports refused rows: into the file of `--errors`, or line by line to the standard error.
struct RefusalReport {
    private let sink: FileSink?
    private(set) var count = 0

    /// - Parameter path: path of the file; nil: none.
    init(_ path: String?, _ headings: TableHeadings = .english) throws(FileProblem) {
        guard let path else {
            sink = nil
            return
        }
        let sink = try FileSink(path: path)
        CSVText.begin(ErrorFile.columns, headings, to: &sink.bytes)
        self.sink = sink
    }

    mutating func tell(_ problem: RowProblem) throws(FileProblem) {
        count += 1
        if let sink {
            ErrorFile.append(problem, to: &sink.bytes)
            return try sink.flushIfFull()
        }
        var text = "line \(problem.line)"
        if !problem.column.isEmpty { text += ", column \(problem.column), value \"\(problem.value)\"" }
        text += ": \(problem.code): \(problem.message)"
        if !problem.rule.isEmpty { text += " (\(problem.rule))" }
        Terminal.write(text + "\n")
    }

    func finish() throws(FileProblem) { try sink?.finish() }
}
