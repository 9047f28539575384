import Settlement

/// Reads a persons file: the columns of a claims file that are the person's, one row a person.
package struct PersonFileReader<Source: ByteSource> {
    package enum Found {
        /// The person of the row that starts at this line, with the region that it names; empty: none.
        case person(line: Int, region: String, PersonRecord)
        /// This row is no person; the next one may be.
        case bad(RowProblem)
        case end
    }

    /// Columns that a persons file may have, in any order; `person` must be there.
    package static var columnsAllowed: [ClaimColumn] {
        [
            .person, .region, .insurance, .membership, .status, .coveredFrom, .coveredUntil, .identities, .filings,
            .product, .boughtOn, .preExisting,
        ]
    }

    private var table: TableReader<Source>
    private let columns: [ClaimColumn]

    package var bytesRead: Int64 { table.bytesRead }

    /// Reads the header.
    ///
    /// - Throws: `HeaderProblem` or `FileProblem`.
    package init(_ source: Source) throws {
        let allowed = Self.columnsAllowed
        table = try TableReader(
            source, allowed.map { FileColumn($0.rawValue, $0.chinese, isRequired: $0 == .person) },
            kind: "a persons file", help: "`jiesuan calculate --help` explains them")
        columns = table.order.map { allowed[$0] }
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
        let bytes = cells.bytes.span
        for (index, column) in columns.enumerated() {
            let range = cells.range(index)
            if range.isEmpty, column != .person { continue }
            do throws(CellProblem) {
                try row.set(column, to: bytes.extracting(range))
            } catch {
                return .bad(RowProblem(error, line: cells.line, id: "", column: column, value: cells.text(index)))
            }
        }
        return .person(line: cells.line, region: row.region, row.person)
    }
}
