import Policy
import Records
import Registry
import Settlement
import Testing

@Suite struct `A claim is admitted by what is registered` {
    private let office: Office
    private let hospital: UInt32

    init() throws {
        office = try Office()
        hospital = office.institution(InstitutionRecord(code: "H50010100001", region: "chongqing", level: .three))
        office.insured(1)
    }

    @Test func `facts, level and identities come from the register`() throws {
        office.put(
            .identity(IdentityRecord(DatedIdentity(.lowIncome, given: CalendarDate(2023_05_02)), department: .civilAffairs)),
            of: 1)
        var claim = command(1, at: hospital)
        claim.disease = "dialysis"
        // What the caller says about these is not read.
        claim.claim.institution = Institution(level: .one, isOutOfCity: true)
        claim.claim.referredFrom = .one
        claim.claim.disease = 9
        #expect(office.refusal(of: claim) == nil)
        let admission = office.admission
        let pack = try #require(office.registry.library["chongqing"])
        #expect(office.registry.library.packs[admission.region].region == "chongqing")
        #expect(admission.claim.institution == Institution(level: .three))
        #expect(admission.claim.referredFrom == .unspecified)
        #expect(admission.claim.disease == pack.disease(code: "dialysis"))
        #expect(admission.facts.insurance == .employee)
        #expect(admission.facts.membership == .employer)
        #expect(admission.facts.status == .active)
        #expect(admission.identities == [DatedIdentity(.lowIncome, given: CalendarDate(2023_05_02))])
    }

    @Test func `an unknown person, institution, disease is refused by name`() {
        #expect(office.refusal(of: command(2, at: hospital))?.code == .personUnknown)
        #expect(office.refusal(of: command(2, at: hospital))?.value == "2")
        #expect(office.refusal(of: command(1, at: 99))?.code == .institutionUnknown)
        #expect(office.refusal(of: command(1, at: 0))?.code == .institutionUnknown)
        var claim = command(1, at: hospital)
        claim.disease = "no_such"
        #expect(office.refusal(of: claim)?.code == .factInvalid)
        #expect(office.refusal(of: claim)?.field == "claim.disease")
        #expect(office.refusal(of: command(1, at: hospital, on: 2024_02_30))?.code == .dateInvalid)
    }

