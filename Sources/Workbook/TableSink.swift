import Population

/// The output of a table: a CSV file with a byte-order mark for spreadsheets, or a workbook.
///
/// Rows are appended to `bytes` as lines of a CSV file (`CSVLine`). The file is complete only after `finish()`.
package final class TableSink {
    private enum Target {
        case file(FileSink)
        case workbook(Workbook)
    }

    private let target: Target
    /// Buffered whole rows.
    package var bytes: [UInt8] = []

    /// - Parameters:
    ///   - path: of the file; "-" is the standard output, for CSV only.
    ///   - sheet: name of the workbook's sheet.
    package init(
        path: String, sheet: String, _ columns: [TableColumn], _ headings: TableHeadings, isWorkbook: Bool = false
    ) throws(FileProblem) {
        if isWorkbook {
            target = .workbook(try Workbook(path: path, sheet: sheet, columns, headings))
        } else {
            target = .file(try FileSink(path: path))
            CSVText.begin(columns, headings, to: &bytes)
        }
    }

    /// Writes the buffer if it has reached a piece's size.
    package func flushIfFull() throws(FileProblem) {
        if bytes.count >= FileSink.pieceBytes { try flush() }
    }

    private func flush() throws(FileProblem) {
        switch target {
        case .file(let file):
            file.bytes += bytes
            try file.flush()
        case .workbook(let book): try book.append(csv: bytes)
        }
        bytes.removeAll(keepingCapacity: true)
    }

    package func finish() throws(FileProblem) {
        try flush()
        switch target {
        case .file(let file): try file.finish()
        case .workbook(let book): try book.finish()
        }
    }
}
