import Policy
import Settlement
import Text

/// The years of a run's persons: accumulators by name, and account balances.
///
/// Memory grows with the persons of a file, not with its claims.
package struct PersonYears {
    /// Person-years of one run: a city's; some 300 bytes each.
    package static var countMax: Int { 5_000_000 }

    /// The indexes of one person-year.
    package struct Entry: Sendable {
        /// Row in the region's table.
        package var row: Int
        /// Positions in `balances`.
        package var accounts: Range<Int>
        var openedAt: Int
    }

    /// The accumulators of one region's person-years.
    package struct Table: Sendable {
        /// Empty until the pack's names are known.
        package private(set) var names: [String] = []
        /// Row-major.
        package var values: [Fen] = []
        package private(set) var count = 0

        /// Sets the pack's names of the accumulators, once.
        package mutating func name(_ names: [String]) {
            guard self.names.isEmpty else { return }
            self.names = names
            values = [Fen](repeating: 0, count: count * names.count)
        }

        package func range(_ row: Int) -> Range<Int> { row * names.count..<(row + 1) * names.count }

        mutating func addRow() -> Int {
            values.append(contentsOf: repeatElement(0, count: names.count))
            count += 1
            return count - 1
        }
    }

    private struct Key: Hashable {
        var person: UInt64
        var region: Int32
        var year: Int32
    }

    private var entries: [Key: Entry] = [:]
    /// By region index.
    package var tables: [Table]
    package var balances: [Fen] = []
    private var opening: [AccountState] = []

    package init(regions: Int) { tables = [Table](repeating: Table(), count: regions) }

    /// The year of the row's person and service date, opened where it is new.
    ///
    /// The first row's accounts open the year. Later rows omit or repeat them: the payments
    /// since then are known here, so another balance is a contradiction.
    package mutating func open(_ row: ClaimRow, region: Int) throws(RowProblem) -> Entry {
        let key = Key(
            person: row.person.number, region: Int32(region), year: row.claim.claim.serviceDate.year)
        let accounts = row.person.accounts
        if let entry = entries[key] {
            if accounts.isEmpty || opening[entry.accounts].elementsEqual(accounts) { return entry }
            throw RowProblem(
                line: row.line, id: row.id, column: ClaimColumn.accounts.rawValue,
                value: ClaimFileWriter().text(.accounts, of: row), code: DomainCode.factInvalid.name,
                rule: "CQ-31",
                message: "line \(entry.openedAt) opened this person's year with other accounts; state the balances at "
                    + "the opening of the year once, or the same on every row")
        }
        if entries.count >= Self.countMax {
            throw RowProblem(
                line: row.line, id: row.id, column: ClaimColumn.person.rawValue, value: row.person.text,
                message: "more than \(Self.countMax) person-years in one file; split the file by person")
        }
        let start = balances.count
        for account in accounts {
            balances.append(account.balance)
            opening.append(account)
        }
        let entry = Entry(
            row: tables[region].addRow(), accounts: start..<balances.count, openedAt: row.line)
        entries[key] = entry
        return entry
    }

    /// The current accounts of a person-year.
    package func accounts(of entry: Entry) -> [AccountState] {
        entry.accounts.map { AccountState(relation: opening[$0].relation, balance: balances[$0]) }
    }
}
