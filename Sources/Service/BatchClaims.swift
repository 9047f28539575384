import Settlement
import WireMessages

/// The claims of a batch: one column per field (see `ClaimColumns` in calculation_service.proto).
struct BatchClaims {
    let count: Int
    let personRow: Column<UInt32>
    let serviceDate: Column<UInt32>
    let kind: Column<UInt8>
    let institution: Column<UInt32>
    let disease: Column<UInt8>
    let accountUse: Column<UInt8>
    let referredFrom: Column<UInt8>
    let total: Column<Fen>
    let outOfCatalog: Column<Fen>
    let overLimit: Column<Fen>
    let firstSelfPay: Column<Fen>
    let inPolicy: Column<Fen>
    let inPolicyDrug: Column<Fen>
    let specialDrug: Column<Fen>
    let externalBasic: Column<Fen>
    let externalLargeAmount: Column<Fen>

    init(_ columns: Jiesuan__V1__ClaimColumns) throws(RequestProblem) {
        let rows = columns.n_person_row
        count = rows
        personRow = try Column(columns.person_row, rows, rows: rows, "claims.person_row")
        serviceDate = try Column(columns.service_date, columns.n_service_date, rows: rows, "claims.service_date")
        kind = try Column(columns.kind, rows: rows, "claims.kind")
        institution = try Column(columns.institution, columns.n_institution, rows: rows, "claims.institution")
        disease = try Column(columns.disease, rows: rows, "claims.disease")
        accountUse = try Column(columns.account_use, rows: rows, "claims.account_use")
        referredFrom = try Column(columns.referred_from, rows: rows, "claims.referred_from")
        total = try Column(columns.total, columns.n_total, rows: rows, "claims.total")
        outOfCatalog = try Column(columns.out_of_catalog, columns.n_out_of_catalog, rows: rows, "claims.out_of_catalog")
        overLimit = try Column(columns.over_limit, columns.n_over_limit, rows: rows, "claims.over_limit")
        firstSelfPay = try Column(columns.first_self_pay, columns.n_first_self_pay, rows: rows, "claims.first_self_pay")
        inPolicy = try Column(columns.in_policy, columns.n_in_policy, rows: rows, "claims.in_policy")
        inPolicyDrug = try Column(columns.in_policy_drug, columns.n_in_policy_drug, rows: rows, "claims.in_policy_drug")
        specialDrug = try Column(columns.special_drug, columns.n_special_drug, rows: rows, "claims.special_drug")
        externalBasic = try Column(
            columns.external_basic, columns.n_external_basic, rows: rows, "claims.external_basic")
        externalLargeAmount = try Column(
            columns.external_large_amount, columns.n_external_large_amount, rows: rows, "claims.external_large_amount")
    }

    /// Row `row` as a claim, or which of its facts is not one of ours.
    @inline(__always)
    func claim(
        _ row: Int, _ institutions: UnsafeMutableBufferPointer<BatchInstitution>,
        _ diseases: UnsafeMutableBufferPointer<UInt8>, into claim: inout Claim
    ) -> Refusal {
        guard let kind = ClaimKind(rawValue: kind[row]) else { return Refusal(.factInvalid, .kind) }
        guard let accountUse = AccountUse(rawValue: accountUse[row]) else { return Refusal(.factInvalid, .accountUse) }
        guard let referredFrom = Level(rawValue: referredFrom[row]) else {
            return Refusal(.factInvalid, .referredFrom)
        }
        let place = Int(institution[row])
        if place < institutions.count {
            guard institutions[place].isKnown else { return Refusal(.factInvalid, .level) }
            claim.institution = institutions[place].institution
        } else if institutions.isEmpty, place == 0 {
            claim.institution = Institution()
        } else {
            return Refusal(.factInvalid, .institution)
        }
        let code = Int(disease[row])
        guard code < diseases.count, code == 0 || diseases[code] != 0 else { return Refusal(.factInvalid, .disease) }
        claim.kind = kind
        claim.accountUse = accountUse
        claim.referredFrom = referredFrom
        claim.disease = diseases[code]
        claim.serviceDate = CalendarDate(Int32(clamping: serviceDate[row]))
        claim.cost.total = total[row]
        claim.cost.outOfCatalog = outOfCatalog[row]
        claim.cost.overLimit = overLimit[row]
        claim.cost.firstSelfPay = firstSelfPay[row]
        claim.cost.inPolicy = inPolicy[row]
        claim.cost.inPolicyDrug = inPolicyDrug[row]
        claim.cost.specialDrug = specialDrug[row]
        claim.externalBasic = externalBasic[row]
        claim.externalLargeAmount = externalLargeAmount[row]
        return .none
    }

    /// The value that a refusal of `row` names, where the claim's own types cannot hold it.
    func value(of field: ClaimField, row: Int) -> String? {
        switch field {
        case .kind: "\(kind[row])"
        case .accountUse: "\(accountUse[row])"
        case .referredFrom: "\(referredFrom[row])"
        case .institution: "\(institution[row])"
        case .disease: "\(disease[row])"
        case .personRow: "\(personRow[row])"
        case .serviceDate: "\(serviceDate[row])"
        default: nil
        }
    }
}
