import Settlement
import Text

/// Names of claim fields in refusals.
extension ClaimField {
    /// Where the field stands in a request for one claim; empty: nowhere.
    package var path: String {
        switch self {
        case .none: ""
        case .kind, .disease, .serviceDate, .referredFrom, .accountUse, .externalBasic, .externalLargeAmount:
            "claim." + "\(self)".snakeCased
        case .level, .institutionCountyArea, .institutionChineseMedicine: "claim.institution." + institutionName
        case .total, .outOfCatalog, .overLimit, .firstSelfPay, .inPolicy, .inPolicyDrug, .specialDrug:
            "claim.cost." + "\(self)".snakeCased
        case .insurance, .membership, .status: "person." + "\(self)".snakeCased
        case .covered: "person.covered_from"
        case .identity: "person.identities.identity"
        case .coveredUntil: "person.covered_until"
        case .identityGiven: "person.identities.given"
        case .identityEnded: "person.identities.ended"
        case .filing: "person.filings"
        case .filingFrom: "person.filings.from"
        case .filingUntil: "person.filings.until"
        case .product, .boughtOn, .preExisting: "person.supplementary." + "\(self)".snakeCased
        case .year: "year.year"
        case .accumulator: "year.accumulators"
        case .account: "accounts.balance"
        case .accountRelation: "accounts.relation"
        case .region: "region"
        case .institution: "claim.institution"
        case .personRow: "person"
        }
    }

    /// Where the field stands in a request in columns; empty: nowhere.
    package var batchPath: String {
        switch self {
        case .none: ""
        case .level, .institutionCountyArea, .institutionChineseMedicine: "institutions." + institutionName
        case .kind, .disease, .serviceDate, .referredFrom, .accountUse, .externalBasic, .externalLargeAmount, .total,
            .outOfCatalog, .overLimit, .firstSelfPay, .inPolicy, .inPolicyDrug, .specialDrug, .institution, .personRow:
            "claims." + "\(self)".snakeCased
        case .insurance, .membership, .status, .product, .boughtOn, .preExisting, .year:
            "persons." + "\(self)".snakeCased
        case .covered: "persons.covered_from"
        case .identity: "persons.identity"
        case .coveredUntil: "persons.covered_until"
        case .identityGiven: "persons.identity_given"
        case .identityEnded: "persons.identity_ended"
        case .filing: "persons.filing_disease"
        case .filingFrom: "persons.filing_from"
        case .filingUntil: "persons.filing_until"
        case .accumulator: "persons.accumulators"
        case .account: "persons.account_balance"
        case .accountRelation: "persons.account_relation"
        case .region: "region"
        }
    }

    private var institutionName: String {
        switch self {
        case .institutionCountyArea: "county_area"
        case .institutionChineseMedicine: "chinese_medicine"
        default: "level"
        }
    }

