import Policy
import Records
import Settlement
import Text

/// A qualification that is to be put on file.
package struct Filing: Equatable, Sendable {
    package var person: UInt64
    /// Code of the disease in the region's table.
    package var disease: String
    /// `until` may be open.
    package var inForce: DateRange
    /// The certifying institution; nil: none is named.
    package var institution: FilingInstitution?
    package var way: FilingWay

    package init(
        person: UInt64, disease: String, inForce: DateRange, institution: FilingInstitution? = nil,
        way: FilingWay = .certified
    ) {
        self.person = person
        self.disease = disease
        self.inForce = inForce
        self.institution = institution
        self.way = way
    }
}

/// Decisions: each gives the event to record, or refuses; none changes anything.
extension FilingRegister {
    /// What an institution may do in filing, in place of what it might before.
    package func designate(_ institution: UInt32, _ roles: FilingRoles) -> FilingEvent {
        .designated(institution: institution, roles.intersection(.all))
    }

    /// Puts a disease on file (CQ-46, SY-8).
    ///
    /// - Parameter facts: the person's on the first day, so that a disease which the membership may not use is refused
    ///   here already (CQ-14); nil: not known.
    package func file(_ filing: Filing, _ pack: PolicyPack, facts: PersonFacts?) throws(DomainRefusal) -> FilingEvent {
        let rules = rules(of: pack)
        try check(filing.disease, filing.inForce, rules, pack)
        switch filing.way {
        case .certified: try checkCertified(filing, rules, pack.region)
        case .twoDisease: try checkTwoDisease(filing, rules, pack)
        case .carriedOver: break
        case .appraised, .greenChannel, .screened:
            throw DomainRefusal(
                .factInvalid, "way", "\(filing.way)".snakeCased, rule: pack.cites("AH-2"),
                "such a qualification comes with its card: apply, or wait for the screening")
        }
        if let facts { try checkMembership(filing.disease, facts, on: filing.inForce.from, pack) }
        try checkOverlap(filing.person, filing.disease, filing.inForce, besides: 0)
        return .qualified(
            person: filing.person,
            Qualification(
                number: try nextNumber(filing.person), disease: filing.disease, inForce: filing.inForce,
                institution: filing.institution?.number ?? 0, way: filing.way))
    }

    /// Corrects qualification `number`, also to end it: other days, and another institution where one is named, take
    /// its place, or (with `inForce` nil) nothing does. What it corrects stays on record.
    package func correct(
        _ person: UInt64, _ number: UInt32, inForce: DateRange?, institution: FilingInstitution?, _ pack: PolicyPack
    ) throws(DomainRefusal) -> FilingEvent {
        guard let known = qualifications.all(of: person).first(where: { $0.qualification.number == number }) else {
            throw DomainRefusal(
                .recordUnknown, "number", "\(number)", "this person has no qualification of that number")
        }
        guard known.isCurrent else {
            let what = known.supersededBy > 0 ? "was corrected by number \(known.supersededBy)" : "was withdrawn"
            throw DomainRefusal(.recordConflict, "number", "\(number)", "it \(what): correct that one")
        }
        var next = known.qualification
        next.corrects = number
        next.number = try nextNumber(person)
        guard let inForce else {
            next.isWithdrawn = true
            return .qualified(person: person, next)
        }
        let rules = rules(of: pack)
        next.inForce = inForce
        try check(next.disease, inForce, rules, pack)
        if let institution, institution.number != next.institution {
            next.institution = institution.number
            let filing = Filing(
                person: person, disease: next.disease, inForce: inForce, institution: institution, way: next.way)
            if next.way == .certified { try checkCertified(filing, rules, pack.region) }
            if next.way == .twoDisease { try checkTwoDisease(filing, rules, pack) }
        }
        try checkOverlap(person, next.disease, inForce, besides: number)
        return .qualified(person: person, next)
    }

    func nextNumber(_ person: UInt64) throws(DomainRefusal) -> UInt32 {
        let count = qualifications.count(of: person)
        guard count < UInt32(FilingLimit.qualificationsMax) else {
            throw DomainRefusal(
                .recordConflict, "person", "\(person)",
                "has \(count) qualifications and corrections; so many are kept at most")
        }
        return count + 1
    }

