import Settlement

/// The words in which packs name facets and their values.
enum Vocabulary {
    /// How a pack writes each facet, in the order of `Facet`.
    static let facets: [(name: String, facet: Facet)] = [
        ("insurance", .insurance), ("membership", .membership), ("status", .status), ("identity", .identity),
        ("kind", .kind), ("level", .level), ("chinese_medicine", .chineseMedicine), ("county_area", .countyArea),
        ("disease", .diseaseClass), ("product", .product), ("pre_existing", .preExisting),
        ("referred_from", .referredFrom),
    ]

    /// Names of the values of a facet with their numbers; those of diseases and products are the pack's.
    static func values(of facet: Facet) -> [(name: String, value: UInt8)] {
        switch facet {
        case .insurance: [("employee", 1), ("resident", 2)]
        case .membership: [("employer", 1), ("tier1", 2), ("tier2", 3)]
        case .status: [("active", 1), ("retired", 2)]
        case .identity: [("none", 0)] + identities.map { ($0.name, $0.identity.rawValue) }
        case .kind:
            [
                ("inpatient", 1), ("outpatient", 2), ("emergency", 3), ("special", 4), ("two_disease", 5),
                ("negotiated", 6), ("special_drug", 7),
            ]
        case .level: [("L1", 1), ("L2", 2), ("L3", 3)]
        case .referredFrom: [("none", 0), ("L1", 1), ("L2", 2), ("L3", 3)]
        case .chineseMedicine, .countyArea, .preExisting: [("no", 0), ("yes", 1)]
        case .diseaseClass: []
        case .product: [("none", 0)]
        }
    }

    static let identities: [(name: String, identity: Identity)] = [
        ("destitute", .destitute), ("low_income", .lowIncome), ("returned_to_poverty", .returnedToPoverty),
        ("near_low_income", .nearLowIncome), ("monitored", .monitored), ("illness_poverty", .illnessPoverty),
        ("registered_poor", .registeredPoor),
    ]

    static let categories: [(name: String, category: FundCategory)] = [
        ("pool", .pool), ("large_amount", .largeAmount), ("critical_illness", .criticalIllness),
        ("assistance", .assistance), ("reassistance", .reassistance), ("supplementary", .supplementary),
    ]

    static let bases: [(name: String, base: LayerBase)] = [
        ("in_policy", .inPolicyLeft), ("drug_share_of_in_policy", .drugShareOfInPolicyLeft),
        ("in_policy_and_first_self_pay", .inPolicyAndFirstSelfPayLeft), ("out_of_catalog", .outOfCatalogLeft),
        ("special_drug", .specialDrugLeft),
    ]

    /// "everybody else" among the values of a table's facet.
    static var others: String { "others" }
}

/// The order of the waterfall (rule G-6).
enum Stage: String, CaseIterable {
    case basic, pooling
    case criticalIllness = "critical_illness"
    case assistance, reassistance, supplementary

    /// Position in the waterfall, from 0.
    var order: Int { Stage.allCases.firstIndex(of: self)! }
}

extension Facet {
    var name: String { Vocabulary.facets[rawValue].name }

    /// True where the value 0 means that nobody said, so that a rule that looks at the facet cannot be applied.
    var isUnknownAtZero: Bool {
        switch self {
        case .insurance, .membership, .status, .kind, .level, .diseaseClass: true
        case .identity, .chineseMedicine, .countyArea, .product, .preExisting, .referredFrom: false
        }
    }

    /// The input that a refusal names where the facet is missing.
    var field: ClaimField {
        switch self {
        case .insurance: .insurance
        case .membership: .membership
        case .status: .status
        case .identity: .identity
        case .kind: .kind
        case .level: .level
        case .chineseMedicine: .institutionChineseMedicine
        case .countyArea: .institutionCountyArea
        case .diseaseClass: .disease
        case .product: .product
        case .preExisting: .preExisting
        case .referredFrom: .referredFrom
        }
    }
}
