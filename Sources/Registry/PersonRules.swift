import Policy
import Settlement

extension Registry {
    /// Months of birth that are months at all; one after today's is refused besides (G-16).
    static var birthMonths: ClosedRange<Int32> { 1850_01...2999_12 }

    /// Registers a person, or corrects what is registered, or records a move to another region (CQ-32) or area (G-17)
    /// from `since` on. An area that is not told stays as it is while the region does.
    package func register(_ person: UInt64, _ asked: PersonBasics) throws(DomainRefusal) -> [RegistryEvent] {
        var basics = asked
        guard library[basics.region] != nil else {
            throw DomainRefusal(
                .factInvalid, "person.region", basics.region,
                "no policy pack of that region; the packs are \(library.packs.map(\.region).joined(separator: ", "))")
        }
        let month = basics.birthMonth
        guard Registry.birthMonths.contains(month), (1...12).contains(month % 100) else {
            throw DomainRefusal(
                .dateInvalid, "person.birth_month", "\(month)", "not a month; send it as YYYYMM, as 196005")
        }
        try Demand.optionalDay(basics.since, "person.since")
        guard people.contains(person) else {
            try checkArea(basics.area, of: basics.region, "person.area")
            guard people.count < RegistryLimit.personsMax else {
                throw DomainRefusal(
                    .recordConflict, "person", "\(person)",
                    "the register holds \(RegistryLimit.personsMax) persons and takes no more")
            }
            guard basics.since.number == 0 else {
                throw DomainRefusal(
                    .factInvalid, "person.since", basics.since.description,
                    "says since when a registered person belongs to another region; leave it out")
            }
            return [.person(person, PersonEvent(.basics(basics)))]
        }
        let entries = try standing(person)
        let now = people.basics(of: person, on: CalendarDate(2999_12_31))
        if basics.area.isEmpty, let now, now.region == basics.region { basics.area = now.area }
        if now == basics { return [] }
        if now?.area != basics.area || now?.region != basics.region {
            try checkArea(basics.area, of: basics.region, "person.area")
        }
        // Without a day the correction holds where the last move left the person.
        var corrected = basics
        if basics.since.number == 0, let now {
            if now.region != basics.region, now.since.number != 0 || hasEnrolment(entries) {
                throw DomainRefusal(
                    .factMissing, "person.since", "", rule: library[now.region].cites("CQ-32"),
                    "the person belongs to \(now.region); say since when to \(basics.region)")
            }
            corrected.since = now.since
            if corrected == now { return [] }
        }
        return record(.basics(corrected), of: person, among: entries)
    }

    private func hasEnrolment(_ entries: [PersonEntry]) -> Bool {
        entries.contains { if case .enrolment = $0.fact { true } else { false } }
    }

    /// Ends a person's registration: death, or deregistration of the identity.
    package func end(_ person: UInt64, _ departure: Departure, corrects: UInt16 = 0) throws(DomainRefusal)
        -> [RegistryEvent]
    {
        let entries = try standing(person)
        guard departure.reason != .unspecified else {
            throw DomainRefusal(.factInvalid, "departure.reason", "0", "say why the registration ends")
        }
        try Demand.day(departure.date, "departure.date")
        let fact = PersonFact.departure(departure)
        if isDone(fact, corrects: corrects, entries) { return [] }
        let ended = entries.first { if case .departure = $0.fact { true } else { false } }
        if let ended, ended.fact != fact, ended.number != corrects {
            throw DomainRefusal(
                .recordConflict, "departure", departure.date.description,
                "the registration ended already by record \(ended.number); correct that one")
        }
        if corrects != 0, ended?.number != corrects {
            _ = try entry(
                corrects, among: entries, isKind: { if case .departure = $0 { true } else { false } },
                what: "end of the registration")
        }
        return record(fact, of: person, among: entries, supersedes: corrects)
    }

    /// Withdraws a record that was made by mistake; it stays on record as withdrawn.
    ///
    /// A record that took the place of another is corrected instead: withdrawn, it would leave neither.
    package func withdraw(_ number: UInt16, of person: UInt64) throws(DomainRefusal) -> [RegistryEvent] {
        let entries = try standing(person)
        if let entry = entries.first(where: { $0.number == number }) {
            guard number > 1 else {
                throw DomainRefusal(
                    .recordConflict, "corrects", "1", "the registration itself cannot be withdrawn; correct it")
            }
            guard entry.supersedes == 0 else {
                throw DomainRefusal(
                    .recordConflict, "corrects", "\(number)",
                    "it took the place of record \(entry.supersedes); correct it to what is right instead")
            }
            return [.person(person, PersonEvent(.withdrawn, supersedes: number))]
        }
        let history = people.history(of: person)
        let isWithdrawn = history.contains { $0.fact == .withdrawn && $0.supersedes == number }
        if isWithdrawn { return [] }
        throw DomainRefusal(
            .recordUnknown, "corrects", "\(number)",
            "no standing record of the person has that number; `GetPerson` shows them")
    }
}
