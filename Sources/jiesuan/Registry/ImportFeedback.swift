import Policy
import Population
import Registry
import Settlement
import Text
import Workbook

/// Feedback to a department on every row of its list of assisted persons (信息反馈, YT-12): accepted, or the reason for
/// refusal.
final class ImportFeedback {
    private static let columns = [
        TableColumn("line", "行号", .number), TableColumn("person", "人员编号", .id),
        TableColumn("identity", "救助身份"), TableColumn("given", "认定日期", .date),
        TableColumn("ended", "退出日期", .date), TableColumn("taken_in", "是否纳入"),
        TableColumn("column", "问题列"), TableColumn("value", "问题值"), TableColumn("reason", "未纳入原因"),
    ]

    private let sink: TableSink
    private let headings: TableHeadings

    init(path: String, _ headings: TableHeadings) throws(FileProblem) {
        sink = try TableSink(path: path, sheet: "feedback", Self.columns, headings)
        self.headings = headings
    }

    /// Writes the accepted and the refused rows, by line, in the order of the file.
    func tell(_ requests: [RegistryRequest], lines: [Int], refused problems: [RowProblem]) throws(FileProblem) {
        let requestOfLine = Dictionary(zip(lines, requests), uniquingKeysWith: { first, _ in first })
        let problemOfLine = Dictionary(problems.map { ($0.line, $0) }, uniquingKeysWith: { first, _ in first })
        for line in Set(requestOfLine.keys).union(problemOfLine.keys).sorted() {
            try write(line, requestOfLine[line], problemOfLine[line])
        }
    }

    private func write(_ number: Int, _ request: RegistryRequest?, _ problem: RowProblem?) throws(FileProblem) {
        var line = CSVLine()
        line.add(number: number)
        if case .identity(let person, let record, _) = request?.asked {
            let no = request?.names?.person.no ?? ""
            if no.isEmpty { line.add(person: person) } else { line.add(id: no) }
            line.add(
                headings == .chinese
                    ? ExplainWords.label(record.dated.identity).zh : "\(record.dated.identity)".snakeCased)
            line.add(date: record.dated.given)
            line.add(date: record.dated.ended)
        } else {
            // An unreadable row has no person to name.
            for _ in 0..<4 { line.add("") }
        }
        line.add(headings == .chinese ? (problem == nil ? "是" : "否") : (problem == nil ? "yes" : "no"))
        line.add(problem?.column ?? "")
        line.add(problem?.value ?? "")
        line.add(problem.map { "\($0.code): \($0.message)" } ?? "")
        line.end(into: &sink.bytes)
        try sink.flushIfFull()
    }

    func finish() throws(FileProblem) { try sink.finish() }
}
