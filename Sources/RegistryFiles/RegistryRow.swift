import Population
import Registry

/// One row of a table, made of a record and of `column=value` arguments in a file's words.
package struct RegistryRow {
    package let table: RegistryTable
    /// Values by column of the table.
    private var values: [String]

    /// An empty row.
    package init(_ table: RegistryTable) {
        self.table = table
        values = Array(repeating: "", count: table.columns.count)
    }

    /// The row of a valid entry, to be corrected; nil: no table has such entries.
    ///
    /// - Parameter code: code of an institution's number, for referrals.
    package init?(_ entry: PersonEntry, of person: UInt64, code: @escaping (UInt32) -> String) {
        guard let table = RegistryTable(of: entry.fact),
            let cells = RegistryFileWriter(table, hasNumbers: true, code: code).values(entry, of: person)
        else { return nil }
        self.table = table
        values = cells
    }

    /// Applies `column=value` arguments by the column's English or Chinese name; an empty value clears it.
    ///
    /// - Throws: `RowProblem` for an argument that is malformed, names an unknown column, or one twice.
    package mutating func set(_ assignments: [String]) throws(RowProblem) {
        var seen: Set<Int> = []
        for assignment in assignments {
            guard let sign = assignment.firstIndex(of: "=") else {
                throw RowProblem(
                    line: 0, value: assignment, message: "is not COLUMN=VALUE; write it as in status=retired")
            }
            let name = String(assignment[..<sign])
            let columns = table.columns
            guard let column = columns.firstIndex(where: { $0.name == name || $0.chinese == name }) else {
                let names = columns.map(\.name).joined(separator: ", ")
                throw RowProblem(
                    line: 0, column: name, value: "",
                    message: "no such column; the columns of \(table.rawValue) are \(names)")
            }
            guard seen.insert(column).inserted else {
                throw RowProblem(line: 0, column: name, value: "", message: "stands twice; keep one")
            }
            values[column] = String(assignment[assignment.index(after: sign)...])
        }
    }

    /// The request to the register that the row makes.
    package func request() throws(RowProblem) -> RegistryRequest {
        var bytes: [UInt8] = []
        CSVText.appendRow(table.columns.map(\.name), to: &bytes)
        CSVText.appendRow(values, to: &bytes)
        let found: RegistryFileReader<MemorySource>.Found
        do {
            var reader = try RegistryFileReader(table, MemorySource(bytes))
            found = try reader.next()
        } catch {
            throw RowProblem(line: 0, message: "\(error)")
        }
        switch found {
        case .row(_, let request): return request
        case .bad(let problem): throw problem
        case .end: throw RowProblem(line: 0, message: "the row is empty; say what is to be recorded")
        }
    }
}

extension RegistryTable {
    /// The table of a fact; nil: a withdrawal, which no table has.
    package init?(of fact: PersonFact) {
        switch fact {
        case .basics: self = .persons
        case .enrolment: self = .enrolments
        case .purchase: self = .purchases
        case .identity: self = .identities
        case .family: self = .family
        case .special: self = .special
        case .referral: self = .referrals
        case .departure: self = .departures
        case .withdrawn: return nil
        }
    }
}
