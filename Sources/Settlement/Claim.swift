/// Kind of claim (医疗类别), rule G-5. Raw values are those of `Proto/jiesuan/v1/claim.proto`.
package enum ClaimKind: UInt8, CaseIterable, Sendable, BitwiseCopyable {
    case unspecified, inpatient, outpatient, emergency, special
    case twoDisease, negotiated, specialDrug
}

/// Level of an institution by its agreement (医保协议结算等级), rule CQ-44.
package enum Level: UInt8, CaseIterable, Sendable, BitwiseCopyable {
    case unspecified, one, two, three
}

/// What of the person's own part the personal account pays, rule CQ-31.
package enum AccountUse: UInt8, CaseIterable, Sendable, BitwiseCopyable {
    /// What the layers left of `inPolicy`.
    case standard
    case none
    /// Every cost that the person still bears.
    case all
}

/// The institution as far as the rules look at it (定点医药机构).
package struct Institution: Equatable, Sendable, BitwiseCopyable {
    package var level: Level
    /// 中医医疗机构, rule CQ-4.
    package var isChineseMedicine: Bool
    /// In a county area of the city (本市县域内), rule SY-5.
    package var isCountyArea: Bool
    /// 市外: the city's own rules for its institutions (CQ-4, SY-5, SY-6) do not apply.
    package var isOutOfCity: Bool

    package init(
        level: Level = .unspecified, isChineseMedicine: Bool = false, isCountyArea: Bool = false,
        isOutOfCity: Bool = false
    ) {
        self.level = level
        self.isChineseMedicine = isChineseMedicine
        self.isCountyArea = isCountyArea
        self.isOutOfCity = isOutOfCity
    }
}

/// How a bill splits (费用构成), in fen, rule G-5.
package struct CostSplit: Equatable, Sendable, BitwiseCopyable {
    /// 医疗费总额.
    package var total: Fen
    /// 全自费.
    package var outOfCatalog: Fen
    /// 超限价自费.
    package var overLimit: Fen
    /// 乙类先行自付.
    package var firstSelfPay: Fen
    /// 符合政策范围.
    package var inPolicy: Fen
    /// The drug part of `inPolicy` (药费), rule SY-3.
    package var inPolicyDrug: Fen
    /// 特殊药品: the only amount of a claim of kind `specialDrug`, rules YT-4, CQ-20.
    package var specialDrug: Fen

    package init(
        total: Fen, outOfCatalog: Fen = 0, overLimit: Fen = 0, firstSelfPay: Fen = 0, inPolicy: Fen = 0,
        inPolicyDrug: Fen = 0, specialDrug: Fen = 0
    ) {
        self.total = total
        self.outOfCatalog = outOfCatalog
        self.overLimit = overLimit
        self.firstSelfPay = firstSelfPay
        self.inPolicy = inPolicy
        self.inPolicyDrug = inPolicyDrug
        self.specialDrug = specialDrug
    }
}

/// One bill of one person at one institution, before anybody has paid (结算申请).
package struct Claim: Equatable, Sendable, BitwiseCopyable {
    package var kind: ClaimKind
    /// Discharge date for inpatients; picks year, policy version, identity and cover, rule G-4.
    package var serviceDate: CalendarDate
    package var cost: CostSplit
    package var institution: Institution
    /// 1 + index into the pack's diseases; 0: none.
    package var disease: UInt8
    /// What the basic insurance paid where the pack has no rule, rule G-9.
    package var externalBasic: Fen
    /// What the large-amount fund paid outside (Yantai employees), rule G-9.
    package var externalLargeAmount: Fen
    package var accountUse: AccountUse
    /// 逐级转诊: level whose deductible was paid before, rule SY-6.
    package var referredFrom: Level

    package init(
        kind: ClaimKind, serviceDate: CalendarDate, cost: CostSplit, institution: Institution = Institution(),
        disease: UInt8 = 0, externalBasic: Fen = 0, externalLargeAmount: Fen = 0,
        accountUse: AccountUse = .standard, referredFrom: Level = .unspecified
    ) {
        self.kind = kind
        self.serviceDate = serviceDate
        self.cost = cost
        self.institution = institution
        self.disease = disease
        self.externalBasic = externalBasic
        self.externalLargeAmount = externalLargeAmount
        self.accountUse = accountUse
        self.referredFrom = referredFrom
    }
}
