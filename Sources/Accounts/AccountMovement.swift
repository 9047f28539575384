import Records
import Registry
import Settlement

/// Purposes of account use outside a settlement (个人账户用途). Raw values are those of
/// `Proto/jiesuan/v1/account_service.proto`; the pack says which are allowed, and for whom (CQ-31).
package enum UsePurpose: UInt8, CaseIterable, Sendable, BitwiseCopyable {
    /// 在定点医疗机构就医发生的由个人负担的医疗费用.
    case institution = 1
    /// 在定点零售药店购买药品、医疗器械、医用耗材.
    case pharmacy
    /// 城乡居民基本医疗保险的个人缴费.
    case residentPremium
    /// 长期护理保险的个人缴费.
    case longTermCarePremium
    /// Another medical social insurance run by the government (由政府开展的与医疗保障相关的社会保险).
    case governmentPremium
    /// 退休人员本人的职工大额医疗互助保险缴费.
    case largeAmountPremium
    /// 渝快保.
    case yukuaibaoPremium
    /// 公共卫生费用.
    case publicHealth
    /// 体育健身.
    case fitness
    /// 养生保健消费.
    case wellness
    /// 提取现金.
    case cash

    /// The name in packs: `account.use.premium.resident`, or a name in `account.use.refused`.
    package var name: String {
        switch self {
        case .institution: "institution"
        case .pharmacy: "pharmacy"
        case .residentPremium: "premium.resident"
        case .longTermCarePremium: "premium.long_term_care"
        case .governmentPremium: "premium.government"
        case .largeAmountPremium: "premium.large_amount"
        case .yukuaibaoPremium: "premium.yukuaibao"
        case .publicHealth: "public_health"
        case .fitness: "fitness"
        case .wellness: "wellness"
        case .cash: "cash"
        }
    }
}

/// Basis of a month's credit (计入依据), rule CQ-30. Raw values are the proto's.
package enum CreditBasis: UInt8, CaseIterable, Sendable, BitwiseCopyable {
    /// 在职: a share of the contribution base.
    case active = 1
    /// 退休.
    case retired
    /// 退休, from the month of the 70th birthday (I-07).
    case retiredElder
    /// 趸缴期间: a share of the lump-sum base.
    case lumpSum
    /// The caller's amount, for a month for which the source has no rule.
    case given
}

/// A credit other than a month's. Raw values are those of the proto's `CreditKind`; 1 is the monthly one.
package enum OtherCredit: UInt8, CaseIterable, Sendable, BitwiseCopyable {
    /// The opening balance (改革前历年结余).
    case openingBalance = 2
    /// A refund without a reference to its use; only in old rows: see `AccountMovement.refund`.
    case refund
    /// A missing credit added by the office (补记).
    case correction
}

/// The kind of an account's event, without the amount.
package enum AccountMovement: Equatable, Sendable {
    /// 每月计入 (CQ-30).
    case monthlyCredit(CreditMonth, CreditBasis)
    case credit(OtherCredit, reason: String)
    /// A use outside settlements (CQ-31), for the owner or another person; `region` is the owner's on that day, whose
    /// account fund pays. Old rows have none.
    case use(UsePurpose, beneficiary: UInt64, institution: String, region: String = "")
    /// A refund of a use (退费), whole or in part: the position of the use, and the use.
    case refund(of: UInt64, UsePurpose, institution: String, region: String, reason: String)
    /// From another pooling region (跨统筹地区转入); opens or reopens the account (CQ-32).
    case transferredIn(region: String)
    /// To another pooling region (转出); closes it.
    case transferredOut(region: String)
    /// From a deceased owner's account (继承).
    case inherited(from: UInt64)
    /// Left to heirs; closes it.
    case bequeathed(reason: String)
    /// 注销身份信息: paid out in cash; closes it.
    case deregistered(reason: String)
    /// Removal of a mistaken credit (冲减); the opposite of 补记.
    case takenBack(reason: String)

    /// The account's status afterwards; nil: unchanged.
    var closes: AccountStatus? {
        switch self {
        case .transferredOut: .transferredOut
        case .bequeathed: .bequeathed
        case .deregistered: .deregistered
        default: nil
        }
    }

    /// Whether the movement is a credit, with an amount of 0 or more; else 0 or less.
    package var isCredit: Bool {
        switch self {
        case .monthlyCredit, .credit, .refund, .transferredIn, .inherited: true
        case .use, .transferredOut, .bequeathed, .deregistered, .takenBack: false
        }
    }
}

