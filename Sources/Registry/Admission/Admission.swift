import Policy
import Records
import Settlement

/// Admitting a claim: looks up the register's facts for it, or refuses it.
///
/// Checked in this order, and the first that fails is reported: the service date (G-4, G-16); the person; the region's
/// pack; the institution, whether it is designated (CQ-44, CQ-46), and in the city for this person (G-15); cover on the
/// service date (CQ-45); the disease; what a pharmacy needs and may not have (CQ-16, CQ-17); the channel and its
/// documents (CQ-42, AH-6) and its use of accounts (G-18); the weeks of a prescription (CQ-43); filings (CQ-46, AH-5);
/// the referral (SY-6, YT-10); family accounts (CQ-31). The calculator checks the rest.
extension Registry {
    /// Fills `admission` with the facts of a claim as known now, or refuses it.
    ///
    /// Allocates nothing for a claim whose texts and lists are empty.
    /// - Parameters:
    ///   - hypothetical: the institution of a comparison by levels (SY-9), where the command names none.
    ///   - today: the ledger's day, after which nothing is settled (G-16); nil where a recorded settlement is looked at
    ///     again (YE-1): then the facts are asked, but not how the claim was handed in (channel, documents), which
    ///     changes nothing of what is paid.
    package func admit(
        _ command: borrowing SettleCommand, at hypothetical: Institution? = nil, today: CalendarDate?,
        into admission: Admission
    ) throws(DomainRefusal) {
        let date = command.claim.serviceDate
        guard date.exists else {
            throw DomainRefusal(
                .dateInvalid, "claim.service_date", "\(date.number)", rule: "G-4",
                "not a day of the years 1900 to 2999; send it as YYYYMMDD")
        }
        if let today, date > today { throw FieldCheck.inFuture("claim.service_date", date.description, today) }
        let row = people.row(of: command.person)
        guard row >= 0 else { throw Registry.unknown(command.person) }

        admission.claim = command.claim
        admission.claim.referredFrom = .unspecified
        admission.claim.disease = 0
        admission.needsNoDeposit = false
        let region = try rules(ofRegion: people.region(row, on: date), command)
        admission.region = region.index
        let institution = try admitInstitution(command, at: hypothetical, region, into: admission)
        try admitFacts(row, on: date, region, into: admission)
        if !command.disease.isEmpty {
            guard let number = region.pack.disease(code: command.disease) else {
                throw DomainRefusal(
                    .factInvalid, "claim.disease", command.disease,
                    "not a code of the pack's table of diseases; `PolicyService.Show` has the table")
            }
            admission.claim.disease = number
        }
        if let institution {
            if institution.kind == .pharmacy {
                try admitPharmacy(command, institution, region, today: today, admission)
                try admitFixedFee(institution, region, admission)
            } else if command.namesPrescription, today != nil {
                try refusePrescription(command, region)
            }
            if today != nil { try admitChannel(command, institution, row, region) }
        }
        if command.channel == .manual { try admitAccountUse(region, today: today, into: admission) }
        if command.prescriptionWeeks > 0 { try admitPrescription(command, region) }
        try filings.admit(
            person: command.person, pack: region.pack, disease: command.disease, institution: institution,
            claim: admission.claim, into: admission)
        if !command.referral.isEmpty { try admitReferral(command, row, region, into: admission) }
        try admitFamily(command, region, into: admission)
    }

    /// Cash does not leave an account (CQ-31): what the person has paid in advance takes nothing from accounts, so the
    /// default means none (G-18).
    ///
    /// - Throws: `FACT_INVALID` for a new claim that asks for all of it.
    private func admitAccountUse(
        _ region: RegionRules, today: CalendarDate?, into admission: Admission
    ) throws(DomainRefusal) {
        guard admission.claim.accountUse != .all || today == nil else {
            throw DomainRefusal(
                .factInvalid, "claim.account_use", "all", rule: region.pack.accountUse?.rule ?? "G-18",
                "the person has paid a manual claim (手工报销), and no cash leaves an account; leave it out, or send none")
        }
        admission.claim.accountUse = .none
    }

    static func unknown(_ person: UInt64, field: String = "person") -> DomainRefusal {
        DomainRefusal(.personUnknown, field, "\(person)", "no such person is registered; register the person first")
    }

