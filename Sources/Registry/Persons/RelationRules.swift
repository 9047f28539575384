import Policy
import Records
import Settlement

/// Relations, special-disease registrations and referrals.
extension Registry {
    /// Registers a spouse, parent or child whose account may pay (CQ-31); holds for both.
    package func relate(
        _ person: UInt64, _ member: FamilyMember, corrects: UInt16 = 0
    ) throws(DomainRefusal) -> [RegistryEvent] {
        let entries = try standing(person)
        guard people.contains(member.other) else {
            throw Registry.unknown(member.other, field: "family.other")
        }
        guard member.other != person else {
            throw DomainRefusal(
                .factInvalid, "family.other", "\(person)", rule: relationRule(person), "nobody is related to oneself")
        }
        try FieldCheck.range(member.inForce, "family.from", "family.until")
        let fact = PersonFact.family(member)
        if isDone(fact, corrects: corrects, entries) || corrects == 0 && entries.contains(where: { $0.fact == fact }) {
            return []
        }
        if corrects != 0 {
            _ = try entry(
                corrects, among: entries, isKind: { if case .family = $0 { true } else { false } }, what: "relation")
        }
        let theirs = people.standing(of: member.other).compactMap { entry -> (PersonEntry, FamilyMember)? in
            guard case .family(let back) = entry.fact, back.other == person else { return nil }
            return (entry, FamilyMember(back.relation.inverse, member.other, inForce: back.inForce))
        }
        let ours = entries.compactMap { entry -> (PersonEntry, FamilyMember)? in
            guard case .family(let known) = entry.fact, known.other == member.other, entry.number != corrects
            else { return nil }
            return (entry, known)
        }
        if corrects == 0 {
            if let open = opened(fact, among: entries) {
                return record(fact, of: person, among: entries, supersedes: open.number)
            }
            // The relation stands on the other one's record: there it ends.
            let back = PersonFact.family(FamilyMember(member.relation.inverse, person, inForce: member.inForce))
            if let open = opened(back, among: theirs.map(\.0)) {
                return record(back, of: member.other, among: theirs.map(\.0), supersedes: open.number)
            }
        }
        for (entry, known) in ours + theirs where known.inForce.overlaps(member.inForce) {
            // The same said by the other one is no conflict, and nothing new.
            if known == member { return [] }
            throw DomainRefusal(
                .recordConflict, "family.other", "\(member.other)", rule: relationRule(person),
                "record \(entry.number) has a relation of the two in that time already; correct it first")
        }
        return record(fact, of: person, among: entries, supersedes: corrects)
    }

    /// The rule by which relatives' accounts pay, of the person's last region (CQ-31).
    private func relationRule(_ person: UInt64) -> String {
        rules(ofPerson: person, on: CalendarDate(2999_12_31))?.pack.accountUse?.rule ?? ""
    }

    /// Registers that a person is on file elsewhere for a special disease, as far as CQ-42 looks at it.
    package func registerSpecial(
        _ person: UInt64, _ registration: SpecialRegistration, corrects: UInt16 = 0
    ) throws(DomainRefusal) -> [RegistryEvent] {
        let entries = try standing(person)
        try FieldCheck.range(registration.inForce, "special.from", "special.until")
        // Without a first day it may be of the region where the person was first, or of the one where it is now.
        let from = registration.inForce.from
        let first = from.number != 0 ? from : CalendarDate(1900_01_01)
        let region = try rules(of: person, on: from.number != 0 ? from : CalendarDate(2999_12_31))
        let packs = [region.pack, rules(ofPerson: person, on: first)?.pack]
        guard packs.contains(where: { $0?.disease(code: registration.disease) != nil }) else {
            throw DomainRefusal(
                .factInvalid, "special.disease", registration.disease, rule: region.openedDiseasesRule,
                "not a code of the pack's table of diseases; `PolicyService.Show` has the table")
        }
        let fact = PersonFact.special(registration)
        if isDone(fact, corrects: corrects, entries) || corrects == 0 && entries.contains(where: { $0.fact == fact }) {
            return []
        }
        if corrects != 0 {
            _ = try entry(
                corrects, among: entries, isKind: { if case .special = $0 { true } else { false } },
                what: "special-disease registration")
        } else if let open = opened(fact, among: entries) {
            return record(fact, of: person, among: entries, supersedes: open.number)
        }
        // Of two that overlap the one that goes on would hide the other one's end.
        for entry in entries where entry.number != corrects {
            guard case .special(let other) = entry.fact, other.disease == registration.disease,
                other.inForce.overlaps(registration.inForce)
            else { continue }
            throw DomainRefusal(
                .recordConflict, "special.disease", registration.disease, rule: "CQ-42",
                "record \(entry.number) has this disease in that time already; end or correct that one")
        }
        return record(fact, of: person, among: entries, supersedes: corrects)
    }

    /// Registers a referral (转诊); levels of registered institutions are those of its date (SY-6, YT-10).
    package func refer(
        _ person: UInt64, _ referral: Referral, corrects: UInt16 = 0
    ) throws(DomainRefusal) -> [RegistryEvent] {
        let entries = try standing(person)
        try FieldCheck.code(referral.number, "referral.number")
        try FieldCheck.day(referral.date, "referral.date")
        var filled = referral
        filled.fromLevel = try level(referral.from, referral.fromLevel, referral, "referral.from", person)
        filled.toLevel = try level(referral.to, referral.toLevel, referral, "referral.to", person)
        if referral.isFirstDiagnosis, referral.from != 0,
            institutions.record(referral.from, on: referral.date)?.kind != .primary
        {
            throw DomainRefusal(
                .factInvalid, "referral.first_diagnosis", "true",
                rule: rules(ofPerson: person, on: referral.date)?.referralRule ?? "",
                "the referring institution is no primary one (基层医疗卫生机构); correct one of them")
        }
        let fact = PersonFact.referral(filled)
        if isDone(fact, corrects: corrects, entries) || corrects == 0 && entries.contains(where: { $0.fact == fact }) {
            return []
        }
        if corrects != 0 {
            _ = try entry(
                corrects, among: entries, isKind: { if case .referral = $0 { true } else { false } }, what: "referral")
        }
        for entry in entries where entry.number != corrects {
            guard case .referral(let other) = entry.fact, other.number == filled.number else { continue }
            throw DomainRefusal(
                .recordConflict, "referral.number", filled.number,
                "record \(entry.number) is another referral of that number; correct it, or take another number")
        }
        return record(fact, of: person, among: entries, supersedes: corrects)
    }

    private func level(
        _ number: UInt32, _ said: Level, _ referral: Referral, _ field: String, _ person: UInt64
    ) throws(DomainRefusal) -> Level {
        let region = rules(ofPerson: person, on: referral.date)
        guard number != 0 else {
            if said != .unspecified { return said }
            throw DomainRefusal(
                .factMissing, field + "_level", "", rule: region?.referralRule ?? "",
                "name a registered institution, or say the level")
        }
        guard let record = institutions.record(number, on: referral.date) else {
            throw DomainRefusal(
                .institutionUnknown, field, "", "no such institution is registered on that day; register it first")
        }
        guard said == .unspecified || said == record.level else {
            throw DomainRefusal(
                .recordConflict, field + "_level", "\(said.rawValue)", rule: region?.levelRule ?? "",
                "the institution is registered with level \(record.level.rawValue); leave the level out")
        }
        return record.level
    }
}
