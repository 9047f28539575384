/// Where one claim's person stands in the tables of a call.
package struct PersonRows: Equatable, Sendable {
    /// The person's year: `slotCount` accumulators from here.
    package var yearStart: Int
    /// The natural year of that state.
    package var year: Int32
    /// The person's records among the call's identities, filings and accounts.
    package var identities: Range<Int>
    package var filings: Range<Int>
    package var accounts: Range<Int>

    package init(
        yearStart: Int = 0, year: Int32, identities: Range<Int> = 0..<0, filings: Range<Int> = 0..<0,
        accounts: Range<Int> = 0..<0
    ) {
        self.yearStart = yearStart
        self.year = year
        self.identities = identities
        self.filings = filings
        self.accounts = accounts
    }
}

extension Tables {
    /// Settles one claim: writes `outcome`, moves the person's accumulators and account balances.
    ///
    /// Exact (rule G-3), conserving (rule G-7), without allocation or lock. A refused claim changes nothing but
    /// `outcome`, which is then meaningless.
    ///
    /// - Parameters:
    ///   - claim: any values; what is wrong with them is refused.
    ///   - year: accumulators of all persons of the call, in fen.
    ///   - accounts: balances of all accounts of the call, in fen; at most `CalculatorLimit.accountsMax` a person.
    /// - Returns: `Refusal.none` where the claim is settled.
    @_noAllocation @_noLocks
    package func settle(
        _ claim: borrowing Claim, person: borrowing PersonFacts, rows: borrowing PersonRows,
        identities: borrowing Span<DatedIdentity>, filings: borrowing Span<DatedFiling>,
        year: inout MutableSpan<Fen>, accounts: inout MutableSpan<Fen>, outcome: inout Outcome
    ) -> Refusal {
        if Int(claim.disease) >= diseaseClasses.count { return Refusal(.factInvalid, .disease) }
        if Int(person.product) > products.count { return Refusal(.factInvalid, .product) }
        let bad = claim.check()
        if !bad.isNone { return bad }
        if claim.serviceDate.year != rows.year { return Refusal(.yearMismatch, .year) }
        let personYear = PersonYear(&year, from: rows.yearStart, count: slotCount)
        let slot = personYear.firstSlot(above: AmountLimit.accumulatorMax)
        if slot < slotCount {
            return Refusal(.accumulatorOutOfRange, .accumulator, detail: UInt32(truncatingIfNeeded: slot))
        }
        let limit = UInt64(AmountLimit.accumulatorMax)
        for index in rows.accounts where UInt64(bitPattern: accounts[index]) > limit {
            return Refusal(.accumulatorOutOfRange, .account, detail: UInt32(index - rows.accounts.lowerBound))
        }

        let version = version(on: claim.serviceDate)
        if version < 0 { return Refusal(.policyNotInForce, .serviceDate) }
        let (product, invalid) = product(of: person, on: claim.serviceDate)
        if !invalid.isNone { return invalid }
        if person.insurance == .unspecified { return Refusal(.notCovered, .insurance) }
        if !person.covered.contains(claim.serviceDate) { return Refusal(.notCovered, .covered) }

        let identity = identity(on: claim.serviceDate, among: identities, range: rows.identities)
        let planNumber = planIndex[
            keyIndex(version: version, claim: claim, person: person, identity: identity, product: product)]
        let plan = plans.pointer(to: Int(planNumber))
        switch plan.pointee.disposition {
        case .settle: break
        case .notEntitled: return Refusal(.notEntitled, .disease, detail: planNumber)
        case .factMissing: return Refusal(.factMissing, plan.pointee.missing, detail: planNumber)
        }
        if plan.pointee.needsFiling {
            if claim.disease == 0 { return Refusal(.factMissing, .disease, detail: planNumber) }
            let isFiled = isFiled(claim.disease, on: claim.serviceDate, filings: filings, range: rows.filings)
            if !isFiled { return Refusal(.notEntitled, .filing, detail: planNumber) }
        }
        if claim.externalBasic != 0, !plan.pointee.allowsExternalBasic {
            return Refusal(.externalNotAllowed, .externalBasic, detail: planNumber)
        }
        if claim.externalLargeAmount != 0, !plan.pointee.allowsExternalLargeAmount {
            return Refusal(.externalNotAllowed, .externalLargeAmount, detail: planNumber)
        }

        outcome.identity = identity
        outcome.hasNoRule = plan.pointee.hasNoRule
        outcome.plan = planNumber
        outcome.left.begin(claim.cost)
        walk(plan, claim: claim, year: personYear, outcome: &outcome)
        if claim.externalLargeAmount != 0, isTooMuchOutside(claim, outcome, personYear) {
            return Refusal(.partExceedsWhole, .externalLargeAmount)
        }
        let use = plan.pointee.usesAccounts ? claim.accountUse : .none
        spend(
            from: rows.accounts, isUsed: use != .none, forAll: use == .all, accounts: &accounts,
            outcome: &outcome)
        outcome.total = claim.cost.total
        outcome.paidOutside = claim.paidOutside
        outcome.cash = outcome.left.total
        return .none
    }

