import Policy
import Records
import Settlement

// The rules of registering: pure questions to the state, answered by events to record or by a refusal. An empty list of
// events says that what is asked for is registered already.

extension Registry {
    /// The person's standing entries, the oldest first; refused where there is none, or no room for another record.
    func standing(_ person: UInt64) throws(DomainRefusal) -> [PersonEntry] {
        let entries = people.standing(of: person)
        guard !entries.isEmpty else { throw Registry.unknown(person) }
        // Two: a change may end one record and begin another.
        try checkRoom(person, for: 2)
        return entries
    }

    /// Refused where the person's records would become more than are kept.
    func checkRoom(_ person: UInt64, for events: Int) throws(DomainRefusal) {
        if people.entryCount(of: person) + events <= RegistryLimit.personRecordsMax { return }
        throw DomainRefusal(
            .recordConflict, "person", "\(person)",
            "the person has \(RegistryLimit.personRecordsMax) records and gets no more; check what sends them")
    }

    /// The standing entry that a request wants to correct.
    func entry(
        _ number: UInt16, among entries: [PersonEntry], isKind: (PersonFact) -> Bool, what: String
    ) throws(DomainRefusal) -> PersonEntry {
        guard let entry = entries.first(where: { $0.number == number }) else {
            throw DomainRefusal(
                .recordUnknown, "corrects", "\(number)",
                "no standing record of the person has that number; `GetPerson` shows them")
        }
        guard isKind(entry.fact) else {
            throw DomainRefusal(.recordConflict, "corrects", "\(number)", "that record is no \(what); name one that is")
        }
        return entry
    }

    /// The rules of the pack of a person's region on a day.
    func rules(of person: UInt64, on date: CalendarDate) throws(DomainRefusal) -> RegionRules {
        let region = people.basics(of: person, on: date)?.region ?? ""
        guard let rules = rules(ofRegion: region) else {
            throw DomainRefusal(
                .policyNotInForce, "person", "\(person)", rule: "G-4",
                "the person's region '\(region)' has no policy pack here; load its pack")
        }
        return rules
    }

    /// The same for a refusal's rule id; nil where the person's region has no pack here.
    func rules(ofPerson person: UInt64, on date: CalendarDate) -> RegionRules? {
        rules(ofRegion: people.basics(of: person, on: date)?.region ?? "")
    }

    /// One event for the person, or none where `fact` stands already.
    func record(
        _ fact: PersonFact, of person: UInt64, among entries: [PersonEntry], supersedes: UInt16 = 0
    ) -> [RegistryEvent] {
        if supersedes == 0, entries.contains(where: { $0.fact == fact }) { return [] }
        return [.person(person, PersonEvent(fact, supersedes: supersedes))]
    }

    /// True where a request that corrects an entry was carried out before, or says what that entry says already.
    func isDone(_ fact: PersonFact, corrects: UInt16, _ entries: [PersonEntry]) -> Bool {
        corrects != 0
            && entries.contains { $0.fact == fact && ($0.supersedes == corrects || $0.number == corrects) }
    }
}
