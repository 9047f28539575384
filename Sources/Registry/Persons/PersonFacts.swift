import Records
import Settlement

/// Who is registered (参保人): no name, no identity number (G-14).
///
/// Who moves to another pooling region or area gets a new record that says since when.
package struct PersonBasics: Equatable, Sendable {
    /// The pooling region (统筹区): the name of a pack.
    package var region: String
    /// Month of birth as YYYYMM (195403).
    package var birthMonth: Int32
    /// First day on which `region` and `area` hold; `none`: always.
    package var since: CalendarDate
    /// Code of the area where the person lives (G-17); empty: not told.
    package var area: String
    /// The platform's number of the person in the region (psn_no); empty: not told. See `PersonNo`.
    package var personNo: String

    /// As `personNo` of a request: the person has none, and what is on record is taken away.
    package static var noPersonNo: String { "-" }

    package init(
        region: String, birthMonth: Int32, since: CalendarDate = .none, area: String = "", personNo: String = ""
    ) {
        self.region = region
        self.birthMonth = birthMonth
        self.since = since
        self.area = area
        self.personNo = personNo
    }
}

/// Who paid a premium (缴费方式).
package enum PremiumPayer: UInt8, CaseIterable, Sendable, BitwiseCopyable {
    case unspecified
    /// 单位代扣代缴.
    case employer
    /// 个人缴费.
    case person
    /// 个人账户 of the person or of the family (CQ-31).
    case account
    /// 全额资助参保 (YT-8).
    case subsidy
}

/// A period of basic insurance (参保登记) and what was paid for it.
package struct Enrolment: Equatable, Sendable, BitwiseCopyable {
    package var insurance: Insurance
    package var membership: Membership
    package var status: WorkStatus
    package var payer: PremiumPayer
    /// 待遇享受期, rule CQ-45; `from` is always given, an open end is `none`.
    package var covered: DateRange
    /// 缴费日期; `none`: not told.
    package var paidOn: CalendarDate
    /// Last day of the lump-sum period (趸缴期) of a tier 2 individual; `none`: no lump sum (CQ-30).
    package var lumpSumUntil: CalendarDate
    /// 缴费基数 a month, of a lump-sum payer 趸缴基数, in fen (CQ-30); 0: not told.
    package var contributionBase: Fen
    /// Premium due for the period, in fen (CQ-40); 0: not told.
    package var premiumDue: Fen
    /// How much of it was paid for the person (参保资助), in fen (YT-8).
    package var premiumSubsidised: Fen

    package init(
        _ insurance: Insurance, membership: Membership = .unspecified, status: WorkStatus = .unspecified,
        covered: DateRange, payer: PremiumPayer = .unspecified, paidOn: CalendarDate = .none,
        lumpSumUntil: CalendarDate = .none, contributionBase: Fen = 0, premiumDue: Fen = 0,
        premiumSubsidised: Fen = 0
    ) {
        self.insurance = insurance
        self.membership = membership
        self.status = status
        self.payer = payer
        self.covered = covered
        self.paidOn = paidOn
        self.lumpSumUntil = lumpSumUntil
        self.contributionBase = contributionBase
        self.premiumDue = premiumDue
        self.premiumSubsidised = premiumSubsidised
    }
}

/// A supplementary insurance bought (补充保险, 渝快保), rules CQ-20 … CQ-22.
package struct SupplementaryPurchase: Equatable, Sendable {
    /// A product of the region's pack: "yukuaibao_2023_basic".
    package var product: String
    /// 投保日期.
    package var boughtOn: CalendarDate
    /// 既往病人群.
    package var hasPreExistingDisease: Bool
    /// What it cost, in fen (CQ-21).
    package var premium: Fen

    package init(product: String, boughtOn: CalendarDate, hasPreExistingDisease: Bool = false, premium: Fen = 0) {
        self.product = product
        self.boughtOn = boughtOn
        self.hasPreExistingDisease = hasPreExistingDisease
        self.premium = premium
    }
}

/// Where an identity comes from (名单提供部门), rule G-10.
package enum Department: UInt8, CaseIterable, Sendable, BitwiseCopyable {
    case unspecified
    /// 民政部门.
    case civilAffairs
    /// 乡村振兴部门.
    case ruralRevitalisation
    /// 扶贫办.
    case povertyAlleviation
    /// 医疗保障部门.
    case healthcareSecurity
    /// Another one.
    case other
}

