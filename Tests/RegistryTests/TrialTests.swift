import Records
import Registry
import Settlement
import TestSupport
import Testing

@Suite struct `A trial of requests` {
    /// Few persons and few days, so that requests meet.
    private func request(_ random: inout SeededRandom) -> RegistryRequest {
        let person = UInt64.random(in: 1...6, using: &random)
        func day() -> CalendarDate {
            CalendarDate(year: .random(in: 2020...2024, using: &random), month: [1, 7].randomElement(using: &random)!, day: 1)
        }
        let corrects = UInt16(Bool.random(using: &random) ? 0 : Int.random(in: 1...6, using: &random))
        switch Int.random(in: 0...9, using: &random) {
        case 0: return .institution(InstitutionRecord(code: "H\(person)", level: random.value(), since: day()))
        case 1:
            let region = ["chongqing", "yantai"].randomElement(using: &random)!
            let no = ["", "-", "N1", "N2", "N3"].randomElement(using: &random)!
            let basics = PersonBasics(region: region, birthMonth: 1950_01, personNo: no)
            return Bool.random(using: &random)
                ? .person(person, basics, corrects: corrects)
                : .person(0, basics).named(PersonNames(PersonName(no: no)))
        case 2, 3:
            let enrolment = Enrolment(.employee, status: .active, covered: DateRange(from: day(), until: Bool.random(using: &random) ? .none : day()))
            return .enrol(person, EnrolmentRequest(enrolment, corrects: corrects))
        case 4: return .change(person, EnrolmentChange(on: day(), status: .retired))
        case 5: return .endEnrolment(person, day())
        case 6:
            let dated = DatedIdentity(.lowIncome, given: day(), ended: Bool.random(using: &random) ? .none : day())
            return .identity(person, IdentityRecord(dated, department: .civilAffairs), corrects: corrects)
        case 7: return .family(person, FamilyMember(random.value(), .random(in: 1...6, using: &random)), corrects: corrects)
        case 8: return .endPerson(person, Departure(.death, on: day()), corrects: corrects)
        default: return .withdraw(person, corrects, whole: Bool.random(using: &random))
        }
    }

    @Test func `says of every request what the register then answers, and records nothing`() throws {
        let seed: UInt64 = 11
        print("seed \(seed)")
        var random = SeededRandom(seed: seed)
        var changed = 0
        var refused = 0
        for _ in 0..<300 {
            let office = try Office()
            for person in 1...6 as ClosedRange<UInt64> where Bool.random(using: &random) { office.person(person) }
            for _ in 0..<20 { office.ask(request(&random)) }
            let requests = (0..<40).map { _ in request(&random) }
            let before = (1...6 as ClosedRange<UInt64>).map { office.registry.people.history(of: $0) }
            let institutions = office.registry.institutions.count
            let moment = Moment(startOf: office.today)
            let trial = RegistryTrial(office.registry, requests)
            let said = requests.map { request in
                Result { () throws(DomainRefusal) in try trial.carryOut(request, on: moment) }
            }
            #expect((1...6 as ClosedRange<UInt64>).map { office.registry.people.history(of: $0) } == before)
            #expect(office.registry.institutions.count == institutions)
            for (request, said) in zip(requests, said) {
                let events = Result { () throws(DomainRefusal) in try office.registry.events(for: request, today: moment.date) }
                #expect(events.map { !$0.isEmpty } == said, "\(request)")
                if case .success(let events) = events {
                    for event in events { office.registry.apply(event, recorded: office.now) }
                    changed += events.isEmpty ? 0 : 1
                } else {
                    refused += 1
                }
            }
        }
        #expect(changed > 1_000 && refused > 1_000)
    }
}
