import Settlement

/// The inputs of a pack's parts: their facets, numbers, periods, sets of diseases.
extension RatioBody {
    var tables: [Cells<BasisPoints>] {
        switch self {
        case .flat(let cells): [cells]
        case .brackets(let brackets, _, _): brackets.map(\.ratio)
        }
    }
}

extension LayerSpec {
    var isComputed: Bool {
        if case .computed = body { return true }
        return false
    }

    /// Facets of the amounts and of the ratios, with those of the cases' conditions.
    var deductibleFacets: FacetSet {
        guard case .computed(let deductible, _, _) = body else { return [] }
        return deductible.reduce([]) { $0.union($1.when.facets).union($1.body.amount.facets) }
    }
    var ratioFacets: FacetSet {
        guard case .computed(_, let ratio, _) = body else { return [] }
        return ratio.reduce([]) { facets, part in
            part.body.tables.reduce(facets.union(part.when.facets)) { $0.union($1.facets) }
        }
    }
    var capFacets: FacetSet {
        guard case .computed(_, _, let cap) = body else { return [] }
        return cap.reduce([]) { $0.union($1.when.facets).union($1.body.amount.facets) }
    }

    var periods: [DateRange] {
        guard case .computed(let deductible, let ratio, let cap) = body else { return [period] }
        return [period] + deductible.map(\.period) + ratio.map(\.period) + cap.map(\.period)
    }

    var diseaseSets: [Set<UInt8>] {
        var sets = when.diseaseSets
        guard case .computed(let deductible, let ratio, let cap) = body else { return sets }
        for part in deductible { sets += part.when.diseaseSets + part.body.amount.diseaseSets }
        for part in ratio { sets += part.when.diseaseSets + part.body.tables.flatMap(\.diseaseSets) }
        for part in cap { sets += part.when.diseaseSets + part.body.amount.diseaseSets }
        return sets
    }

    /// Every number of the layer, with its line in the file.
    var leaves: [(number: Int, line: Int)] {
        guard case .computed(let deductible, let ratio, let cap) = body else { return [] }
        let amounts = (deductible.map(\.body.amount) + cap.map(\.body.amount)).flatMap(\.leaves)
        return amounts.map { ($0.number, $0.line) }
            + ratio.flatMap(\.body.tables).flatMap(\.leaves).map { ($0.number, $0.line) }
    }
}

extension LevelRuleSpec {
    /// True where the rule can change a number of `layer`.
    func concerns(_ layer: LayerSpec) -> Bool {
        guard layer.isComputed, layer.stage == stage else { return false }
        let level = FacetSet(Facet.level)
        switch effect {
        case .treat(_, let deductible, let ratio):
            return deductible && layer.deductibleFacets.contains(level)
                || ratio && layer.ratioFacets.contains(level)
        case .continueDeductible: return layer.deductibleFacets.contains(level)
        }
    }

    /// What the rule looks at besides the layer's own tables.
    var facets: FacetSet {
        if case .continueDeductible = effect { return when.facets.union(FacetSet(.referredFrom)) }
        return when.facets
    }
}

extension PackDocument {
    var diseaseSets: [Set<UInt8>] {
        layers.flatMap(\.diseaseSets) + levelRules.flatMap(\.when.diseaseSets)
            + entitlements.flatMap { $0.when.diseaseSets + $0.only.diseaseSets }
            + (accountUse?.when.diseaseSets ?? [])
    }

    var periods: [DateRange] {
        layers.flatMap(\.periods) + levelRules.map(\.period) + entitlements.map(\.period)
            + (accountUse.map { [$0.period] } ?? [])
    }

    /// Level rules that concern a layer, in the order of the pack.
    func levelRules(of layer: LayerSpec) -> [(index: Int, rule: LevelRuleSpec)] {
        levelRules.enumerated().filter { $0.element.concerns(layer) }.map { ($0.offset, $0.element) }
    }

    /// Facets on which anything about a layer depends.
    func facets(of layer: LayerSpec) -> FacetSet {
        let own = layer.when.facets.union(layer.deductibleFacets).union(layer.ratioFacets).union(layer.capFacets)
        return withInsurance(levelRules(of: layer).reduce(own) { $0.union($1.rule.facets) })
    }

    /// Which memberships exist depends on the insurance.
    func withInsurance(_ facets: FacetSet) -> FacetSet {
        facets.contains(FacetSet(.membership)) && !memberships.isEmpty
            ? facets.union(FacetSet(.insurance)) : facets
    }

    /// All facets that the pack looks at.
    var facets: FacetSet {
        var facets = layers.reduce(FacetSet()) { $0.union(self.facets(of: $1)) }
        for rule in entitlements { facets.formUnion(withInsurance(rule.when.facets.union(rule.only.facets))) }
        if let accountUse { facets.formUnion(withInsurance(accountUse.when.facets)) }
        return facets
    }
}

extension CalendarDate {
    /// The day after.
    var next: CalendarDate {
        if day < CalendarDate.days(inMonth: month, of: year) { return CalendarDate(number + 1) }
        return month < 12
            ? CalendarDate(year: year, month: month + 1, day: 1) : CalendarDate(year: year + 1, month: 1, day: 1)
    }

    /// The day before.
    var previous: CalendarDate {
        if day > 1 { return CalendarDate(number - 1) }
        let (year, month) = month > 1 ? (self.year, self.month - 1) : (self.year - 1, 12)
        return CalendarDate(year: year, month: month, day: CalendarDate.days(inMonth: month, of: year))
    }
}
