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
        let plan = plans[Int(planNumber)]
        switch plan.disposition {
        case .settle: break
        case .notEntitled: return Refusal(.notEntitled, .disease, detail: planNumber)
        case .factMissing: return Refusal(.factMissing, plan.missing, detail: planNumber)
        }
        if plan.needsFiling {
            if claim.disease == 0 { return Refusal(.factMissing, .disease, detail: planNumber) }
            let isFiled = isFiled(claim.disease, on: claim.serviceDate, filings: filings, range: rows.filings)
            if !isFiled { return Refusal(.notEntitled, .filing, detail: planNumber) }
        }
        if claim.externalBasic != 0, !plan.allowsExternalBasic {
            return Refusal(.externalNotAllowed, .externalBasic, detail: planNumber)
        }
        if claim.externalLargeAmount != 0, !plan.allowsExternalLargeAmount {
            return Refusal(.externalNotAllowed, .externalLargeAmount, detail: planNumber)
        }

        outcome.identity = identity
        outcome.hasNoRule = plan.hasNoRule
        outcome.plan = planNumber
        var left = walk(
            from: Int(plan.firstLayer), count: Int(plan.layerCount), claim: claim, year: personYear, outcome: &outcome)
        let use = plan.usesAccounts ? claim.accountUse : .none
        spend(
            from: rows.accounts, isUsed: use != .none, forAll: use == .all, left: &left,
            accounts: &accounts, outcome: &outcome)
        outcome.total = claim.cost.total
        outcome.cash = left.inPolicy + left.firstSelfPay + left.outOfCatalog + left.specialDrug + left.overLimit
        return .none
    }

    /// Walks `count` layers and returns what they left (rules G-6, G-8).
    @_noAllocation @_noLocks
    @inline(__always)
    private func walk(
        from firstLayer: Int, count: Int, claim: borrowing Claim, year: PersonYear, outcome: inout Outcome
    ) -> CostLeft {
        var left = CostLeft(claim.cost)
        outcome.funds = [6 of Fen](repeating: 0)
        outcome.deductiblePaid = 0
        outcome.layerCount = count
        for position in 0..<count {
            let index = firstLayer + position
            let layer = layers.place(of: index)
            if layer.pointee.method == .silent {
                outcome.layers[position] = LayerResult(layer: UInt32(truncatingIfNeeded: index))
                continue
            }
            outcome.layers[position].layer = UInt32(truncatingIfNeeded: index)
            let paid = run(layer, claim: claim, left: &left, year: year, result: &outcome.layers[position])
            outcome.funds[Int(layer.pointee.first.category.rawValue)] += paid.first
            outcome.funds[Int(layer.pointee.second.category.rawValue)] += paid.second
            if layer.pointee.isBasic { outcome.deductiblePaid += outcome.layers[position].deductible }
        }
        return left
    }

    /// What one layer pays (rule G-8): fills `result` but for its index, moves the year, relieves what is left.
    @_noAllocation @_noLocks
    @inline(__always)
    private func run(
        _ layer: UnsafePointer<Layer>, claim: borrowing Claim, left: inout CostLeft, year: PersonYear,
        result: inout LayerResult
    ) -> (first: Fen, second: Fen) {
        let base = left.base(layer.pointee.base, of: claim.cost)
        let deductible = min(base, max(0, layer.pointee.deductible - year.amount(in: layer.pointee.absorbedSlot)))
        let measured = year.amount(in: layer.pointee.measureSlot)
        result.base = base
        result.deductible = deductible
        result.measureBefore = measured

        var paid: Fen
        switch layer.pointee.method {
        case .flat: paid = roundedHalfUp(tenThousandths: (base - deductible) * Int64(layer.pointee.ratio))
        case .expenseBrackets: paid = payByExpense(layer, from: measured + deductible, to: measured + base)
        case .paymentBrackets: paid = payByPayment(layer, payable: base - deductible, paidBefore: measured)
        case .externalBasic: paid = claim.externalBasic
        case .externalLargeAmount: paid = claim.externalLargeAmount
        case .silent: paid = 0
        }
        result.computed = paid

        if layer.pointee.paidSlot == Layer.noSlot {
            result.quotaLeft = -1
        } else {
            let quota = max(0, layer.pointee.cap - year.amount(in: layer.pointee.paidSlot))
            result.quotaLeft = quota
            paid = min(paid, quota)
        }
        let first = min(paid, layer.pointee.first.left(year))
        let second = layer.pointee.payerCount > 1 ? min(paid - first, layer.pointee.second.left(year)) : 0
        result.paidFirst = first
        result.paidSecond = second
        layer.pointee.move(year, by: result, sign: 1)
        left.relieve(layer.pointee.base, by: first + second)
        return (first, second)
    }

    /// The exact sum over the brackets that `[from, to)` of the cumulative base occupies, rounded once (rule G-8).
    @_noAllocation @_noLocks
    private func payByExpense(_ layer: UnsafePointer<Layer>, from: Fen, to: Fen) -> Fen {
        let first = Int(layer.pointee.firstBracket)
        let last = first + Int(layer.pointee.bracketCount) - 1
        var tenThousandths: Int64 = 0
        var bracket = brackets[first]
        for index in first..<last {
            let next = brackets[index + 1]
            let slice = min(to, next.lowerBound) - max(from, bracket.lowerBound)
            if slice > 0 { tenThousandths += slice * Int64(bracket.ratio) }
            bracket = next
        }
        let slice = to - max(from, bracket.lowerBound)
        if slice > 0 { tenThousandths += slice * Int64(bracket.ratio) }
        return roundedHalfUp(tenThousandths: tenThousandths)
    }

    /// The exact payment where each bracket is filled by what it pays, rounded once (rules G-8, CQ-12).
    @_noAllocation @_noLocks
    private func payByPayment(
        _ layer: UnsafePointer<Layer>, payable: Fen, paidBefore: Fen
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
        from range: Range<Int>, isUsed: Bool, forAll: Bool, left: inout CostLeft,
        accounts: inout MutableSpan<Fen>, outcome: inout Outcome
    ) {
        outcome.accountPaid = 0
        outcome.familyAccountPaid = 0
        for index in range {
            var paid: Fen = 0
            if isUsed {
                paid = min(accounts[index], forAll ? left.total : left.inPolicy)
                accounts[index] -= paid
                left.relieveAll(by: paid)
            }
            let position = index - range.lowerBound
            outcome.accounts[position] = paid
            if position == 0 { outcome.accountPaid = paid } else { outcome.familyAccountPaid += paid }
        }
    }
}
