/// The columns of a claims file, in any order; only `isRequired` ones must be present.
///
/// Amounts are yuan with two decimals, dates 2023-02-10 (or 20230210, 2023/2/10), lists are joined by `;`.
package enum ClaimColumn: String, CaseIterable, Sendable {
    case id, region, person
    case personNo = "person_no"
    case insurance, membership, status
    case coveredFrom = "covered_from"
    case coveredUntil = "covered_until"
    case identities, filings
    case product
    case boughtOn = "bought_on"
    case preExisting = "pre_existing"
    case accounts
    case kind
    case serviceDate = "service_date"
    case level
    case chineseMedicine = "chinese_medicine"
    case countyArea = "county_area"
    case outOfCity = "out_of_city"
    case disease
    case referredFrom = "referred_from"
    case total
    case outOfCatalog = "out_of_catalog"
    case overLimit = "over_limit"
    case firstSelfPay = "first_self_pay"
    case inPolicy = "in_policy"
    case inPolicyDrug = "in_policy_drug"
    case specialDrug = "special_drug"
    case externalBasic = "external_basic"
    case externalLargeAmount = "external_large_amount"
    case accountUse = "account_use"
    case printedFund = "printed_fund"
    case printedAccount = "printed_account"
    case printedCash = "printed_cash"

    /// Whether a file without it is refused.
    package var isRequired: Bool {
        switch self {
        case .region, .kind, .serviceDate, .total: true
        default: false
        }
    }

    /// The Chinese name, accepted in the header as well.
    package var chinese: String {
        switch self {
        case .id: "编号"
        case .region: "统筹区"
        case .person: "人员编号"
        case .personNo: "平台人员编号"
        case .insurance: "险种"
        case .membership: "参保方式"
        case .status: "人员类别"
        case .coveredFrom: "待遇享受期起"
        case .coveredUntil: "待遇享受期止"
        case .identities: "救助身份"
        case .filings: "病种备案"
        case .product: "补充保险"
        case .boughtOn: "投保日期"
        case .preExisting: "既往病"
        case .accounts: "个人账户余额"
        case .kind: "医疗类别"
        case .serviceDate: "服务日期"
        case .level: "机构等级"
        case .chineseMedicine: "中医机构"
        case .countyArea: "县域内"
        case .outOfCity: "市外"
        case .disease: "病种"
        case .referredFrom: "转诊前等级"
        case .total: "医疗费总额"
        case .outOfCatalog: "全自费"
        case .overLimit: "超限价自费"
        case .firstSelfPay: "先行自付"
        case .inPolicy: "符合政策范围"
        case .inPolicyDrug: "政策范围内药费"
        case .specialDrug: "特殊药品费"
        case .externalBasic: "基本医保已付"
        case .externalLargeAmount: "大额已付"
        case .accountUse: "账户使用"
        case .printedFund: "文件所载基金支付"
        case .printedAccount: "文件所载账户支付"
        case .printedCash: "文件所载现金"
        }
    }

    /// The column's content in one line.
    package var explanation: String {
        switch self {
        case .id: "your own mark of the claim, handed back in the results; up to 64 bytes"
        case .region: "policy pack: chongqing, yantai, shenyang, anhui …"
        case .person: "number of the person, up to 30 digits, or person_no says it; never a name or an identity number"
        case .personNo: "the platform's number of the person (psn_no): up to 30 characters, kept as they are"
        case .insurance: "employee 职工, resident 居民; empty: not insured"
        case .membership: "employer 单位, tier1 一档, tier2 二档; empty: makes no difference"
        case .status: "active 在职, retired 退休; empty: makes no difference"
        case .coveredFrom, .coveredUntil: "entitlement period, both days included; empty: open"
        case .identities: "low_income:2023-02-10..2023-09-30;monitored:2024-01-05 (given..ended)"
        case .filings: "diseases on file: dialysis:2020-07-01..2020-12-31;copd (from..until, either may be empty)"
        case .product: "supplementary product of the pack: yukuaibao_2023_basic"
        case .boughtOn: "day on which the product was bought"
        case .preExisting: "1: bought with a pre-existing disease; 0 or empty: not"
        case .accounts: "balances when the person's year opens, used in this order: self:1260.00;spouse:300.00"
        case .kind:
            "inpatient 住院, outpatient 普通门诊, emergency 急救, special 特病, two_disease 两病, "
                + "negotiated 国谈, special_drug 特殊药品"
        case .serviceDate: "service date; of an inpatient stay the discharge date"
        case .level: "agreement level of the institution: 1, 2, 3 (一级 …); empty: makes no difference"
        case .chineseMedicine: "1: a Chinese-medicine institution"
        case .countyArea: "1: in a county area of the city"
        case .outOfCity: "1: outside the city"
        case .disease: "disease code of the pack's table"
        case .referredFrom: "level of the institution that referred the person upwards: 1, 2, 3"
        case .total: "all of the bill = out_of_catalog + over_limit + first_self_pay + in_policy"
        case .outOfCatalog, .overLimit, .firstSelfPay, .inPolicy: "part of the bill, yuan; empty: 0.00"
        case .inPolicyDrug: "drugs within in_policy, yuan; empty: 0.00"
        case .specialDrug: "amount of a claim of kind special_drug, yuan; empty: 0.00"
        case .externalBasic: "what the basic insurance paid where the pack has no rule, yuan; empty: 0.00"
        case .externalLargeAmount: "what the large-amount fund paid outside, yuan; empty: 0.00"
        case .accountUse: "standard (rest of in_policy), none, all; empty: standard"
        case .printedFund: "what a source prints as paid by the funds, yuan; the result is compared with it"
        case .printedAccount: "what a source prints as paid from the account"
        case .printedCash: "what a source prints as cash"
        }
    }

    /// Columns that name the person; a file needs one of them.
    package static var persons: [ClaimColumn] { [.person, .personNo] }

    package var fileColumn: FileColumn { FileColumn(rawValue, chinese, in: .claims, isRequired: isRequired) }
}
