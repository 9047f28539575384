import RPC
import Settlement
import WireMessages

/// The tables of a batch that hold any number of records per person row.
extension BatchInput {
    /// Walks records ordered by row and tells each person its range.
    private static func ranges(
        _ rows: Column<UInt32>, count: Int, _ persons: UnsafeMutableBufferPointer<BatchPerson>, _ name: StaticString,
        _ range: WritableKeyPath<PersonRows, Range<Int>>
    ) throws(RequestProblem) {
        var start = 0
        var last = -1
        while start < count {
            let row = Int(rows[start])
            guard row < persons.count else { throw .record(name, entry: start, "is not a row of persons") }
            guard row > last else { throw .record(name, entry: start, "is out of order: records are ordered by row") }
            last = row
            var end = start + 1
            while end < count, Int(rows[end]) == row { end += 1 }
            persons[row].rows[keyPath: range] = start..<end
            start = end
        }
    }

    static func identities(
        _ table: Jiesuan__V1__PersonTable, _ persons: UnsafeMutableBufferPointer<BatchPerson>, _ arena: Arena
    ) throws(RequestProblem) -> UnsafeMutableBufferPointer<DatedIdentity> {
        let count = table.n_identity_row
        guard count <= BatchLimit.recordsMax else { throw .malformed("persons has more than 524,288 identities") }
        let rows = try Column(table.identity_row, count, rows: count, "persons.identity_row")
        let identity = try Column(table.identity, rows: count, "persons.identity")
        let given = try Column(table.identity_given, table.n_identity_given, rows: count, "persons.identity_given")
        let ended = try Column(table.identity_ended, table.n_identity_ended, rows: count, "persons.identity_ended")
        try ranges(rows, count: count, persons, "persons.identity_row", \.identities)
        let identities: UnsafeMutableBufferPointer<DatedIdentity> = try arena.array(count)
        for index in 0..<count {
            var record = DatedIdentity(.none, given: .none)
            do throws(RequestProblem) {
                record = DatedIdentity(
                    try fact(UInt32(identity[index]), .identity), given: try day(given[index], .identityGiven),
                    ended: try date(ended[index], .identityEnded))
            } catch {
                persons[Int(rows[index])].note(error.refusal, sent: error.number ?? 0)
            }
            identities.initializeElement(at: index, to: record)
        }
        return identities
    }

    static func filings(
        _ table: Jiesuan__V1__PersonTable, _ persons: UnsafeMutableBufferPointer<BatchPerson>,
        _ diseases: UnsafeMutableBufferPointer<UInt8>, _ arena: Arena
    ) throws(RequestProblem) -> UnsafeMutableBufferPointer<DatedFiling> {
        let count = table.n_filing_row
        guard count <= BatchLimit.recordsMax else { throw .malformed("persons has more than 524,288 filings") }
        let rows = try Column(table.filing_row, count, rows: count, "persons.filing_row")
        let disease = try Column(table.filing_disease, rows: count, "persons.filing_disease")
        let from = try Column(table.filing_from, table.n_filing_from, rows: count, "persons.filing_from")
        let until = try Column(table.filing_until, table.n_filing_until, rows: count, "persons.filing_until")
        try ranges(rows, count: count, persons, "persons.filing_row", \.filings)
        let filings: UnsafeMutableBufferPointer<DatedFiling> = try arena.array(count)
        for index in 0..<count {
            var record = DatedFiling(disease: 0, inForce: DateRange())
            let code = Int(disease[index])
            if code == 0 || code >= diseases.count || diseases[code] == 0 {
                persons[Int(rows[index])].note(Refusal(.factInvalid, .filing), sent: UInt32(code))
            } else {
                do throws(RequestProblem) {
                    record = DatedFiling(
                        disease: diseases[code],
                        inForce: DateRange(
                            from: try date(from[index], .filingFrom), until: try date(until[index], .filingUntil)))
                } catch {
                    persons[Int(rows[index])].note(error.refusal, sent: error.number ?? 0)
                }
            }
            filings.initializeElement(at: index, to: record)
        }
        return filings
    }

    static func accounts(
        _ table: Jiesuan__V1__PersonTable, _ persons: UnsafeMutableBufferPointer<BatchPerson>, _ arena: Arena
    ) throws(RequestProblem) -> UnsafeMutableBufferPointer<Fen> {
        let count = table.n_account_row
        guard count <= BatchLimit.recordsMax else { throw .malformed("persons has more than 524,288 accounts") }
        let rows = try Column(table.account_row, count, rows: count, "persons.account_row")
        let relation = try Column(table.account_relation, rows: count, "persons.account_relation")
        let balance = try Column(
            table.account_balance, table.n_account_balance, rows: count, "persons.account_balance")
        try ranges(rows, count: count, persons, "persons.account_row", \.accounts)
        let accounts: UnsafeMutableBufferPointer<Fen> = try arena.array(count)
        for index in 0..<count {
            accounts[index] = balance[index]
            let row = Int(rows[index])
            let position = index - persons[row].rows.accounts.lowerBound
            if !isAllowed(relation: UInt32(relation[index]), position: position) {
                persons[row].note(Refusal(.factInvalid, .accountRelation), sent: UInt32(relation[index]))
            }
            guard persons[row].rows.accounts.count <= CalculatorLimit.accountsMax else {
                throw .record("persons.account_row", entry: index, "is the ninth account of its row; 8 are allowed")
            }
        }
        return accounts
    }
}

extension BatchPerson {
    /// Keeps the first problem of the row in the order of the error registry.
    mutating func note(_ refusal: Refusal, sent: UInt32) {
        guard problem.isNone || refusal.code.rawValue < problem.code.rawValue else { return }
        problem = refusal
        self.sent = sent
    }
}
