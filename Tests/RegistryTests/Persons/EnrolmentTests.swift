import Policy
import Records
import Registry
import Settlement
import Testing

extension Office {
    /// Carries a request out; returns what refused it, or nil.
    @discardableResult
    func ask(_ request: RegistryRequest) -> DomainRefusal? {
        do throws(DomainRefusal) {
            for event in try registry.events(for: request, today: today) { registry.apply(event, recorded: now) }
            return nil
        } catch { return error }
    }

    /// Events that a request would give; nil where it is refused.
    func events(_ request: RegistryRequest) -> [RegistryEvent]? {
        do throws(DomainRefusal) { return try registry.events(for: request, today: today) } catch { return nil }
    }
}

private func enrolment(
    _ insurance: Insurance, _ membership: Membership = .tier1, from: Int32 = 0, until: Int32 = 0, paidOn: Int32 = 0,
    status: WorkStatus = .unspecified
) -> Enrolment {
    Enrolment(
        insurance, membership: membership, status: status,
        covered: DateRange(from: CalendarDate(from), until: CalendarDate(until)), paidOn: CalendarDate(paidOn))
}

@Suite struct `Enrolling` {
    private let office: Office

    init() throws {
        office = try Office()
        office.person(1)
    }

    @Test(arguments: [
        (Insurance.resident, Membership.tier1, 2023 as Int32, 350_00 as Fen), (.resident, .tier2, 2023, 725_00),
        (.employee, .tier1, 2022, 2_792_00), (.employee, .tier2, 2022, 5_874_00),
    ])
    func `CQ-40: the premium of the year and tier is due`(
        insurance: Insurance, membership: Membership, year: Int32, premium: Fen
    ) throws {
        var asked = enrolment(insurance, membership, from: year * 10_000 + 101, until: year * 10_000 + 1231)
        #expect(office.ask(.enrol(1, EnrolmentRequest(asked, year: year))) == nil)
        let day = CalendarDate(year * 10_000 + 601)
        #expect(office.registry.people.enrolment(of: 1, on: day)?.premiumDue == premium)
        // Once more is unchanged; another premium is refused.
        #expect(office.events(.enrol(1, EnrolmentRequest(asked, year: year))) == [])
        asked.premiumDue = premium - 1
        #expect(office.ask(.enrol(1, EnrolmentRequest(asked, year: year)))?.rule == "CQ-40")
    }

    @Test func `CQ-40: a year that the source does not price takes what is said`() {
        var asked = enrolment(.resident, .tier1, from: 2024_01_01, until: 2024_12_31)
        asked.premiumDue = 400_00
        #expect(office.ask(.enrol(1, EnrolmentRequest(asked, year: 2024))) == nil)
        #expect(office.registry.people.enrolment(of: 1, on: CalendarDate(2024_06_01))?.premiumDue == 400_00)
    }

    /// Resident insurance 2021-01-01 … 2023-03-31, then work.
    private func switching(
        paidOn: Int32 = 2023_07_31, from: Int32 = 2021_01_01, isStatusChange: Bool = true,
        status: WorkStatus = .active
    ) -> DomainRefusal? {
        office.ask(.enrol(1, EnrolmentRequest(enrolment(.resident, from: from, until: 2022_12_31))))
        office.ask(.enrol(1, EnrolmentRequest(enrolment(.resident, .tier2, from: 2023_01_01, until: 2023_03_31))))
        let work = enrolment(.employee, .employer, paidOn: paidOn, status: status)
        return office.ask(.enrol(1, EnrolmentRequest(work, isStatusChange: isStatusChange)))
    }

    @Test func `CQ-41: a gap of three months made good, covered from the first of the next month`() {
        #expect(switching() == nil)
        #expect(office.registry.people.enrolment(of: 1, on: CalendarDate(2023_08_01))?.insurance == .employee)
        #expect(office.registry.people.enrolment(of: 1, on: CalendarDate(2023_07_31)) == nil)
    }

