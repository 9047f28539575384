/// Checks that need no policy: the claim by itself (rules G-1, G-5, G-9).
extension Claim {
    /// The first thing wrong with the claim's own values, in the order of the error registry.
    @_noAllocation @_noLocks
    @inline(__always)
    package func check() -> Refusal {
        if kind == .unspecified { return Refusal(.factInvalid, .kind) }
        if !serviceDate.exists { return Refusal(.dateInvalid, .serviceDate) }
        // One comparison for the usual case: what all bits together make is no less than the largest amount, and a
        // negative number is a huge unsigned one.
        var bits = cost.total | cost.outOfCatalog | cost.overLimit | cost.firstSelfPay | cost.inPolicy
        bits |= cost.inPolicyDrug | cost.specialDrug | externalBasic | externalLargeAmount
        if UInt64(bitPattern: bits) > UInt64(AmountLimit.claimMax) {
            let field = fieldOutOfRange()
            if field != .none { return Refusal(.amountOutOfRange, field) }
        }

        let parts = cost.outOfCatalog &+ cost.overLimit &+ cost.firstSelfPay &+ cost.inPolicy
        if kind == .specialDrug {
            if parts != 0 || cost.total != cost.specialDrug { return Refusal(.amountsDoNotAddUp, .specialDrug) }
        } else {
            if cost.specialDrug != 0 { return Refusal(.amountsDoNotAddUp, .specialDrug) }
            if parts != cost.total { return Refusal(.amountsDoNotAddUp, .total) }
        }
        if cost.inPolicyDrug > cost.inPolicy { return Refusal(.partExceedsWhole, .inPolicyDrug) }
        if externalBasic > cost.inPolicy { return Refusal(.partExceedsWhole, .externalBasic) }
        if externalBasic &+ externalLargeAmount > cost.inPolicy {
            return Refusal(.partExceedsWhole, .externalLargeAmount)
        }
        return .none
    }

    /// The first amount that is not 0 … 10^12 fen.
    @_noAllocation @_noLocks
    @inline(never)
    private func fieldOutOfRange() -> ClaimField {
        if cost.total.isOutOfRange { return .total }
        if cost.outOfCatalog.isOutOfRange { return .outOfCatalog }
        if cost.overLimit.isOutOfRange { return .overLimit }
        if cost.firstSelfPay.isOutOfRange { return .firstSelfPay }
        if cost.inPolicy.isOutOfRange { return .inPolicy }
        if cost.inPolicyDrug.isOutOfRange { return .inPolicyDrug }
        if cost.specialDrug.isOutOfRange { return .specialDrug }
        if externalBasic.isOutOfRange { return .externalBasic }
        if externalLargeAmount.isOutOfRange { return .externalLargeAmount }
        return .none
    }
}

extension Fen {
    fileprivate var isOutOfRange: Bool {
        @_noAllocation @_noLocks get { self < 0 || self > AmountLimit.claimMax }
    }
}
