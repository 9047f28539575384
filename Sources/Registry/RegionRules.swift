import Policy
import Settlement

/// What a region's pack says about admitting a claim, read from its parameters once.
final class RegionRules {
    /// Index of the pack in the library.
    let index: Int
    let pack: PolicyPack
    /// Days on which a product covers, by the person's product number − 1.
    let productCovers: [DateRange]
    /// Kinds of claim that are settled manually where the institution is not networked, and the rule that says so;
    /// "" where the source does not speak of it.
    let notNetworkedRule: String
    /// Kinds of claim (bits by raw value) whose manual settling needs `documents` (CQ-42).
    let documentKinds: UInt16
    let documents: [String]
    /// Diseases opened for direct settlement outside the city (CQ-42); nil: the source does not restrict it.
    let openedDiseases: [String]?
    /// Weeks of a long-term prescription (CQ-43); 0: the source has no limit.
    let prescriptionWeeksMax: Int
    /// Kinds of claim (bits by raw value) for which a pharmacy needs a prescription (CQ-16).
    let prescriptionKinds: UInt16
    /// Identities (bits by raw value) that pay no deposit when referred (YT-10).
    let noDepositIdentities: UInt16

    init(_ pack: PolicyPack, index: Int) {
        self.index = index
        self.pack = pack
        productCovers = pack.calculator.products.map(\.cover)
        let networked = pack.parameter("out_of_area.manual.not_networked")
        notNetworkedRule = networked?.citation.rule ?? ""
        documentKinds = RegionRules.kinds(pack.names("out_of_area.documents.kinds"))
        documents = pack.names("out_of_area.documents") ?? []
        openedDiseases = pack.names("out_of_area.opened_diseases")
        prescriptionWeeksMax = pack.number("prescription.long_term.weeks") ?? 0
        prescriptionKinds = RegionRules.kinds(pack.names("prescription.pharmacy.kinds"))
        noDepositIdentities = (pack.names("entitlement.no_deposit.identities") ?? []).reduce(0) { bits, name in
            bits | 1 << UInt16(RegistryWords.identity(name)?.rawValue ?? 0)
        } & ~1
    }

    private static func kinds(_ names: [String]?) -> UInt16 {
        (names ?? []).reduce(0) { $0 | 1 << UInt16(RegistryWords.kind($1)?.rawValue ?? 0) } & ~1
    }
}

/// The words in which parameters name values.
enum RegistryWords {
    static func kind(_ name: String) -> ClaimKind? {
        ClaimKind.allCases.first { snakeCased("\($0)") == name && $0 != .unspecified }
    }

    static func identity(_ name: String) -> Identity? {
        Identity.allCases.first { snakeCased("\($0)") == name && $0 != .none }
    }

    static func department(_ name: String) -> Department? {
        Department.allCases.first { snakeCased("\($0)") == name && $0 != .unspecified }
    }

    /// "nearLowIncome" → "near_low_income".
    static func snakeCased(_ name: String) -> String {
        name.reduce(into: "") { text, letter in
            if letter.isUppercase { text += "_" }
            text += letter.lowercased()
        }
    }
}
