import Settlement

/// Chongqing, read from documents 000 and 003.
struct ChongqingOracle {
    let input: OracleInput
    let disease: String?
    let product: String?
    var year: OracleYear
    var bill: OracleBill

    private var claim: Claim { input.claim }
    private var facts: PersonFacts { input.facts }
    private var isEmployee: Bool { facts.insurance == .employee }
    private var isResident: Bool { facts.insurance == .resident }
    /// 003 第十四条: in force from 2024-01-01.
    private var hasPooling: Bool { isEmployee && claim.serviceDate.number >= 2024_01_01 }

    // MARK: diseases

    /// 000 附二(二): 恶性肿瘤放、化疗镇痛治疗; 肾衰竭病人的透析治疗; 器官移植后的抗排异药物治疗.
    private var isGroupA: Bool {
        ["cancer_therapy", "dialysis", "kidney_transplant", "organ_transplant"].contains(disease)
    }
    /// 重特大疾病: group A and haemophilia.
    private var isMajor: Bool { isGroupA || disease == "haemophilia" }
    /// Rule CQ-14, 000 附二(二) 备注1.
    private var isOpenToTier1: Bool {
        ["cancer_therapy", "kidney_transplant", "dialysis", "haemophilia"].contains(disease)
    }

    // MARK: which rules apply

    private var employeeBasicApplies: Bool { isEmployee && [.inpatient, .special].contains(claim.kind) }
    private var residentBasicApplies: Bool {
        isResident && (claim.kind == .inpatient || (claim.kind == .special && isMajor))
    }
    private var poolingApplies: Bool {
        hasPooling && [.outpatient, .special, .twoDisease, .negotiated].contains(claim.kind)
    }

    mutating func settle() throws(OracleRefusal) {
        try checkMissing()
        try checkEntitled()
        try checkExternal()

        payExternal()
        if employeeBasicApplies { payEmployeeBasic() }
        if residentBasicApplies { payResidentBasic() }
        if poolingApplies { payPooling() }
        payYukuaibao()
    }

    // MARK: refusals

    /// FACT_MISSING: what a rule's table looks at, in the order membership, status, level, disease.
    private func checkMissing() throws(OracleRefusal) {
        var needsMembership = false
        var needsStatus = false
        var needsLevel = false
        var needsDisease = false
        if employeeBasicApplies { needsLevel = true }
        if isEmployee && claim.kind == .special { needsMembership = true }
        if residentBasicApplies {
            needsMembership = true
            needsLevel = true
        }
        if poolingApplies {
            needsMembership = true
            needsStatus = true
            needsLevel = true
        }
        if claim.kind == .special { needsDisease = true }

        let memberships: [Membership] = isEmployee ? [.employer, .tier1, .tier2] : [.tier1, .tier2]
        if needsMembership && !memberships.contains(facts.membership) {
            throw OracleRefusal(.factMissing, .membership)
        }
        if needsStatus && facts.status == .unspecified { throw OracleRefusal(.factMissing, .status) }
        if needsLevel && claim.institution.level == .unspecified { throw OracleRefusal(.factMissing, .level) }
        if needsDisease && disease == nil { throw OracleRefusal(.factMissing, .disease) }
    }

    /// Rule CQ-14: tier 1 as an individual, four special diseases only.
    private func checkEntitled() throws(OracleRefusal) {
        if isEmployee && claim.kind == .special && facts.membership == .tier1 && !isOpenToTier1 {
            throw OracleRefusal(.notEntitled)
        }
    }

    /// Rule G-9: no external payment where the pack has the rule itself. What an ordinary outpatient claim brings from
    /// 2024 are fixed fees (CQ-17, 003 第六条: 已由统筹基金支付的费用).
    private func checkExternal() throws(OracleRefusal) {
        if claim.externalBasic != 0 && (employeeBasicApplies || residentBasicApplies) {
            throw OracleRefusal(.externalNotAllowed)
        }
        if claim.externalLargeAmount != 0 { throw OracleRefusal(.externalNotAllowed) }
    }

    // MARK: basic insurance

    /// Rule G-9; from 2024 an employee's two-disease and negotiated-drug cover and fixed fees count into CQ-13's
    /// 47,000, in full: nothing of it moves to the large-amount fund.
    private mutating func payExternal() {
        bill.payOutside(claim.externalBasic, of: "external", as: .pool)
        if hasPooling && [.twoDisease, .negotiated, .outpatient].contains(claim.kind) {
            year["employee.pool"].paid += claim.externalBasic
        }
    }

