import Policy
import Settlement
import Text

/// A region's rules for admitting a claim, read from its pack's parameters once.
final class RegionRules {
    /// Index of the pack in the library.
    let index: Int
    let pack: PolicyPack
    /// The rule id under which only covered persons are settled (CQ-45), else the convention of all regions.
    let coverRule: String
    /// The rule id for the level of an institution that counts (CQ-44); empty where the source has none.
    let levelRule: String
    /// Days on which a product covers, by the person's product number − 1.
    let productCovers: [DateRange]
    /// Kinds of claim that are settled manually where the institution is not networked, and the rule that says so;
    /// "" where the source does not speak of it.
    let notNetworkedRule: String
    /// Kinds of claim (bits by raw value) whose manual settling needs `documents` (CQ-42).
    let documentKinds: UInt16
    let documents: [String]
    let documentsRule: String
    /// Diseases opened for direct settlement outside the city (CQ-42); nil: the source does not restrict it.
    let openedDiseases: [String]?
    let openedDiseasesRule: String
    /// Weeks of a long-term prescription (CQ-43); 0: the source has no limit.
    let prescriptionWeeksMax: Int
    let prescriptionWeeksRule: String
    /// What pharmacies may submit, and what they need for it (CQ-16).
    let pharmacy: PharmacyRules
    /// Identities (bits by raw value) that pay no deposit when referred (YT-10).
    let noDepositIdentities: UInt16
    /// The rules that referrals are registered for here: continued deductible (SY-6), waived deposit (YT-10); empty
    /// when there are none.
    let referralRule: String

    init(_ pack: PolicyPack, index: Int) {
        self.index = index
        self.pack = pack
        productCovers = pack.calculator.products.map(\.cover)
        func rule(of name: String) -> String { pack.parameter(name)?.citation.rule ?? "" }
        coverRule = pack.parameter("admission.covered")?.citation.rule ?? "G-4"
        levelRule = rule(of: "admission.level")
        notNetworkedRule = rule(of: "out_of_area.manual.not_networked")
        documentKinds = RegionRules.kinds(pack.names("out_of_area.documents.kinds"))
        documents = pack.names("out_of_area.documents") ?? []
        documentsRule = rule(of: "out_of_area.documents")
        openedDiseasesRule = rule(of: "out_of_area.opened_diseases")
        prescriptionWeeksRule = rule(of: "prescription.long_term.weeks")
        openedDiseases = pack.names("out_of_area.opened_diseases")
        prescriptionWeeksMax = pack.number("prescription.long_term.weeks") ?? 0
        pharmacy = PharmacyRules(pack)
        referralRule = pack.levelTreatments.referralRule ?? rule(of: "entitlement.no_deposit.identities")
        noDepositIdentities =
            (pack.names("entitlement.no_deposit.identities") ?? []).reduce(0) { bits, name in
                bits | 1 << UInt16(RegistryWords.identity(name)?.rawValue ?? 0)
            } & ~1
    }

    static func kinds(_ names: [String]?) -> UInt16 {
        (names ?? []).reduce(0) { $0 | 1 << UInt16(RegistryWords.kind($1)?.rawValue ?? 0) } & ~1
    }
}

/// The names of enum values in parameters.
enum RegistryWords {
    static func kind(_ name: String) -> ClaimKind? {
        ClaimKind.allCases.first { "\($0)".snakeCased == name && $0 != .unspecified }
    }

    static func insurance(_ name: String) -> Insurance? {
        Insurance.allCases.first { "\($0)" == name && $0 != .unspecified }
    }

    static func identity(_ name: String) -> Identity? {
        Identity.allCases.first { "\($0)".snakeCased == name && $0 != .none }
    }

    static func department(_ name: String) -> Department? {
        Department.allCases.first { "\($0)".snakeCased == name && $0 != .unspecified }
    }
}