    @Test func `CQ-45: only within the entitlement period, and the refusal names the period`() throws {
        office.person(2)
        #expect(office.refusal(of: command(2, at: hospital))?.code == .notCovered)
        #expect(office.refusal(of: command(2, at: hospital))?.rule == "CQ-45")
        let period = DateRange(from: CalendarDate(2023_01_01), until: CalendarDate(2023_12_31))
        office.put(.enrolment(Enrolment(.resident, membership: .tier1, covered: period)), of: 2)
        for (day, isCovered) in [
            (2022_12_31, false), (2023_01_01, true), (2023_12_31, true), (2024_01_01, false),
        ] as [(Int32, Bool)] {
            let refusal = office.refusal(of: command(2, at: hospital, .inpatient, on: day))
            #expect((refusal == nil) == isCovered, "\(day)")
            if let refusal { #expect(refusal.code == .notCovered && refusal.message.contains("2023-01-01 … 2023-12-31")) }
        }
    }

    @Test func `G-4: the enrolment that holds the service date counts, and after a death none`() {
        office.person(3)
        let first = DateRange(from: CalendarDate(2023_01_01), until: CalendarDate(2024_02_29))
        let second = DateRange(from: CalendarDate(2024_03_01))
        office.put(.enrolment(Enrolment(.employee, membership: .employer, status: .active, covered: first)), of: 3)
        office.put(.enrolment(Enrolment(.employee, membership: .employer, status: .retired, covered: second)), of: 3)
        #expect(office.refusal(of: command(3, at: hospital, on: 2024_02_29)) == nil)
        #expect(office.admission.facts.status == .active)
        #expect(office.refusal(of: command(3, at: hospital, on: 2024_03_01)) == nil)
        #expect(office.admission.facts.status == .retired)
        office.put(.departure(Departure(.death, on: CalendarDate(2024_06_10))), of: 3)
        #expect(office.refusal(of: command(3, at: hospital, on: 2024_06_10)) == nil)
        #expect(office.refusal(of: command(3, at: hospital, on: 2024_06_11))?.code == .notCovered)
    }

    @Test func `CQ-22: a supplementary insurance counts in its cover`() {
        office.put(
            .purchase(
                SupplementaryPurchase(
                    product: "yukuaibao_2023_upgraded", boughtOn: CalendarDate(2022_12_01), hasPreExistingDisease: true)),
            of: 1)
        #expect(office.refusal(of: command(1, at: hospital, .inpatient, on: 2023_06_01)) == nil)
        #expect(office.admission.facts.product == 2)
        #expect(office.admission.facts.boughtOn == CalendarDate(2022_12_01))
        #expect(office.admission.facts.hasPreExistingDisease)
        #expect(office.refusal(of: command(1, at: hospital, .inpatient, on: 2024_01_01)) == nil)
        #expect(office.admission.facts.product == 0)
    }

    @Test func `an institution outside its agreement is not designated`() {
        let period = DateRange(from: CalendarDate(2024_01_01), until: CalendarDate(2024_06_30))
        let other = office.institution(InstitutionRecord(code: "H2", level: .one, designated: period))
        #expect(office.refusal(of: command(1, at: other)) == nil)
        let refusal = office.refusal(of: command(1, at: other, on: 2024_07_01))
        #expect(refusal?.code == .institutionNotDesignated)
        #expect(refusal?.message.contains("2024-01-01 … 2024-06-30") == true)
        let late = office.institution(InstitutionRecord(code: "H3", level: .one, since: CalendarDate(2024_05_01)))
        #expect(office.refusal(of: command(1, at: late))?.code == .institutionNotDesignated)
    }

    @Test func `CQ-43: a long prescription has at most twelve weeks`() {
        var claim = command(1, at: hospital)
        claim.prescriptionWeeks = 12
        #expect(office.refusal(of: claim) == nil)
        claim.prescriptionWeeks = 13
        #expect(office.refusal(of: claim)?.code == .prescriptionTooLong)
        #expect(office.refusal(of: claim)?.rule == "CQ-43")
    }

    @Test func `CQ-31: a family account pays where its owner is registered as spouse, parent or child`() {
        for number in 11...14 as ClosedRange<UInt64> { office.insured(number) }
        office.put(.family(FamilyMember(.parent, 11)), of: 1)
        office.put(.family(FamilyMember(.spouse, 12)), of: 1)
        // On the other one's record: person 1 is the parent of 13, so 13 is a child.
        office.put(.family(FamilyMember(.parent, 1)), of: 13)
        var claim = command(1, at: hospital)
        claim.familyAccounts = [12, 11, 13]
        #expect(office.refusal(of: claim) == nil)
        #expect(office.admission.relations == [1, 2, 3])
        claim.familyAccounts = [12, 14]
        #expect(office.refusal(of: claim)?.code == .relationNotRegistered)
        #expect(office.refusal(of: claim)?.value == "14")
        claim.familyAccounts = [99]
        #expect(office.refusal(of: claim)?.code == .personUnknown)
        claim.familyAccounts = [12, 12]
        #expect(office.refusal(of: claim)?.code == .factInvalid)
        claim.familyAccounts = [1]
        #expect(office.refusal(of: claim)?.code == .factInvalid)
        claim.familyAccounts = Array(repeating: 12, count: CalculatorLimit.accountsMax)
        #expect(office.refusal(of: claim)?.code == .factInvalid)
        // A relation that ended before the service date.
        office.put(.family(FamilyMember(.spouse, 14, inForce: DateRange(until: CalendarDate(2024_02_29)))), of: 1)
        claim.familyAccounts = [14]
        #expect(office.refusal(of: claim)?.code == .relationNotRegistered)
    }

    @Test func `a comparison by levels needs no institution (SY-9)`() {
        let place = Institution(level: .two)
        #expect(office.refusal(of: command(1, at: 0), at: place) == nil)
        #expect(office.admission.claim.institution == place)
    }
}
