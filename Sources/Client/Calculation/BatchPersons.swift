import Policy
import Population
import Settlement
import WireMessages

/// The person rows of a batch, in columns (`PersonTable`).
struct BatchPersons: ~Copyable {
    private var year = WireColumn<UInt32>()
    private var insurance = WireColumn<UInt8>()
    private var membership = WireColumn<UInt8>()
    private var status = WireColumn<UInt8>()
    private var coveredFrom = WireColumn<UInt32>()
    private var coveredUntil = WireColumn<UInt32>()
    private var product = WireColumn<UInt8>()
    private(set) var products = WireStrings()
    private var boughtOn = WireColumn<UInt32>()
    private var preExisting = WireColumn<UInt8>()
    private var identityRow = WireColumn<UInt32>()
    private var identity = WireColumn<UInt8>()
    private var identityGiven = WireColumn<UInt32>()
    private var identityEnded = WireColumn<UInt32>()
    private var filingRow = WireColumn<UInt32>()
    private var filingDisease = WireColumn<UInt8>()
    private var filingFrom = WireColumn<UInt32>()
    private var filingUntil = WireColumn<UInt32>()
    private var accountRow = WireColumn<UInt32>()
    private var accountRelation = WireColumn<UInt8>()
    private var accountBalance = WireColumn<Int64>()
    private var names = WireStrings()
    private var accumulators = WireColumn<Int64>()

    var count: Int { year.count }
    var accountCount: Int { accountRow.count }
    /// The largest count of identities, filings and accounts.
    var recordCount: Int { max(identityRow.count, filingRow.count, accountRow.count) }

    mutating func append(_ person: PersonRecord, year: Int32, diseases: inout WireStrings) {
        let row = UInt32(count)
        let facts = person.facts
        self.year.append(UInt32(bitPattern: year))
        insurance.append(facts.insurance.rawValue)
        membership.append(facts.membership.rawValue)
        status.append(facts.status.rawValue)
        coveredFrom.append(UInt32(bitPattern: facts.covered.from.number))
        coveredUntil.append(UInt32(bitPattern: facts.covered.until.number))
        product.append(person.product.isEmpty ? 0 : UInt8(products.index(of: person.product) + 1))
        boughtOn.append(UInt32(bitPattern: facts.boughtOn.number))
        preExisting.append(facts.hasPreExistingDisease ? 1 : 0)
        for record in person.identities {
            identityRow.append(row)
            identity.append(record.identity.rawValue)
            identityGiven.append(UInt32(bitPattern: record.given.number))
            identityEnded.append(UInt32(bitPattern: record.ended.number))
        }
        for record in person.filings {
            filingRow.append(row)
            filingDisease.append(UInt8(diseases.index(of: record.disease) + 1))
            filingFrom.append(UInt32(bitPattern: record.inForce.from.number))
            filingUntil.append(UInt32(bitPattern: record.inForce.until.number))
        }
        for account in person.accounts { append(account, row: row) }
    }

    /// Appends an account of the last person with its current balance, not the person's opening one.
    mutating func append(_ account: AccountState, row: UInt32) {
        accountRow.append(row)
        accountRelation.append(account.relation.rawValue)
        accountBalance.append(account.balance)
    }

    /// Names the accumulators whose values follow, row by row.
    mutating func name(_ names: [String]) { for name in names { self.names.append(name) } }

    mutating func append(accumulators values: ArraySlice<Fen>) {
        for value in values { accumulators.append(value) }
    }

    mutating func clear() {
        year.clear()
        insurance.clear()
        membership.clear()
        status.clear()
        coveredFrom.clear()
        coveredUntil.clear()
        product.clear()
        products.clear()
        boughtOn.clear()
        preExisting.clear()
        identityRow.clear()
        identity.clear()
        identityGiven.clear()
        identityEnded.clear()
        filingRow.clear()
        filingDisease.clear()
        filingFrom.clear()
        filingUntil.clear()
        accountRow.clear()
        accountRelation.clear()
        accountBalance.clear()
        names.clear()
        accumulators.clear()
    }

    /// Points `table` at the columns; it is valid until they change.
    func link(_ table: inout Jiesuan__V1__PersonTable) {
        table.n_year = year.count
        table.year = year.base
        table.insurance = insurance.bytes
        table.membership = membership.bytes
        table.status = status.bytes
        table.n_covered_from = coveredFrom.countIfAny
        table.covered_from = coveredFrom.base
        table.n_covered_until = coveredUntil.countIfAny
        table.covered_until = coveredUntil.base
        table.product = product.bytes
        table.n_products = products.count
        table.products = products.pointers
        table.n_bought_on = boughtOn.countIfAny
        table.bought_on = boughtOn.base
        table.pre_existing = preExisting.bytes
        linkRecords(&table)
        table.n_accumulator_names = names.count
        table.accumulator_names = names.pointers
        table.n_accumulators = accumulators.count
        table.accumulators = accumulators.base
    }

    private func linkRecords(_ table: inout Jiesuan__V1__PersonTable) {
        table.n_identity_row = identityRow.count
        table.identity_row = identityRow.base
        table.identity = identity.bytes
        table.n_identity_given = identityGiven.countIfAny
        table.identity_given = identityGiven.base
        table.n_identity_ended = identityEnded.countIfAny
        table.identity_ended = identityEnded.base
        table.n_filing_row = filingRow.count
        table.filing_row = filingRow.base
        table.filing_disease = filingDisease.bytes
        table.n_filing_from = filingFrom.countIfAny
        table.filing_from = filingFrom.base
        table.n_filing_until = filingUntil.countIfAny
        table.filing_until = filingUntil.base
        table.n_account_row = accountRow.count
        table.account_row = accountRow.base
        table.account_relation = accountRelation.bytes
        table.n_account_balance = accountBalance.countIfAny
        table.account_balance = accountBalance.base
    }
}
