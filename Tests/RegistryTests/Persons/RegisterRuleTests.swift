import Policy
import Records
import Registry
import Settlement
import Testing

@Suite struct `Buying supplementary insurance` {
    private let office: Office

    init() throws {
        office = try Office()
        office.insured(1)
    }

    private func purchase(_ product: String = "yukuaibao_2023_basic", on day: Int32, premium: Fen = 0) -> RegistryRequest {
        .buy(1, SupplementaryPurchase(product: product, boughtOn: CalendarDate(day), premium: premium), corrects: 0)
    }

    @Test(arguments: [
        (2022_11_02 as Int32, false), (2022_11_03, true), (2022_12_31, true), (2023_01_01, false),
    ])
    func `CQ-22: only in the window`(day: Int32, isSold: Bool) {
        let refusal = office.ask(purchase(on: day))
        #expect(refusal?.code == (isSold ? nil : .purchaseNotValid))
        if isSold { #expect(office.events(purchase(on: day)) == []) }
    }

    @Test func `CQ-22: only with basic insurance, now or in the year of cover`() {
        office.person(2)
        let request = RegistryRequest.buy(
            2, SupplementaryPurchase(product: "yukuaibao_2023_basic", boughtOn: CalendarDate(2022_12_01)), corrects: 0)
        #expect(office.ask(request)?.code == .purchaseNotValid)
        let next = Enrolment(
            .resident, membership: .tier1,
            covered: DateRange(from: CalendarDate(2023_01_01), until: CalendarDate(2023_12_31)))
        #expect(office.ask(.enrol(2, EnrolmentRequest(next))) == nil)
        #expect(office.ask(request) == nil)
    }

    @Test(arguments: [("yukuaibao_2023_basic", 69_00 as Fen), ("yukuaibao_2023_upgraded", 169_00)])
    func `CQ-21: the premium of the product, and no second product for the same time`(product: String, premium: Fen) {
        #expect(office.ask(purchase(product, on: 2022_12_01, premium: premium + 1))?.rule == "CQ-21")
        #expect(office.ask(purchase(product, on: 2022_12_01, premium: premium)) == nil)
        let other = product == "yukuaibao_2023_basic" ? "yukuaibao_2023_upgraded" : "yukuaibao_2023_basic"
        #expect(office.ask(purchase(other, on: 2022_12_02))?.code == .recordConflict)
        #expect(office.ask(purchase("no_such", on: 2022_12_02))?.code == .factInvalid)
    }
}

@Suite struct `Identities and relations are registered` {
    private let office: Office

    init() throws {
        office = try Office()
        office.insured(1, .resident, .unspecified, .unspecified, region: "yantai")
        office.insured(2)
    }

    private func give(
        _ identity: Identity, _ department: Department, given: Int32 = 2023_02_10, ended: Int32 = 0, corrects: UInt16 = 0
    ) -> RegistryRequest {
        let dated = DatedIdentity(identity, given: CalendarDate(given), ended: CalendarDate(ended))
        return .identity(1, IdentityRecord(dated, department: department), corrects: corrects)
    }

    @Test(arguments: [
        (Identity.destitute, Department.civilAffairs), (.lowIncome, .civilAffairs), (.nearLowIncome, .civilAffairs),
        (.returnedToPoverty, .ruralRevitalisation), (.monitored, .ruralRevitalisation),
    ])
    func `G-10: each identity comes from its department`(identity: Identity, department: Department) {
        let other: Department = department == .civilAffairs ? .ruralRevitalisation : .civilAffairs
        #expect(office.ask(give(identity, other))?.rule == "G-10")
        #expect(office.ask(give(identity, .unspecified))?.code == .factMissing)
        #expect(office.ask(give(identity, department)) == nil)
        #expect(office.events(give(identity, department)) == [])
    }

    @Test func `YT-7: poverty through illness is not given but recognised`() {
        #expect(office.ask(give(.illnessPoverty, .civilAffairs))?.rule == "YT-7")
    }

