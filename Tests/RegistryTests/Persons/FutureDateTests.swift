import Records
import Registry
import Settlement
import Testing

/// Nothing can have happened after today; what may be announced passes.
@Suite struct `No date after today` {
    private static let today = CalendarDate(2024_07_01)
    private static let tomorrow = CalendarDate(2024_07_02)

    private func office() throws -> Office {
        var office = try Office()
        office.today = Self.today
        office.insured(1)
        office.institution(InstitutionRecord(code: "H1", region: "chongqing", level: .one))
        return office
    }

    @Test func `G-16: a claim of tomorrow is refused by its field, its date and today; one of today is settled`() throws {
        var office = try office()
        #expect(office.refusal(of: command(1, at: 1, on: Self.today.number)) == nil)
        let refusal = try #require(office.refusal(of: command(1, at: 1, on: Self.tomorrow.number)))
        #expect(refusal.code == .dateInFuture && refusal.rule == "G-16")
        #expect(refusal.field == "claim.service_date" && refusal.value == "2024-07-02")
        #expect(refusal.message.contains("2024-07-01"))
        // A day later it is.
        office.today = Self.tomorrow
        #expect(office.refusal(of: command(1, at: 1, on: Self.tomorrow.number)) == nil)
    }

    @Test func `G-16: a date that does not exist is told as such, however large it is`() throws {
        let office = try office()
        #expect(office.refusal(of: command(1, at: 1, on: 2024_07_32))?.code == .dateInvalid)
        #expect(office.ask(.person(9, PersonBasics(region: "chongqing", birthMonth: .max)))?.code == .dateInvalid)
    }

    @Test func `G-16, YE-1: a recorded settlement is looked at again whatever its date`() throws {
        let office = try office()
        try office.registry.admit(command(1, at: 1, on: 2042_06_03), today: nil, into: office.admission)
    }

    private static func requests(on day: CalendarDate) -> [(RegistryRequest, field: String)] {
        let covered = DateRange(from: CalendarDate(2022_11_01), until: CalendarDate(2022_12_31))
        return [
            (.person(2, PersonBasics(region: "chongqing", birthMonth: day.number / 100)), "person.birth_month"),
            (.enrol(1, EnrolmentRequest(Enrolment(.resident, covered: covered, paidOn: day))), "enrolment.paid_on"),
            (
                .buy(1, SupplementaryPurchase(product: "yukuaibao_2023_basic", boughtOn: day), corrects: 0),
                "purchase.bought_on"
            ),
            (
                .identity(
                    1, IdentityRecord(DatedIdentity(.lowIncome, given: day), department: .civilAffairs), corrects: 0),
                "identity.given"
            ),
            (
                .referral(
                    1, ReferralRequest(number: "Z1", from: "H1", toLevel: .three, date: day), corrects: 0),
                "referral.date"
            ),
            (.endPerson(1, Departure(.death, on: day), corrects: 0), "departure.date"),
        ]
    }

    @Test func `G-16: the registers refuse what cannot have happened yet, naming the field`() throws {
        // The first of the next month, so that the month of birth is later too.
        for (request, field) in Self.requests(on: CalendarDate(2024_08_01)) {
            let refusal = try #require(try office().ask(request), "\(field)")
            #expect(refusal.code == .dateInFuture && refusal.field == field && refusal.rule == "G-16", "\(refusal)")
            #expect(refusal.message.contains("2024-07-01"))
        }
        for (request, field) in Self.requests(on: Self.today) {
            // A purchase of that day is refused for its window (CQ-22), not for the day itself.
            #expect(try office().ask(request)?.code != .dateInFuture, "\(field)")
        }
    }

    @Test func `G-16: what is announced may lie ahead: cover, lump sums, agreements, ends, a retirement`() throws {
        let office = try office()
        let ahead = CalendarDate(2025_01_01)
        let later = DateRange(from: ahead, until: CalendarDate(2025_12_31))
        let retirement = EnrolmentChange(on: ahead, status: .retired)
        let identity = DatedIdentity(.lowIncome, given: CalendarDate(2024_01_01), ended: ahead)
        office.person(2)
        office.person(3)
        let requests: [RegistryRequest] = [
            .institution(InstitutionRecord(code: "H2", region: "chongqing", level: .two, designated: later, since: ahead)),
            .change(1, retirement), .endEnrolment(1, later.until),
            .identity(1, IdentityRecord(identity, department: .civilAffairs), corrects: 0),
            .enrol(
                2,
                EnrolmentRequest(
                    Enrolment(
                        .employee, membership: .tier2, covered: later, lumpSumUntil: CalendarDate(2034_12_31)))),
            .family(1, FamilyMember(.spouse, 2, inForce: later), corrects: 0),
            .special(1, SpecialRegistration(disease: "diabetes", inForce: later), corrects: 0),
            .person(3, PersonBasics(region: "yantai", birthMonth: 1960_05, since: ahead)),
        ]
        for request in requests { #expect(office.ask(request) == nil, "\(request)") }
    }
}
