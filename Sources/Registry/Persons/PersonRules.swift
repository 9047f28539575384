import Policy
import Records
import Settlement
import Text

extension Registry {
    /// Months of birth that are months at all; one after today's is refused besides (G-16).
    static var birthMonths: ClosedRange<Int32> { 1850_01...2999_12 }

    /// Registers a person, or corrects what is registered, or records a move to another region (CQ-32) or area (G-17)
    /// from `since` on. An area that is not told stays as it is while the region does.
    ///
    /// A correction takes the place of what it corrects, so that what was corrected to and fro is again what it was.
    package func register(
        _ person: UInt64, _ basics: PersonBasics, corrects: UInt16 = 0
    ) throws(DomainRefusal) -> [RegistryEvent] {
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
        try FieldCheck.optionalDay(basics.since, "person.since")
        guard people.contains(person) else {
            var basics = basics
            if basics.personNo == PersonBasics.noPersonNo { basics.personNo = "" }
            try checkPersonNo(basics, of: person)
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
        return try corrected(person, basics, corrects, try standing(person))
    }

    /// A registered person's registration or move, in its place or as a new one.
    private func corrected(
        _ person: UInt64, _ basics: PersonBasics, _ corrects: UInt16, _ entries: [PersonEntry]
    ) throws(DomainRefusal) -> [RegistryEvent] {
        let known = entries.compactMap { entry -> (number: UInt16, basics: PersonBasics)? in
            guard case .basics(let basics) = entry.fact else { return nil }
            return (entry.number, basics)
        }
        if corrects != 0 { return try corrected(person, basics, corrects, known, entries) }
        if known.contains(where: { $0.basics == basics.filled(from: $0.basics) }) { return [] }
        if let same = known.first(where: { $0.basics.since == basics.since && basics.since != .none }) {
            return try recorded(person, basics, after: same.basics, supersedes: same.number)
        }
        guard let last = known.last else { throw Registry.unknown(person) }
        guard basics.since == .none else {
            if let later = known.first(where: { $0.basics.since > basics.since }) {
                throw DomainRefusal(
                    .recordConflict, "person.since", basics.since.description,
                    rule: library[basics.region].cites("CQ-32"),
                    "record \(later.number) is a later move, to \(later.basics.region); correct that one first")
            }
            return try recorded(person, basics, after: last.basics, supersedes: 0)
        }
        // Without a day the correction holds where the last move left the person.
        if last.basics.region != basics.region, last.basics.since != .none || hasEnrolment(entries) {
            throw DomainRefusal(
                .factMissing, "person.since", "", rule: library[last.basics.region].cites("CQ-32"),
                "the person belongs to \(last.basics.region); say since when to \(basics.region), or name record "
                    + "\(last.number) as the one that is corrected")
        }
        var corrected = basics
        corrected.since = last.basics.since
        if corrected.filled(from: last.basics) == last.basics { return [] }
        return try recorded(person, corrected, after: last.basics, supersedes: last.number)
    }

    /// The record of that number with other content.
    private func corrected(
        _ person: UInt64, _ basics: PersonBasics, _ corrects: UInt16, _ known: [(number: UInt16, basics: PersonBasics)],
        _ entries: [PersonEntry]
    ) throws(DomainRefusal) -> [RegistryEvent] {
        let standing = known.first { $0.number == corrects }
        let fact = PersonFact.basics(standing.map { basics.filled(from: $0.basics) } ?? basics)
        if isDone(fact, corrects: corrects, entries) { return [] }
        guard let standing else {
            _ = try entry(corrects, among: entries, isKind: { _ in false }, what: "registration or move")
            return []
        }
        let isMove = standing.basics.since != .none
        guard isMove == (basics.since != .none) else {
            throw DomainRefusal(
                isMove ? .factMissing : .factInvalid, "person.since", isMove ? "" : basics.since.description,
                rule: library[basics.region].cites("CQ-32"),
                isMove
                    ? "record \(corrects) is a move: say its day"
                    : "record \(corrects) is the registration: it has no day")
        }
        if let other = known.first(where: { $0.number != corrects && $0.basics.since == basics.since }) {
            throw DomainRefusal(
                .recordConflict, "person.since", basics.since.description,
                rule: library[basics.region].cites("CQ-32"),
                "record \(other.number) is a move on that day already; correct that one")
        }
        return try recorded(person, basics, after: standing.basics, supersedes: corrects)
    }

    /// The event for `basics`, whose area is that of `last` where it is not told.
    private func recorded(
        _ person: UInt64, _ basics: PersonBasics, after last: PersonBasics, supersedes: UInt16
    ) throws(DomainRefusal) -> [RegistryEvent] {
        let filled = basics.filled(from: last)
        try checkPersonNo(filled, of: person)
        if filled.area != last.area || filled.region != last.region {
            try checkArea(filled.area, of: filled.region, "person.area")
        }
        return [.person(person, PersonEvent(.basics(filled), supersedes: supersedes))]
    }

    /// The platform's number is one, and nobody else's in the region.
    private func checkPersonNo(_ basics: PersonBasics, of person: UInt64) throws(DomainRefusal) {
        if basics.personNo.isEmpty { return }
        guard let no = PersonNo(basics.personNo) else { throw Registry.invalid(basics.personNo, "person_no") }
        let isTaken =
            switch people.find(no, inRegion: basics.region) {
            case .none: false
            case .person(let other): other != person
            case .several: true
            }
        if !isTaken { return }
        throw DomainRefusal(
            .recordConflict, "person_no", basics.personNo,
            "another person of \(basics.region) is registered under it; correct the number, or that person's first")
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
        try FieldCheck.day(departure.date, "departure.date")
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
    /// A record that took the place of another is corrected instead: withdrawn, it would leave neither. Where that is
    /// what is meant, `whole` says so.
    package func withdraw(
        _ number: UInt16, of person: UInt64, whole: Bool = false
    ) throws(DomainRefusal) -> [RegistryEvent] {
        let entries = try standing(person)
        if let entry = entries.first(where: { $0.number == number }) {
            if case .basics(let basics) = entry.fact, basics.since == .none {
                throw DomainRefusal(
                    .recordConflict, "number", "\(number)", "the registration itself cannot be withdrawn; correct it")
            }
            guard entry.supersedes == 0 || whole else {
                throw DomainRefusal(
                    .recordConflict, "number", "\(number)",
                    "it took the place of record \(entry.supersedes), which does not come back: correct it to what is "
                        + "right, or withdraw it as a whole (`whole`), so that neither stands")
            }
            return [.person(person, PersonEvent(.withdrawn, supersedes: number))]
        }
        let history = people.history(of: person)
        let isWithdrawn = history.contains { $0.fact == .withdrawn && $0.supersedes == number }
        if isWithdrawn { return [] }
        throw DomainRefusal(
            .recordUnknown, "number", "\(number)",
            "no standing record of the person has that number; `GetPerson` shows them")
    }
}

extension PersonBasics {
    /// With the area and the platform's number of `other` where none is told and the region is the same.
    fileprivate func filled(from other: PersonBasics) -> PersonBasics {
        var filled = self
        if area.isEmpty, region == other.region { filled.area = other.area }
        if personNo.isEmpty, region == other.region { filled.personNo = other.personNo }
        if personNo == PersonBasics.noPersonNo { filled.personNo = "" }
        return filled
    }
}