    private func rules(
        ofRegion name: UInt16, _ command: borrowing SettleCommand
    ) throws(DomainRefusal) -> RegionRules {
        if let rules = rules(ofName: name) { return rules }
        throw DomainRefusal(
            .policyNotInForce, "person", "\(command.person)", rule: "G-4",
            "the person's region '\(people.names[name])' has no policy pack here; load its pack")
    }

    // MARK: Facts

    /// Cover, facts, identities and supplementary insurance on `date`, in one walk over the person's records.
    @inline(__always)
    func admitFacts(
        _ row: Int, on date: CalendarDate, _ region: RegionRules, into admission: Admission
    ) throws(DomainRefusal) {
        var facts = PersonFacts(insurance: .unspecified)
        var left = CalendarDate.none
        admission.identities.removeAll(keepingCapacity: true)
        admission.filings.removeAll(keepingCapacity: true)
        people.eachStanding(row) { entry in
            switch entry.fact {
            case .enrolment(let enrolment):
                // The one recorded last counts; the rules of enrolling let no two overlap.
                guard facts.insurance == .unspecified, enrolment.covered.contains(date) else { break }
                facts.insurance = enrolment.insurance
                facts.membership = enrolment.membership
                facts.status = enrolment.status
                facts.covered = enrolment.covered
            case .purchase(let name, let boughtOn, let isPreExisting, _):
                let number = product(name, region)
                guard facts.product == 0, number > 0,
                    region.productCovers[Int(number) - 1].contains(date)
                else { break }
                facts.product = number
                facts.boughtOn = boughtOn
                facts.hasPreExistingDisease = isPreExisting
            case .identity(let identity, _): admission.identities.append(identity)
            case .departure(let departure): left = departure.date
            default: break
            }
            return true
        }
        if facts.insurance == .unspecified || left.number != 0 && date > left {
            throw notCovered(row, on: date, left: left, region)
        }
        admission.facts = facts
    }

    private func notCovered(
        _ row: Int, on date: CalendarDate, left: CalendarDate, _ region: RegionRules
    ) -> DomainRefusal {
        func refusal(_ message: String) -> DomainRefusal {
            DomainRefusal(.notCovered, "claim.service_date", date.description, rule: region.coverRule, message)
        }
        if left.number != 0, date > left {
            return refusal(
                "the person's registration ended on \(left.description); correct the date, or the registration")
        }
        // The period that ends last before the date, else the one that begins first after it.
        var before: DateRange?
        var after: DateRange?
        people.eachStanding(row) { entry in
            guard case .enrolment(let enrolment) = entry.fact else { return true }
            let covered = enrolment.covered
            if covered.from > date {
                if after.map({ covered.from < $0.from }) ?? true { after = covered }
            } else if before.map({ covered.until > $0.until }) ?? true {
                before = covered
            }
            return true
        }
        guard let period = before ?? after else {
            return refusal("the person has no basic insurance on record; enrol the person first")
        }
        return refusal(
            "outside the entitlement period (待遇享受期) \(period.description); correct the date, or enrol the person")
    }

    // MARK: Family

    private func admitFamily(
        _ command: borrowing SettleCommand, _ region: RegionRules, into admission: Admission
    ) throws(DomainRefusal) {
        admission.relations.removeAll(keepingCapacity: true)
        let count = command.familyAccounts.count
        if count == 0 { return }
        let rule = region.pack.accountUse?.rule ?? ""
        guard count < CalculatorLimit.accountsMax else {
            throw DomainRefusal(
                .factInvalid, "family_accounts", "\(count)", rule: rule,
                "at most \(CalculatorLimit.accountsMax - 1) family accounts may pay for one claim; name fewer")
        }
        for position in 0..<count {
            let owner = command.familyAccounts[position]
            func refusal(_ code: DomainCode, _ message: String) -> DomainRefusal {
                DomainRefusal(code, "family_accounts", "\(owner)", rule: rule, message)
            }
            guard people.contains(owner) else { throw Registry.unknown(owner, field: "family_accounts") }
            for earlier in 0..<position where command.familyAccounts[earlier] == owner {
                throw refusal(.factInvalid, "an account is named twice; name it once")
            }
            guard owner != command.person else {
                throw refusal(.factInvalid, "the person's own account pays first by itself; leave it out")
            }
            let date = command.claim.serviceDate
            guard let relation = people.relation(of: owner, to: command.person, on: date) else {
                throw refusal(
                    .relationNotRegistered,
                    "its owner is not registered as the person's spouse, parent or child; register the relation first")
            }
            admission.relations.append(relation.rawValue)
        }
    }
}