/// The status of an account (账户状态). Raw values are the proto's.
package enum AccountStatus: UInt8, CaseIterable, Sendable, BitwiseCopyable {
    case open = 1
    /// 已转出: reopened when the balance returns.
    case transferredOut
    /// 已由继承人继承.
    case bequeathed
    /// 已注销.
    case deregistered
}

/// A use at an institution, or a refund of one, which is in the institution's clearing (CQ-31, G-18).
package struct InstitutionUse: Equatable, Sendable {
    /// 定点医药机构编号.
    package var institution: String
    /// The owner's region, whose account fund pays; empty: not in the row.
    package var region: String
    package var isPharmacy: Bool
    package var isRefund: Bool
}

extension AccountMovement {
    /// The use at an institution in the movement, or its refund; nil: none.
    package var atInstitution: InstitutionUse? {
        let use: InstitutionUse
        switch self {
        case .use(let purpose, _, let institution, let region):
            use = InstitutionUse(
                institution: institution, region: region, isPharmacy: purpose == .pharmacy, isRefund: false)
            guard purpose == .pharmacy || purpose == .institution else { return nil }
        case .refund(_, let purpose, let institution, let region, _):
            use = InstitutionUse(
                institution: institution, region: region, isPharmacy: purpose == .pharmacy, isRefund: true)
            guard purpose == .pharmacy || purpose == .institution else { return nil }
        default: return nil
        }
        return use
    }

    func encode(to writer: inout ByteWriter) {
        switch self {
        case .monthlyCredit(let month, let basis):
            writer.byte(1)
            writer.number(Int(month.index))
            writer.byte(basis.rawValue)
        case .credit(let kind, let reason):
            writer.byte(2)
            writer.byte(kind.rawValue)
            writer.text(reason)
        case .use(let purpose, let beneficiary, let institution, let region):
            writer.byte(region.isEmpty ? 3 : 10)
            writer.byte(purpose.rawValue)
            writer.number(beneficiary)
            writer.text(institution)
            if !region.isEmpty { writer.text(region) }
        case .refund(let use, let purpose, let institution, let region, let reason):
            writer.byte(11)
            writer.number(use)
            writer.byte(purpose.rawValue)
            for text in [institution, region, reason] { writer.text(text) }
        case .transferredIn(let region):
            writer.byte(4)
            writer.text(region)
        case .transferredOut(let region):
            writer.byte(5)
            writer.text(region)
        case .inherited(let from):
            writer.byte(6)
            writer.number(from)
        case .bequeathed(let reason):
            writer.byte(7)
            writer.text(reason)
        case .deregistered(let reason):
            writer.byte(8)
            writer.text(reason)
        case .takenBack(let reason):
            writer.byte(9)
            writer.text(reason)
        }
    }

    init(from reader: inout ByteReader) throws(DamagedBytes) {
        switch try reader.byte() {
        case 1:
            guard let month = CreditMonth(index: try reader.count(upTo: Int(CreditMonth.indexMax))) else {
                throw DamagedBytes()
            }
            self = .monthlyCredit(month, try reader.value())
        case 2: self = .credit(try reader.value(), reason: try reader.shortText())
        case 3:
            self = .use(
                try reader.value(), beneficiary: try reader.number(), institution: try reader.shortText())
        case 4: self = .transferredIn(region: try reader.shortText())
        case 5: self = .transferredOut(region: try reader.shortText())
        case 6: self = .inherited(from: try reader.number())
        case 7: self = .bequeathed(reason: try reader.shortText())
        case 8: self = .deregistered(reason: try reader.shortText())
        case 9: self = .takenBack(reason: try reader.shortText())
        case 10:
            self = .use(
                try reader.value(), beneficiary: try reader.number(), institution: try reader.shortText(),
                region: try reader.shortText())
        case 11:
            self = .refund(
                of: try reader.number(), try reader.value(), institution: try reader.shortText(),
                region: try reader.shortText(), reason: try reader.shortText())
        default: throw DamagedBytes()
        }
    }
}

extension ByteReader {
    mutating func shortText() throws(DamagedBytes) -> String {
        let text = try text()
        guard text.utf8.count <= AccountLimit.textBytesMax else { throw DamagedBytes() }
        return text
    }
}
