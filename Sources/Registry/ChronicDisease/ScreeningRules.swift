import Policy
import Records
import Settlement

/// A settled claim that is in force, with the fields that lists and screenings read.
package struct SettledVisit: Equatable, Sendable {
    package var person: UInt64
    /// Code of the disease in the region's table; empty: none.
    package var disease: String
    /// Level of the institution.
    package var level: Level
    package var kind: ClaimKind
    package var serviceDate: CalendarDate
    /// 医疗费总额, in fen.
    package var total: Fen
    /// 政策范围内, in fen.
    package var inPolicy: Fen
    /// Paid by accounts and in cash, in fen.
    package var borne: Fen
    /// In policy, after basic insurance, large amount and critical illness (YT-9), in fen.
    package var burden: Fen
    /// What each fund paid, in fen, where the question asked for it.
    package var funds: [FundPart]

    /// What one fund paid.
    package struct FundPart: Equatable, Sendable {
        /// The pack's id.
        package var fund: String
        package var paid: Fen

        package init(fund: String, paid: Fen) {
            self.fund = fund
            self.paid = paid
        }
    }

    package init(
        person: UInt64, disease: String, level: Level, kind: ClaimKind, serviceDate: CalendarDate, total: Fen = 0,
        inPolicy: Fen = 0, borne: Fen = 0, burden: Fen = 0, funds: [FundPart] = []
    ) {
        self.person = person
        self.disease = disease
        self.level = level
        self.kind = kind
        self.serviceDate = serviceDate
        self.total = total
        self.inPolicy = inPolicy
        self.borne = borne
        self.burden = burden
        self.funds = funds
    }
}

/// A person whom the monthly screening finds (AH-3).
package struct Candidate: Hashable, Comparable, Sendable {
    package var person: UInt64
    package var disease: String
    /// Day of the first visit of the month that shows it.
    package var seen: CalendarDate

    package init(person: UInt64, disease: String, seen: CalendarDate) {
        self.person = person
        self.disease = disease
        self.seen = seen
    }

    package static func < (left: Candidate, right: Candidate) -> Bool {
        (left.person, left.disease) < (right.person, right.disease)
    }
}

extension FilingRegister {
    /// Candidates of one screening and events of one answer: a county's month has some hundreds.
    package static var candidatesMax: Int { 100_000 }

    /// The query for the visits that a screening of `month` reads.
    package func screened(month: Int32, _ pack: PolicyPack) throws(DomainRefusal) -> VisitQuestion {
        let first = CalendarDate(year: month / 12, month: month % 12 + 1, day: 1)
        return VisitQuestion(
            DateRange(from: first, until: first.lastOfMonth), region: pack.region,
            levelFrom: try screeningRules(pack).screenedFrom, hasDisease: true)
    }

    /// 主动筛查 (AH-3): registered-poor persons with a diagnosis of the pack's list at the pack's level or above in
    /// `month` (`CalendarDate.monthIndex`), who have no card for it; by person and disease.
    package func screen(
        _ visits: some Sequence<SettledVisit>, month: Int32, _ pack: PolicyPack,
        isRegisteredPoor: (UInt64, CalendarDate) -> Bool
    ) throws(DomainRefusal) -> [Candidate] {
        let rules = try screeningRules(pack)
        var found: [FilingKeyOfDisease: CalendarDate] = [:]
        for visit in visits where visit.serviceDate.monthIndex == month {
            guard visit.level.rawValue >= rules.screenedFrom.rawValue, !visit.disease.isEmpty,
                pack.disease(code: visit.disease) != nil,
                isRegisteredPoor(visit.person, visit.serviceDate), !hasCard(visit.person, visit.disease)
            else { continue }
            let key = FilingKeyOfDisease(person: visit.person, disease: visit.disease)
            found[key] = min(found[key] ?? visit.serviceDate, visit.serviceDate)
            if found.count > FilingRegister.candidatesMax { throw tooMany("candidates", found.count) }
        }
        return found.map { Candidate(person: $0.key.person, disease: $0.key.disease, seen: $0.value) }.sorted()
    }

    /// Adds candidates to the month's list, except those that are on a list already or got a card after the screening.
    package func list(
        _ candidates: [Candidate], month: Int32, on day: CalendarDate, today: CalendarDate
    ) throws(DomainRefusal) -> [FilingEvent] {
        try checkPast(day, "on", today)
        var added: [UInt64: Int] = [:]
        var events: [FilingEvent] = []
        for candidate in candidates
        where !isListed(candidate.person, candidate.disease) && !hasCard(candidate.person, candidate.disease) {
            let known = (cases[candidate.person]?.suspicions.count ?? 0) + added[candidate.person, default: 0]
            if known >= FilingLimit.recordsMax { throw tooMany("entries", known) }
            added[candidate.person, default: 0] += 1
            events.append(
                .suspicion(
                    person: candidate.person, number: UInt32(known + 1),
                    .listed(disease: candidate.disease, .screening, month: month, on: day)))
        }
        return events
    }

