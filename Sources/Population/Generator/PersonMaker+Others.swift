import Policy
import Settlement

/// Yantai: critical illness, assistance and re-assistance after a basic insurance settled elsewhere.
extension PersonMaker {
    mutating func yantai(claims count: Int) -> GeneratedPerson {
        let year: Int32 = random.happens(5000) ? 2023 : 2024
        let isEmployee = random.happens(3500)
        var person = PersonRecord(
            number: number, facts: PersonFacts(insurance: isEmployee ? .employee : .resident))
        let groups: [Identity] = [
            .destitute, .lowIncome, .returnedToPoverty, .nearLowIncome, .monitored, .illnessPoverty,
        ]
        if random.happens(6000) {
            let identity = groups[random.pick([15, 35, 10, 20, 12, 8])]
            person.identities.append(DatedIdentity(identity, given: earlierDay(year)))
            if random.happens(2000) {
                // A second identity, which the first changes to during the year.
                let month = Int32(random.within(3...11))
                person.identities.append(
                    DatedIdentity(
                        groups[random.pick([15, 35, 10, 20, 12, 8])], given: earlierDay(year - 1),
                        ended: CalendarDate(year: year, month: month, day: 10)))
            }
        }
        let claims = days(count, year: year).map { date in yantaiClaim(on: date, isEmployee: isEmployee) }
        return GeneratedPerson(region: .yantai, person: person, claims: claims)
    }

    private mutating func yantaiClaim(on date: CalendarDate, isEmployee: Bool) -> ClaimRecord {
        let kinds: [ClaimKind] = [
            .inpatient, .special, .specialDrug, .outpatient, .emergency, .twoDisease, .negotiated,
        ]
        let kind = kinds[random.pick(isChronic ? [25, 55, 6, 8, 2, 2, 2] : [35, 15, 3, 37, 4, 4, 2])]
        var claim = claim(kind, on: date, at: institution(), factor: kind == .inpatient && isChronic ? 3 : 1)
        claim.externalBasic = paidOutside(of: claim.cost.inPolicy, kind, claim.institution.level)
        if isEmployee, claim.cost.inPolicy > 40_000_00 {
            let left = claim.cost.inPolicy - claim.externalBasic
            claim.externalLargeAmount = left * random.within(3000...6000) / 10_000
        }
        return ClaimRecord(claim)
    }
}

/// Shenyang 2020: registered poor, with the supplementary insurance on drugs.
extension PersonMaker {
    mutating func shenyang(claims count: Int) -> GeneratedPerson {
        var person = PersonRecord(
            number: number, facts: PersonFacts(insurance: random.happens(8000) ? .resident : .employee))
        if random.happens(7500) {
            var identity = DatedIdentity(
                .registeredPoor, given: CalendarDate(year: 2019, month: Int32(random.within(1...12)), day: 15))
            if random.happens(800) {
                identity.ended = CalendarDate(year: 2020, month: Int32(random.within(4...12)), day: 1)
            }
            person.identities.append(identity)
        }
        let claims = days(count, year: 2020).map { date in shenyangClaim(on: date) }
        return GeneratedPerson(region: .shenyang, person: person, claims: claims)
    }

    private mutating func shenyangClaim(on date: CalendarDate) -> ClaimRecord {
        let kinds: [ClaimKind] = [.inpatient, .special, .outpatient, .emergency, .twoDisease, .negotiated]
        let kind = kinds[random.pick(isChronic ? [22, 50, 18, 4, 4, 2] : [30, 10, 48, 6, 4, 2])]
        var claim = claim(kind, on: date, at: institution(county: 3000))
        claim.externalBasic = paidOutside(of: claim.cost.inPolicy, kind, claim.institution.level)
        if kind == .inpatient, claim.institution.level.rawValue > 1, random.happens(2500) {
            claim.referredFrom = Level(rawValue: claim.institution.level.rawValue - 1) ?? .one
        }
        return ClaimRecord(claim)
    }
}

/// Anhui: chronic-disease cards; payments come from outside.
extension PersonMaker {
    private static let diseases = [
        "hypertension", "diabetes", "coronary_disease", "cerebrovascular", "copd", "chronic_hepatitis", "dialysis",
        "cancer_therapy", "other",
    ]

    mutating func anhui(claims count: Int) -> GeneratedPerson {
        // The pack begins on 2020-06-23, day 174 of the year.
        let year: Int32 = random.happens(5000) ? 2020 : 2021
        let first: Int64 = year == 2020 ? 174 : 0
        var person = PersonRecord(
            number: number, facts: PersonFacts(insurance: random.happens(9000) ? .resident : .employee))
        if random.happens(4000) {
            person.identities.append(
                DatedIdentity(.registeredPoor, given: CalendarDate(year: 2019, month: 6, day: 1)))
        }
        let disease = Self.diseases[Int(random.below(Int64(Self.diseases.count)))]
        let begins = Self.day(first, of: year)
        person.filings.append(FilingRecord(disease: disease, inForce: DateRange(from: begins)))
        let claims = days(count, year: year, from: first).map { date in anhuiClaim(on: date, disease: disease) }
        return GeneratedPerson(region: .anhui, person: person, claims: claims)
    }

    private mutating func anhuiClaim(on date: CalendarDate, disease: String) -> ClaimRecord {
        let kinds: [ClaimKind] = [.special, .inpatient, .outpatient, .emergency, .twoDisease, .negotiated]
        let kind = kinds[random.pick(isChronic ? [65, 12, 15, 2, 4, 2] : [30, 18, 42, 4, 4, 2])]
        var claim = claim(kind, on: date, at: institution([50, 35, 15]))
        claim.externalBasic = paidOutside(of: claim.cost.inPolicy, kind, claim.institution.level)
        return ClaimRecord(claim, disease: kind == .special ? disease : "")
    }
}
