import Policy
import Records
import Settlement

/// Fixed fees (定额报销的门诊诊费、一般诊疗费) are paid to medical institutions.
extension Registry {
    /// Refuses a pharmacy's claim that says what was paid for fixed fees (CQ-17, I-38).
    func admitFixedFee(_ institution: InstitutionRecord, _ region: RegionRules, _ admission: Admission)
        throws(DomainRefusal)
    {
        guard institution.kind == .pharmacy, admission.claim.externalBasic != 0,
            region.pack.tables.takesFixedFees(
                admission.claim, person: admission.facts, identities: admission.identities.span)
        else { return }
        throw DomainRefusal(
            .externalNotAllowed, "claim.external_basic", "\(admission.claim.externalBasic)", rule: "CQ-17",
            "on such a claim it is a fixed fee (定额报销的门诊诊费、一般诊疗费), which only medical institutions have; "
                + "a pharmacy sends 0")
    }
}