    /// Nothing else that stands may overlap: which of two would count?
    func checkOverlap(
        _ person: UInt64, _ disease: String, _ inForce: DateRange, besides number: UInt32
    ) throws(DomainRefusal) {
        for known in qualifications.all(of: person) where known.isCurrent {
            let other = known.qualification
            guard other.disease == disease, other.number != number, other.inForce.overlaps(inForce) else { continue }
            throw DomainRefusal(
                .recordConflict, "disease", disease,
                "number \(other.number) is on file for it from \(other.inForce.from.description): correct that one")
        }
    }
}

extension FilingRegister {
    private func check(
        _ disease: String, _ inForce: DateRange, _ rules: FilingRules, _ pack: PolicyPack
    ) throws(DomainRefusal) {
        if pack.disease(code: disease) == nil, !rules.twoDiseases.contains(disease) {
            throw unknownDisease(disease, pack)
        }
        try checkDay(inForce.from, "from")
        guard inForce.until != .none else { return }
        try checkDay(inForce.until, "until")
        if inForce.until < inForce.from {
            throw DomainRefusal(
                .dateInvalid, "until", inForce.until.description, "is before from, \(inForce.from.description)")
        }
    }

    /// CQ-46: the diseases of `filing.certified_in_county` at any institution of the county, others where the
    /// operator's table says.
    private func checkCertified(
        _ filing: Filing, _ rules: FilingRules, _ region: String
    ) throws(DomainRefusal) {
        if rules.hasAppraisal {
            throw DomainRefusal(
                .wrongStep, "way", "certified", rule: "AH-1",
                "here a qualification comes from the monthly appraisal: the next step is an application")
        }
        guard rules.hasCertifiers else { return }
        let isCommon = rules.certifiedInCounty.contains(filing.disease)
        let isCertifier = filing.institution.map { roles(of: $0.number).contains(.certifier) } ?? false
        if !isCertifier, !(isCommon && filing.institution?.isOfCounty(in: region) ?? false) {
            throw DomainRefusal(
                .institutionNotDesignated, "institution", filing.institution?.record.code ?? "",
                rule: rules.certifiedRule,
                isCommon
                    ? "this disease is certified by township, county-public and private institutions of the county"
                    : "this disease is certified by the institutions of the operator's table only (县人民医院, 县中医院)")
        }
    }

    /// SY-8: at institutions that do both basic public health and outpatient pooling.
    private func checkTwoDisease(
        _ filing: Filing, _ rules: FilingRules, _ pack: PolicyPack
    ) throws(DomainRefusal) {
        guard !rules.twoDiseases.isEmpty else {
            throw DomainRefusal(
                .noRule, "way", "two_disease", rule: pack.cites("SY-8"),
                "the source has no two-disease filing for this region")
        }
        guard rules.twoDiseases.contains(filing.disease) else {
            throw DomainRefusal(
                .factInvalid, "disease", filing.disease, rule: "SY-8",
                "a two-disease filing is for one of \(rules.twoDiseases.joined(separator: ", "))")
        }
        try checkTwoDiseaseInstitution(filing.institution)
    }

    func checkTwoDiseaseInstitution(_ institution: FilingInstitution?) throws(DomainRefusal) {
        guard let institution, institution.record.doesPublicHealthAndPooling else {
            throw DomainRefusal(
                .institutionNotDesignated, "institution", institution?.record.code ?? "", rule: "SY-8",
                "only institutions that do both basic public health and outpatient pooling")
        }
    }

    /// CQ-14, by the pack's own entitlement: a bill of 0 元 for this disease is refused for the disease.
    private func checkMembership(
        _ disease: String, _ facts: PersonFacts, on day: CalendarDate, _ pack: PolicyPack
    ) throws(DomainRefusal) {
        guard let number = pack.disease(code: disease) else { return }
        var facts = facts
        facts.covered = DateRange()
        facts.product = 0
        let claim = Claim(
            kind: .special, serviceDate: day, cost: CostSplit(total: 0), institution: Institution(level: .one),
            disease: number)
        let refusal = pack.settle(claim, facts).refusal
        guard refusal.code == .notEntitled, refusal.field == .disease else { return }
        let citation = Int(pack.calculator.plans[Int(refusal.detail)].citation) - 1
        throw DomainRefusal(
            .notEntitled, "disease", disease,
            rule: pack.refusals.indices.contains(citation) ? pack.refusals[citation].rule : "",
            "the person's membership may not use special outpatient care for this disease, so it is not filed")
    }
}

func checkDay(_ day: CalendarDate, _ field: String) throws(DomainRefusal) {
    if !day.exists {
        throw DomainRefusal(.dateInvalid, field, "\(day.number)", "is no day of the calendar; write it as 20240131")
    }
}
