import Settlement

/// The second reading of the documents: plain, slow, and written without looking at the calculator.
struct Oracle {
    let tables: OracleTables

    init(region: String, diseases: [String], products: [String], operatorTable: OperatorTable? = nil) {
        tables = OracleTables(
            region: region, diseases: diseases, products: products, operatorTable: operatorTable)
    }

    /// Settles one claim; a refused one leaves the year and the accounts as they are.
    func settle(_ input: inout OracleInput, _ year: inout OracleYear) -> OracleAnswer {
        do throws(OracleRefusal) {
            try tables.check(input, year)
            let identity = countingIdentity(
                input.identities, on: input.claim.serviceDate, ranks: ranks)
            var after = year
            var bill = OracleBill(input.claim.cost)
            try applyRegion(input, identity, &after, &bill)
            let outcome = finish(&input, identity, bill)
            year = after
            return .settled(outcome)
        } catch {
            return .refused(error.code, error.field)
        }
    }

    /// Rule G-10 with I-02; Shenyang and Anhui know one identity, Chongqing none.
    private var ranks: [Identity: Int] {
        switch tables.region {
        case "yantai":
            [
                .destitute: 1, .lowIncome: 2, .returnedToPoverty: 3, .nearLowIncome: 4, .monitored: 4,
                .illnessPoverty: 5,
            ]
        case "shenyang", "anhui": [.registeredPoor: 1]
        default: [:]
        }
    }

    private func applyRegion(
        _ input: OracleInput, _ identity: Identity, _ year: inout OracleYear, _ bill: inout OracleBill
    ) throws(OracleRefusal) {
        switch tables.region {
        case "chongqing":
            var oracle = ChongqingOracle(
                input: input, disease: tables.disease(input.claim.disease),
                product: tables.product(input.facts.product), year: year, bill: bill)
            try oracle.settle()
            (year, bill) = (oracle.year, oracle.bill)
        case "yantai":
            var oracle = YantaiOracle(input: input, identity: identity, year: year, bill: bill)
            try oracle.settle()
            (year, bill) = (oracle.year, oracle.bill)
        case "shenyang":
            var oracle = ShenyangOracle(
                input: input, identity: identity, operatorTable: tables.operatorTable, year: year, bill: bill)
            try oracle.settle()
            (year, bill) = (oracle.year, oracle.bill)
        case "anhui":
            try settleAnhui(input, &bill)
        default:
            fatalError("no oracle for \(tables.region)")
        }
    }

    /// Rules AH-5 … AH-7: a card of that disease in force on the service date; the amounts come from outside.
    private func settleAnhui(_ input: OracleInput, _ bill: inout OracleBill) throws(OracleRefusal) {
        let claim = input.claim
        if claim.kind == .special {
            if claim.disease == 0 { throw OracleRefusal(.factMissing, .disease) }
            let card = input.filings.first {
                $0.disease == claim.disease && contains($0.inForce, claim.serviceDate)
            }
            if card == nil { throw OracleRefusal(.notEntitled) }
            bill.kindHasRule = true
        }
        if claim.externalLargeAmount != 0 { throw OracleRefusal(.externalNotAllowed) }
        bill.payOutside(claim.externalBasic, of: "basic", as: .pool)
    }

    /// Rule CQ-31, then rule G-7: what nobody has paid is cash.
    private func finish(_ input: inout OracleInput, _ identity: Identity, _ bill: OracleBill) -> OracleOutcome {
        var outcome = OracleOutcome(total: input.claim.cost.total)
        outcome.funds = bill.funds.filter { $0.value != 0 }
        outcome.outside = bill.outside.filter { $0.value != 0 }
        outcome.deductiblePaid = bill.deductiblePaid
        outcome.identity = identity
        outcome.hasNoRule = !bill.aLayerRan && !bill.kindHasRule
        outcome.accounts = Array(repeating: 0, count: input.accounts.count)

        let everything =
            bill.inPolicyLeft + bill.firstSelfPayLeft + bill.overLimitLeft + bill.outOfCatalogLeft
            + bill.specialDrugLeft
        var payable: Fen = 0
        if tables.region == "chongqing" {
            switch input.claim.accountUse {
            case .standard: payable = bill.inPolicyLeft
            case .all: payable = everything
            case .none: payable = 0
            }
        }
        for index in input.accounts.indices {
            let used = min(payable, input.accounts[index])
            outcome.accounts[index] = used
            input.accounts[index] -= used
            payable -= used
        }
        outcome.cash = everything - outcome.accounts.reduce(0, +)
        let paid = outcome.funds.values.reduce(0, +) + outcome.accounts.reduce(0, +) + outcome.cash
        precondition(paid == outcome.total, "rule G-7: \(paid) is not \(outcome.total)")
        return outcome
    }
}
