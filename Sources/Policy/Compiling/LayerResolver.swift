import Settlement

/// Resolves one layer for one key in one version.
struct LayerResolver {
    enum Result {
        case absent
        case missing(FacetSet)
        case resolved(ResolvedLayer)
    }

    let document: PackDocument
    let space: FacetSpace
    let index: Int
    let date: CalendarDate
    let problems: ProblemList
    private let layer: LayerSpec
    private let levelRules: [(index: Int, rule: LevelRuleSpec)]

    init(_ document: PackDocument, space: FacetSpace, index: Int, date: CalendarDate, problems: ProblemList) {
        self.document = document
        self.space = space
        self.index = index
        self.date = date
        self.problems = problems
        layer = document.layers[index]
        levelRules = document.levelRules(of: layer).filter { $0.rule.period.contains(date) }
    }

    /// The resolved layer for `key`; numbers that it reads are marked in `reached`.
    func resolve(_ key: PlanKey, reached: inout Set<Int>) -> Result {
        guard layer.period.contains(date) else { return .absent }
        switch space.truth(layer.when, key) {
        case .no: return .absent
        case .unknown(let facets): return .missing(facets)
        case .yes: break
        }
        var resolved = ResolvedLayer(
            layer: Layer(base: layer.base, method: .silent, hasNoRule: layer.isOtherwise, first: payer(0)),
            spec: index, levelRules: [], brackets: [], ratioLine: layer.line)
        switch layer.body {
        case .silent: break
        case .external(let external): resolved.layer.method = external.method
        case .computed(let deductible, let ratio, let cap):
            resolved.layer.isBasic = layer.stage == .basic
            if layer.payers.count > 1 {
                resolved.layer.second = payer(1)
                resolved.layer.payerCount = 2
            }
            var work = Work(key: key, reached: reached)
            // All three, so that the first missing fact in the order of facets is the one asked for.
            setDeductible(deductible, &resolved, &work)
            setRatio(ratio, &resolved, &work)
            setCap(cap, &resolved, &work)
            reached = work.reached
            if !work.missing.isEmpty { return .missing(work.missing) }
            if work.hasGap { return .absent }
        }
        return .resolved(resolved)
    }

    /// State of one resolution.
    private struct Work {
        let key: PlanKey
        var reached: Set<Int>
        var missing: FacetSet = []
        var hasGap = false
    }

    /// A fund that pays. What was paid outside is bound by no limit, and counts into what the layer says (CQ-13), else
    /// into its fund's.
    private func payer(_ index: Int) -> Payer {
        let fund = document.funds[layer.payers[index]]
        var slot = fund.accumulator.map(UInt8.init) ?? Layer.noSlot
        if case .external(let external) = layer.body, let counted = external.countsInto { slot = UInt8(counted) }
        let limit = layer.isComputed ? fund.limit ?? Layer.unlimited : Layer.unlimited
        return Payer(
            category: fund.fund.category, paidSlot: slot, limit: limit, fund: UInt8(layer.payers[index]))
    }

    // MARK: numbers

    private func setDeductible(
        _ cases: [CaseSpec<DeductibleBody>], _ resolved: inout ResolvedLayer, _ work: inout Work
    ) {
        guard !cases.isEmpty, let number = pick(cases, "deductible", &work) else { return }
        let body = cases[number].body
        resolved.deductibleCase = number
        if let slot = body.accumulator { resolved.layer.absorbedSlot = UInt8(slot) }
        var key = work.key
        var applied: [Int] = []
        for (index, rule) in acting(&work) {
            guard case .treat(let levels, true, _) = rule.effect else { continue }
            applied += treat(&key, levels, index)
        }
        guard let amount = read(body.amount, key, &work) else { return }
        resolved.layer.deductible = amount.value
        resolved.deductibleLine = amount.line
        for (index, rule) in acting(&work) {
            guard case .continueDeductible = rule.effect else { continue }
            let referring = work.key[Facet.referredFrom.rawValue]
            let steps = [work.key[Facet.level.rawValue], key[Facet.level.rawValue]]
            guard referring > 0, steps.contains(referring + 1) else { continue }
            key[Facet.level.rawValue] = referring
            guard let before = read(body.amount, key, &work) else { return }
            resolved.layer.deductible = max(0, amount.value - before.value)
            applied.append(index)
        }
        resolved.levelRules += applied.filter { !resolved.levelRules.contains($0) }
    }

    private func setRatio(_ cases: [CaseSpec<RatioBody>], _ resolved: inout ResolvedLayer, _ work: inout Work) {
        guard let number = pick(cases, "ratio", &work) else { return }
        resolved.ratioCase = number
        var key = work.key
        for (index, rule) in acting(&work) {
            guard case .treat(let levels, _, true) = rule.effect else { continue }
            resolved.levelRules += treat(&key, levels, index).filter { !resolved.levelRules.contains($0) }
        }
        switch cases[number].body {
        case .flat(let cells):
            resolved.layer.method = .flat
            guard let ratio = read(cells, key, &work) else { return }
            resolved.layer.ratio = ratio.value
            resolved.ratioLine = ratio.line
        case .brackets(let brackets, let isByPayment, let accumulator):
            resolved.layer.method = isByPayment ? .paymentBrackets : .expenseBrackets
            resolved.layer.measureSlot = UInt8(accumulator)
            for bracket in brackets {
                guard let ratio = read(bracket.ratio, key, &work) else { return }
                // The deductible covers everything below the first bracket, so the calculator begins at 0.
                let bound = resolved.brackets.isEmpty ? 0 : bracket.from ?? 0
                resolved.brackets.append(Bracket(lowerBound: bound, ratio: ratio.value))
                resolved.ratioLine = ratio.line
            }
            if isByPayment { checkFilling(brackets, resolved.brackets) }
            if !isByPayment { checkBounds(brackets, deductible: resolved.layer.deductible, work) }
        }
    }

