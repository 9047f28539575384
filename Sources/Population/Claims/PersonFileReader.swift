import Settlement

/// Reads a persons file: the person's columns of a claims file, one row a person.
package struct PersonFileReader<Source: ByteSource> {
    package enum Found {
        /// A person, with the line where the row starts and the region that it names; empty: none.
        case person(line: Int, region: String, PersonRecord)
        /// An unreadable row; reading may continue.
        case bad(RowProblem)
        case end
    }

    /// Columns that a persons file may have, in any order; `person` or `person_no` must be there.
    package static var columnsAllowed: [ClaimColumn] {
        [
            .person, .personNo, .region, .insurance, .membership, .status, .coveredFrom, .coveredUntil, .identities,
            .filings,
            .product, .boughtOn, .preExisting,
        ]
    }

    private var table: TableReader<Source>
    private let columns: [ClaimColumn]
    private let persons: PersonNumbers

    package var bytesRead: Int64 { table.bytesRead }

    /// Reads the header.
    ///
    /// - Parameter persons: numbers shared with other files of the same persons.
    /// - Throws: `HeaderProblem` or `FileProblem`.
    package init(_ source: Source, persons: PersonNumbers = PersonNumbers()) throws {
        self.persons = persons
        let allowed = Self.columnsAllowed
        table = try TableReader(
            source, allowed.map { FileColumn($0.rawValue, $0.chinese, in: .claims, isRequired: false) },
            kind: "a persons file", help: "`jiesuan calculate --help` explains them")
        columns = table.order.map { allowed[$0] }
        try ClaimColumn.requirePerson(columns)
    }

    package mutating func next() throws(FileProblem) -> Found {
        switch try table.next() {
        case .end: return .end
        case .bad(let problem): return .bad(problem)
        case .row: break
        }
        let cells = table.cells
        var row = ClaimRow(
            line: cells.line, region: "", person: PersonRecord(number: 0, facts: PersonFacts(insurance: .unspecified)),
            claim: ClaimRecord(Claim(kind: .unspecified, serviceDate: .none, cost: CostSplit(total: 0))))
        row.person.isNamed = false
        let bytes = cells.bytes.span
        for (index, column) in columns.enumerated() {
            let range = cells.range(index)
            if range.isEmpty { continue }
            do throws(CellProblem) {
                try row.set(column, to: bytes.extracting(range))
            } catch {
                return .bad(RowProblem(error, line: cells.line, id: "", column: column, value: cells.text(index)))
            }
        }
        do throws(CellProblem) { try row.person.resolve(persons) } catch {
            return .bad(RowProblem(error, line: cells.line, id: "", column: columns.personColumn, value: row.person.no))
        }
        return .person(line: cells.line, region: row.region, row.person)
    }
}
