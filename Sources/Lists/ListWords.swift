import Policy
import Population
import Registry
import Settlement
import Text

// Values of the register as cells, in both languages.

extension ListCell {
    static func identity(_ identity: Identity) -> ListCell { identities[Int(identity.rawValue)] }

    static func insurance(_ enrolment: Enrolment?) -> ListCell {
        insurances[Int((enrolment?.insurance ?? .unspecified).rawValue)]
    }

    // By raw value, made once: a list has them in every row, and making a word of a case takes microseconds.

    private static let identities: [ListCell] = (0...UInt8(Identity.allCases.map(\.rawValue).max() ?? 0)).map { raw in
        guard let identity = Identity(rawValue: raw), identity != .none else { return .empty }
        return .word("\(identity)".snakeCased, chinese: ExplainWords.label(identity).zh)
    }

    private static let insurances: [ListCell] = (0...UInt8(Insurance.allCases.map(\.rawValue).max() ?? 0)).map { raw in
        guard let insurance = Insurance(rawValue: raw), insurance != .unspecified else {
            return .word("none", chinese: "未参保")
        }
        return .word("\(insurance)".snakeCased, chinese: ExplainWords.label(insurance).zh)
    }

    /// Insurance and tier in one: 居民二档; who is not insured is told so.
    static func enrolled(_ enrolment: Enrolment?) -> ListCell {
        guard let enrolment else { return .word("none", chinese: "未参保") }
        let isEmployee = enrolment.insurance == .employee
        let tier =
            switch enrolment.membership {
            case .employer: ("_employer", "单位")
            case .tier1: ("_tier1", "一档")
            case .tier2: ("_tier2", "二档")
            case .unspecified: ("", "")
            }
        return .word(
            (isEmployee ? "employee" : "resident") + tier.0, chinese: (isEmployee ? "职工" : "居民") + tier.1)
    }

    static func department(_ department: Department) -> ListCell {
        let chinese =
            switch department {
            case .unspecified: ""
            case .civilAffairs: "民政"
            case .ruralRevitalisation: "乡村振兴"
            case .povertyAlleviation: "扶贫办"
            case .healthcareSecurity: "医保"
            case .other: "其他"
            }
        return .word("\(department)".snakeCased, chinese: chinese)
    }

    static func way(_ way: FilingWay) -> ListCell {
        let chinese =
            switch way {
            case .certified: "鉴定医院"
            case .appraised: "按月鉴定"
            case .greenChannel: "绿色通道"
            case .screened: "零材料"
            case .twoDisease: "两病备案"
            case .carriedOver: "原有资格"
            }
        return .word("\(way)".snakeCased, chinese: chinese)
    }

    static func medium(_ medium: CardMedium) -> ListCell {
        .word("\(medium)".snakeCased, chinese: medium == .paper ? "纸质" : "电子")
    }

    /// An answer of the survey; empty while it is open.
    static func answer(_ answer: SurveyAnswer) -> ListCell {
        answer == .open ? .empty : .flag(answer == .yes)
    }
}

extension TableColumn {
    static let person = TableColumn("person", "人员编号", .id)
    /// The platform's number (psn_no); the last column of a table in which anybody has one.
    package static let personNo = TableColumn("person_no", "平台人员编号", .id)
    /// County, code and township: what `ListScope.areaCells` fills.
    static let area = [
        TableColumn("county", "区县"), TableColumn("area_code", "区划代码", .id), TableColumn("area", "乡镇街道"),
    ]
    static let institution = [TableColumn("institution", "机构编号", .id), TableColumn("institution_name", "机构名称")]
    static let disease = [TableColumn("disease", "病种编码", .id), TableColumn("disease_name", "病种")]
    static let identity = TableColumn("identity", "救助身份")
}
