import Accounts
import Settlement

/// Clearing type (清算类别, clr_type) by the platform's numbers.
package enum ClearingType: UInt8, CaseIterable, Sendable {
    /// 门诊.
    case outpatient = 11
    /// 门诊慢特病, with two-disease, negotiated and special drugs.
    case special = 14
    /// 住院.
    case inpatient = 21
    /// 药店购药: what accounts pay at a pharmacy outside settlements (CQ-31).
    case pharmacy = 41

    package init(_ kind: ClaimKind) {
        switch kind {
        case .inpatient: self = .inpatient
        case .outpatient, .emergency, .unspecified: self = .outpatient
        case .special, .twoDisease, .negotiated, .specialDrug: self = .special
        }
    }

    /// Of account use outside settlements (CQ-31).
    package init(_ use: InstitutionUse) { self = use.isPharmacy ? .pharmacy : .outpatient }
}
