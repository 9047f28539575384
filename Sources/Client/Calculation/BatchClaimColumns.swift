import Population
import Settlement
import WireMessages

/// The claims of a batch, in columns (`ClaimColumns`).
struct BatchClaimColumns: ~Copyable {
    private var personRow = WireColumn<UInt32>()
    private var values = ClaimValueColumns()
    private var institution = WireColumn<UInt32>()
    private var disease = WireColumn<UInt8>()
    private var referredFrom = WireColumn<UInt8>()

    var count: Int { personRow.count }

    /// The total of claim `index`, to check the sum of its payments.
    func total(of index: Int) -> Fen {
        precondition(index < values.total.count)
        return values.total.base[index]
    }

    mutating func append(_ record: ClaimRecord, person: UInt32, diseases: inout WireStrings) {
        let claim = record.claim
        personRow.append(person)
        values.append(claim)
        institution.append(BatchInstitutions.index(of: claim.institution))
        disease.append(record.disease.isEmpty ? 0 : UInt8(diseases.index(of: record.disease) + 1))
        referredFrom.append(claim.referredFrom.rawValue)
    }

    mutating func clear() {
        personRow.clear()
        values.clear()
        institution.clear()
        disease.clear()
        referredFrom.clear()
    }

    /// Points `table` at the columns; it is valid until they change.
    func link(_ table: inout Jiesuan__V1__ClaimColumns) {
        table.n_person_row = personRow.count
        table.person_row = personRow.base
        table.n_service_date = values.serviceDate.countIfAny
        table.service_date = values.serviceDate.base
        table.kind = values.kind.bytes
        table.n_institution = institution.countIfAny
        table.institution = institution.base
        table.disease = disease.bytes
        table.account_use = values.accountUse.bytes
        table.referred_from = referredFrom.bytes
        table.n_total = values.total.countIfAny
        table.total = values.total.base
        table.n_out_of_catalog = values.outOfCatalog.countIfAny
        table.out_of_catalog = values.outOfCatalog.base
        table.n_over_limit = values.overLimit.countIfAny
        table.over_limit = values.overLimit.base
        table.n_first_self_pay = values.firstSelfPay.countIfAny
        table.first_self_pay = values.firstSelfPay.base
        table.n_in_policy = values.inPolicy.countIfAny
        table.in_policy = values.inPolicy.base
        table.n_in_policy_drug = values.inPolicyDrug.countIfAny
        table.in_policy_drug = values.inPolicyDrug.base
        table.n_special_drug = values.specialDrug.countIfAny
        table.special_drug = values.specialDrug.base
        table.n_external_basic = values.externalBasic.countIfAny
        table.external_basic = values.externalBasic.base
        table.n_external_large_amount = values.externalLargeAmount.countIfAny
        table.external_large_amount = values.externalLargeAmount.base
    }
}

/// Every institution that the rules distinguish, one row each; its index is computed from the facts.
struct BatchInstitutions: ~Copyable {
    static let rows = Level.allCases.count * 8

    private var level = WireColumn<UInt8>()
    private var chineseMedicine = WireColumn<UInt8>()
    private var countyArea = WireColumn<UInt8>()
    private var outOfCity = WireColumn<UInt8>()

    init() {
        for row in 0..<UInt8(Self.rows) {
            level.append(row >> 3)
            chineseMedicine.append(row >> 2 & 1)
            countyArea.append(row >> 1 & 1)
            outOfCity.append(row & 1)
        }
    }

    static func index(of institution: Institution) -> UInt32 {
        UInt32(institution.level.rawValue) << 3 | (institution.isChineseMedicine ? 4 : 0)
            | (institution.isCountyArea ? 2 : 0) | (institution.isOutOfCity ? 1 : 0)
    }

    func link(_ table: inout Jiesuan__V1__InstitutionTable) {
        table.level = level.bytes
        table.chinese_medicine = chineseMedicine.bytes
        table.county_area = countyArea.bytes
        table.out_of_city = outOfCity.bytes
    }
}
