import Policy
import Settlement

/// A region's rules for claims of pharmacies (定点零售药店), read from its pack's parameters once (CQ-16).
struct PharmacyRules {
    /// Kinds of claim (bits by raw value) that a pharmacy submits.
    ///
    /// Where the pack does not say: all but a stay and an emergency, which nobody has at a pharmacy (G-5).
    let kinds: UInt16
    let kindsRule: String
    /// Kinds of claim (bits by raw value) that need an electronic prescription (外购电子处方).
    private let prescribed: UInt16
    /// Insurances (bits by raw value) whose claims need one; 0: all.
    private let insurances: UInt8
    /// First service date on which they do; `none`: always.
    private let from: CalendarDate
    let prescriptionRule: String
    /// Of those, kinds for which the pharmacy must be designated for outpatient pooling (门诊统筹定点药店).
    let poolingKinds: UInt16

    init(_ pack: PolicyPack) {
        if let submitted = pack.parameter("pharmacy.kinds") {
            kinds = RegionRules.kinds(pack.names("pharmacy.kinds"))
            kindsRule = submitted.citation.rule
        } else {
            kinds = ~(RegionRules.bit(.inpatient) | RegionRules.bit(.emergency))
            kindsRule = "G-5"
        }
        prescribed = RegionRules.kinds(pack.names("prescription.pharmacy.kinds"))
        insurances =
            (pack.names("prescription.pharmacy.insurances") ?? []).reduce(0) { bits, name in
                bits | 1 << (RegistryWords.insurance(name)?.rawValue ?? 0)
            } & ~1
        from = pack.date("prescription.pharmacy.from") ?? .none
        prescriptionRule = pack.parameter("prescription.pharmacy.kinds")?.citation.rule ?? ""
        poolingKinds = RegionRules.kinds(pack.names("prescription.pharmacy.pooling_designated"))
    }

    /// Whether a pharmacy's claim of this kind and insurance needs an electronic prescription on that day.
    func needsPrescription(_ claim: borrowing Claim, _ insurance: Insurance) -> Bool {
        guard prescribed & RegionRules.bit(claim.kind) != 0, claim.serviceDate >= from else { return false }
        return insurances == 0 || insurances & 1 << insurance.rawValue != 0
    }
}

extension RegionRules {
    /// The bit of a kind in sets of kinds.
    @inline(__always)
    static func bit(_ kind: ClaimKind) -> UInt16 { 1 << UInt16(kind.rawValue) }
}
