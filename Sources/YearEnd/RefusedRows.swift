import Population

extension CSVLine {
    /// Ends the row; the line begins anew.
    mutating func end(to writer: RunWriter) { end(into: &writer.bytes) }
}

/// Rows that were not settled, as results list them.
enum Refused {
    static let columns = ["line_or_number", "id", "code", "field", "rule", "message"]

    static func append(_ problem: RowProblem, to writer: RunWriter) throws(RunProblem) {
        var row = CSVLine()
        row.add(number: problem.line)
        row.add(problem.id)
        row.add(problem.code)
        row.add(problem.column)
        row.add(problem.rule)
        row.add(problem.message)
        row.end(to: writer)
        try writer.flushIfFull()
    }
}
