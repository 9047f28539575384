import Population

extension CSVLine {
    /// Ends the row; the line begins anew.
    mutating func end(to writer: RunWriter) { end(into: &writer.bytes) }
}

/// Rows that were not settled, as results list them.
enum RefusedRows {
    static func append(_ problem: RowProblem, to writer: RunWriter) throws(RunProblem) {
        ErrorFile.append(problem, to: &writer.bytes)
        try writer.flushIfFull()
    }
}
