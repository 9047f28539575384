/// Insurance (险种). Raw values of this file are those of `Proto/jiesuan/v1/person.proto`.
package enum Insurance: UInt8, CaseIterable, Sendable, BitwiseCopyable {
    /// Not insured.
    case unspecified
    /// 职工基本医疗保险.
    case employee
    /// 城乡居民基本医疗保险.
    case resident
}

/// How the person is a member (参保方式, 档次).
package enum Membership: UInt8, CaseIterable, Sendable, BitwiseCopyable {
    case unspecified
    /// 随单位参保.
    case employer
    /// 一档.
    case tier1
    /// 二档.
    case tier2
}

/// 在职 / 退休.
package enum WorkStatus: UInt8, CaseIterable, Sendable, BitwiseCopyable {
    case unspecified, active, retired
}

/// Identity for assistance (救助对象类别), rule G-10. Which ones count, and their order, is the pack's.
package enum Identity: UInt8, CaseIterable, Sendable, BitwiseCopyable {
    case none
    /// 特困人员.
    case destitute
    /// 低保对象.
    case lowIncome
    /// 返贫致贫人口.
    case returnedToPoverty
    /// 低保边缘家庭成员.
    case nearLowIncome
    /// 防止返贫监测帮扶对象.
    case monitored
    /// 因病致贫重病患者.
    case illnessPoverty
    /// 建档立卡贫困人口.
    case registeredPoor
}

/// An identity with its dates (身份认定).
package struct DatedIdentity: Equatable, Sendable, BitwiseCopyable {
    package var identity: Identity
    /// 认定日期.
    package var given: CalendarDate
    /// 退出日期; `none`: still in force.
    package var ended: CalendarDate

    package init(_ identity: Identity, given: CalendarDate, ended: CalendarDate = .none) {
        self.identity = identity
        self.given = given
        self.ended = ended
    }

    /// In force from the first day of the month after `given` to the last day of the month of `ended`; poverty through
    /// illness (因病致贫) from `given` to `ended` themselves (rule G-11).
    @_noAllocation @_noLocks
    package func isInForce(on date: CalendarDate) -> Bool {
        if identity == .illnessPoverty { return DateRange(from: given, until: ended).contains(date) }
        return date.isInLaterMonth(than: given) && (ended.number == 0 || !date.isInLaterMonth(than: ended))
    }
}

/// A disease on file for special outpatient (特病 / 慢病备案).
package struct DatedFiling: Equatable, Sendable, BitwiseCopyable {
    /// 1 + index into the pack's diseases.
    package var disease: UInt8
    package var inForce: DateRange

    package init(disease: UInt8, inForce: DateRange) {
        self.disease = disease
        self.inForce = inForce
    }
}

/// A person's facts as the rules look at them. Identities and filings travel beside it, in any number.
package struct PersonFacts: Equatable, Sendable, BitwiseCopyable {
    package var insurance: Insurance
    package var membership: Membership
    package var status: WorkStatus
    /// 待遇享受期, rule CQ-45.
    package var covered: DateRange
    /// 1 + index into the pack's supplementary products; 0: none.
    package var product: UInt8
    /// 投保日期, rule CQ-22.
    package var boughtOn: CalendarDate
    /// 既往病人群, rule CQ-20.
    package var hasPreExistingDisease: Bool

    package init(
        insurance: Insurance, membership: Membership = .unspecified, status: WorkStatus = .unspecified,
        covered: DateRange = DateRange(), product: UInt8 = 0, boughtOn: CalendarDate = .none,
        hasPreExistingDisease: Bool = false
    ) {
        self.insurance = insurance
        self.membership = membership
        self.status = status
        self.covered = covered
        self.product = product
        self.boughtOn = boughtOn
        self.hasPreExistingDisease = hasPreExistingDisease
    }
}
