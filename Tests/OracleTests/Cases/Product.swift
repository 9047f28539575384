import Policy
import Settlement

/// The product as the comparison calls it: a pack, its calculator, one person.
struct Product {
    let pack: PolicyPack
    let tables: Tables

    /// `calculator`: another one than the pack's, where a fault is planted.
    init(pack: PolicyPack, calculator: Calculator? = nil) {
        self.pack = pack
        tables = calculator?.tables ?? pack.tables
    }

    struct Person {
        var year: Int32
        var accumulators: [Fen]
        var accounts: [Fen]
    }

    struct Answer {
        var refusal: Refusal
        var outcome: Outcome
    }

    func newPerson(year: Int32, accounts: [Fen] = []) -> Person {
        Person(year: year, accumulators: Array(repeating: 0, count: pack.accumulators.count), accounts: accounts)
    }

    func settle(_ input: OracleInput, _ person: inout Person) -> Answer {
        var outcome = Outcome()
        let rows = rows(of: input, person)
        var refusal = Refusal.none
        Self.withSpans(of: &person) { years, accounts in
            refusal = tables.settle(
                input.claim, person: input.facts, rows: rows, identities: input.identities.span,
                filings: input.filings.span, year: &years, accounts: &accounts, outcome: &outcome)
        }
        return Answer(refusal: refusal, outcome: outcome)
    }

    /// What each of the pack's funds paid outside (rule G-9).
    func paidOutside(_ outcome: Outcome) -> [(fund: String, paid: Fen)] {
        var sums = FundSums()
        withUnsafePointer(to: outcome) { tables.add($0, to: &sums) }
        return pack.funds.enumerated().map { ($0.element.id, sums.outside[$0.offset]) }
    }

    func takeBack(_ outcome: Outcome, of input: OracleInput, _ person: inout Person) {
        let rows = rows(of: input, person)
        Self.withSpans(of: &person) { years, accounts in
            tables.takeBack(outcome, rows: rows, year: &years, accounts: &accounts)
        }
    }

    private static func withSpans(
        of person: inout Person, _ body: (inout MutableSpan<Fen>, inout MutableSpan<Fen>) -> Void
    ) {
        func lend(_ accumulators: inout [Fen], _ accounts: inout [Fen]) {
            var years = accumulators.mutableSpan
            var balances = accounts.mutableSpan
            body(&years, &balances)
        }
        lend(&person.accumulators, &person.accounts)
    }

    private func rows(of input: OracleInput, _ person: Person) -> PersonRows {
        PersonRows(
            year: person.year, identities: 0..<input.identities.count, filings: 0..<input.filings.count,
            accounts: 0..<person.accounts.count)
    }
}

extension Outcome {
    /// Every number of both is the same; of the fixed tables, what is in use.
    func isSame(as other: Outcome) -> Bool {
        var isSame = total == other.total && cash == other.cash && deductiblePaid == other.deductiblePaid
        isSame = isSame && accountPaid == other.accountPaid && familyAccountPaid == other.familyAccountPaid
        isSame = isSame && identity == other.identity && hasNoRule == other.hasNoRule
        isSame = isSame && plan == other.plan && layerCount == other.layerCount
        for fund in FundCategory.allCases { isSame = isSame && self[fund] == other[fund] }
        for index in 0..<CalculatorLimit.accountsMax { isSame = isSame && accounts[index] == other.accounts[index] }
        for position in 0..<min(layerCount, other.layerCount) {
            isSame = isSame && layers[position] == other.layers[position]
        }
        return isSame
    }
}