    /// A health or poverty office, or a family doctor, reports a suspected patient: an entry of the same list.
    package func report(
        _ disease: String, of person: UInt64, by source: SuspicionSource, on day: CalendarDate, _ pack: PolicyPack,
        today: CalendarDate
    ) throws(DomainRefusal) -> FilingEvent {
        _ = try screeningRules(pack)
        guard pack.disease(code: disease) != nil else { throw unknownDisease(disease, pack) }
        try checkPast(day, "on", today)
        if source == .screening {
            throw DomainRefusal(
                .factInvalid, "source", "screening", rule: "AH-3", "the screening makes its entries itself")
        }
        if hasCard(person, disease) {
            throw DomainRefusal(.recordConflict, "disease", disease, rule: "AH-3", "the person has the card already")
        }
        if isListed(person, disease) {
            throw DomainRefusal(.recordConflict, "disease", disease, rule: "AH-3", "the person is on the list already")
        }
        let known = cases[person]?.suspicions.count ?? 0
        if known >= FilingLimit.recordsMax { throw tooMany("entries", known) }
        return .suspicion(
            person: person, number: UInt32(known + 1),
            .listed(disease: disease, source, month: day.monthIndex, on: day))
    }

    /// A card without papers (“零材料”) for an entry that the screening made: its diagnosis is clear, and the office
    /// says that it meets the local standard. A suspected patient applies with papers instead (AH-1).
    package func issue(
        _ key: FilingKey, _ medium: CardMedium, on day: CalendarDate, _ pack: PolicyPack, today: CalendarDate
    ) throws(DomainRefusal) -> FilingEvent {
        _ = try screeningRules(pack)
        let suspicion = try openSuspicion(key, on: day, today)
        if suspicion.source != .screening {
            throw DomainRefusal(
                .wrongStep, "number", "\(key.number)", rule: "AH-3",
                "a suspected patient has no clear diagnosis yet: the next step is an application with papers")
        }
        let card = try card(suspicion.disease, for: key.person, since: day, medium, .screened)
        return .suspicion(person: key.person, number: key.number, .carded(card))
    }

    /// Takes an entry off the list: it does not meet the local standard, with the written reason.
    package func close(
        _ key: FilingKey, reason: String, on day: CalendarDate, today: CalendarDate
    ) throws(DomainRefusal) -> FilingEvent {
        _ = try openSuspicion(key, on: day, today)
        try checkReason(reason, rule: "AH-3")
        return .suspicion(person: key.person, number: key.number, .closed(on: day, reason: reason))
    }

    private func openSuspicion(
        _ key: FilingKey, on day: CalendarDate, _ today: CalendarDate
    ) throws(DomainRefusal) -> Suspicion {
        let known = cases[key.person]?.suspicions ?? []
        guard key.number >= 1, Int(key.number) <= known.count else {
            throw DomainRefusal(
                .recordUnknown, "number", "\(key.number)", rule: "AH-3", "the list has no such entry of this person")
        }
        let suspicion = known[Int(key.number) - 1]
        if suspicion.outcome != .open {
            throw DomainRefusal(
                .wrongStep, "number", "\(key.number)", rule: "AH-3",
                "it is settled since \(suspicion.settled.description): \(suspicion.outcome)")
        }
        try checkPast(day, "on", today)
        if day < suspicion.reported {
            throw DomainRefusal(
                .dateInvalid, "on", day.description, "is before the entry, \(suspicion.reported.description)")
        }
        return suspicion
    }

    private func screeningRules(_ pack: PolicyPack) throws(DomainRefusal) -> FilingRules {
        let rules = rules(of: pack)
        if rules.screenedFrom != .unspecified { return rules }
        throw DomainRefusal(
            .noRule, "region", pack.region, rule: pack.cites("AH-3"),
            "the pack has no screening (filing.screening.level)")
    }

    private func hasCard(_ person: UInt64, _ disease: String) -> Bool {
        qualifications.all(of: person).contains {
            $0.isCurrent && $0.qualification.disease == disease && $0.qualification.inForce.until == .none
        }
    }

    private func isListed(_ person: UInt64, _ disease: String) -> Bool {
        (cases[person]?.suspicions ?? []).contains { $0.outcome == .open && $0.disease == disease }
    }
}

private struct FilingKeyOfDisease: Hashable {
    var person: UInt64
    var disease: String
}
