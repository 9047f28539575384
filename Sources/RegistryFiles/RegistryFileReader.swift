import Population
import Registry
import Settlement

/// Reads a file of the register row by row in bounded memory.
package struct RegistryFileReader<Source: ByteSource> {
    /// What `next` found.
    package enum Found {
        /// A row that starts at this line of the file.
        case row(line: Int, RegistryRequest)
        /// This row cannot be read; the next one may be.
        case bad(RowProblem)
        case end
    }

    package let table: RegistryTable
    private var csv: CSVReader<Source>
    private var cells = CSVRow()
    /// By position in the table's columns: the position in the file; −1: the file does not have it.
    private let positions: [Int]
    private let fileColumns: Int

    package var bytesRead: Int64 { csv.bytesRead }

    /// Reads the header.
    ///
    /// - Throws: `HeaderProblem` or `FileProblem`.
    package init(_ table: RegistryTable, _ source: Source) throws {
        self.table = table
        csv = CSVReader(source)
        switch try csv.next(&cells) {
        case .end: throw HeaderProblem(message: "the file is empty; its first line must name the columns")
        case .bad(let reason): throw HeaderProblem(message: "line \(cells.line): \(reason)")
        case .row: break
        }
        positions = try Self.positions(table, cells)
        fileColumns = cells.count
    }

    private static func positions(_ table: RegistryTable, _ header: CSVRow) throws(HeaderProblem) -> [Int] {
        let columns = table.columns
        var positions = Array(repeating: -1, count: columns.count)
        for index in 0..<header.count {
            let name = header.text(index)
            guard let column = columns.firstIndex(where: { $0.name == name || $0.chinese == name }) else {
                let names = columns.map(\.name).joined(separator: ", ")
                throw HeaderProblem(
                    message: "line 1: unknown column \"\(name)\" (number \(index + 1)); "
                        + "the columns of \(table.rawValue) are \(names)")
            }
            guard positions[column] < 0 else {
                throw HeaderProblem(message: "line 1: column \"\(columns[column].name)\" stands twice; keep one")
            }
            positions[column] = index
        }
        for (index, column) in columns.enumerated() where column.isRequired && positions[index] < 0 {
            throw HeaderProblem(message: "line 1: column \"\(column.name)\" (\(column.chinese)) is missing; add it")
        }
        return positions
    }

    package mutating func next() throws(FileProblem) -> Found {
        switch try csv.next(&cells) {
        case .end: return .end
        case .bad(let reason):
            return .bad(problem("", "", reason))
        case .row: break
        }
        guard cells.count == fileColumns else {
            return .bad(
                problem(
                    "", "",
                    "the row has \(cells.count) values, the header \(fileColumns) columns; complete the row"))
        }
        let values = RowValues(table: table, positions: positions, cells: cells)
        do throws(ValueProblem) {
            return .row(line: cells.line, try values.request())
        } catch {
            return .bad(problem(error.column, error.value, error.message))
        }
    }

    private func problem(_ column: String, _ value: String, _ message: String) -> RowProblem {
        RowProblem(
            line: cells.line, id: "", column: column, value: String(value.prefix(RowProblem.valueBytesMax / 4)),
            code: RowProblem.malformed, rule: "", message: message)
    }
}
