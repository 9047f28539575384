import Settlement

/// Who paid what and why, ready to be shown: a settlement with its numbers, rules and the sources' words.
package struct Explanation: Equatable, Sendable {
    /// A deductible as it stood before this settlement and what it took; amounts in fen.
    package struct Deductible: Equatable, Sendable {
        package var inForce: Fen
        /// What the year had absorbed before; nil: the deductible is per visit.
        package var absorbedBefore: Fen?
        package var taken: Fen
        /// Measured over a recognition's window instead of the year (YT-7).
        package var isOverWindow = false
    }

    /// A limit of a year: of a layer (CQ-17) or of a fund (CQ-13); amounts in fen.
    package struct Limit: Equatable, Sendable {
        package var amount: Fen
        /// What was left of it before this payment.
        package var leftBefore: Fen
        package var leftAfter: Fen
    }

    /// What one fund paid for a layer.
    package struct Payment: Equatable, Sendable {
        package var fund: Fund
        package var paid: Fen
        package var limit: Limit?
    }

    /// What a citation speaks of.
    package enum Role: String, Sendable {
        case ratio, deductible, cap, payers, also
    }

    /// A citation and what it speaks of.
    package struct Cited: Equatable, Sendable {
        package var role: Role
        package var citation: Citation
    }

    /// One layer of the waterfall.
    package struct Step: Equatable, Sendable {
        package var id: String
        package var label: Label
        package var method: LayerMethod
        package var base: LayerBase
        package var baseAmount: Fen
        /// Nil: the layer has none.
        package var deductible: Deductible?
        package var payable: Fen
        package var slices: [LayerSlice]
        /// After rounding, before limits.
        package var computed: Fen
        package var limit: Limit?
        package var payments: [Payment]
        package var paid: Fen
        /// The source has no rule here (I-18).
        package var hasNoRule: Bool
        package var citations: [Cited]
    }

    /// What the personal accounts paid.
    package struct Account: Equatable, Sendable {
        /// Nil: all family accounts together, where their balances are not known here.
        package var relation: AccountRelation?
        /// Nil: not known here.
        package var before: Fen?
        package var paid: Fen
        package var after: Fen? { before.map { $0 - paid } }
    }

    package var region: String
    package var regionLabel: Label
    package var digest: String
    package var claim: Claim
    package var person: PersonFacts
    package var identity: Identity
    /// The claim's disease and the person's product, as the pack names them.
    package var disease: Disease?
    package var product: ProductDescription?
    package var steps: [Step]
    package var accounts: [Account]
    /// Nil: the pack has no rule for accounts.
    package var accountUse: Citation?
    package var cash: Fen
    package var total: Fen
    package var fundTotal: Fen
    /// What of `fundTotal` was paid outside (rule G-9).
    package var paidOutside: Fen
    /// Nothing from the pack: its source has no rule for this kind of claim (I-18).
    package var hasNoRule: Bool
    /// Titles of the documents that the citations name.
    package var documents: [String: Label]

    package var accountTotal: Fen { accounts.reduce(0) { $0 + $1.paid } }
    /// Rule G-7: the parts are the whole.
    package var isConserving: Bool { fundTotal + accountTotal + cash == total }
}

extension Explanation {
    /// Explains a settlement.
    ///
    /// - Parameters:
    ///   - claim: the claim as it was settled, with the pack's numbers for disease and product.
    ///   - outcome: what `settle` gave for exactly these.
    ///   - yearBefore: the person's accumulators before it, by slot; missing ones are 0.
    ///   - accounts: the accounts before it, in the order in which they were used; where they are not given, what
    ///     the outcome says of them is shown without balances.
    package init(
        pack: PolicyPack, claim: Claim, facts: PersonFacts, outcome: Outcome, yearBefore: some Collection<Fen>,
        accounts: [AccountState] = []
    ) {
        var year = Array(yearBefore)
        while year.count < pack.calculator.slotCount { year.append(0) }
        let tables = pack.calculator.tables
        var steps: [Step] = []
        for position in 0..<outcome.layerCount {
            steps.append(Step(pack: pack, tables, result: outcome.layers[position], year: &year))
        }
        let usesAccounts = pack.calculator.plans[Int(outcome.plan)].usesAccounts
        var documents: [String: Label] = [:]
        let citations = steps.flatMap(\.citations).map(\.citation) + (pack.accountUse.map { [$0] } ?? [])
        for citation in citations { documents[citation.document] = pack.documents[citation.document] }
        let disease = Int(claim.disease) - 1
        let product = Int(facts.product) - 1
        self.init(
            region: pack.region, regionLabel: pack.label, digest: pack.digest, claim: claim, person: facts,
            identity: outcome.identity,
            disease: pack.diseases.indices.contains(disease) ? pack.diseases[disease] : nil,
            product: pack.products.indices.contains(product) ? pack.products[product] : nil, steps: steps,
            accounts: Self.accounts(outcome, accounts), accountUse: usesAccounts ? pack.accountUse : nil,
            cash: outcome.cash, total: outcome.total, fundTotal: outcome.fundTotal,
            paidOutside: outcome.paidOutside, hasNoRule: outcome.hasNoRule, documents: documents)
    }

