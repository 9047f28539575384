import Policy
import Settlement

/// A file that cannot be read at all: its header is wrong.
package struct HeaderProblem: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong and what to do.
    package var message: String
    package var description: String { message }

    package init(message: String) { self.message = message }
}

/// Reads a claims file row by row.
package struct ClaimFileReader<Source: ByteSource> {
    /// What `next` found.
    package enum Found {
        case row
        /// This row is not a claim; the next one may be.
        case bad(RowProblem)
        case end
    }

    private var csv: CSVReader<Source>
    private var cells = CSVRow()
    /// The column of each position.
    package let columns: [ClaimColumn]

    package var bytesRead: Int64 { csv.bytesRead }
    /// The file carries what a source prints.
    package var hasPrinted: Bool {
        columns.contains { $0 == .printedFund || $0 == .printedAccount || $0 == .printedCash }
    }

    /// Reads the header.
    ///
    /// - Throws: `HeaderProblem` or `FileProblem`.
    package init(_ source: Source) throws {
        csv = CSVReader(source)
        switch try csv.next(&cells) {
        case .end: throw HeaderProblem(message: "the file is empty; its first line must name the columns")
        case .bad(let reason): throw HeaderProblem(message: "line \(cells.line): \(reason)")
        case .row: columns = try Self.columns(of: cells)
        }
    }

    private static func columns(of header: CSVRow) throws(HeaderProblem) -> [ClaimColumn] {
        if String(validating: header.bytes, as: UTF8.self) == nil {
            throw HeaderProblem(message: "line 1 is not UTF-8; save the file as \"CSV UTF-8\"")
        }
        var columns: [ClaimColumn] = []
        for index in 0..<header.count {
            let name = header.text(index)
            guard let column = ClaimColumn.named(name) else {
                throw HeaderProblem(
                    message: "line 1: unknown column \"\(name)\" (number \(index + 1)); remove it, or correct its name "
                        + "(`jiesuan calculate --help` lists the columns)")
            }
            if columns.contains(column) {
                throw HeaderProblem(message: "line 1: column \"\(column.rawValue)\" stands twice; keep one")
            }
            columns.append(column)
        }
        for column in ClaimColumn.allCases where column.isRequired && !columns.contains(column) {
            throw HeaderProblem(message: "line 1: column \"\(column.rawValue)\" (\(column.chinese)) is missing; add it")
        }
        return columns
    }

    /// Reads the next row into `row`.
    package mutating func next(_ row: inout ClaimRow) throws(FileProblem) -> Found {
        switch try csv.next(&cells) {
        case .end: return .end
        case .bad(let reason): return .bad(RowProblem(line: cells.line, message: reason))
        case .row: break
        }
        row = ClaimRow(
            line: cells.line, region: "", person: PersonRecord(number: 0, facts: PersonFacts(insurance: .unspecified)),
            claim: ClaimRecord(Claim(kind: .unspecified, serviceDate: .none, cost: CostSplit(total: 0))))
        if cells.count != columns.count {
            return .bad(RowProblem(
                line: cells.line,
                message: "the row has \(cells.count) values, the header \(columns.count) columns; complete the row"))
        }
        let bytes = cells.bytes.span
        for (index, column) in columns.enumerated() {
            let range = cells.range(index)
            // An empty value is what the row begins with; most values of a file are.
            if range.isEmpty, !column.isRequired { continue }
            do throws(CellProblem) {
                try row.set(column, to: bytes.extracting(range))
            } catch {
                return .bad(
                    RowProblem(error, line: cells.line, id: row.id, column: column, value: cells.text(index)))
            }
        }
        return .row
    }
}
