import Records
import Settlement

/// A register in which requests are tried: what it answers is what the register would, and nothing is recorded.
///
/// It has the persons that the requests are about, as they stand, so its memory is theirs; and it is answered from for
/// one list of requests, each after those before it.
package struct RegistryTrial {
    private let trial: Registry

    package init(_ registry: Registry, _ requests: [RegistryRequest]) {
        var institutions = registry.institutions
        let changesInstitutions = requests.contains { if case .institution = $0 { true } else { false } }
        if changesInstitutions { institutions = registry.institutions.copy() }
        var areas = registry.areas
        let changesAreas = requests.contains { if case .area = $0 { true } else { false } }
        if changesAreas { areas = registry.areas.copy() }
        trial = Registry(
            library: registry.library, areas: areas, institutions: institutions, filings: registry.filings)
        let persons = requests.flatMap { $0.persons + $0.holders(registry.people) }
        for person in Set(persons) where registry.people.contains(person) {
            registry.people.copy(person, to: trial.people)
        }
    }

    /// Whether the request would change something; then the trial goes on as if it had.
    package func carryOut(_ request: RegistryRequest, on moment: Moment) throws(DomainRefusal) -> Bool {
        let events = try trial.events(for: request, today: moment.date)
        for event in events {
            // What belongs to the register of filings stays out of it: that one is the register's own.
            if case .filing = event { continue }
            trial.apply(event, recorded: moment)
        }
        return !events.isEmpty
    }
}

extension RegistryRequest {
    /// Everybody whose record it looks at.
    fileprivate var persons: [UInt64] {
        var persons = person.map { [$0] } ?? []
        if case .family(_, let member, _) = self { persons.append(member.other) }
        if case .named(let names, let request) = self {
            return request.persons + [names.person.number, names.other.number]
        }
        return persons
    }

    /// Everybody who has one of the platform's numbers that it names, in whatever region.
    fileprivate func holders(_ people: PersonRegister) -> [UInt64] {
        switch self {
        case .named(let names, let request):
            people.persons(withNo: names.person.no) + people.persons(withNo: names.other.no) + request.holders(people)
        case .person(_, let basics, _): people.persons(withNo: basics.personNo)
        default: []
        }
    }
}

extension PersonRegister {
    /// Takes a person over, with every record, into a register that does not have it.
    fileprivate func copy(_ person: UInt64, to other: PersonRegister) {
        for entry in history(of: person) {
            other.apply(PersonEvent(entry.fact, supersedes: entry.supersedes), to: person, recorded: entry.recorded)
        }
    }
}

extension AreaRegister {
    fileprivate func copy() -> AreaRegister {
        let copy = AreaRegister()
        for record in records() {
            for version in history(record.code) { copy.apply(.registered(version.record), recorded: version.recorded) }
        }
        return copy
    }
}

extension InstitutionRegister {
    fileprivate func copy() -> InstitutionRegister {
        let copy = InstitutionRegister()
        for number in 0..<UInt32(count) {
            for version in history(number + 1) { copy.apply(.registered(version.record), recorded: version.recorded) }
        }
        return copy
    }
}
