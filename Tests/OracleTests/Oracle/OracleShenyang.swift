import Settlement

/// Deductible (yuan) and ratio (percent) of the inpatient basic insurance by level, made up for tests (rule SY-7).
struct OperatorTable {
    let deductibles: [Level: Fen]
    let percents: [Level: Int128]

    static let shenyang = OperatorTable(
        deductibles: [.one: 200, .two: 400, .three: 800], percents: [.one: 90, .two: 80, .three: 70])
}

/// Shenyang 2020, read from document 002.
struct ShenyangOracle {
    let input: OracleInput
    let identity: Identity
    let operatorTable: OperatorTable?
    var year: OracleYear
    var bill: OracleBill

    private var claim: Claim { input.claim }
    /// 建档立卡贫困人口.
    private var isRegisteredPoor: Bool { identity == .registeredPoor }
    /// 附件1 三: 高血压、糖尿病门诊用药 under 门诊统筹; negotiated drugs by analogy (I-35).
    private var isOutpatient: Bool { [.outpatient, .twoDisease, .negotiated].contains(claim.kind) }

    mutating func settle() throws(OracleRefusal) {
        if let operatorTable, claim.kind == .inpatient {
            if claim.institution.level == .unspecified { throw OracleRefusal(.factMissing, .level) }
            if claim.externalBasic != 0 || claim.externalLargeAmount != 0 {
                throw OracleRefusal(.externalNotAllowed)
            }
            payBasic(operatorTable)
        }
        if claim.externalLargeAmount != 0 { throw OracleRefusal(.externalNotAllowed) }
        bill.payOutside(claim.externalBasic, of: "basic", as: .pool)

        guard isOutpatient || [.inpatient, .special, .emergency].contains(claim.kind) else { return }
        bill.kindHasRule = true
        guard isRegisteredPoor else { return }
        if [.inpatient, .special].contains(claim.kind) { payCriticalIllness() }
        payAssistance()
        paySupplementary()
    }

    /// Rules SY-5 and SY-6 on an operator's table.
    private mutating func payBasic(_ table: OperatorTable) {
        bill.aLayerRan = true
        let institution = claim.institution
        let own = institution.level
        var effective = own
        // SY-5: 在本市县域内的三级 …… 均按照二级 …… 的标准计算.
        if own == .three && institution.isCountyArea && !institution.isOutOfCity { effective = .two }
        var deductible = yuan(table.deductibles[effective]!)
        // SY-6: 从低等级转诊到高等级, 逐级: 缴纳起付标准差额部分; 其他按重新住院办理.
        let oneBelow: [Level: Level] = [.two: .one, .three: .two]
        let referring = claim.referredFrom
        let isStep = referring != .unspecified && (oneBelow[own] == referring || oneBelow[effective] == referring)
        if isStep && !institution.isOutOfCity {
            deductible = max(0, deductible - yuan(table.deductibles[referring]!))
        }
        let taken = deductibleTaken(base: bill.inPolicyLeft, deductible: deductible, absorbed: 0)
        let paid = ratioOf(bill.inPolicyLeft - taken, percent: table.percents[effective]!)
        bill.deductiblePaid = taken
        bill.pay(paid, from: .pool)
        bill.inPolicyLeft -= paid
    }

    /// Rule SY-1: above 7,500 a year 70 %, no cap.
    private mutating func payCriticalIllness() {
        bill.aLayerRan = true
        let base = bill.inPolicyLeft
        let taken = deductibleTaken(
            base: base, deductible: yuan(7_500), absorbed: year["critical_illness"].absorbed)
        let paid = ratioOf(base - taken, percent: 70)
        year["critical_illness"].absorbed += taken
        year["critical_illness"].base += base
        year["critical_illness"].paid += paid
        bill.pay(paid, from: .criticalIllness)
        bill.inPolicyLeft -= paid
    }

    /// Rule SY-2: outpatient 80 %, 80 yuan a year; special, inpatient and emergency 70 %.
    private mutating func payAssistance() {
        bill.aLayerRan = true
        let base = bill.inPolicyLeft
        let paid: Fen
        if isOutpatient {
            paid = limited(
                ratioOf(base, percent: 80), cap: yuan(80), paidSoFar: year["assistance.outpatient"].paid)
            year["assistance.outpatient"].paid += paid
        } else {
            paid = ratioOf(base, percent: 70)
        }
        bill.pay(paid, from: .assistance)
        bill.inPolicyLeft -= paid
    }

    /// Rule SY-3, first round: the drug part of what is left; inpatient 500 per admission, nobody else (I-44); 50 %.
    private mutating func paySupplementary() {
        bill.aLayerRan = true
        let cost = claim.cost
        var drugPart: Fen = 0
        if cost.inPolicy != 0 {
            let left = Rational(fen: bill.inPolicyLeft)
            drugPart = (left * Rational(Int128(cost.inPolicyDrug), over: Int128(cost.inPolicy))).roundedHalfUp
        }
        let deductible: Fen = claim.kind == .inpatient ? yuan(500) : 0
        let taken = deductibleTaken(base: drugPart, deductible: deductible, absorbed: 0)
        let paid = ratioOf(drugPart - taken, percent: 50)
        year["supplementary"].paid += paid
        bill.pay(paid, from: .supplementary)
        bill.inPolicyLeft -= paid
    }
}