    private func setCap(_ cases: [CaseSpec<CapBody>], _ resolved: inout ResolvedLayer, _ work: inout Work) {
        guard !cases.isEmpty, let number = pick(cases, "cap", &work) else { return }
        resolved.capCase = number
        guard let cap = read(cases[number].body.amount, work.key, &work) else { return }
        guard let slot = cases[number].body.accumulator else { return }
        resolved.layer.paidSlot = UInt8(slot)
        resolved.layer.cap = cap.value
        for (index, bracket) in resolved.brackets.enumerated().dropFirst()
        where resolved.layer.method == .paymentBrackets && bracket.lowerBound >= cap.value {
            problems.add(
                resolved.ratioLine, "unreachable: bracket \(index + 1) begins at the cap of '\(layer.id)' or above it")
        }
    }

    /// The level rules whose conditions hold.
    private func acting(_ work: inout Work) -> [(index: Int, rule: LevelRuleSpec)] {
        var acting: [(index: Int, rule: LevelRuleSpec)] = []
        for (index, rule) in levelRules {
            switch space.truth(rule.when, work.key) {
            case .no: break
            case .yes: acting.append((index, rule))
            case .unknown(let facets): work.missing.formUnion(facets)
            }
        }
        return acting
    }

    /// The level that a rule treats the key's level as; the rule's index where that changes something.
    private func treat(_ key: inout PlanKey, _ levels: [UInt8], _ index: Int) -> [Int] {
        let level = key[Facet.level.rawValue]
        let treated = levels[Int(level)]
        key[Facet.level.rawValue] = treated
        return treated == level ? [] : [index]
    }

    private func read<Value>(_ cells: Cells<Value>, _ key: PlanKey, _ work: inout Work) -> Leaf<Value>? {
        switch space.look(key, up: cells) {
        case .found(let leaf):
            work.reached.insert(leaf.number)
            return leaf
        case .missing(let facets):
            work.missing.formUnion(facets)
        case .gap(let line, let facet):
            let value = space.describe(key, FacetSet(facet), in: document)
            problems.add(line, "gap: the table has no row for \(value), which the layer '\(layer.id)' admits")
            work.hasGap = true
        }
        return nil
    }

    /// The one case that matches; gaps and overlaps are problems.
    private func pick<Body>(_ cases: [CaseSpec<Body>], _ what: String, _ work: inout Work) -> Int? {
        var matching: [Int] = []
        var unknown: FacetSet = []
        for (number, part) in cases.enumerated() where part.period.contains(date) {
            switch space.truth(part.when, work.key) {
            case .no: break
            case .yes: matching.append(number)
            case .unknown(let facets): unknown.formUnion(facets)
            }
        }
        work.missing.formUnion(unknown)
        let facets = cases.reduce(FacetSet()) { $0.union($1.when.facets) }
        let facts = facets.isEmpty ? "" : " for \(space.describe(work.key, facets, in: document))"
        if matching.count > 1 {
            problems.add(
                cases[matching[1]].line,
                "overlap: two cases of the \(what) of '\(layer.id)' hold\(facts) on \(date.description)")
            work.hasGap = true
            return nil
        }
        if matching.isEmpty, unknown.isEmpty {
            problems.add(
                cases[0].line, "gap: no case of the \(what) of '\(layer.id)' holds\(facts) on \(date.description)")
            work.hasGap = true
        }
        return unknown.isEmpty ? matching.first : nil
    }

    /// A bracket by payment is left when what it pays has filled it.
    private func checkFilling(_ specs: [BracketSpec], _ brackets: [Bracket]) {
        for (index, bracket) in brackets.enumerated().dropLast() where bracket.ratio == 0 {
            problems.add(
                specs[index].line,
                "unreachable: at 0 % nothing fills bracket \(index + 1) of '\(layer.id)', so those after it never pay")
        }
    }

    private func checkBounds(_ brackets: [BracketSpec], deductible: Fen, _ work: Work) {
        // A deductible that could not be read is a problem of its own.
        guard work.missing.isEmpty, !work.hasGap else { return }
        if let from = brackets[0].from, from != 0, from != deductible {
            problems.add(
                brackets[0].line,
                "the first bracket begins neither at 0 元 nor at the deductible: write 'from: deductible'")
        }
        for bracket in brackets.dropFirst() where bracket.from! <= deductible {
            problems.add(
                brackets[0].line, "unreachable: the deductible of '\(layer.id)' takes all of the first bracket")
        }
    }
}
