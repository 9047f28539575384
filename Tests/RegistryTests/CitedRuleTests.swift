import Policy
import Records
import Registry
import Settlement
import Testing

/// Rule ids in refusals are those of the person's region; dates are named by the field they stand in.
@Suite struct `What a refusal cites` {
    private static let regions = ["anhui", "chongqing", "shenyang", "yantai"]

    /// The rules of the cities, by the letters of their ids.
    private static let owners = ["CQ": "chongqing", "YT": "yantai", "SY": "shenyang", "AH": "anhui"]

    private func refusals(_ region: String) throws -> [DomainRefusal] {
        let office = try Office()
        let hospital = office.institution(
            InstitutionRecord(
                code: "H1", region: region, level: .two, isNetworked: false,
                designated: DateRange(until: CalendarDate(2024_12_31))))
        let pharmacy = office.institution(
            InstitutionRecord(code: "P1", region: region, kind: .pharmacy, level: .unspecified))
        office.insured(1, .resident, .unspecified, .unspecified, region: region)
        office.person(2, region: region)
        let covered = DateRange(from: CalendarDate(2021_01_01), until: CalendarDate(2022_12_31))
        var found: [DomainRefusal?] = []
        func admit(_ change: (inout SettleCommand) -> Void = { _ in }, at place: UInt32? = nil) {
            var claim = command(1, at: place ?? hospital, .outpatient, on: 2024_03_01)
            change(&claim)
            found.append(office.refusal(of: claim))
        }
        admit()
        admit { $0.claim.serviceDate = CalendarDate(2021_03_01) }
        admit { $0.claim.serviceDate = CalendarDate(2025_03_01) }
        admit { $0.person = 2 }
        admit {
            $0.referral = "none"
            $0.channel = .manual
        }
        admit {
            $0.familyAccounts = [1]
            $0.channel = .manual
        }
        admit {
            $0.familyAccounts = [2]
            $0.channel = .manual
        }
        admit {
            $0.claim.accountUse = .all
            $0.channel = .manual
        }
        admit {
            $0.claim.kind = .special
            $0.channel = .manual
        }
        admit { $0.prescribing = hospital }
        admit({ $0.claim.kind = .emergency }, at: pharmacy)
        admit({ $0.prescription = "RX" }, at: pharmacy)
        let requests: [RegistryRequest] = [
            .institution(InstitutionRecord(code: "H2", region: region, level: .unspecified)),
            .enrol(1, EnrolmentRequest(Enrolment(.resident, covered: DateRange(from: CalendarDate(2023_01_01))))),
            .enrol(
                2,
                EnrolmentRequest(
                    Enrolment(.resident, covered: covered, lumpSumUntil: CalendarDate(2024_01_01)))),
            .enrol(2, EnrolmentRequest(Enrolment(.employee, covered: DateRange(), paidOn: CalendarDate(2024_01_01)))),
            .change(2, EnrolmentChange(on: CalendarDate(2024_01_01), status: .retired)),
            .endEnrolment(2, CalendarDate(2024_01_01)),
            .buy(1, SupplementaryPurchase(product: "none", boughtOn: CalendarDate(2022_12_01)), corrects: 0),
            .family(1, FamilyMember(.spouse, 1), corrects: 0),
            .special(1, SpecialRegistration(disease: "none", inForce: DateRange()), corrects: 0),
            .referral(1, ReferralRequest(number: "Z", date: CalendarDate(2024_01_01)), corrects: 0),
            .referral(
                1,
                ReferralRequest(
                    number: "Z", from: "H1", to: "H1", fromLevel: .one, date: CalendarDate(2024_01_01)), corrects: 0),
            .referral(
                1,
                ReferralRequest(
                    number: "Z", from: "H1", to: "H1", date: CalendarDate(2024_01_01), isFirstDiagnosis: true),
                corrects: 0),
            .identity(
                1,
                IdentityRecord(
                    DatedIdentity(.illnessPoverty, given: CalendarDate(2024_01_01)), department: .civilAffairs),
                corrects: 0),
            .person(1, PersonBasics(region: region == "anhui" ? "yantai" : "anhui", birthMonth: 1960_05)),
        ]
        found += requests.map { office.ask($0) }
        return found.compactMap { $0 }
    }

    @Test(arguments: regions) func `no refusal cites a rule of another city`(region: String) throws {
        let refusals = try refusals(region)
        #expect(refusals.count > 15)
        for refusal in refusals {
            let letters = String(refusal.rule.prefix { $0 != "-" })
            if let owner = Self.owners[letters] { #expect(owner == region, "\(refusal.line)") }
        }
    }

    @Test func `CQ-44, CQ-45, CQ-46: Chongqing's own refusals cite them`() throws {
        let cited = Set(try refusals("chongqing").map(\.rule))
        for rule in ["CQ-16", "CQ-30", "CQ-31", "CQ-32", "CQ-41", "CQ-42", "CQ-44", "CQ-45"] {
            #expect(cited.contains(rule), "\(rule)")
        }
    }

    @Test func `a wrong day is named by the field it stands in`() throws {
        let office = try Office()
        office.insured(1)
        office.person(2)
        let wrong = CalendarDate(2024_02_30)
        let from = CalendarDate(2024_03_01)
        func identity(_ given: CalendarDate, _ ended: CalendarDate) -> RegistryRequest {
            .identity(
                1, IdentityRecord(DatedIdentity(.lowIncome, given: given, ended: ended), department: .civilAffairs),
                corrects: 0)
        }
        func enrol(_ covered: DateRange) -> RegistryRequest {
            .enrol(2, EnrolmentRequest(Enrolment(.resident, covered: covered)))
        }
        func institution(_ days: DateRange) -> RegistryRequest {
            .institution(InstitutionRecord(code: "H1", level: .one, designated: days))
        }
        for (request, field) in [
            (identity(wrong, .none), "identity.given"), (identity(from, wrong), "identity.ended"),
            (identity(from, CalendarDate(2024_01_01)), "identity.ended"),
            (enrol(DateRange(from: wrong)), "enrolment.covered_from"),
            (enrol(DateRange(from: from, until: wrong)), "enrolment.covered_until"),
            (enrol(DateRange(from: from, until: CalendarDate(2024_01_01))), "enrolment.covered_until"),
            (institution(DateRange(from: wrong)), "institution.designated_from"),
            (institution(DateRange(until: wrong)), "institution.designated_until"),
            (.special(1, SpecialRegistration(disease: "diabetes", inForce: DateRange(until: wrong)), corrects: 0), "special.until"),
            (.family(1, FamilyMember(.spouse, 2, inForce: DateRange(from: wrong)), corrects: 0), "family.from"),
        ] {
            #expect(office.ask(request)?.field == field && office.ask(request)?.code == .dateInvalid, "\(field)")
        }
    }
}
