import Settlement

/// What one layer remembers of a person's year (rule G-8), in fen.
struct LayerYear: Equatable {
    /// What its yearly deductible has absorbed.
    var absorbed: Fen = 0
    /// Its cumulative base.
    var base: Fen = 0
    /// What it has paid.
    var paid: Fen = 0
}

/// A person's year as the oracle keeps it: a dictionary from the name of a layer (or fund) to what it remembers.
struct OracleYear: Equatable {
    var year: Int32
    var layers: [String: LayerYear] = [:]

    init(_ year: Int32) { self.year = year }

    subscript(layer: String) -> LayerYear {
        get { layers[layer] ?? LayerYear() }
        set { layers[layer] = newValue }
    }
}

/// What goes into one settlement; diseases and products are numbered as the pack numbers them.
struct OracleInput {
    var claim: Claim
    var facts: PersonFacts
    var identities: [DatedIdentity] = []
    var filings: [DatedFiling] = []
    /// Balances in the order of use, the person's own first.
    var accounts: [Fen] = []
}

/// What comes out of one settlement, in fen.
struct OracleOutcome: Equatable {
    var total: Fen
    var funds: [FundCategory: Fen] = [:]
    /// What of it was paid outside (rule G-9), by the fund that it is booked on.
    var outside: [String: Fen] = [:]
    var accounts: [Fen] = []
    var cash: Fen = 0
    var deductiblePaid: Fen = 0
    var identity: Identity = .none
    var hasNoRule = false
}

enum OracleAnswer: Equatable {
    case settled(OracleOutcome)
    /// The field is given where the rules say which one is named (FACT_MISSING).
    case refused(DomainCode, ClaimField)
}

/// The oracle stops at the first rule that refuses.
struct OracleRefusal: Error {
    let code: DomainCode
    let field: ClaimField

    init(_ code: DomainCode, _ field: ClaimField = .none) {
        self.code = code
        self.field = field
    }
}

/// The sources print yuan; the product counts fen.
func yuan(_ amount: Int64) -> Fen { amount * 100 }

/// One settlement under way: what is still unpaid of each part of the bill, and who has paid what.
struct OracleBill {
    var inPolicyLeft: Fen
    var firstSelfPayLeft: Fen
    var overLimitLeft: Fen
    var outOfCatalogLeft: Fen
    var specialDrugLeft: Fen
    var funds: [FundCategory: Fen] = [:]
    /// What was paid outside (rule G-9), by fund.
    var outside: [String: Fen] = [:]
    var deductiblePaid: Fen = 0
    /// A layer of the pack ran, be it for nothing.
    var aLayerRan = false
    /// The region has a rule for this kind, be it that the payment comes from outside.
    var kindHasRule = false

    init(_ cost: CostSplit) {
        inPolicyLeft = cost.inPolicy
        firstSelfPayLeft = cost.firstSelfPay
        overLimitLeft = cost.overLimit
        outOfCatalogLeft = cost.outOfCatalog
        specialDrugLeft = cost.specialDrug
    }

    mutating func pay(_ amount: Fen, from fund: FundCategory) {
        precondition(amount >= 0, "a negative payment")
        funds[fund, default: 0] += amount
    }

    /// Rule G-9: what the claim says was paid outside, of the in-policy part.
    mutating func payOutside(_ amount: Fen, of fund: String, as category: FundCategory) {
        pay(amount, from: category)
        outside[fund, default: 0] += amount
        inPolicyLeft -= amount
    }
}
