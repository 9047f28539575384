import Population
import Settlement
import WireMessages

/// The claims of a batch, in columns (`ClaimColumns`).
struct BatchClaimColumns: ~Copyable {
    private var personRow = WireColumn<UInt32>()
    private var serviceDate = WireColumn<UInt32>()
    private var kind = WireColumn<UInt8>()
    private var institution = WireColumn<UInt32>()
    private var disease = WireColumn<UInt8>()
    private var accountUse = WireColumn<UInt8>()
    private var referredFrom = WireColumn<UInt8>()
    private var total = WireColumn<Int64>()
    private var outOfCatalog = WireColumn<Int64>()
    private var overLimit = WireColumn<Int64>()
    private var firstSelfPay = WireColumn<Int64>()
    private var inPolicy = WireColumn<Int64>()
    private var inPolicyDrug = WireColumn<Int64>()
    private var specialDrug = WireColumn<Int64>()
    private var externalBasic = WireColumn<Int64>()
    private var externalLargeAmount = WireColumn<Int64>()

    var count: Int { personRow.count }

    /// The total of claim `index`, to be compared with what is paid of it.
    func total(of index: Int) -> Fen {
        precondition(index < total.count)
        return total.base[index]
    }

    mutating func append(_ record: ClaimRecord, person: UInt32, diseases: inout WireStrings) {
        let claim = record.claim
        personRow.append(person)
        serviceDate.append(UInt32(bitPattern: claim.serviceDate.number))
        kind.append(claim.kind.rawValue)
        institution.append(BatchInstitutions.index(of: claim.institution))
        disease.append(record.disease.isEmpty ? 0 : UInt8(diseases.index(of: record.disease) + 1))
        accountUse.append(claim.accountUse.rawValue)
        referredFrom.append(claim.referredFrom.rawValue)
        total.append(claim.cost.total)
        outOfCatalog.append(claim.cost.outOfCatalog)
        overLimit.append(claim.cost.overLimit)
        firstSelfPay.append(claim.cost.firstSelfPay)
        inPolicy.append(claim.cost.inPolicy)
        inPolicyDrug.append(claim.cost.inPolicyDrug)
        specialDrug.append(claim.cost.specialDrug)
        externalBasic.append(claim.externalBasic)
        externalLargeAmount.append(claim.externalLargeAmount)
    }

    mutating func clear() {
        personRow.clear()
        serviceDate.clear()
        kind.clear()
        institution.clear()
        disease.clear()
        accountUse.clear()
        referredFrom.clear()
        total.clear()
        outOfCatalog.clear()
        overLimit.clear()
        firstSelfPay.clear()
        inPolicy.clear()
        inPolicyDrug.clear()
        specialDrug.clear()
        externalBasic.clear()
        externalLargeAmount.clear()
    }

    /// Points `table` at the columns; it is valid until they change.
    func link(_ table: inout Jiesuan__V1__ClaimColumns) {
        table.n_person_row = personRow.count
        table.person_row = personRow.base
        table.n_service_date = serviceDate.countIfAny
        table.service_date = serviceDate.base
        table.kind = kind.bytes
        table.n_institution = institution.countIfAny
        table.institution = institution.base
        table.disease = disease.bytes
        table.account_use = accountUse.bytes
        table.referred_from = referredFrom.bytes
        table.n_total = total.countIfAny
        table.total = total.base
        table.n_out_of_catalog = outOfCatalog.countIfAny
        table.out_of_catalog = outOfCatalog.base
        table.n_over_limit = overLimit.countIfAny
        table.over_limit = overLimit.base
        table.n_first_self_pay = firstSelfPay.countIfAny
        table.first_self_pay = firstSelfPay.base
        table.n_in_policy = inPolicy.countIfAny
        table.in_policy = inPolicy.base
        table.n_in_policy_drug = inPolicyDrug.countIfAny
        table.in_policy_drug = inPolicyDrug.base
        table.n_special_drug = specialDrug.countIfAny
        table.special_drug = specialDrug.base
        table.n_external_basic = externalBasic.countIfAny
        table.external_basic = externalBasic.base
        table.n_external_large_amount = externalLargeAmount.countIfAny
        table.external_large_amount = externalLargeAmount.base
    }
}

/// Every institution that the rules can tell apart, one row each: the facts are the index.
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
