/// What an operator's table entrusts an institution with; what its kind and place say is in `InstitutionRecord`.
package struct FilingRoles: OptionSet, Hashable, Sendable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) { self.rawValue = rawValue }

    /// 特病鉴定医院 (县人民医院, 县中医院): certifies every special disease (CQ-46).
    package static let certifier = FilingRoles(rawValue: 1 << 0)
    /// 基层医保服务点: receives applications and checks their papers first (AH-1).
    package static let servicePoint = FilingRoles(rawValue: 1 << 1)

    package static let all: FilingRoles = [.certifier, .servicePoint]
}

/// A registered institution, for the rules of filing.
package struct FilingInstitution: Equatable, Sendable {
    package var number: UInt32
    package var record: InstitutionRecord

    package init(number: UInt32, record: InstitutionRecord) {
        self.number = number
        self.record = record
    }

    /// A township, county-public or private institution of a county of `region` (CQ-46).
    func isOfCounty(in region: String) -> Bool {
        record.isCountyArea && record.isInCity(of: region)
            && (record.kind == .hospital || record.kind == .primary)
    }
}
