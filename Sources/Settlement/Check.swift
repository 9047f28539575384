/// Checks that need no policy: the claim by itself (rules G-1, G-5, G-9).
extension Claim {
    /// The first thing wrong with the claim's own values, in the order of the error registry.
    @_noAllocation @_noLocks
    @inline(__always)
    package func check() -> Refusal {
        if kind == .unspecified { return Refusal(.factInvalid, .kind) }
        if !serviceDate.exists { return Refusal(.dateInvalid, .serviceDate) }
        // One comparison for the usual case: a negative number is a huge unsigned one.
        let limit = UInt64(AmountLimit.claimMax)
        var largest = max(UInt64(bitPattern: cost.total), UInt64(bitPattern: cost.outOfCatalog))
        largest = max(largest, UInt64(bitPattern: cost.overLimit))
        largest = max(largest, UInt64(bitPattern: cost.firstSelfPay))
        largest = max(largest, UInt64(bitPattern: cost.inPolicy))
        largest = max(largest, UInt64(bitPattern: cost.inPolicyDrug))
        largest = max(largest, UInt64(bitPattern: cost.specialDrug))
        largest = max(largest, UInt64(bitPattern: externalBasic))
        largest = max(largest, UInt64(bitPattern: externalLargeAmount))
        if largest > limit { return Refusal(.amountOutOfRange, fieldOutOfRange()) }

        let parts = cost.outOfCatalog + cost.overLimit + cost.firstSelfPay + cost.inPolicy
        if kind == .specialDrug {
            if parts != 0 || cost.total != cost.specialDrug { return Refusal(.amountsDoNotAddUp, .specialDrug) }
        } else {
            if cost.specialDrug != 0 { return Refusal(.amountsDoNotAddUp, .specialDrug) }
            if parts != cost.total { return Refusal(.amountsDoNotAddUp, .total) }
        }
        if cost.inPolicyDrug > cost.inPolicy { return Refusal(.partExceedsWhole, .inPolicyDrug) }
        if externalBasic > cost.inPolicy { return Refusal(.partExceedsWhole, .externalBasic) }
        if externalBasic + externalLargeAmount > cost.inPolicy {
            return Refusal(.partExceedsWhole, .externalLargeAmount)
        }
        return .none
    }

    /// The first amount that is not 0 … 10^12 fen.
    @_noAllocation @_noLocks
    private func fieldOutOfRange() -> ClaimField {
        if cost.total.isOutOfRange { return .total }
        if cost.outOfCatalog.isOutOfRange { return .outOfCatalog }
        if cost.overLimit.isOutOfRange { return .overLimit }
        if cost.firstSelfPay.isOutOfRange { return .firstSelfPay }
        if cost.inPolicy.isOutOfRange { return .inPolicy }
        if cost.inPolicyDrug.isOutOfRange { return .inPolicyDrug }
        if cost.specialDrug.isOutOfRange { return .specialDrug }
        if externalBasic.isOutOfRange { return .externalBasic }
        return .externalLargeAmount
    }
}

extension Fen {
    fileprivate var isOutOfRange: Bool {
        @_noAllocation @_noLocks get { self < 0 || self > AmountLimit.claimMax }
    }
}