/// An identity for assistance with its dates and its source (救助身份), rules G-10, G-11.
package struct IdentityRecord: Equatable, Sendable, BitwiseCopyable {
    package var dated: DatedIdentity
    package var department: Department

    package init(_ dated: DatedIdentity, department: Department) {
        self.dated = dated
        self.department = department
    }
}

/// What another person is to the person (亲属关系); raw values are those of `Relation` in `Proto/jiesuan/v1/person.proto`.
package enum FamilyRelation: UInt8, CaseIterable, Sendable, BitwiseCopyable {
    /// 配偶.
    case spouse = 1
    /// 父母.
    case parent
    /// 子女.
    case child

    /// What the person is to the other one.
    package var inverse: FamilyRelation {
        switch self {
        case .spouse: .spouse
        case .parent: .child
        case .child: .parent
        }
    }
}

/// A registered relation (家庭共济关系), rule CQ-31: holds for both, whoever's record it is on.
package struct FamilyMember: Equatable, Sendable, BitwiseCopyable {
    /// The other person's number.
    package var other: UInt64
    package var relation: FamilyRelation
    package var inForce: DateRange

    package init(_ relation: FamilyRelation, _ other: UInt64, inForce: DateRange = DateRange()) {
        self.other = other
        self.relation = relation
        self.inForce = inForce
    }
}

/// The person is registered for a special disease (特病登记), as far as CQ-42 looks at it.
package struct SpecialRegistration: Equatable, Sendable {
    /// A disease of the region's table.
    package var disease: String
    package var inForce: DateRange

    package init(disease: String, inForce: DateRange) {
        self.disease = disease
        self.inForce = inForce
    }
}

/// A referral upwards (转诊), rules SY-6, YT-10.
package struct Referral: Equatable, Sendable {
    /// 转诊单号, unique for the person; printable ASCII.
    package var number: String
    /// Numbers of the institutions in the register; 0: one that is not registered.
    package var from: UInt32
    package var to: UInt32
    package var fromLevel: Level
    package var toLevel: Level
    package var date: CalendarDate
    /// 基层首诊: the person was first diagnosed at the primary institution that refers (YT-10).
    package var isFirstDiagnosis: Bool

    package init(
        number: String, from: UInt32 = 0, to: UInt32 = 0, fromLevel: Level, toLevel: Level, date: CalendarDate,
        isFirstDiagnosis: Bool = false
    ) {
        self.number = number
        self.from = from
        self.to = to
        self.fromLevel = fromLevel
        self.toLevel = toLevel
        self.date = date
        self.isFirstDiagnosis = isFirstDiagnosis
    }
}

/// Why a person is no longer registered (参保终止原因).
package enum DepartureReason: UInt8, CaseIterable, Sendable, BitwiseCopyable {
    case unspecified
    /// 死亡.
    case death
    /// 注销身份信息.
    case deregistration
}

/// The end of a person's registration; the day itself is still covered.
package struct Departure: Equatable, Sendable, BitwiseCopyable {
    package var reason: DepartureReason
    package var date: CalendarDate

    package init(_ reason: DepartureReason, on date: CalendarDate) {
        self.reason = reason
        self.date = date
    }
}

/// One fact about a person.
package enum PersonFact: Equatable, Sendable {
    case basics(PersonBasics)
    case enrolment(Enrolment)
    case purchase(SupplementaryPurchase)
    case identity(IdentityRecord)
    case family(FamilyMember)
    case special(SpecialRegistration)
    case referral(Referral)
    case departure(Departure)
    /// What it supersedes was recorded by mistake.
    case withdrawn
}

/// A fact on a person's record, as it was known from `recorded` on.
package struct PersonEntry: Equatable, Sendable {
    /// 1, 2, 3 … in the order of recording, the person's registration first.
    package var number: UInt16
    package var recorded: Moment
    package var fact: PersonFact
    /// The entry that this one corrects or ends; 0: none.
    package var supersedes: UInt16
    /// The entry that corrected or ended this one; 0: it stands.
    package var supersededBy: UInt16

    package init(
        number: UInt16, recorded: Moment, fact: PersonFact, supersedes: UInt16 = 0, supersededBy: UInt16 = 0
    ) {
        self.number = number
        self.recorded = recorded
        self.fact = fact
        self.supersedes = supersedes
        self.supersededBy = supersededBy
    }
}