    @Test func `G-11: an identity ends once, and its history stays`() {
        office.ask(give(.lowIncome, .civilAffairs))
        #expect(office.ask(give(.lowIncome, .civilAffairs, given: 2023_05_01))?.code == .recordConflict)
        let end = RegistryRequest.endIdentity(1, .lowIncome, CalendarDate(2023_09_20))
        #expect(office.ask(end) == nil)
        #expect(office.events(end) == [])
        let hospital = office.institution(InstitutionRecord(code: "H1", level: .one))
        #expect(office.refusal(of: command(1, at: hospital, .inpatient, on: 2023_09_30)) == nil)
        #expect(
            office.admission.identities == [
                DatedIdentity(.lowIncome, given: CalendarDate(2023_02_10), ended: CalendarDate(2023_09_20))
            ])
        #expect(office.registry.people.history(of: 1).count == 4)
        // A second time after the first ended, and a correction of the first.
        #expect(office.ask(give(.lowIncome, .civilAffairs, given: 2024_01_05)) == nil)
        #expect(office.ask(give(.lowIncome, .civilAffairs, given: 2023_03_10, ended: 2023_09_20, corrects: 4)) == nil)
        #expect(office.ask(.endIdentity(1, .destitute, CalendarDate(2023_09_20)))?.code == .recordUnknown)
    }

    @Test func `CQ-31: a relation holds for both and is not registered twice`() {
        #expect(office.ask(.family(1, FamilyMember(.spouse, 2), corrects: 0)) == nil)
        #expect(office.events(.family(1, FamilyMember(.spouse, 2), corrects: 0)) == [])
        #expect(office.events(.family(2, FamilyMember(.spouse, 1), corrects: 0)) == [])
        #expect(office.ask(.family(2, FamilyMember(.child, 1), corrects: 0))?.code == .recordConflict)
        #expect(office.ask(.family(1, FamilyMember(.child, 1), corrects: 0))?.code == .factInvalid)
        #expect(office.ask(.family(1, FamilyMember(.child, 9), corrects: 0))?.code == .personUnknown)
        #expect(office.registry.people.relation(of: 1, to: 2, on: CalendarDate(2024_01_01)) == .spouse)
    }

    @Test func `YT-10: a first diagnosis is a primary institution's`() {
        office.institution(InstitutionRecord(code: "H2", kind: .hospital, level: .two))
        office.institution(InstitutionRecord(code: "P1", kind: .primary, level: .one))
        func refer(_ number: String, from: String) -> RegistryRequest {
            .referral(
                1, ReferralRequest(number: number, from: from, to: "H2", date: CalendarDate(2024_02_01), isFirstDiagnosis: true),
                corrects: 0)
        }
        #expect(office.ask(refer("Z1", from: "H2"))?.rule == "YT-10")
        #expect(office.ask(refer("Z1", from: "P1")) == nil)
        #expect(office.events(refer("Z1", from: "P1")) == [])
        #expect(office.ask(refer("Z2", from: "no such"))?.code == .institutionUnknown)
        #expect(office.ask(refer("Z2", from: ""))?.code == .factMissing)
        #expect(office.ask(refer("Z 2", from: "P1"))?.code == .factInvalid)
    }

    @Test func `a registration ends once; what was a mistake is withdrawn`() {
        let end = RegistryRequest.endPerson(1, Departure(.death, on: CalendarDate(2024_06_01)), corrects: 0)
        #expect(office.ask(end) == nil)
        #expect(office.events(end) == [])
        let later = RegistryRequest.endPerson(1, Departure(.death, on: CalendarDate(2024_07_01)), corrects: 0)
        #expect(office.ask(later)?.code == .recordConflict)
        #expect(office.ask(.withdraw(1, 3)) == nil)
        #expect(office.events(.withdraw(1, 3)) == [])
        #expect(office.registry.people.departure(of: 1) == nil)
        #expect(office.ask(.withdraw(1, 1))?.code == .recordConflict)
        #expect(office.ask(.withdraw(1, 50))?.code == .recordUnknown)
        // What took the place of another record is corrected: withdrawn, it would leave neither.
        office.ask(.endEnrolment(2, CalendarDate(2024_06_30)))
        #expect(office.ask(.withdraw(2, 3))?.code == .recordConflict)
    }

