import Policy
import Settlement

/// Reads a claims file row by row.
package struct ClaimFileReader<Source: ByteSource> {
    /// The result of `next`.
    package enum Found {
        case row
        /// An unreadable row; reading may continue.
        case bad(RowProblem)
        case end
    }

    private var table: TableReader<Source>
    private let persons: PersonNumbers
    /// The columns in the file's order.
    package let columns: [ClaimColumn]

    package var bytesRead: Int64 { table.bytesRead }
    /// The values of the current row.
    package var cells: CSVRow { table.cells }
    /// Whether the file has results printed by a source document.
    package var hasPrinted: Bool {
        columns.contains { $0 == .printedFund || $0 == .printedAccount || $0 == .printedCash }
    }

    /// Reads the header.
    ///
    /// - Parameter persons: numbers shared with other files of the same persons.
    /// - Throws: `HeaderProblem` or `FileProblem`.
    package init(_ source: Source, persons: PersonNumbers = PersonNumbers()) throws {
        self.persons = persons
        table = try TableReader(
            source, ClaimColumn.allCases.map(\.fileColumn), kind: "a claims file",
            help: "`jiesuan calculate --help` explains them")
        columns = table.order.map { ClaimColumn.allCases[$0] }
        try ClaimColumn.requirePerson(columns)
    }

    /// Reads the next row into `row`.
    package mutating func next(_ row: inout ClaimRow) throws(FileProblem) -> Found {
        switch try table.next() {
        case .end: return .end
        case .bad(let problem): return .bad(problem)
        case .row: break
        }
        let line = table.cells.line
        row = ClaimRow(
            line: line, region: "", person: PersonRecord(number: 0, facts: PersonFacts(insurance: .unspecified)),
            claim: ClaimRecord(Claim(kind: .unspecified, serviceDate: .none, cost: CostSplit(total: 0))))
        row.person.isNamed = false
        let bytes = table.cells.bytes.span
        for (index, column) in columns.enumerated() {
            let range = table.cells.range(index)
            // Fields start empty, and most values of a file are.
            if range.isEmpty, !column.isRequired { continue }
            do throws(CellProblem) {
                try row.set(column, to: bytes.extracting(range))
            } catch {
                return .bad(
                    RowProblem(error, line: line, id: row.id, column: column, value: table.cells.text(index)))
            }
        }
        do throws(CellProblem) { try row.person.resolve(persons) } catch {
            return .bad(
                RowProblem(error, line: line, id: row.id, column: columns.personColumn, value: row.person.no))
        }
        return .row
    }
}

extension ClaimColumn {
    /// Requires one of the two columns that name persons.
    static func requirePerson(_ columns: [ClaimColumn]) throws(HeaderProblem) {
        if persons.contains(where: columns.contains) { return }
        throw HeaderProblem(
            message: "line 1: column \"person\" (人员编号) is missing, and so is \"person_no\" (平台人员编号); add one of them")
    }
}

extension [ClaimColumn] {
    /// The column that a refusal of a row's person names.
    var personColumn: ClaimColumn { contains(.personNo) ? .personNo : .person }
}
