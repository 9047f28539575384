import Policy
import Settlement

/// Reads a claims file row by row.
package struct ClaimFileReader<Source: ByteSource> {
    /// What `next` found.
    package enum Found {
        case row
        /// This row is not a claim; the next one may be.
        case bad(RowProblem)
        case end
    }

    private var table: TableReader<Source>
    private let persons: PersonNumbers
    /// The column of each position.
    package let columns: [ClaimColumn]

    package var bytesRead: Int64 { table.bytesRead }
    /// The values of the row that `next` found.
    package var cells: CSVRow { table.cells }
    /// The file carries what a source prints.
    package var hasPrinted: Bool {
        columns.contains { $0 == .printedFund || $0 == .printedAccount || $0 == .printedCash }
    }

    /// Reads the header.
    ///
    /// - Parameter persons: who is known already, of files that belong together.
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
            // An empty value is what the row begins with; most values of a file are.
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
    /// A file names persons by one of two columns.
    static func requirePerson(_ columns: [ClaimColumn]) throws(HeaderProblem) {
        if persons.contains(where: columns.contains) { return }
        throw HeaderProblem(
            message: "line 1: column \"person\" (人员编号) is missing, and so is \"person_no\" (平台人员编号); add one of them")
    }
}

extension [ClaimColumn] {
    /// By which a refusal of a row's person is told.
    var personColumn: ClaimColumn { contains(.personNo) ? .personNo : .person }
}
