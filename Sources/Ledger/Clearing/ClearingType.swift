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
    /// 药店购药: settlements at a pharmacy (CQ-16), and payments by accounts there outside settlements (CQ-31).
    case pharmacy = 41

    /// The type of a settlement: a claim with a prescribing institution is a pharmacy's.
    @inline(__always)
    package init(_ entry: SettlementEntry) {
        self = entry.prescribing == 0 ? ClearingType(entry.claim.kind) : .pharmacy
    }

    /// The type of a claim at a medical institution.
    @inline(__always)
    init(_ kind: ClaimKind) {
        switch kind {
        case .inpatient: self = .inpatient
        case .outpatient, .emergency, .unspecified: self = .outpatient
        case .special, .twoDisease, .negotiated, .specialDrug: self = .special
        }
    }

    /// The type of an account use outside settlements (CQ-31).
    package init(_ use: InstitutionUse) { self = use.isPharmacy ? .pharmacy : .outpatient }
}

extension Insurance {
    /// The insurance of account uses outside settlements: only the employees' insurance has personal accounts (CQ-30).
    package static var ofAccounts: Insurance { .employee }
}
