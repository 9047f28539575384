/// The input that a refusal names.
package enum ClaimField: UInt8, CaseIterable, Sendable, BitwiseCopyable {
    case none
    case kind, serviceDate, level, disease, referredFrom, accountUse
    case total, outOfCatalog, overLimit, firstSelfPay, inPolicy, inPolicyDrug, specialDrug
    case externalBasic, externalLargeAmount
    case insurance, membership, status, covered, coveredUntil, identity, identityGiven, identityEnded
    case filing, filingFrom, filingUntil
    case product, boughtOn, preExisting
    case year, accumulator, account, region
    case institutionChineseMedicine, institutionCountyArea
    /// Indexes of a batch into its tables.
    case institution, personRow
    /// Whose an account is: the first is the person's own, the others are not (CQ-31).
    case accountRelation
}

/// A refusal as a plain value; `code == .none` means settled.
package struct Refusal: Equatable, Sendable, BitwiseCopyable {
    package var code: DomainCode
    package var field: ClaimField
    /// The plan that refused (`notEntitled`, `factMissing`), or the slot (`accumulatorOutOfRange`); else 0.
    package var detail: UInt32

    @_noAllocation @_noLocks
    @inline(__always)
    package init(_ code: DomainCode, _ field: ClaimField, detail: UInt32 = 0) {
        self.code = code
        self.field = field
        self.detail = detail
    }

    package static var none: Refusal {
        @_noAllocation @_noLocks get { Refusal(.none, .none) }
    }
    package var isNone: Bool {
        @_noAllocation @_noLocks @inline(__always) get { code == .none }
    }
}
