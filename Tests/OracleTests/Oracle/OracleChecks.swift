import Settlement

/// What a region's tables offer to number: the oracle only needs names and how many there are.
struct OracleTables {
    var region: String
    var diseases: [String]
    var products: [String]
    /// Rule SY-7: the basic insurance's inpatient table that an operator added; nil: external (G-9).
    var operatorTable: OperatorTable?

    /// The name of a disease or product number (1 + index); nil for 0.
    func disease(_ number: UInt8) -> String? { number == 0 ? nil : diseases[Int(number) - 1] }
    func product(_ number: UInt8) -> String? { number == 0 ? nil : products[Int(number) - 1] }
}

// Refusals that need no rule of a region, in the order of their numbers.
extension OracleTables {
    func check(_ input: OracleInput, _ year: OracleYear) throws(OracleRefusal) {
        try checkFacts(input)
        try checkDates(input)
        try checkAmounts(input.claim)
        try checkParts(input.claim)
        // YEAR_MISMATCH, rule G-4.
        if year.year != input.claim.serviceDate.number / 10_000 { throw OracleRefusal(.yearMismatch) }
        try checkAccumulators(input, year)
        try checkInForce(input.claim.serviceDate)
        try checkPurchase(input.facts)
        try checkCovered(input)
    }

    /// FACT_INVALID: a kind or a number that is in no list.
    private func checkFacts(_ input: OracleInput) throws(OracleRefusal) {
        if input.claim.kind == .unspecified { throw OracleRefusal(.factInvalid) }
        if input.claim.disease > diseases.count { throw OracleRefusal(.factInvalid) }
        if input.facts.product > products.count { throw OracleRefusal(.factInvalid) }
        for filing in input.filings where filing.disease == 0 || filing.disease > diseases.count {
            throw OracleRefusal(.factInvalid)
        }
    }

    /// DATE_INVALID: a date that does not exist.
    private func checkDates(_ input: OracleInput) throws(OracleRefusal) {
        let invalid = OracleRefusal(.dateInvalid)
        if !dateExists(input.claim.serviceDate) { throw invalid }
        if !isOpenOrExists(input.facts.covered.from) || !isOpenOrExists(input.facts.covered.until) { throw invalid }
        if !isOpenOrExists(input.facts.boughtOn) { throw invalid }
        for record in input.identities where !dateExists(record.given) || !isOpenOrExists(record.ended) {
            throw invalid
        }
        for filing in input.filings where !isOpenOrExists(filing.inForce.from) || !isOpenOrExists(filing.inForce.until) {
            throw invalid
        }
    }

    /// AMOUNT_OUT_OF_RANGE, rule G-1: every amount is 0 … 10^12 fen.
    private func checkAmounts(_ claim: Claim) throws(OracleRefusal) {
        let cost = claim.cost
        let amounts = [
            cost.total, cost.outOfCatalog, cost.overLimit, cost.firstSelfPay, cost.inPolicy, cost.inPolicyDrug,
            cost.specialDrug, claim.externalBasic, claim.externalLargeAmount,
        ]
        for amount in amounts where amount < 0 || amount > 1_000_000_000_000 {
            throw OracleRefusal(.amountOutOfRange)
        }
    }

    /// AMOUNTS_DO_NOT_ADD_UP and PART_EXCEEDS_WHOLE, rules G-5 and G-9.
    private func checkParts(_ claim: Claim) throws(OracleRefusal) {
        let cost = claim.cost
        let parts = cost.outOfCatalog + cost.overLimit + cost.firstSelfPay + cost.inPolicy
        if claim.kind == .specialDrug {
            // "the amount of a claim of its own kind that has no other amounts"
            if parts != 0 || cost.total != cost.specialDrug { throw OracleRefusal(.amountsDoNotAddUp) }
        } else {
            if cost.total != parts || cost.specialDrug != 0 { throw OracleRefusal(.amountsDoNotAddUp) }
        }
        if cost.inPolicyDrug > cost.inPolicy { throw OracleRefusal(.partExceedsWhole) }
        if claim.externalBasic + claim.externalLargeAmount > cost.inPolicy { throw OracleRefusal(.partExceedsWhole) }
    }

    /// ACCUMULATOR_OUT_OF_RANGE: 0 … 10^15 fen.
    private func checkAccumulators(_ input: OracleInput, _ year: OracleYear) throws(OracleRefusal) {
        let most: Fen = 1_000_000_000_000_000
        let remembered = year.layers.values.flatMap { [$0.absorbed, $0.base, $0.paid] }
        for amount in remembered + input.accounts where amount < 0 || amount > most {
            throw OracleRefusal(.accumulatorOutOfRange)
        }
    }

    /// POLICY_NOT_IN_FORCE, rule G-4.
    private func checkInForce(_ date: CalendarDate) throws(OracleRefusal) {
        let isInForce =
            switch region {
            case "chongqing": date.number >= 2022_01_01
            case "yantai": date.number >= 2023_01_01
            case "shenyang": date.number >= 2020_01_01 && date.number <= 2020_12_31
            case "anhui": date.number >= 2020_06_23
            default: fatalError("no oracle for \(region)")
            }
        if !isInForce { throw OracleRefusal(.policyNotInForce) }
    }

    /// PURCHASE_NOT_VALID, rule CQ-22: bought 2022-11-03 to 2022-12-31, with resident or employee insurance.
    private func checkPurchase(_ facts: PersonFacts) throws(OracleRefusal) {
        guard facts.product != 0 else { return }
        let isInWindow = facts.boughtOn.number >= 2022_11_03 && facts.boughtOn.number <= 2022_12_31
        if !isInWindow || facts.insurance == .unspecified { throw OracleRefusal(.purchaseNotValid) }
    }

    /// NOT_COVERED, rule CQ-45 with G-4: insured, and within the entitlement period on the service date.
    private func checkCovered(_ input: OracleInput) throws(OracleRefusal) {
        if input.facts.insurance == .unspecified { throw OracleRefusal(.notCovered) }
        if !contains(input.facts.covered, input.claim.serviceDate) { throw OracleRefusal(.notCovered) }
    }
}
