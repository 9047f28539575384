/// What a caller is, which says what it may do; `AccessTable` has who may call what.
package enum Role: String, CaseIterable, Sendable {
    /// A hospital or another institution: settles, looks up and reconciles its own.
    case institution
    /// A pharmacy (定点零售药店): the same, without what only hospitals do.
    case pharmacy
    /// An insurance office (经办机构) of a county or a city: registers, filings, accounts of its region and area.
    case office
    /// Who runs the server: the year's end, the table of areas, maintenance.
    case `operator`
    /// Reads everything, changes nothing.
    case auditor
    /// A load generator, on a server that takes load tests.
    case loadTester = "load-tester"

    /// As Chinese pages call it.
    package var chinese: String {
        switch self {
        case .institution: "医药机构"
        case .pharmacy: "药店"
        case .office: "经办机构"
        case .operator: "运维"
        case .auditor: "审计"
        case .loadTester: "压力测试"
        }
    }

    /// Whether it acts for institutions, which have to be named.
    package var hasInstitutions: Bool { self == .institution || self == .pharmacy }

    var index: Int { Self.allCases.firstIndex(of: self)! }
}