    /// What the field is, for a sentence.
    package var title: Label {
        switch self {
        case .none: Label(zh: "", en: "")
        case .kind: Label(zh: "医疗类别", en: "the kind of claim")
        case .serviceDate: Label(zh: "服务日期", en: "the service date")
        case .level: Label(zh: "医保协议结算等级", en: "the institution's level")
        case .disease: Label(zh: "病种", en: "the disease")
        case .referredFrom: Label(zh: "转诊前等级", en: "the level referred from")
        case .accountUse: Label(zh: "账户使用", en: "the account use")
        case .total: Label(zh: "医疗费总额", en: "the total")
        case .outOfCatalog: Label(zh: "全自费", en: "the out-of-catalogue part")
        case .overLimit: Label(zh: "超限价自费", en: "the over-limit part")
        case .firstSelfPay: Label(zh: "先行自付", en: "the first self-pay")
        case .inPolicy: Label(zh: "符合政策范围", en: "the in-policy part")
        case .inPolicyDrug: Label(zh: "政策范围内药费", en: "the drug part")
        case .specialDrug: Label(zh: "特殊药品费", en: "the special-drug amount")
        case .externalBasic: Label(zh: "基本医保已付", en: "what the basic insurance paid outside")
        case .externalLargeAmount: Label(zh: "大额已付", en: "what the large-amount fund paid outside")
        case .insurance: Label(zh: "险种", en: "the insurance")
        case .membership: Label(zh: "参保方式", en: "the membership (employer, tier 1, tier 2)")
        case .status: Label(zh: "人员类别", en: "the status (active, retired)")
        case .covered: Label(zh: "待遇享受期", en: "the entitlement period")
        case .identity: Label(zh: "救助身份", en: "the identity")
        case .coveredUntil: Label(zh: "待遇享受期止", en: "the end of the entitlement period")
        case .identityGiven: Label(zh: "认定日期", en: "the day on which an identity was given")
        case .identityEnded: Label(zh: "退出日期", en: "the day on which an identity ended")
        case .filing: Label(zh: "病种备案", en: "the disease filing")
        case .filingFrom: Label(zh: "备案生效日期", en: "the first day of a disease filing")
        case .filingUntil: Label(zh: "备案终止日期", en: "the last day of a disease filing")
        case .product: Label(zh: "补充保险", en: "the supplementary product")
        case .boughtOn: Label(zh: "投保日期", en: "the day of purchase")
        case .preExisting: Label(zh: "既往病", en: "the mark of a pre-existing disease")
        case .year: Label(zh: "年度", en: "the year")
        case .accumulator: Label(zh: "年度累计", en: "the accumulator")
        case .account: Label(zh: "个人账户余额", en: "the account balance")
        case .accountRelation: Label(zh: "账户共济关系", en: "whose account it is")
        case .region: Label(zh: "统筹区", en: "the region")
        case .institutionChineseMedicine: Label(zh: "中医机构", en: "the mark of a Chinese-medicine institution")
        case .institutionCountyArea: Label(zh: "县域内", en: "the mark of a county area")
        case .institution: Label(zh: "机构序号", en: "the index of the institution")
        case .personRow: Label(zh: "人员序号", en: "the index of the person row")
        }
    }

    /// The field's value, amounts in fen; empty when it is not known here.
    package func value(_ claim: Claim?, _ facts: PersonFacts?, _ pack: PolicyPack?) -> String {
        if let claim, let text = value(claim, pack) { return text }
        guard let facts else { return "" }
        switch self {
        case .insurance: return "\(facts.insurance)".snakeCased
        case .membership: return "\(facts.membership)".snakeCased
        case .status: return "\(facts.status)".snakeCased
        case .covered:
            let until = facts.covered.until.number
            return "\(facts.covered.from.number)..\(until == 0 ? "" : "\(until)")"
        case .boughtOn: return "\(facts.boughtOn.number)"
        default: return ""
        }
    }

    private func value(_ claim: Claim, _ pack: PolicyPack?) -> String? {
        switch self {
        case .kind: return "\(claim.kind)".snakeCased
        case .serviceDate: return "\(claim.serviceDate.number)"
        case .level: return "\(claim.institution.level.rawValue)"
        case .referredFrom: return "\(claim.referredFrom.rawValue)"
        case .disease, .filing:
            let index = Int(claim.disease) - 1
            guard let pack, pack.diseases.indices.contains(index) else { return "" }
            return pack.diseases[index].code
        case .total: return "\(claim.cost.total)"
        case .outOfCatalog: return "\(claim.cost.outOfCatalog)"
        case .overLimit: return "\(claim.cost.overLimit)"
        case .firstSelfPay: return "\(claim.cost.firstSelfPay)"
        case .inPolicy: return "\(claim.cost.inPolicy)"
        case .inPolicyDrug: return "\(claim.cost.inPolicyDrug)"
        case .specialDrug: return "\(claim.cost.specialDrug)"
        case .externalBasic: return "\(claim.externalBasic)"
        case .externalLargeAmount: return "\(claim.externalLargeAmount)"
        default: return nil
        }
    }
}