    @Test func `persons and institutions that cannot be are refused by field`() {
        #expect(office.ask(.person(9, PersonBasics(region: "nowhere", birthMonth: 1960_05)))?.field == "person.region")
        #expect(office.ask(.person(9, PersonBasics(region: "yantai", birthMonth: 1960_13)))?.field == "person.birth_month")
        #expect(office.ask(.person(9, PersonBasics(region: "yantai", birthMonth: 1960_12))) == nil)
        #expect(office.events(.person(9, PersonBasics(region: "yantai", birthMonth: 1960_12))) == [])
        // CQ-32: an insured person moves from a day on.
        #expect(office.ask(.person(2, PersonBasics(region: "yantai", birthMonth: 1960_05)))?.field == "person.since")
        let moved = PersonBasics(region: "yantai", birthMonth: 1960_05, since: CalendarDate(2024_07_01))
        #expect(office.ask(.person(2, moved)) == nil)
        #expect(office.registry.people.basics(of: 2, on: CalendarDate(2024_07_01)) == moved)
        #expect(office.ask(.institution(InstitutionRecord(code: "", level: .one)))?.field == "institution.code")
        #expect(office.ask(.institution(InstitutionRecord(code: "H 1", level: .one)))?.field == "institution.code")
        #expect(office.ask(.institution(InstitutionRecord(code: "H9", region: "chongqing", level: .unspecified)))?.rule == "CQ-44")
        let pharmacy = InstitutionRecord(code: "P9", kind: .pharmacy, level: .unspecified)
        #expect(office.ask(.institution(pharmacy)) == nil)
        #expect(office.events(.institution(pharmacy)) == [])
    }
}

@Suite struct `What is left of a year` {
    @Test func `CQ-15, CQ-17, CQ-13: deductible, yearly limit and fund limits of an employee`() throws {
        let office = try Office()
        office.insured(1)
        let pack = try #require(office.registry.library["chongqing"])
        let known = try office.registry.factsOnDay(of: 1, on: CalendarDate(2024_06_01))
        #expect(known.facts.insurance == .employee)
        var year = pack.freshYear
        let absorbed = try #require(pack.slot(named: "employee.pooling.absorbed"))
        let paid = try #require(pack.slot(named: "employee.pooling.paid"))
        let pool = try #require(pack.slot(named: "employee.pool.paid"))
        year[absorbed] = 150_00
        year[paid] = 2_900_00
        year[pool] = 50_000_00
        let limits = pack.yearLimits(known.facts, identity: .none, on: CalendarDate(2024_06_01), year: year)
        let deductible = try #require(limits[absorbed].first { $0.claimKind == .outpatient })
        #expect(deductible.kind == .deductible && deductible.limit == 200_00 && deductible.left == 50_00)
        #expect(deductible.level == .unspecified && deductible.rule == "CQ-15")
        let cap = try #require(limits[paid].first { $0.claimKind == .outpatient })
        #expect(cap.kind == .cap && cap.limit == 3_000_00 && cap.left == 100_00 && cap.rule == "CQ-17")
        let fund = try #require(limits[pool].first { $0.claimKind == .inpatient })
        #expect(fund.kind == .fund && fund.limit == 47_000_00 && fund.left == 0 && fund.rule == "CQ-13")
        // CQ-10: the special-disease deductible depends on the level.
        let special = try #require(pack.slot(named: "employee.special.absorbed"))
        #expect(limits[special].map(\.limit) == [200_00, 440_00, 880_00])
        #expect(limits[special].map(\.level) == [.one, .two, .three])
    }

    @Test func `who is not covered on the day has accumulators but no limits`() throws {
        let office = try Office()
        office.person(1)
        let known = try office.registry.factsOnDay(of: 1, on: CalendarDate(2024_06_01))
        #expect(known.facts.insurance == .unspecified)
        let pack = try #require(office.registry.library["chongqing"])
        let limits = pack.yearLimits(
            known.facts, identity: .none, on: CalendarDate(2024_06_01), year: pack.freshYear)
        #expect(limits.flatMap { $0 }.isEmpty)
    }
}
