import Policy
import Records
import Settlement
import Text

/// Identities for assistance (救助身份): G-10, G-11.
extension Registry {
    /// Records that a department gives a person an identity, or corrects such a record.
    ///
    /// 因病致贫 is recognised upon application (YT-7) and not given here.
    package func give(
        _ record: IdentityRecord, to person: UInt64, corrects: UInt16 = 0
    ) throws(DomainRefusal) -> [RegistryEvent] {
        let entries = try standing(person)
        let dated = record.dated
        try FieldCheck.day(dated.given, "identity.given")
        try FieldCheck.optionalDay(dated.ended, "identity.ended")
        guard dated.ended.number == 0 || dated.given <= dated.ended else {
            throw DomainRefusal(
                .dateInvalid, "identity.ended", dated.ended.description, rule: "G-11",
                "lies before the day on which it was given; correct one of them")
        }
        try checkSource(record, try rules(of: person, on: dated.given))
        let fact = PersonFact.identity(record)
        if isDone(fact, corrects: corrects, entries) { return [] }
        if corrects != 0 {
            _ = try entry(
                corrects, among: entries, isKind: { if case .identity = $0 { true } else { false } }, what: "identity")
        }
        if corrects == 0 {
            if entries.contains(where: { $0.fact == fact }) { return [] }
            if let open = opened(fact, among: entries) {
                return self.record(fact, of: person, among: entries, supersedes: open.number)
            }
        }
        let period = DateRange(from: dated.given, until: dated.ended)
        for entry in entries where entry.number != corrects {
            guard case .identity(let other) = entry.fact, other.dated.identity == dated.identity,
                DateRange(from: other.dated.given, until: other.dated.ended).overlaps(period)
            else { continue }
            throw DomainRefusal(
                .recordConflict, "identity", "\(dated.identity)".snakeCased, rule: "G-10",
                "record \(entry.number) gives the same identity in that time; end or correct it first")
        }
        return self.record(fact, of: person, among: entries, supersedes: corrects)
    }

    private func checkSource(_ record: IdentityRecord, _ region: RegionRules) throws(DomainRefusal) {
        let identity = record.dated.identity
        guard identity != .none else {
            throw DomainRefusal(.factInvalid, "identity", "none", rule: "G-10", "say which identity it is")
        }
        guard identity != .illnessPoverty else {
            throw DomainRefusal(
                .factInvalid, "identity", "illness_poverty", rule: region.pack.cites("YT-7", else: "G-10"),
                "poverty through illness (因病致贫) is recognised upon application, with its window; apply for it")
        }
        guard record.department != .unspecified else {
            throw DomainRefusal(
                .factMissing, "identity.department", "", rule: "G-10", "say which department names the person")
        }
        let name = "\(identity)".snakeCased
        for department in Department.allCases {
            let word = "\(department)".snakeCased
            let named = region.pack.names("entitlement.identities.<department>", word) ?? []
            guard named.contains(name) else { continue }
            if department == record.department { return }
            throw DomainRefusal(
                .factInvalid, "identity.department", "\(record.department)".snakeCased, rule: "G-10",
                "this identity comes from \(word) in this region; correct the department, or the identity")
        }
    }

    /// Records that an identity ends: it counts to the last day of that month (G-11).
    package func endIdentity(
        _ identity: Identity, of person: UInt64, on date: CalendarDate
    ) throws(DomainRefusal) -> [RegistryEvent] {
        let entries = try standing(person)
        try FieldCheck.day(date, "identity.ended")
        var ended: PersonEntry?
        for entry in entries {
            guard case .identity(let record) = entry.fact, record.dated.identity == identity else { continue }
            if record.dated.ended == date { return [] }
            if record.dated.given <= date, record.dated.ended.number == 0 { ended = entry }
        }
        guard let ended, case .identity(var record) = ended.fact else {
            throw DomainRefusal(
                .recordUnknown, "identity", "\(identity)".snakeCased, rule: "G-11",
                "the person has no such identity that is still open on that day; `GetPerson` shows them")
        }
        record.dated.ended = date
        return [.person(person, PersonEvent(.identity(record), supersedes: ended.number))]
    }
}
