import Records
import Registry
import Settlement
import Testing

@Suite struct `Nothing on record is overwritten` {
    private let march = Moment(startOf: CalendarDate(2024_03_05))
    private let june = Moment(startOf: CalendarDate(2024_06_07))

    @Test func `a correction supersedes, and what was known on a day is still known`() throws {
        var office = try Office()
        office.person(7)
        office.now = march
        let given = DatedIdentity(.lowIncome, given: CalendarDate(2024_03_01))
        office.put(.identity(IdentityRecord(given, department: .civilAffairs)), of: 7)
        office.now = june
        let ended = DatedIdentity(.lowIncome, given: CalendarDate(2024_03_01), ended: CalendarDate(2024_05_31))
        office.put(.identity(IdentityRecord(ended, department: .civilAffairs)), of: 7, supersedes: 2)

        let people = office.registry.people
        #expect(people.history(of: 7).map(\.number) == [1, 2, 3])
        #expect(people.history(of: 7)[1].supersededBy == 3)
        #expect(people.standing(of: 7).map(\.number) == [1, 3])
        let known = people.standing(of: 7, knownOn: CalendarDate(2024_04_30))
        #expect(known.map(\.number) == [1, 2])
        #expect(known[1].fact == .identity(IdentityRecord(given, department: .civilAffairs)))
        // The day of recording itself counts, the day before does not.
        #expect(people.standing(of: 7, knownOn: CalendarDate(2024_06_07)).map(\.number) == [1, 3])
        #expect(people.standing(of: 7, knownOn: CalendarDate(2024_06_06)).map(\.number) == [1, 2])
        #expect(people.history(of: 7, knownOn: CalendarDate(2021_12_31)).isEmpty)
    }

    @Test func `what was recorded by mistake is withdrawn and stays on record`() throws {
        let office = try Office()
        office.insured(7)
        office.put(.withdrawn, of: 7, supersedes: 2)
        #expect(office.registry.people.enrolment(of: 7, on: CalendarDate(2024_01_01)) == nil)
        #expect(office.registry.people.history(of: 7).count == 3)
        #expect(office.registry.people.standing(of: 7).map(\.number) == [1])
    }

    @Test func `a person who moved belongs to the region of the service date`() throws {
        let office = try Office()
        office.person(7, region: "chongqing", born: 1960_05)
        office.put(
            .basics(PersonBasics(region: "yantai", birthMonth: 1960_05, since: CalendarDate(2024_07_01))), of: 7)
        let people = office.registry.people
        #expect(people.basics(of: 7, on: CalendarDate(2024_06_30))?.region == "chongqing")
        #expect(people.basics(of: 7, on: CalendarDate(2024_07_01))?.region == "yantai")
        // A corrected month of birth is right for every day.
        office.put(
            .basics(PersonBasics(region: "yantai", birthMonth: 1961_05, since: CalendarDate(2024_07_01))), of: 7)
        #expect(people.basics(of: 7, on: CalendarDate(2024_06_30))?.birthMonth == 1961_05)
        #expect(people.basics(of: 7, on: CalendarDate(2024_06_30))?.region == "chongqing")
    }

    @Test func `CQ-44: an institution has the level that its agreement gave it on the service date`() throws {
        let office = try Office()
        let number = office.institution(InstitutionRecord(code: "H1", level: .two))
        office.institution(InstitutionRecord(code: "H1", level: .three, since: CalendarDate(2024_01_01)))
        let institutions = office.registry.institutions
        #expect(institutions.record(number, on: CalendarDate(2023_12_31))?.level == .two)
        #expect(institutions.record(number, on: CalendarDate(2024_01_01))?.level == .three)
        // A correction of the same day counts instead of it.
        office.institution(InstitutionRecord(code: "H1", level: .one, since: CalendarDate(2024_01_01)))
        #expect(institutions.record(number, on: CalendarDate(2024_02_01))?.level == .one)
        #expect(institutions.record(number, on: CalendarDate(2023_12_31))?.level == .two)
        #expect(institutions.history(number).map(\.record.level) == [.two, .three, .one])
    }

    @Test func `a hundred thousand persons and their records are found`() throws {
        let office = try Office()
        for person in 0..<100_000 as Range<UInt64> { office.insured(person &* 3) }
        #expect(office.registry.people.count == 100_000)
        for person in 0..<100_000 as Range<UInt64> {
            #expect(office.registry.people.enrolment(of: person &* 3, on: CalendarDate(2024_01_01)) != nil)
            #expect(!office.registry.people.contains(person &* 3 + 1))
        }
    }
}