    /// True, and the year is as before, where the basic insurance of the pack left less than what the claim says the
    /// large-amount fund paid outside (G-7): only a pack with an operator's table of the basic insurance can.
    @_noAllocation @_noLocks
    @inline(never)
    private func isTooMuchOutside(_ claim: borrowing Claim, _ outcome: borrowing Outcome, _ year: PersonYear) -> Bool {
        var rest = claim.externalLargeAmount
        for position in 0..<outcome.layerCount {
            let result = outcome.layers[position]
            if layers[Int(result.layer)].method == .externalLargeAmount { rest -= result.paid }
        }
        if rest == 0 { return false }
        takeBack(outcome, from: year)
        return true
    }

    /// Walks the plan's layers (rules G-6, G-8).
    ///
    /// Arithmetic wraps: `AmountLimit` says why nothing can overflow, and `Tables` checked its own numbers.
    @_noAllocation @_noLocks
    @inline(__always)
    private func walk(_ plan: UnsafePointer<Plan>, claim: borrowing Claim, year: PersonYear, outcome: inout Outcome) {
        let skipped = claim.externalBasic == 0 ? plan.pointee.fixedFeeLayers : 0
        let count = Int(plan.pointee.layerCount &- skipped)
        let first = plan.pointee.firstLayer &+ UInt32(skipped)
        var layer = walkLayers.pointers(from: Int(first), count: count)
        outcome.funds = [6 of Fen](repeating: 0)
        outcome.layerCount = count
        let pointers = OutcomePointers(&outcome)
        var result = pointers.layers
        var deductiblePaid: Fen = 0
        for position in 0..<count {
            result.pointee.layer = first &+ UInt32(truncatingIfNeeded: position)
            run(layer, claim: claim, year: year, pointers, result)
            if layer.pointee.isBasic { deductiblePaid &+= result.pointee.deductible }
            layer += 1
            result += 1
        }
        outcome.deductiblePaid = deductiblePaid
    }

    /// What one layer pays (rule G-8): fills `result` but for its index, moves the year, relieves what is left.
    @_noAllocation @_noLocks
    @inline(__always)
    private func run(
        _ layer: UnsafePointer<WalkLayer>, claim: borrowing Claim, year: PersonYear, _ pointers: OutcomePointers,
        _ result: UnsafeMutablePointer<LayerResult>
    ) {
        let part = pointers.left[Int(layer.pointee.part)]
        var base = part &+ pointers.left[Int(layer.pointee.nextPart)]
        if layer.pointee.isDrugShare {
            base = share(of: part, part: claim.cost.inPolicyDrug, whole: claim.cost.inPolicy)
        }
        let deductible = min(base, max(0, layer.pointee.deductible &- year.amount(in: layer.pointee.absorbedSlot)))
        let measured = year.amount(in: layer.pointee.measureSlot)
        result.pointee.base = base
        result.pointee.deductible = deductible
        result.pointee.measureBefore = measured

        var paid: Fen
        let method = layer.pointee.method
        if method == .byExpense {
            paid = payByExpense(layer, measured: measured, base: base, deductible: deductible)
        } else {
            switch method {
            case .byPayment: paid = payByPayment(layer, payable: base &- deductible, paidBefore: measured)
            case .externalBasic: paid = claim.externalBasic
            case .externalLargeAmount: paid = min(claim.externalLargeAmount, base)
            case .silent, .byExpense:
                result.pointee = LayerResult(layer: result.pointee.layer)
                return
            }
        }
        result.pointee.computed = paid

        // Without a cap it is the largest amount, and nothing is kept that could be taken off.
        let quota = max(0, layer.pointee.cap &- year.amount(in: layer.pointee.paidSlot))
        result.pointee.quotaLeft = layer.pointee.hasCap ? quota : -1
        paid = min(paid, quota)
        var first = paid
        if layer.pointee.isLimited {
            first = min(paid, allowance(of: layer.pointee.firstLimit, year, layer.pointee.firstSlot))
            var second: Fen = 0
            if layer.pointee.hasSecond {
                second = min(paid &- first, allowance(of: layer.pointee.secondLimit, year, layer.pointee.secondSlot))
                pointers.funds[Int(layer.pointee.secondCategory)] &+= second
                year.add(second, to: layer.pointee.secondSlot)
            }
            result.pointee.paidSecond = second
            paid = first &+ second
        } else {
            result.pointee.paidSecond = 0
        }
        result.pointee.paidFirst = first
        pointers.funds[Int(layer.pointee.firstCategory)] &+= first

        year.add(deductible, to: layer.pointee.absorbedSlot)
        // Where brackets are measured on payments, the measure is what the layer paid; else its base.
        year.add(method == .byPayment ? paid : base, to: layer.pointee.measureSlot)
        year.add(paid, to: layer.pointee.paidSlot)
        year.add(first, to: layer.pointee.firstSlot)

        let fromPart = layer.pointee.isOfTwoParts ? min(paid, part) : paid
        pointers.left[Int(layer.pointee.part)] = part &- fromPart
        pointers.left[Int(layer.pointee.nextPart)] &-= paid &- fromPart
    }

