import Policy
import Population
import Settlement
import Text

/// Settles rows at a server, in batches of columns; the persons' years are kept here between the batches.
package struct RemoteSettler: RowSettler {
    private let client: CalculationClient
    private let regions: [String]
    private var years: PersonYears

    /// Reads the server's list of regions.
    package init(_ client: CalculationClient) throws(ClientError) {
        self.client = client
        regions = try client.policies().map(\.region)
        years = PersonYears(regions: regions.count)
    }

    /// A pending row: the index of its result, and its person's year.
    private struct Waiting {
        var index: Int
        var entry: PersonYears.Entry
    }

    package mutating func settle(_ rows: [ClaimRow]) throws(ClientError) -> [RowResult] {
        var results = [RowResult?](repeating: nil, count: rows.count)
        for region in regions.indices {
            var waiting: [Waiting] = []
            for (index, row) in rows.enumerated() where row.region == regions[region] {
                do throws(RowProblem) {
                    waiting.append(Waiting(index: index, entry: try years.open(row, region: region)))
                } catch { results[index] = .refused(error) }
            }
            // A person whose facts change within the chunk needs another batch after this one.
            while !waiting.isEmpty { waiting = try settle(waiting, of: rows, region: region, into: &results) }
        }
        return zip(rows, results).map { row, result in
            result ?? .refused(RowProblem(unknownRegionOf: row, known: regions))
        }
    }

    /// Sends as many rows as fit into one batch; returns the rest.
    private mutating func settle(
        _ waiting: [Waiting], of rows: [ClaimRow], region: Int, into results: inout [RowResult?]
    ) throws(ClientError) -> [Waiting] {
        let batch = BatchRequest(region: regions[region])
        batch.name(accumulators: years.tables[region].names)
        // The batch's person row by row of the person-year; nil: its later claims wait for the next batch.
        var personRows: [Int: UInt32?] = [:]
        var persons: [Int] = []
        var accounts: [Range<Int>] = []
        var firstRows: [ClaimRow] = []
        var sent: [Int] = []
        var later: [Waiting] = []
        for item in waiting {
            let row = rows[item.index]
            if let known = personRows[item.entry.row] {
                if let person = known, firstRows[Int(person)].person.hasSameFacts(as: row.person),
                    batch.hasRoom(for: row.person, CollectionOfOne(row.claim))
                {
                    batch.add(row.claim, person: person)
                    sent.append(item.index)
                } else {
                    personRows[item.entry.row] = .some(nil)
                    later.append(item)
                }
                continue
            }
            guard batch.hasRoom(for: row.person, CollectionOfOne(row.claim)) else {
                personRows[item.entry.row] = .some(nil)
                later.append(item)
                continue
            }
            let person = batch.add(years.current(row, item.entry), year: row.claim.claim.serviceDate.year)
            batch.add(accumulators: years.tables[region].values[years.tables[region].range(item.entry.row)])
            personRows[item.entry.row] = person
            persons.append(item.entry.row)
            accounts.append(item.entry.accounts)
            firstRows.append(row)
            batch.add(row.claim, person: person)
            sent.append(item.index)
        }
        let answer = try client.calculate(batch)
        try take(answer, region: region, persons: persons, accounts: accounts)
        for (position, index) in sent.enumerated() { results[index] = .settled(answer.outcome(position)) }
        for number in 0..<answer.errorCount {
            let refusal = answer.error(number)
            results[sent[refusal.item]] = .refused(RowProblem(refusal, row: rows[sent[refusal.item]]))
        }
        return later
    }

    /// Stores the years and balances after a batch.
    private mutating func take(
        _ answer: BatchAnswer, region: Int, persons: [Int], accounts: [Range<Int>]
    ) throws(ClientError) {
        let names = answer.accumulatorNames
        years.tables[region].name(names)
        guard years.tables[region].names == names else {
            throw .badAnswer("the server's accumulators changed during the run; run it again")
        }
        let values = answer.accumulators(persons: persons.count)
        guard values.count == persons.count * names.count else { throw .badAnswer("accumulators are not complete") }
        for (position, person) in persons.enumerated() {
            let start = years.tables[region].range(person).lowerBound
            for slot in names.indices {
                years.tables[region].values[start + slot] = values[position * names.count + slot]
            }
        }
        var position = 0
        for range in accounts {
            for index in range {
                years.balances[index] = answer.balances[position]
                position += 1
            }
        }
    }
}

extension PersonRecord {
    /// True where one person row of a batch fits both; accounts are kept per year, not per row.
    fileprivate func hasSameFacts(as other: PersonRecord) -> Bool {
        facts == other.facts && identities == other.identities && filings == other.filings && product == other.product
    }
}

extension PersonYears {
    /// The row's person with the current balances.
    fileprivate func current(_ row: ClaimRow, _ entry: Entry) -> PersonRecord {
        var person = row.person
        person.accounts = accounts(of: entry)
        return person
    }
}

extension RowProblem {
    /// The service's refusal of a row, with the row's value of the column.
    fileprivate init(_ refusal: ItemRefusal, row: ClaimRow) {
        self.init(
            row: row, column: refusal.domainField?.column, code: refusal.code.name,
            rule: refusal.rule, message: refusal.message)
    }
}
