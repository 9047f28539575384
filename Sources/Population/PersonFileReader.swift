import Settlement

/// Reads a persons file: the columns of a claims file that are the person's, one row a person.
package struct PersonFileReader<Source: ByteSource> {
    package enum Found {
        case person(PersonRecord)
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

    private var csv: CSVReader<Source>
    private var cells = CSVRow()
    private let columns: [ClaimColumn]

    package var bytesRead: Int64 { csv.bytesRead }

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
        var columns: [ClaimColumn] = []
        for index in 0..<header.count {
            let name = header.text(index)
            guard let column = ClaimColumn.named(name), columnsAllowed.contains(column), !columns.contains(column)
            else {
                throw HeaderProblem(
                    message: "line 1: \"\(name)\" is no column of a persons file, or stands twice; it may have "
                        + columnsAllowed.map(\.rawValue).joined(separator: ", "))
            }
            columns.append(column)
        }
        guard columns.contains(.person) else {
            throw HeaderProblem(message: "line 1: column \"person\" (人员编号) is missing; add it")
        }
        return columns
    }

    package mutating func next() throws(FileProblem) -> Found {
        switch try csv.next(&cells) {
        case .end: return .end
        case .bad(let reason): return .bad(RowProblem(line: cells.line, message: reason))
        case .row: break
        }
        guard cells.count == columns.count else {
            return .bad(RowProblem(
                line: cells.line,
                message: "the row has \(cells.count) values, the header \(columns.count) columns; complete the row"))
        }
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
        return .person(row.person)
    }
}