    /// Covered to the last day of December 2022, or to another day of it.
    @Test(
        arguments: [
            // January to March are without a contribution: three, made good.
            (2022_12_31, 2023_04_01, true), (2022_12_31, 2023_04_30, true), (2022_12_05, 2023_04_30, true),
            (2022_12_31, 2023_05_01, false), (2022_12_05, 2023_05_01, false),
            // Within the month, in the next one: none is.
            (2022_12_05, 2022_12_20, true), (2022_12_31, 2023_01_31, true),
        ] as [(Int32, Int32, Bool)])
    func `CQ-41, I-34: what is counted are natural months without a contribution, not days`(
        until: Int32, paidOn: Int32, isMadeGood: Bool
    ) {
        office.ask(.enrol(1, EnrolmentRequest(enrolment(.resident, from: 2020_01_01, until: until))))
        let work = enrolment(.employee, .employer, paidOn: paidOn, status: .active)
        let refusal = office.ask(.enrol(1, EnrolmentRequest(work, isStatusChange: true)))
        #expect(refusal?.code == (isMadeGood ? nil : .noRule))
        if !isMadeGood { #expect(refusal?.field == "enrolment.covered_from" && refusal?.message.contains("4 months") == true) }
    }

    @Test func `CQ-41: a longer gap, a shorter insurance, another reason or a retired person have no rule`() {
        #expect(switching(paidOn: 2023_08_01)?.code == .noRule)
        #expect(switching(isStatusChange: false)?.code == .noRule)
        #expect(switching(status: .retired)?.code == .noRule)
        #expect(switching(status: .retired)?.rule == "CQ-41")
    }

    @Test func `CQ-41: less than two years without a break has no rule, two years to the day have`() throws {
        #expect(switching(from: 2021_04_02)?.code == .noRule)
        let other = try Office()
        other.person(1)
        other.ask(.enrol(1, EnrolmentRequest(enrolment(.resident, from: 2021_04_01, until: 2023_03_31))))
        let work = EnrolmentRequest(
            enrolment(.employee, .employer, paidOn: 2023_04_10, status: .active), isStatusChange: true)
        #expect(other.ask(.enrol(1, work)) == nil)
        // Not a switch between the insurances, and nobody's first insurance.
        other.person(2)
        #expect(other.ask(.enrol(2, work))?.code == .noRule)
    }

    @Test func `CQ-45: two enrolments never cover the same day`() {
        #expect(office.ask(.enrol(1, EnrolmentRequest(enrolment(.resident, from: 2023_01_01, until: 2023_12_31)))) == nil)
        let overlapping = EnrolmentRequest(enrolment(.employee, .tier1, from: 2023_12_31))
        #expect(office.ask(.enrol(1, overlapping))?.code == .recordConflict)
        #expect(office.ask(.endEnrolment(1, CalendarDate(2023_12_30))) == nil)
        #expect(office.ask(.enrol(1, overlapping)) == nil)
        #expect(office.events(.endEnrolment(1, CalendarDate(2023_12_30))) == [])
    }

    @Test func `a correction takes the place of a record, and its repetition is unchanged`() {
        office.ask(.enrol(1, EnrolmentRequest(enrolment(.resident, from: 2023_01_01, until: 2023_12_31))))
        let right = EnrolmentRequest(enrolment(.resident, .tier2, from: 2023_01_01, until: 2023_12_31), corrects: 2)
        #expect(office.ask(.enrol(1, right)) == nil)
        #expect(office.registry.people.enrolment(of: 1, on: CalendarDate(2023_06_01))?.membership == .tier2)
        #expect(office.events(.enrol(1, right)) == [])
        #expect(office.ask(.enrol(1, EnrolmentRequest(right.enrolment, corrects: 77)))?.code == .recordUnknown)
        #expect(office.ask(.enrol(1, EnrolmentRequest(right.enrolment, corrects: 1)))?.code == .recordConflict)
    }

    @Test func `who retires is cut from active to retired on the day, and does not return`() {
        let work = enrolment(.employee, .employer, from: 2020_01_01, status: .active)
        office.ask(.enrol(1, EnrolmentRequest(work)))
        let change = EnrolmentChange(on: CalendarDate(2024_05_01), status: .retired)
        #expect(office.ask(.change(1, change)) == nil)
        #expect(office.registry.people.enrolment(of: 1, on: CalendarDate(2024_04_30))?.status == .active)
        #expect(office.registry.people.enrolment(of: 1, on: CalendarDate(2024_05_01))?.status == .retired)
        #expect(office.events(.change(1, change)) == [])
        let back = EnrolmentChange(on: CalendarDate(2024_06_01), status: .active)
        #expect(office.ask(.change(1, back))?.code == .recordConflict)
        #expect(office.ask(.change(1, EnrolmentChange(on: CalendarDate(2019_12_31))))?.code == .recordUnknown)
    }

    @Test func `CQ-30: a lump sum is for individual employees in tier 2`() {
        var asked = enrolment(.employee, .tier1, from: 2023_01_01, status: .retired)
        asked.lumpSumUntil = CalendarDate(2027_12_31)
        #expect(office.ask(.enrol(1, EnrolmentRequest(asked)))?.rule == "CQ-30")
        asked.membership = .tier2
        #expect(office.ask(.enrol(1, EnrolmentRequest(asked))) == nil)
    }

    @Test(arguments: [Identity.destitute, .lowIncome, .returnedToPoverty, .nearLowIncome, .monitored])
    func `YT-8: the resident premium of the five named groups is paid in full`(identity: Identity) {
        office.person(5, region: "yantai")
        let department: Department = [.returnedToPoverty, .monitored].contains(identity) ? .ruralRevitalisation : .civilAffairs
        let record = IdentityRecord(DatedIdentity(identity, given: CalendarDate(2022_11_15)), department: department)
        #expect(office.ask(.identity(5, record, corrects: 0)) == nil)
        var asked = enrolment(.resident, .unspecified, from: 2023_01_01, until: 2023_12_31, paidOn: 2022_12_01)
        asked.premiumDue = 380_00
        #expect(office.ask(.enrol(5, EnrolmentRequest(asked))) == nil)
        let found = office.registry.people.enrolment(of: 5, on: CalendarDate(2023_06_01))
        #expect(found?.premiumSubsidised == 380_00)
        #expect(found?.payer == .subsidy)
    }

    @Test func `YT-8: nobody else's premium is subsidised, nor before the identity is in force (G-11)`() {
        office.person(5, region: "yantai")
        var asked = enrolment(.resident, .unspecified, from: 2023_01_01, until: 2023_12_31, paidOn: 2022_11_30)
        asked.premiumDue = 380_00
        let record = IdentityRecord(
            DatedIdentity(.lowIncome, given: CalendarDate(2022_11_15)), department: .civilAffairs)
        office.ask(.identity(5, record, corrects: 0))
        #expect(office.ask(.enrol(5, EnrolmentRequest(asked))) == nil)
        #expect(office.registry.people.enrolment(of: 5, on: CalendarDate(2023_06_01))?.premiumSubsidised == 0)
        asked.premiumSubsidised = 1
        asked.covered = DateRange(from: CalendarDate(2024_01_01), until: CalendarDate(2024_12_31))
        #expect(office.ask(.enrol(5, EnrolmentRequest(asked)))?.rule == "YT-8")
    }

    @Test func `enrolments that cannot be are refused by field`() {
        func field(_ asked: Enrolment) -> String? { office.ask(.enrol(1, EnrolmentRequest(asked)))?.field }
        #expect(field(enrolment(.unspecified, from: 2023_01_01)) == "enrolment.insurance")
        #expect(field(enrolment(.resident, .employer, from: 2023_01_01)) == "enrolment.membership")
        #expect(field(enrolment(.resident, from: 2023_01_01, status: .retired)) == "enrolment.status")
        #expect(field(enrolment(.resident, from: 2023_02_30)) == "enrolment.covered_from")
        #expect(field(enrolment(.resident, from: 2023_02_01, until: 2023_01_31)) == "enrolment.covered_until")
        var asked = enrolment(.resident, from: 2023_01_01)
        asked.contributionBase = RegistryLimit.premiumMax + 1
        #expect(field(asked) == "enrolment.contribution_base")
        asked.contributionBase = -1
        #expect(field(asked) == "enrolment.contribution_base")
        #expect(office.ask(.enrol(99, EnrolmentRequest(asked)))?.code == .personUnknown)
    }
}
