import Population

extension CSVLine {
    /// Ends the row; the line begins anew.
    mutating func end(to writer: AtomicFileWriter) { end(into: &writer.bytes) }
}

/// Rows that were not settled, as results list them.
enum RefusedRows {
    static func append(_ problem: RowProblem, to writer: AtomicFileWriter) throws(RunProblem) {
        ErrorFile.append(problem, to: &writer.bytes)
        try writer.flushIfFull()
    }
}