    /// Rule CQ-4: at 三级 and 二级 中医 institutions in the city the deductible is that of one level lower.
    private var deductibleLevel: Level {
        let institution = claim.institution
        guard institution.isChineseMedicine, !institution.isOutOfCity else { return institution.level }
        switch institution.level {
        case .three: return .two
        case .two: return .one
        default: return institution.level
        }
    }

    /// Rule CQ-10: 门槛费 200, 440, 880.
    private var employeeDeductible: Fen {
        switch deductibleLevel {
        case .one: yuan(200)
        case .two: yuan(440)
        case .three: yuan(880)
        case .unspecified: fatalError("a level is needed")
        }
    }

    /// Rules CQ-10 … CQ-13, CQ-5.
    private mutating func payEmployeeBasic() {
        bill.aLayerRan = true
        let base = bill.inPolicyLeft
        if claim.kind == .inpatient {
            let taken = deductibleTaken(base: base, deductible: employeeDeductible, absorbed: 0)
            bill.deductiblePaid = taken
            let percent: Int128
            switch claim.institution.level {
            case .one: percent = 90
            case .two: percent = 87
            case .three: percent = 85
            case .unspecified: fatalError("a level is needed")
            }
            payFromPoolThenLargeAmount(ratioOf(base - taken, percent: percent))
            return
        }
        let absorbed = year["employee.special"].absorbed
        let taken = deductibleTaken(base: base, deductible: employeeDeductible, absorbed: absorbed)
        bill.deductiblePaid = taken
        year["employee.special"].absorbed += taken
        if isGroupA {
            let paid = payFromPoolThenLargeAmount(groupA(payable: base - taken))
            year["employee.special.group_a"].paid += paid
        } else {
            payFromPoolThenLargeAmount(ratioOf(base - taken, percent: 80))
        }
    }

    /// Rule CQ-12: 90 % until the layer has paid 37,000 for group A this year, 100 % beyond.
    private func groupA(payable: Fen) -> Fen {
        let room = max(0, yuan(37_000) - year["employee.special.group_a"].paid)
        let fillsTheRoom = Rational(fen: room) / Rational(percent: 90)
        let all = Rational(fen: payable)
        if all <= fillsTheRoom {
            return (all * Rational(percent: 90)).roundedHalfUp
        }
        return (Rational(fen: room) + (all - fillsTheRoom)).roundedHalfUp
    }

    /// Rule CQ-13: the pool up to 47,000 a year, then the large-amount fund up to 500,000, then the person.
    @discardableResult
    private mutating func payFromPoolThenLargeAmount(_ amount: Fen) -> Fen {
        let pool = limited(amount, cap: yuan(47_000), paidSoFar: year["employee.pool"].paid)
        let large = limited(amount - pool, cap: yuan(500_000), paidSoFar: year["employee.large_amount"].paid)
        year["employee.pool"].paid += pool
        year["employee.large_amount"].paid += large
        bill.pay(pool, from: .pool)
        bill.pay(large, from: .largeAmount)
        bill.inPolicyLeft -= pool + large
        return pool + large
    }

    /// Rules CQ-1 … CQ-3, CQ-5.
    private mutating func payResidentBasic() {
        bill.aLayerRan = true
        let base = bill.inPolicyLeft
        let deductible: Fen
        switch deductibleLevel {
        case .one: deductible = yuan(100)
        case .two: deductible = yuan(300)
        case .three: deductible = yuan(800)
        case .unspecified: fatalError("a level is needed")
        }
        let percent: Int128
        switch (facts.membership, claim.institution.level) {
        case (.tier1, .one): percent = 80
        case (.tier1, .two): percent = 70
        case (.tier1, .three): percent = 50
        case (.tier2, .one): percent = 85
        case (.tier2, .two): percent = 75
        case (.tier2, .three): percent = 55
        default: fatalError("a tier and a level are needed")
        }
        let absorbed = claim.kind == .special ? year["resident.special"].absorbed : 0
        let taken = deductibleTaken(base: base, deductible: deductible, absorbed: absorbed)
        if claim.kind == .special { year["resident.special"].absorbed += taken }
        bill.deductiblePaid = taken
        let cap = facts.membership == .tier1 ? yuan(80_000) : yuan(120_000)
        let paid = limited(
            ratioOf(base - taken, percent: percent), cap: cap, paidSoFar: year["resident.basic"].paid)
        year["resident.basic"].paid += paid
        bill.pay(paid, from: .pool)
        bill.inPolicyLeft -= paid
    }

