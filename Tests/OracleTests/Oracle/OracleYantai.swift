import Settlement

/// Yantai, read from document 001.
struct YantaiOracle {
    let input: OracleInput
    let identity: Identity
    var year: OracleYear
    var bill: OracleBill

    private var claim: Claim { input.claim }
    private var isEmployee: Bool { input.facts.insurance == .employee }
    /// 特困人员, 低保对象, 返贫致贫人口.
    private var isKeyGroup: Bool { [.destitute, .lowIncome, .returnedToPoverty].contains(identity) }
    /// 低保边缘家庭成员, 防止返贫监测帮扶对象.
    private var isNearGroup: Bool { [.nearLowIncome, .monitored].contains(identity) }

    mutating func settle() throws(OracleRefusal) {
        // Rule G-9: only an employee has a large-amount fund.
        if claim.externalLargeAmount != 0 && !isEmployee { throw OracleRefusal(.externalNotAllowed) }
        bill.payOutside(claim.externalBasic, of: "basic", as: .pool)
        bill.payOutside(claim.externalLargeAmount, of: "large_amount", as: .largeAmount)

        if [.inpatient, .special].contains(claim.kind) {
            bill.kindHasRule = true
            if isEmployee { payEmployeeCriticalIllness() } else { payResidentCriticalIllness() }
            if isKeyGroup || isNearGroup {
                payAssistance()
                payReassistance()
            }
        }
        if claim.kind == .specialDrug { paySpecialDrug() }
    }

    /// Rule YT-1: from 6,000 at 85 % for key groups; from 12,000 at 80 % for others. No cap (YT-3).
    private mutating func payEmployeeCriticalIllness() {
        bill.aLayerRan = true
        let base = bill.inPolicyLeft
        let taken = deductibleTaken(
            base: base, deductible: isKeyGroup ? yuan(6_000) : yuan(12_000),
            absorbed: year["employee.critical_illness"].absorbed)
        let paid = ratioOf(base - taken, percent: isKeyGroup ? 85 : 80)
        year["employee.critical_illness"].absorbed += taken
        year["employee.critical_illness"].base += base
        year["employee.critical_illness"].paid += paid
        bill.pay(paid, from: .criticalIllness)
        bill.inPolicyLeft -= paid
    }

    /// Rule YT-2: four brackets by the year's expense; others 14,000 and 5 points lower.
    private mutating func payResidentCriticalIllness() {
        bill.aLayerRan = true
        let base = bill.inPolicyLeft
        let before = year["resident.critical_illness"].base
        let taken = deductibleTaken(
            base: base, deductible: isKeyGroup ? yuan(7_000) : yuan(14_000),
            absorbed: year["resident.critical_illness"].absorbed)
        let low = before + taken
        let high = before + base
        let less: Int128 = isKeyGroup ? 0 : 5
        let exact =
            Rational(fen: overlap(low: low, high: high, from: 0, to: yuan(100_000))) * Rational(percent: 65 - less)
            + Rational(fen: overlap(low: low, high: high, from: yuan(100_000), to: yuan(200_000)))
            * Rational(percent: 70 - less)
            + Rational(fen: overlap(low: low, high: high, from: yuan(200_000), to: yuan(300_000)))
            * Rational(percent: 75 - less)
            + Rational(fen: overlap(low: low, high: high, from: yuan(300_000), to: nil))
            * Rational(percent: 80 - less)
        let paid = exact.roundedHalfUp
        year["resident.critical_illness"].absorbed += taken
        year["resident.critical_illness"].base += base
        year["resident.critical_illness"].paid += paid
        bill.pay(paid, from: .criticalIllness)
        bill.inPolicyLeft -= paid
    }

    /// Rule YT-4: 80 %, 400,000 a year; others a deductible of 20,000.
    private mutating func paySpecialDrug() {
        bill.aLayerRan = true
        let base = bill.specialDrugLeft
        let taken = deductibleTaken(
            base: base, deductible: isKeyGroup ? 0 : yuan(20_000),
            absorbed: year["critical_illness.special_drug"].absorbed)
        let paid = limited(
            ratioOf(base - taken, percent: 80), cap: yuan(400_000),
            paidSoFar: year["critical_illness.special_drug"].paid)
        year["critical_illness.special_drug"].absorbed += taken
        year["critical_illness.special_drug"].paid += paid
        bill.pay(paid, from: .criticalIllness)
        bill.specialDrugLeft -= paid
    }

    /// Rules YT-5 (100, 80, 70 %, 30,000 a year) and YT-6 (above 3,000 at 50 %, 20,000 a year).
    private mutating func payAssistance() {
        bill.aLayerRan = true
        let deductible: Fen
        let percent: Int128
        let cap: Fen
        switch identity {
        case .destitute: (deductible, percent, cap) = (0, 100, yuan(30_000))
        case .lowIncome: (deductible, percent, cap) = (0, 80, yuan(30_000))
        case .returnedToPoverty: (deductible, percent, cap) = (0, 70, yuan(30_000))
        default: (deductible, percent, cap) = (yuan(3_000), 50, yuan(20_000))
        }
        let base = bill.inPolicyLeft
        let taken = deductibleTaken(
            base: base, deductible: deductible, absorbed: year["assistance"].absorbed)
        let paid = limited(
            ratioOf(base - taken, percent: percent), cap: cap, paidSoFar: year["assistance"].paid)
        year["assistance"].absorbed += taken
        year["assistance"].paid += paid
        bill.pay(paid, from: .assistance)
        bill.inPolicyLeft -= paid
    }

    /// Rules YT-5 (above 5,000) and YT-6 (above 10,000): 70 %, 20,000 a year.
    private mutating func payReassistance() {
        bill.aLayerRan = true
        let base = bill.inPolicyLeft
        let taken = deductibleTaken(
            base: base, deductible: isKeyGroup ? yuan(5_000) : yuan(10_000),
            absorbed: year["reassistance"].absorbed)
        let paid = limited(
            ratioOf(base - taken, percent: 70), cap: yuan(20_000), paidSoFar: year["reassistance"].paid)
        year["reassistance"].absorbed += taken
        year["reassistance"].paid += paid
        bill.pay(paid, from: .reassistance)
        bill.inPolicyLeft -= paid
    }
}
