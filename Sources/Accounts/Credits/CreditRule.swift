import Policy
import Records
import Registry
import Settlement

/// One person's facts for the monthly credit: the enrolment that covers the month's first day; insurance `unspecified`:
/// none.
package struct CreditFacts: Equatable, Sendable {
    package var person: UInt64
    package var insurance: Insurance
    package var membership: Membership
    package var status: WorkStatus
    /// 待遇享受期 of the enrolment (CQ-45).
    package var covered: DateRange
    /// 缴费基数 a month; of a lump-sum payer 趸缴基数. In fen; 0: unknown.
    package var contributionBase: Fen
    /// Last day of the lump-sum period (趸缴期); `none`: no lump sum.
    package var lumpSumUntil: CalendarDate
    /// Month of birth, YYYYMM; 0: unknown.
    package var birthMonth: Int32

    package init(
        person: UInt64, insurance: Insurance, membership: Membership, status: WorkStatus,
        covered: DateRange = DateRange(), contributionBase: Fen = 0, lumpSumUntil: CalendarDate = .none,
        birthMonth: Int32 = 0
    ) {
        self.person = person
        self.insurance = insurance
        self.membership = membership
        self.status = status
        self.covered = covered
        self.contributionBase = contributionBase
        self.lumpSumUntil = lumpSumUntil
        self.birthMonth = birthMonth
    }
}

/// The result of a person's month.
package enum CreditDecision: Equatable, Sendable {
    case credit(Fen, CreditBasis)
    case none(NoCredit)
}

/// Reasons for no credit of a month (不计入). Raw values are those of the proto's `NoCreditReason`.
package enum NoCredit: UInt8, CaseIterable, Sendable, BitwiseCopyable {
    /// Residents have no personal account.
    case notEmployee = 1
    /// Not insured on the month's first day.
    case notCovered
    /// The membership gets no credit: tier 1 (I-24).
    case membership
}

/// The monthly credit of a region and month (每月计入), rule CQ-30.
package struct CreditRule: Sendable {
    package let month: CreditMonth
    private let memberships: [String]
    private let lumpSumMemberships: [String]
    private let active: BasisPoints
    private let lumpSum: BasisPoints
    private let retired: Fen
    private let retiredElder: Fen
    /// In months.
    private let elderAge: Int

    /// The rule in force in `month`; refused with NO_RULE where the region's documents have none.
    package init(_ rules: AccountRules, month: CreditMonth) throws(DomainRefusal) {
        let from = try rules.date("account.credit.from")
        guard month.firstDay >= from else {
            throw DomainRefusal(
                .noRule, "month", month.description, rule: "CQ-30",
                "the documents have no rule of the monthly credit before \(from.description): "
                    + "credit what was decided then by its amount")
        }
        self.month = month
        memberships = rules.names("account.credit.memberships") ?? []
        lumpSumMemberships = rules.names("account.credit.lump_sum_memberships") ?? []
        active = try rules.ratio("account.credit.active")
        lumpSum = try rules.ratio("account.credit.lump_sum")
        retired = try rules.money("account.credit.retired")
        retiredElder = try rules.money("account.credit.retired_elder")
        elderAge = try rules.number("account.credit.elder_age") * 12
    }

    /// Calculates one person's credit; refused with FACT_MISSING where a needed fact is unknown.
    package func decide(_ facts: CreditFacts) throws(DomainRefusal) -> CreditDecision {
        if facts.insurance == .resident { return .none(.notEmployee) }
        guard facts.insurance == .employee, facts.covered.contains(month.firstDay) else { return .none(.notCovered) }
        let membership = facts.membership.packName
        guard memberships.contains(membership) else {
            if facts.membership == .unspecified { throw missing("membership") }
            return .none(.membership)
        }
        if facts.lumpSumUntil != .none, lumpSumMemberships.contains(membership) {
            return month.firstDay <= facts.lumpSumUntil
                ? .credit(try share(lumpSum, of: facts), .lumpSum) : try ofRetired(facts)
        }
        switch facts.status {
        case .active: return .credit(try share(active, of: facts), .active)
        case .retired: return try ofRetired(facts)
        case .unspecified: throw missing("status")
        }
    }

    private func share(_ ratio: BasisPoints, of facts: CreditFacts) throws(DomainRefusal) -> Fen {
        guard facts.contributionBase > 0 else { throw missing("contribution_base") }
        guard facts.contributionBase <= AmountLimit.claimMax else {
            throw DomainRefusal(
                .amountOutOfRange, "contribution_base", "\(facts.contributionBase)", rule: "G-1",
                "a contribution base is at most \(AmountLimit.claimMax) fen")
        }
        return roundedHalfUp(tenThousandths: facts.contributionBase * Int64(ratio))
    }

    private func ofRetired(_ facts: CreditFacts) throws(DomainRefusal) -> CreditDecision {
        guard let birth = CreditMonth(yearMonth: facts.birthMonth) else { throw missing("birth_month") }
        // I-07: from the month of the birthday.
        return Int(month.index) - Int(birth.index) >= elderAge
            ? .credit(retiredElder, .retiredElder) : .credit(retired, .retired)
    }

    private func missing(_ field: String) -> DomainRefusal {
        DomainRefusal(
            .factMissing, field, "", rule: "CQ-30", "the monthly credit needs it: register it and run the month again")
    }
}

extension Membership {
    /// The name in packs.
    var packName: String {
        switch self {
        case .unspecified: ""
        case .employer: "employer"
        case .tier1: "tier1"
        case .tier2: "tier2"
        }
    }
}