    // MARK: outpatient pooling

    /// Rules CQ-15 … CQ-19.
    private mutating func payPooling() {
        bill.aLayerRan = true
        let base = bill.inPolicyLeft
        let isRetired = facts.status == .retired
        let taken = deductibleTaken(
            base: base, deductible: isRetired ? yuan(100) : yuan(200), absorbed: year["employee.pooling"].absorbed)
        year["employee.pooling"].absorbed += taken
        if !employeeBasicApplies { bill.deductiblePaid = taken }

        let atLevel: Int128 = claim.institution.level == .three ? 50 : 60
        let percent = isRetired ? atLevel + 10 : atLevel
        let limit: Fen
        switch (facts.membership, isRetired) {
        case (.tier1, false): limit = yuan(800)
        case (.tier1, true): limit = yuan(1_200)
        case (_, false): limit = yuan(3_000)
        case (_, true): limit = yuan(4_000)
        }
        let allowed = limited(
            ratioOf(base - taken, percent: percent), cap: limit, paidSoFar: year["employee.pooling"].paid)
        year["employee.pooling"].paid += payFromPoolThenLargeAmount(allowed)
    }

    // MARK: 渝快保 2023

    /// Rule CQ-20: cover 2023-01-01 to 2023-12-31.
    private mutating func payYukuaibao() {
        guard let product, claim.serviceDate.number >= 2023_01_01, claim.serviceDate.number <= 2023_12_31 else {
            return
        }
        let isUpgraded: Bool
        switch product {
        case "yukuaibao_2023_basic": isUpgraded = false
        case "yukuaibao_2023_upgraded": isUpgraded = true
        default: fatalError("no such product: \(product)")
        }
        let percent: Int128
        switch (isUpgraded, facts.hasPreExistingDisease) {
        case (false, false): percent = 55
        case (false, true): percent = 10
        case (true, false): percent = 80
        case (true, true): percent = 30
        }
        if [.inpatient, .special].contains(claim.kind) { payC1(percent: percent) }
        if claim.kind == .inpatient { payC2(percent: percent) }
        if claim.kind == .specialDrug && isUpgraded { payC3(percent: percent) }
    }

    /// C1: in-catalogue self-pay; what it pays relieves the in-policy part first (I-15).
    private mutating func payC1(percent: Int128) {
        bill.aLayerRan = true
        let base = bill.firstSelfPayLeft + bill.inPolicyLeft
        let taken = deductibleTaken(
            base: base, deductible: yuan(15_000), absorbed: year["yukuaibao.c1"].absorbed)
        let paid = limited(
            ratioOf(base - taken, percent: percent), cap: yuan(1_500_000), paidSoFar: year["yukuaibao.c1"].paid)
        year["yukuaibao.c1"].absorbed += taken
        year["yukuaibao.c1"].paid += paid
        bill.pay(paid, from: .supplementary)
        let fromInPolicy = min(paid, bill.inPolicyLeft)
        bill.inPolicyLeft -= fromInPolicy
        bill.firstSelfPayLeft -= paid - fromInPolicy
    }

    /// C2: out-of-catalogue cost of inpatient.
    private mutating func payC2(percent: Int128) {
        bill.aLayerRan = true
        let base = bill.outOfCatalogLeft
        let taken = deductibleTaken(
            base: base, deductible: yuan(5_000), absorbed: year["yukuaibao.c2"].absorbed)
        let paid = limited(
            ratioOf(base - taken, percent: percent), cap: yuan(1_500_000), paidSoFar: year["yukuaibao.c2"].paid)
        year["yukuaibao.c2"].absorbed += taken
        year["yukuaibao.c2"].paid += paid
        bill.pay(paid, from: .supplementary)
        bill.outOfCatalogLeft -= paid
    }

    /// C3: the listed drugs outside hospital, upgraded product only, no deductible.
    private mutating func payC3(percent: Int128) {
        bill.aLayerRan = true
        let paid = limited(
            ratioOf(bill.specialDrugLeft, percent: percent), cap: yuan(500_000),
            paidSoFar: year["yukuaibao.c3"].paid)
        year["yukuaibao.c3"].paid += paid
        bill.pay(paid, from: .supplementary)
        bill.specialDrugLeft -= paid
    }
}