    private static func accounts(_ outcome: Outcome, _ accounts: [AccountState]) -> [Account] {
        if !accounts.isEmpty {
            return accounts.prefix(CalculatorLimit.accountsMax).enumerated().map { index, account in
                Account(relation: account.relation, before: account.balance, paid: outcome.accounts[index])
            }
        }
        var list: [Account] = []
        if outcome.accountPaid != 0 { list.append(Account(relation: .own, paid: outcome.accountPaid)) }
        if outcome.familyAccountPaid != 0 { list.append(Account(relation: nil, paid: outcome.familyAccountPaid)) }
        return list
    }
}

extension Explanation.Step {
    /// One layer as `year` stood before it; moves `year` as the calculator does, because later layers look at it.
    init(pack: PolicyPack, _ tables: Tables, result: LayerResult, year: inout [Fen]) {
        let layer = pack.calculator.layers[Int(result.layer)]
        let text = pack.layers[Int(result.layer)]
        let before = year
        func limit(_ amount: Fen, _ slot: UInt8, _ paid: Fen) -> Explanation.Limit? {
            if amount == Layer.unlimited || slot == Layer.noSlot { return nil }
            let left = max(0, amount - before[Int(slot)])
            return Explanation.Limit(amount: amount, leftBefore: left, leftAfter: max(0, left - paid))
        }
        var deductible: Explanation.Deductible?
        let isOverWindow = pack.isRecognition(result)
        if isOverWindow {
            // Its measure is the recognition's, not the year's; the result says what it was.
            deductible = Explanation.Deductible(
                inForce: layer.deductible, absorbedBefore: min(layer.deductible, result.measureBefore),
                taken: result.deductible, isOverWindow: true)
        } else if layer.deductible > 0 {
            deductible = Explanation.Deductible(
                inForce: layer.deductible,
                absorbedBefore: layer.absorbedSlot == Layer.noSlot ? nil : before[Int(layer.absorbedSlot)],
                taken: result.deductible)
        }
        var payments = [
            Explanation.Payment(
                fund: text.first, paid: result.paidFirst,
                limit: limit(layer.first.limit, layer.first.paidSlot, result.paidFirst))
        ]
        if layer.payerCount > 1, let second = text.second {
            payments.append(
                Explanation.Payment(
                    fund: second, paid: result.paidSecond,
                    limit: limit(layer.second.limit, layer.second.paidSlot, result.paidSecond)))
        }
        let windowLimit = Explanation.Limit(
            amount: layer.cap, leftBefore: result.quotaLeft, leftAfter: max(0, result.quotaLeft - result.paid))
        self.init(
            id: text.id, label: text.label, method: layer.method, base: layer.base, baseAmount: result.base,
            deductible: deductible, payable: result.payable, slices: pack.slices(of: result, tables),
            computed: result.computed,
            limit: isOverWindow ? windowLimit : limit(layer.cap, layer.paidSlot, result.paid), payments: payments,
            paid: result.paid, hasNoRule: layer.hasNoRule, citations: Self.citations(of: text))
        Self.move(tables, by: result, year: &year)
    }

    private static func citations(of text: LayerDescription) -> [Explanation.Cited] {
        var list: [Explanation.Cited] = []
        func add(_ role: Explanation.Role, _ citation: Citation?) {
            guard let citation, !list.contains(where: { $0.citation == citation }) else { return }
            list.append(Explanation.Cited(role: role, citation: citation))
        }
        add(.deductible, text.deductible)
        add(.ratio, text.ratio)
        add(.cap, text.cap)
        add(.payers, text.payers)
        for citation in text.also { add(.also, citation) }
        return list
    }

    /// Moves `year` by what a layer did: by as much as taking it back takes away (rule G-12).
    private static func move(_ tables: Tables, by result: LayerResult, year: inout [Fen]) {
        var single = Outcome()
        single.layerCount = 1
        single.layers[0] = result
        var taken = [Fen](repeating: 0, count: tables.slotCount)
        var accounts: [Fen] = []
        var takenSpan = taken.mutableSpan
        var accountsSpan = accounts.mutableSpan
        tables.takeBack(single, rows: PersonRows(year: 0), year: &takenSpan, accounts: &accountsSpan)
        for slot in taken.indices { year[slot] -= taken[slot] }
    }
}
