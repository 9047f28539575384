import Policy
import Settlement
import Testing

/// One claim of a table of cases: who and what, what the year held before, and what must come out, by hand.
struct Bill: CustomTestStringConvertible, Sendable {
    var rule: String
    var kind: ClaimKind
    var date: Int32
    var facts: PersonFacts
    var inPolicy: Fen = 0
    var firstSelfPay: Fen = 0
    var overLimit: Fen = 0
    var outOfCatalog: Fen = 0
    var drugs: Fen = 0
    var specialDrug: Fen = 0
    var institution = Institution()
    var disease: String?
    var external: Fen = 0
    var externalLarge: Fen = 0
    var referredFrom = Level.unspecified
    var identities: [DatedIdentity] = []
    var filings: [(String, DateRange)] = []
    var product: String?
    var accountUse = AccountUse.standard
    var accounts: [Fen] = []
    /// Accumulators before, by name; the others are 0.
    var year: [String: Fen] = [:]

    /// What each kind of fund pays; the others pay nothing.
    var pays: [FundCategory: Fen] = [:]
    /// Accumulators after, as far as the case looks at them.
    var after: [String: Fen] = [:]
    var deductible: Fen?
    var accountsAfter: [Fen]?
    var hasNoRule: Bool?
    var refused: DomainCode = .none
    var field: ClaimField = .none

    var testDescription: String { rule }

    var claim: Claim {
        let total = inPolicy + firstSelfPay + overLimit + outOfCatalog + specialDrug
        return Claim(
            kind: kind, serviceDate: CalendarDate(date),
            cost: CostSplit(
                total: total, outOfCatalog: outOfCatalog, overLimit: overLimit, firstSelfPay: firstSelfPay,
                inPolicy: inPolicy, inPolicyDrug: drugs, specialDrug: specialDrug),
            institution: institution, externalBasic: external, externalLargeAmount: externalLarge,
            accountUse: accountUse, referredFrom: referredFrom)
    }

    func settle(_ pack: PolicyPack) throws -> Settled {
        var claim = claim
        if let disease { claim.disease = try #require(pack.disease(code: disease)) }
        var facts = facts
        if let product { facts.product = try #require(pack.product(id: product)) }
        let filings = try filings.map { code, period in
            DatedFiling(disease: try #require(pack.disease(code: code)), inForce: period)
        }
        return pack.settle(
            claim, facts, identities: identities, filings: filings, year: try pack.year(year), accounts: accounts)
    }

    /// Settles and compares; what is paid, what is left and the refusal must be exactly as expected.
    func check(_ pack: PolicyPack) throws {
        let settled = try settle(pack)
        #expect(settled.refusal.code == refused, "\(settled.refusal)")
        if refused != .none {
            #expect(settled.refusal.field == field)
            #expect(settled.year == (try pack.year(year)))
            #expect(settled.accounts == accounts)
            return
        }
        guard settled.refusal.isNone else { return }
        #expect(settled.isConserving)
        for category in FundCategory.allCases {
            #expect(settled.outcome[category] == pays[category] ?? 0, "\(category)")
        }
        for (name, value) in after { #expect(try pack.value(name, in: settled.year) == value, "\(name)") }
        if let deductible { #expect(settled.outcome.deductiblePaid == deductible) }
        if let accountsAfter { #expect(settled.accounts == accountsAfter) }
        if let hasNoRule { #expect(settled.outcome.hasNoRule == hasNoRule) }
    }
}

extension Institution {
    static func level(_ level: Level) -> Institution { Institution(level: level) }
}

extension PersonFacts {
    static func employee(_ membership: Membership = .employer, _ status: WorkStatus = .active) -> PersonFacts {
        PersonFacts(insurance: .employee, membership: membership, status: status)
    }
    static func resident(_ membership: Membership = .tier1) -> PersonFacts {
        PersonFacts(insurance: .resident, membership: membership)
    }
}