    /// What a fund with this limit may still pay.
    @_noAllocation @_noLocks
    @inline(__always)
    private func allowance(of limit: Fen, _ year: PersonYear, _ slot: UInt8) -> Fen {
        limit == Layer.unlimited ? Fen.max : max(0, limit &- year.amount(in: slot))
    }

    /// The exact sum over the brackets that the cumulative base from `measured + deductible` to `measured + base`
    /// occupies, rounded once (rule G-8).
    @_noAllocation @_noLocks
    @inline(__always)
    private func payByExpense(_ layer: UnsafePointer<WalkLayer>, measured: Fen, base: Fen, deductible: Fen) -> Fen {
        // The parts may pass 64 bits, their sum does not: it is at most 10^16.
        var tenThousandths = (base &- deductible) &* Int64(layer.pointee.ratio)
        if layer.pointee.breakpointCount > 0 {
            let from = measured &+ deductible
            let to = measured &+ base
            let first = breakpoints.pointers(
                from: Int(layer.pointee.firstBracket) + 1, count: Int(layer.pointee.breakpointCount))
            for index in 0..<Int(layer.pointee.breakpointCount) {
                let bound = first[index].lowerBound
                let above = max(0, to &- bound) &- max(0, from &- bound)
                tenThousandths &+= above &* first[index].change
            }
        }
        return roundedHalfUp(tenThousandths: tenThousandths)
    }

    /// The exact payment where each bracket is filled by what it pays, rounded once (rules G-8, CQ-12).
    @_noAllocation @_noLocks
    private func payByPayment(
        _ layer: UnsafePointer<WalkLayer>, payable: Fen, paidBefore: Fen
    ) -> Fen {
        var index = Int(layer.pointee.firstBracket)
        let last = index + Int(layer.pointee.bracketCount) - 1
        // A copy of the view: an operand of `||` is a closure, which would retain `self`.
        let brackets = brackets
        while index < last, brackets[index + 1].lowerBound <= paidBefore { index += 1 }
        let ratio = Int64(brackets[index].ratio)
        // Bounds are at most 10^12, so the room × 10,000 fits.
        if index == last || payable * ratio <= (brackets[index + 1].lowerBound - paidBefore) * 10_000 {
            return roundedHalfUp(tenThousandths: payable * ratio)
        }

        // The payable amount crosses a bound: what is left of it is the fraction `rest / scale`.
        var rest = Int128(payable)
        var scale: Int128 = 1
        var whole: Fen = 0
        var reached = paidBefore
        while true {
            let ratio = Int128(brackets[index].ratio)
            let room = index == last ? Fen.max : brackets[index + 1].lowerBound - reached
            let demand = rest * ratio
            if index == last || demand <= Int128(room) * 10_000 * scale {
                let denominator = 10_000 * scale
                return whole + Fen((2 * demand + denominator) / (2 * denominator))
            }
            whole += room
            reached += room
            rest = demand - Int128(room) * 10_000 * scale
            scale *= ratio
            index += 1
        }
    }

    /// Personal accounts pay what the layers left, in the order given (rule CQ-31).
    @_noAllocation @_noLocks
    @inline(__always)
    private func spend(
        from range: Range<Int>, isUsed: Bool, forAll: Bool,
        accounts: inout MutableSpan<Fen>, outcome: inout Outcome
    ) {
        outcome.accountPaid = 0
        outcome.familyAccountPaid = 0
        for index in range {
            var paid: Fen = 0
            if isUsed {
                paid = min(accounts[index], forAll ? outcome.left.total : outcome.left.inPolicy)
                accounts[index] -= paid
                outcome.left.relieveAll(by: paid)
            }
            let position = index - range.lowerBound
            outcome.accounts[position] = paid
            if position == 0 { outcome.accountPaid = paid } else { outcome.familyAccountPaid += paid }
        }
    }
}
