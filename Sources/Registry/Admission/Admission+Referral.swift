import Policy
import Records
import Settlement

/// Referrals named by a claim (转诊), rules SY-6 and YT-10.
extension Registry {
    /// Fills in `referredFrom` and `needsNoDeposit` from a referral that is on file and fits the claim.
    ///
    /// Whether the deductible goes on is the pack's rule; a referral that does not lead upwards within the city says
    /// nothing about it, so the stay is a new admission.
    func admitReferral(
        _ command: borrowing SettleCommand, _ row: Int, _ region: RegionRules, into admission: Admission
    ) throws(DomainRefusal) {
        let number = command.referral
        guard let referral = people.referral(row, number: number) else {
            throw DomainRefusal(
                .recordUnknown, "referral", number, rule: region.referralRule,
                "the person has no referral of that number; register it first, or leave it out")
        }
        let claim = admission.claim
        func conflict(_ message: String) -> DomainRefusal {
            DomainRefusal(.recordConflict, "referral", number, rule: region.referralRule, message)
        }
        guard referral.date <= claim.serviceDate else {
            throw conflict("it was made on \(referral.date.description), after the service date; correct one of them")
        }
        let isElsewhere = referral.to != 0 && command.institution != 0 && referral.to != command.institution
        if isElsewhere || referral.to == 0 && referral.toLevel != claim.institution.level {
            throw conflict("it leads to another institution than the claim's; leave it out, or correct it")
        }
        admission.claim.referredFrom = levelReferredFrom(referral, claim.institution, region)
        admission.needsNoDeposit = needsNoDeposit(referral, region, admission)
    }

    /// The treated level (SY-5) of the institution that referred upwards within the city; unspecified for any other
    /// referral, which is a new admission (SY-6).
    ///
    /// A referral whose origin is only a level is taken as in the city, and its level as the treated one (G-15).
    private func levelReferredFrom(_ referral: Referral, _ target: Institution, _ region: RegionRules) -> Level {
        if target.isOutOfCity { return .unspecified }
        var origin = Institution(level: referral.fromLevel)
        if referral.from != 0 {
            guard let record = institutions.record(referral.from, on: referral.date) else { return .unspecified }
            origin = record.institution(for: region.pack.region)
            if origin.isOutOfCity { return .unspecified }
        }
        let treated = region.pack.treatedLevel(of: origin, on: referral.date)
        // Upwards by the agreement's levels, or by what they are treated as: from a county's L3 to another L3.
        let isUpwards =
            origin.level.rawValue < target.level.rawValue
            || treated.rawValue < region.pack.treatedLevel(of: target, on: referral.date).rawValue
        return isUpwards ? treated : .unspecified
    }

    /// 先诊疗后付费: one of the key groups, referred by a primary institution of first diagnosis to a designated
    /// institution in the city for a stay (YT-10).
    private func needsNoDeposit(
        _ referral: Referral, _ region: RegionRules, _ admission: Admission
    ) -> Bool {
        let claim = admission.claim
        guard region.noDepositIdentities != 0, referral.isFirstDiagnosis, claim.kind == .inpatient,
            !claim.institution.isOutOfCity
        else { return false }
        let identities = admission.identities
        let span = identities.span
        let identity = region.pack.tables.identity(on: claim.serviceDate, among: span, range: identities.indices)
        return region.noDepositIdentities & (1 << UInt16(identity.rawValue)) != 0
    }
}
