import Records
import Settlement

/// Claims with all input of the calculator.
struct Workload {
    var name: String
    var calculator: Calculator
    var claims: [Claim] = []
    var persons: [PersonFacts] = []
    var rows: [PersonRows] = []
    var identities: [DatedIdentity] = []
    var filings: [DatedFiling] = []
    /// Accumulators before the first claim.
    var year: [Fen] = []
    /// Balances before the first claim.
    var accounts: [Fen] = []

    /// Claims of one person in a row, so that accumulators move and brackets and caps are crossed.
    static var claimsPerPerson: Int { 4 }

    init(name: String, calculator: Calculator) {
        self.name = name
        self.calculator = calculator
    }

    /// Adds one person with `slots` as the year so far, and the claims.
    mutating func add(
        _ person: PersonFacts, year number: Int32, slots: [Fen], identities: [DatedIdentity] = [],
        filings: [DatedFiling] = [], accounts: [Fen] = [], claims: [Claim]
    ) {
        precondition(slots.count == calculator.slotCount)
        let row = PersonRows(
            yearStart: year.count, year: number,
            identities: self.identities.count..<self.identities.count + identities.count,
            filings: self.filings.count..<self.filings.count + filings.count,
            accounts: self.accounts.count..<self.accounts.count + accounts.count)
        year += slots
        self.identities += identities
        self.filings += filings
        self.accounts += accounts
        for claim in claims {
            self.claims.append(claim)
            persons.append(person)
            rows.append(row)
        }
    }
}

/// SplitMix64: a small generator whose sequence a seed fixes.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= SplitMix64.increment
        return SplitMix64.mix(state)
    }

    mutating func date(in year: Int32) -> CalendarDate {
        CalendarDate(year: year, month: .random(in: 1...12, using: &self), day: .random(in: 1...28, using: &self))
    }

    /// 0 … `most` yuan in fen.
    mutating func yuan(upTo most: Int64) -> Fen { .random(in: 0...most * 100, using: &self) }

    /// A bill of up to `most` yuan in policy, with the usual small parts outside it.
    mutating func cost(upTo most: Int64) -> CostSplit {
        let inPolicy = yuan(upTo: most)
        let outOfCatalog = yuan(upTo: most / 10)
        let overLimit = yuan(upTo: most / 50)
        let firstSelfPay = yuan(upTo: most / 20)
        return CostSplit(
            total: inPolicy + outOfCatalog + overLimit + firstSelfPay, outOfCatalog: outOfCatalog,
            overLimit: overLimit, firstSelfPay: firstSelfPay, inPolicy: inPolicy,
            inPolicyDrug: .random(in: 0...inPolicy, using: &self))
    }
}

/// Fen of a number of yuan.
func yuan(_ amount: Int64) -> Fen { amount * 100 }
