import Population
import Registry
import Settlement

/// Reads a file of the register row by row in bounded memory.
package struct RegistryFileReader<Source: ByteSource> {
    /// The result of `next`.
    package enum Found {
        /// A row, with the line where it starts.
        case row(line: Int, RegistryRequest)
        /// An unreadable row; reading may continue.
        case bad(RowProblem)
        case end
    }

    package let table: RegistryTable
    private var reader: TableReader<Source>

    package var bytesRead: Int64 { reader.bytesRead }
    /// The values of the current row.
    package var cells: CSVRow { reader.cells }

    /// The current row's value of a column, by its index in the table; empty where the file lacks the column.
    package func text(_ column: Int) -> String { reader.text(column) }

    /// Reads the header.
    ///
    /// - Throws: `HeaderProblem` or `FileProblem`.
    package init(_ table: RegistryTable, _ source: Source) throws {
        self.table = table
        reader = try TableReader(
            source,
            table.columns.map {
                FileColumn($0.name, $0.chinese, in: table.platformFile, isRequired: $0.isRequired)
            },
            kind: table.rawValue, help: "`jiesuan registry import --help` explains them")
        try requireOne(of: .person, .personNo)
        if table == .family { try requireOne(of: .other, .otherNo) }
    }

    /// Requires one of the two columns that name a person.
    private func requireOne(of number: RegistryColumn, _ no: RegistryColumn) throws(HeaderProblem) {
        guard table.isOfPersons else { return }
        let isThere = [number, no].contains { column in
            table.columns.firstIndex { $0.name == column.name }.map { reader.positions[$0] >= 0 } ?? false
        }
        if isThere { return }
        throw HeaderProblem(
            message: "line 1: column \"\(number.name)\" (\(number.chinese)) is missing, and so is \"\(no.name)\" "
                + "(\(no.chinese)); add one of them")
    }

    package mutating func next() throws(FileProblem) -> Found {
        switch try reader.next() {
        case .end: return .end
        case .bad(let problem): return .bad(problem)
        case .row: break
        }
        let values = RowValues(table: table, positions: reader.positions, cells: reader.cells)
        do throws(ValueProblem) {
            return .row(line: reader.cells.line, try values.request())
        } catch {
            return .bad(
                RowProblem(line: cells.line, column: error.column, value: error.value, message: error.message))
        }
    }
}
