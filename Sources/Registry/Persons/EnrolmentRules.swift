import Policy
import Records
import Settlement
import Text

/// What somebody asks to be enrolled as.
package struct EnrolmentRequest: Equatable, Sendable {
    /// Its `covered.from` may be `none`: then CQ-41 says when cover begins. Its premium may be 0 where the pack has it.
    package var enrolment: Enrolment
    /// The year the premium is for (缴费年度); 0: no premium by the year, as with an employer.
    package var year: Int32
    /// The insurance changes because of employment or another change of the person's status (CQ-41).
    package var isStatusChange: Bool
    /// Number of the person's record that this one corrects; 0: none.
    package var corrects: UInt16

    package init(_ enrolment: Enrolment, year: Int32 = 0, isStatusChange: Bool = false, corrects: UInt16 = 0) {
        self.enrolment = enrolment
        self.year = year
        self.isStatusChange = isStatusChange
        self.corrects = corrects
    }
}

/// Enrolling (参保登记): premiums CQ-40, subsidy YT-8, begin of cover CQ-41, entitlement period CQ-45.
extension Registry {
    package func enrol(_ person: UInt64, _ request: EnrolmentRequest) throws(DomainRefusal) -> [RegistryEvent] {
        let entries = try standing(person)
        var enrolment = request.enrolment
        try validate(enrolment, of: person)
        if let repeated = repeated(request, of: person, among: entries) { return repeated }
        var others = enrolments(entries)
        if request.corrects != 0, !others.contains(where: { $0.number == request.corrects }) {
            let repeated = entries.contains { $0.supersedes == request.corrects }
            if !repeated {
                _ = try entry(
                    request.corrects, among: entries, isKind: { if case .enrolment = $0 { true } else { false } },
                    what: "enrolment")
            }
        }
        others.removeAll { $0.number == request.corrects || $0.supersedes == request.corrects && request.corrects != 0 }
        if enrolment.covered.from.number == 0 {
            let region = try rules(of: person, on: enrolment.paidOn)
            enrolment.covered.from = try coverAfterSwitch(request, others, region)
            try FieldCheck.range(enrolment.covered, "enrolment.covered_from", "enrolment.covered_until")
        }
        let region = try rules(of: person, on: enrolment.covered.from)
        try price(&enrolment, request, region)
        try subsidise(&enrolment, entries, region)

        let fact = PersonFact.enrolment(enrolment)
        if isDone(fact, corrects: request.corrects, entries) { return [] }
        if request.corrects == 0, entries.contains(where: { $0.fact == fact }) { return [] }
        if let other = others.first(where: { $0.enrolment.covered.overlaps(enrolment.covered) }) {
            throw DomainRefusal(
                .recordConflict, "enrolment.covered_from", enrolment.covered.description, rule: region.coverRule,
                "record \(other.number) covers \(other.enrolment.covered.description) already; end or correct it first")
        }
        if let departure = people.departure(of: person), departure.date < enrolment.covered.from {
            throw DomainRefusal(
                .recordConflict, "enrolment.covered_from", enrolment.covered.description,
                "the person's registration ended on \(departure.date.description); correct one of them")
        }
        return record(fact, of: person, among: entries, supersedes: request.corrects)
    }

    func validate(_ enrolment: Enrolment, of person: UInt64) throws(DomainRefusal) {
        func invalid(_ field: String, _ value: String, rule: String = "", _ message: String) -> DomainRefusal {
            DomainRefusal(.factInvalid, "enrolment." + field, value, rule: rule, message)
        }
        guard enrolment.insurance != .unspecified else {
            throw invalid("insurance", "unspecified", "say employee 职工 or resident 居民")
        }
        if enrolment.insurance == .resident, enrolment.membership == .employer {
            throw invalid("membership", "employer", "residents are not insured with an employer; say the tier")
        }
        if enrolment.insurance == .resident, enrolment.status == .retired {
            throw invalid("status", "retired", "only employees retire in their insurance; leave it out")
        }
        try FieldCheck.range(enrolment.covered, "enrolment.covered_from", "enrolment.covered_until")
        try FieldCheck.optionalDay(enrolment.paidOn, "enrolment.paid_on")
        try FieldCheck.optionalDay(enrolment.lumpSumUntil, "enrolment.lump_sum_until")
        let isIndividualTier2 = enrolment.insurance == .employee && enrolment.membership == .tier2
        if enrolment.lumpSumUntil.number != 0, !isIndividualTier2 {
            throw invalid(
                "lump_sum_until", enrolment.lumpSumUntil.description,
                rule: rules(ofPerson: person, on: enrolment.covered.from)?.pack.cites("CQ-30") ?? "",
                "a lump sum (趸缴) is paid by individual employees in tier 2; leave it out")
        }
        try FieldCheck.premium(enrolment.contributionBase, "enrolment.contribution_base")
        try FieldCheck.premium(enrolment.premiumDue, "enrolment.premium_due")
        try FieldCheck.premium(enrolment.premiumSubsidised, "enrolment.premium_subsidised")
    }

