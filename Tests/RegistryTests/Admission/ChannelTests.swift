import Records
import Registry
import Settlement
import Testing

@Suite struct `Online and manual settling` {
    private let office: Office
    private let networked: UInt32
    private let notNetworked: UInt32
    private let documents = ["identity", "receipt", "cost_list", "medical_record", "bank_account"]

    init() throws {
        office = try Office()
        networked = office.institution(InstitutionRecord(code: "F1", level: .three, isOutOfCity: true))
        notNetworked = office.institution(
            InstitutionRecord(code: "F2", level: .three, isOutOfCity: true, isNetworked: false))
        office.insured(1)
        office.insured(2, .unspecified, .unspecified, region: "anhui")
    }

    @Test func `CQ-42: outside the city, networked at once, elsewhere manually with the documents`() {
        #expect(office.refusal(of: command(1, at: networked)) == nil)
        #expect(office.admission.claim.institution.isOutOfCity)
        var claim = command(1, at: notNetworked)
        #expect(office.refusal(of: claim)?.code == .channelNotAllowed)
        #expect(office.refusal(of: claim)?.rule == "CQ-42")
        claim.channel = .manual
        #expect(office.refusal(of: claim)?.code == .documentsMissing)
        claim.documents = Array(documents.dropLast())
        #expect(office.refusal(of: claim)?.message.contains("bank_account") == true)
        claim.documents = documents.reversed() + ["another"]
        #expect(office.refusal(of: claim) == nil)
    }

    @Test(arguments: [
        ("hypertension", true), ("diabetes", true), ("cancer_therapy", true), ("dialysis", true),
        ("kidney_transplant", true), ("haemophilia", false), ("coronary_disease", false),
    ])
    func `CQ-42: registered for a special disease outside the five, manually`(disease: String, isOpened: Bool) {
        let since = DateRange(from: CalendarDate(2023_01_01))
        office.put(.special(SpecialRegistration(disease: disease, inForce: since)), of: 1)
        let refusal = office.refusal(of: command(1, at: networked))
        #expect(refusal?.code == (isOpened ? nil : .channelNotAllowed))
        // Another kind of claim, and the city itself, are not concerned; before the registration neither.
        #expect(office.refusal(of: command(1, at: networked, .inpatient)) == nil)
        #expect(office.refusal(of: command(1, at: networked, on: 2022_12_31)) == nil)
        let home = office.institution(InstitutionRecord(code: "H1", region: "chongqing", level: .one))
        #expect(office.refusal(of: command(1, at: home)) == nil)
        // I-26: one of the five besides changes nothing.
        office.put(.special(SpecialRegistration(disease: "diabetes", inForce: since)), of: 1)
        #expect(office.refusal(of: command(1, at: networked))?.code == refusal?.code)
    }

    @Test func `AH-6: elsewhere than at networked institutions, manually, and no list of documents is asked for`() {
        var claim = command(2, at: notNetworked, .special)
        if let refusal = office.refusal(of: claim) {
            #expect(refusal.code == .notCovered || refusal.code == .channelNotAllowed)
        }
        office.person(3, region: "anhui")
        office.put(
            .enrolment(Enrolment(.resident, covered: DateRange(from: CalendarDate(2020_01_01)))), of: 3)
        claim.person = 3
        #expect(office.refusal(of: claim)?.code == .channelNotAllowed)
        #expect(office.refusal(of: claim)?.rule == "AH-6")
        claim.channel = .manual
        #expect(office.refusal(of: claim) == nil)
    }
}

@Suite struct `Referrals` {
    private let office: Office
    private let second: UInt32
    private let third: UInt32

    init() throws {
        office = try Office()
        second = office.institution(InstitutionRecord(code: "L2", region: "shenyang", level: .two))
        third = office.institution(InstitutionRecord(code: "L3", region: "shenyang", level: .three))
        office.insured(1, .resident, .unspecified, .unspecified, region: "shenyang")
        office.put(
            .referral(
                Referral(
                    number: "Z1", from: second, to: third, fromLevel: .two, toLevel: .three, date: CalendarDate(2024_02_20))),
            of: 1)
    }

    @Test func `SY-6: the level of a referral on file, for the stay that it leads to`() {
        var claim = command(1, at: third, .inpatient)
        #expect(office.refusal(of: claim) == nil)
        #expect(office.admission.claim.referredFrom == .unspecified)
        claim.referral = "Z1"
        #expect(office.refusal(of: claim) == nil)
        #expect(office.admission.claim.referredFrom == .two)
        claim.referral = "Z2"
        #expect(office.refusal(of: claim)?.code == .recordUnknown)
        claim.referral = "Z1"
        claim.institution = second
        #expect(office.refusal(of: claim)?.code == .recordConflict)
        claim = command(1, at: third, .inpatient, on: 2024_02_19)
        claim.referral = "Z1"
        #expect(office.refusal(of: claim)?.code == .recordConflict)
    }

    @Test func `SY-6: a referral downwards is a new admission`() {
        office.put(
            .referral(
                Referral(
                    number: "Z3", from: third, to: second, fromLevel: .three, toLevel: .two, date: CalendarDate(2024_02_20))),
            of: 1)
        var claim = command(1, at: second, .inpatient)
        claim.referral = "Z3"
        #expect(office.refusal(of: claim) == nil)
        #expect(office.admission.claim.referredFrom == .unspecified)
    }

    @Test(arguments: [
        (Identity.destitute, true, true), (.lowIncome, true, true), (.returnedToPoverty, true, true),
        (.monitored, true, false), (.nearLowIncome, true, false), (.lowIncome, false, false),
    ])
    func `YT-10: key groups that a primary institution referred pay no deposit`(
        identity: Identity, isFirstDiagnosis: Bool, isFree: Bool
    ) {
        office.insured(5, .resident, .unspecified, .unspecified, region: "yantai")
        let third = office.institution(InstitutionRecord(code: "Y3", region: "yantai", level: .three))
        let given = DatedIdentity(identity, given: CalendarDate(2023_12_31))
        office.put(.identity(IdentityRecord(given, department: .civilAffairs)), of: 5)
        office.put(
            .referral(
                Referral(
                    number: "Y1", to: third, fromLevel: .one, toLevel: .three, date: CalendarDate(2024_02_20),
                    isFirstDiagnosis: isFirstDiagnosis)),
            of: 5)
        var claim = command(5, at: third, .inpatient)
        claim.referral = "Y1"
        #expect(office.refusal(of: claim) == nil)
        #expect(office.admission.needsNoDeposit == isFree)
        claim.referral = ""
        #expect(office.refusal(of: claim) == nil)
        #expect(!office.admission.needsNoDeposit)
    }
}
