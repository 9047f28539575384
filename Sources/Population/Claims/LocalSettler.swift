import Policy
import Settlement
import Text

/// Settles rows in this process.
package struct LocalSettler: RowSettler {
    private let packs: [PolicyPack]
    /// Each pack's calculator, made once.
    private let tables: [Tables]
    private var years: PersonYears

    package init(_ packs: [PolicyPack]) {
        self.packs = packs
        tables = packs.map(\.calculator.tables)
        years = PersonYears(regions: packs.count)
        for (index, pack) in packs.enumerated() { years.tables[index].name(pack.accumulators.map(\.name)) }
    }

    package mutating func settle(_ rows: [ClaimRow]) -> [RowResult] {
        rows.map { row in
            do throws(RowProblem) { return .settled(RowOutcome(try settle(row))) } catch { return .refused(error) }
        }
    }

    /// Settles one row and moves its person's year.
    package mutating func settle(_ row: ClaimRow) throws(RowProblem) -> Outcome {
        let region = try region(of: row)
        // A refused row opens its person's year too, as with a server, whose client learns of refusals later.
        let entry = try years.open(row, region: region)
        let resolved = try ResolvedRow(row, packs[region])
        let rows = PersonRows(
            yearStart: years.tables[region].range(entry.row).lowerBound, year: row.claim.claim.serviceDate.year,
            identities: 0..<resolved.identities.count, filings: 0..<resolved.filings.count, accounts: entry.accounts)
        var outcome = Outcome()
        let refusal = resolved.settle(
            tables[region], rows: rows, year: &years.tables[region].values, accounts: &years.balances,
            outcome: &outcome)
        if !refusal.isNone { throw resolved.problem(refusal, packs[region]) }
        return outcome
    }

    private func region(of row: ClaimRow) throws(RowProblem) -> Int {
        if let region = packs.firstIndex(where: { $0.region == row.region }) { return region }
        throw RowProblem(unknownRegionOf: row, known: packs.map(\.region))
    }

    func pack(of row: ClaimRow) throws(RowProblem) -> PolicyPack { packs[try region(of: row)] }

    /// The current accumulators of the row's person, by slot, and the accounts.
    package mutating func state(before row: ClaimRow) throws(RowProblem) -> (year: [Fen], accounts: [AccountState]) {
        let region = try region(of: row)
        let entry = try years.open(row, region: region)
        let year = Array(years.tables[region].values[years.tables[region].range(entry.row)])
        return (year, years.accounts(of: entry))
    }
}

/// A row with its codes resolved to the pack's numbers.
package struct ResolvedRow {
    package let row: ClaimRow
    package private(set) var claim: Claim
    package private(set) var facts: PersonFacts
    package var identities: [DatedIdentity] { row.person.identities }
    package private(set) var filings: [DatedFiling] = []

    package init(_ row: ClaimRow, _ pack: PolicyPack) throws(RowProblem) {
        self.row = row
        claim = row.claim.claim
        facts = row.person.facts
        claim.disease = 0
        facts.product = 0
        if !row.claim.disease.isEmpty {
            guard let disease = pack.disease(code: row.claim.disease) else {
                throw problem(Refusal(.factInvalid, .disease), pack)
            }
            claim.disease = disease
        }
        if !row.person.product.isEmpty {
            guard let product = pack.product(id: row.person.product) else {
                throw problem(Refusal(.factInvalid, .product), pack)
            }
            facts.product = product
        }
        for filing in row.person.filings {
            guard let disease = pack.disease(code: filing.disease) else {
                throw problem(Refusal(.factInvalid, .filing), pack)
            }
            filings.append(DatedFiling(disease: disease, inForce: filing.inForce))
        }
    }

    package func settle(
        _ tables: Tables, rows: PersonRows, year: inout [Fen], accounts: inout [Fen], outcome: inout Outcome
    ) -> Refusal {
        var year = year.mutableSpan
        var accounts = accounts.mutableSpan
        return tables.settle(
            claim, person: facts, rows: rows, identities: identities.span, filings: filings.span, year: &year,
            accounts: &accounts, outcome: &outcome)
    }

    /// The refusal as a problem of the row.
    package func problem(_ refusal: Refusal, _ pack: PolicyPack) -> RowProblem {
        let text = RefusalText(refusal: refusal, pack: pack, claim: claim, facts: facts)
        return RowProblem(
            row: row, column: refusal.field.column, code: text.name, rule: text.rule, message: text.message)
    }
}

extension RowProblem {
    /// A refusal of a row, with the row's value of the column.
    package init(row: ClaimRow, column: ClaimColumn?, code: String, rule: String, message: String) {
        let writer = ClaimFileWriter()
        var value = column.map { writer.text($0, of: row) } ?? ""
        // A period takes two columns (rule CQ-45).
        if column == .coveredFrom { value += ".." + writer.text(.coveredUntil, of: row) }
        self.init(
            line: row.line, id: row.id, column: column?.rawValue ?? "", value: value, code: code, rule: rule,
            message: message)
    }

    package init(unknownRegionOf row: ClaimRow, known: [String]) {
        let text = RefusalText(
            refusal: Refusal(.regionUnknown, .region), pack: nil, claim: nil, facts: nil,
            hint: "loaded: " + known.sorted().joined(separator: ", "))
        self.init(row: row, column: .region, code: text.name, rule: text.rule, message: text.message)
    }
}

extension ClaimField {
    /// The column of a claims file that holds the field; nil: none does.
    package var column: ClaimColumn? {
        switch self {
        case .covered: .coveredFrom
        case .coveredUntil: .coveredUntil
        case .identity, .identityGiven, .identityEnded: .identities
        case .filing, .filingFrom, .filingUntil: .filings
        case .account: .accounts
        case .year, .accumulator, .none: nil
        case .institutionChineseMedicine: .chineseMedicine
        case .institutionCountyArea: .countyArea
        case .institution: .level
        case .personRow: .person
        default: ClaimColumn(rawValue: "\(self)".snakeCased)
        }
    }
}