    // MARK: Premium

    /// The premium of the year and tier, where the source gives it (CQ-40); else what the request says.
    private func price(
        _ enrolment: inout Enrolment, _ request: EnrolmentRequest, _ region: RegionRules
    ) throws(DomainRefusal) {
        let insurance = enrolment.insurance == .employee ? "employee" : "resident"
        let tier: String? =
            switch enrolment.membership {
            case .tier1: "tier1"
            case .tier2: "tier2"
            case .employer, .unspecified: nil
            }
        // A premium in full is one of a whole year in one payment; a lump sum is another thing.
        guard request.year > 0, let tier, enrolment.lumpSumUntil.number == 0, enrolment.status != .retired,
            let premium = region.pack.money(
                "enrolment.<insurance>.<year>.<membership>", insurance, "\(request.year)", tier)
        else { return }
        if enrolment.premiumDue != 0, enrolment.premiumDue != premium {
            throw DomainRefusal(
                .factInvalid, "enrolment.premium_due", "\(enrolment.premiumDue)", rule: "CQ-40",
                "the premium of \(request.year) is \(premium) fen; correct it, or leave it out")
        }
        enrolment.premiumDue = premium
    }

    /// The resident premium of the identities that the pack names is paid for them (YT-8).
    ///
    /// The identity must be in force (G-11) on the day of payment; where that is not told, when cover begins.
    private func subsidise(
        _ enrolment: inout Enrolment, _ entries: [PersonEntry], _ region: RegionRules
    ) throws(DomainRefusal) {
        if let named = region.pack.names("subsidy.resident.identities"), enrolment.insurance == .resident,
            let ratio = region.pack.ratio("subsidy.resident.ratio")
        {
            let day = enrolment.paidOn.number != 0 ? enrolment.paidOn : enrolment.covered.from
            let isNamed = entries.contains { entry in
                guard case .identity(let record) = entry.fact, record.dated.isInForce(on: day) else { return false }
                return named.contains("\(record.dated.identity)".snakeCased)
            }
            let subsidised = isNamed ? roundedHalfUp(tenThousandths: enrolment.premiumDue * Int64(ratio)) : 0
            guard enrolment.premiumSubsidised == 0 || enrolment.premiumSubsidised == subsidised else {
                throw DomainRefusal(
                    .factInvalid, "enrolment.premium_subsidised", "\(enrolment.premiumSubsidised)", rule: "YT-8",
                    "of the person's premium \(subsidised) fen are subsidised; correct it, or leave it out")
            }
            enrolment.premiumSubsidised = subsidised
            if isNamed, enrolment.payer == .unspecified { enrolment.payer = .subsidy }
        }
        guard enrolment.premiumSubsidised <= enrolment.premiumDue else {
            throw DomainRefusal(
                .factInvalid, "enrolment.premium_subsidised", "\(enrolment.premiumSubsidised)",
                "more than the premium that is due; correct one of them")
        }
    }
}

/// A standing enrolment with its number.
struct NumberedEnrolment {
    var number: UInt16
    var supersedes: UInt16
    var enrolment: Enrolment
}

extension Registry {
    /// The standing enrolments, by the beginning of cover.
    func enrolments(_ entries: [PersonEntry]) -> [NumberedEnrolment] {
        entries.compactMap { entry in
            guard case .enrolment(let enrolment) = entry.fact else { return nil }
            return NumberedEnrolment(number: entry.number, supersedes: entry.supersedes, enrolment: enrolment)
        }.sorted { $0.enrolment.covered.from < $1.enrolment.covered.from }
    }
}
