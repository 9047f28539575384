import Policy
import Settlement

/// Chongqing: employees and residents, special diseases, outpatient pooling, accounts, 渝快保.
extension PersonMaker {
    private static let majorDiseases = [
        "cancer_therapy", "dialysis", "kidney_transplant", "organ_transplant", "haemophilia",
    ]
    /// Diseases that an individual in tier 1 may have (CQ-14).
    private static let tier1Diseases = ["cancer_therapy", "dialysis", "kidney_transplant", "haemophilia"]
    private static let commonDiseases = ["hypertension", "diabetes", "coronary_disease", "other"]

    mutating func chongqing(claims count: Int) -> GeneratedPerson {
        let year = Int32([2022, 2023, 2024][random.pick([15, 35, 50])])
        let isEmployee = random.happens(5500)
        var facts = PersonFacts(insurance: isEmployee ? .employee : .resident)
        if isEmployee {
            facts.membership = [.employer, .tier1, .tier2][random.pick([70, 12, 18])]
            facts.status = random.happens(isChronic ? 6000 : 2500) ? .retired : .active
        } else {
            facts.membership = random.happens(7000) ? .tier1 : .tier2
        }
        var person = PersonRecord(number: number, facts: facts)
        if year == 2023, random.happens(3000) { buyProduct(&person) }
        if isEmployee { openAccounts(&person) }
        let disease = disease(of: person.facts)
        let claims = days(count, year: year).map { date in
            chongqingClaim(on: date, person: person.facts, disease: disease)
        }
        return GeneratedPerson(region: .chongqing, person: person, claims: claims)
    }

    private mutating func buyProduct(_ person: inout PersonRecord) {
        person.product = random.happens(5000) ? "yukuaibao_2023_basic" : "yukuaibao_2023_upgraded"
        person.facts.boughtOn =
            random.happens(5000)
            ? CalendarDate(year: 2022, month: 11, day: Int32(random.within(3...30)))
            : CalendarDate(year: 2022, month: 12, day: Int32(random.within(1...31)))
        person.facts.hasPreExistingDisease = isChronic && random.happens(5000)
    }

    private mutating func openAccounts(_ person: inout PersonRecord) {
        person.accounts.append(AccountState(relation: .own, balance: random.amount(around: 1_100_00)))
        if random.happens(1200) {
            person.accounts.append(AccountState(relation: .spouse, balance: random.amount(around: 900_00)))
        }
        if random.happens(400) {
            person.accounts.append(AccountState(relation: .child, balance: random.amount(around: 1_500_00)))
        }
    }

    /// The disease for which the person comes month after month.
    private mutating func disease(of facts: PersonFacts) -> String {
        let isTier1Employee = facts.insurance == .employee && facts.membership == .tier1
        let list =
            isTier1Employee
            ? Self.tier1Diseases : random.happens(3500) ? Self.majorDiseases : Self.commonDiseases
        return list[Int(random.below(Int64(list.count)))]
    }

    private mutating func chongqingClaim(on date: CalendarDate, person: PersonFacts, disease: String) -> ClaimRecord {
        let kinds: [ClaimKind] = [
            .inpatient, .outpatient, .emergency, .special, .twoDisease, .negotiated, .specialDrug,
        ]
        let kind = kinds[random.pick(isChronic ? [8, 25, 2, 50, 8, 5, 2] : [14, 60, 6, 8, 7, 4, 1])]
        let isMajor = Self.majorDiseases.contains(disease)
        var claim = claim(kind, on: date, at: institution(), factor: kind == .special && isMajor ? 4 : 1)
        if isExternal(kind, person: person, isMajor: isMajor, year: date.year) {
            claim.externalBasic = paidOutside(of: claim.cost.inPolicy, kind, claim.institution.level)
        }
        claim.accountUse = [.standard, .all, .none][random.pick([80, 12, 8])]
        return ClaimRecord(claim, disease: kind == .special ? disease : "")
    }

    /// True where the pack leaves the basic insurance to the claim (G-9).
    private func isExternal(_ kind: ClaimKind, person: PersonFacts, isMajor: Bool, year: Int32) -> Bool {
        switch kind {
        case .inpatient, .specialDrug, .unspecified: false
        case .special: person.insurance == .resident && !isMajor
        case .outpatient: person.insurance == .resident
        case .emergency, .twoDisease, .negotiated: true
        }
    }
}
