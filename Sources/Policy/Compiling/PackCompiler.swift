import Settlement

/// Compiles a pack: versions by date, plans by facts, layers with resolved numbers.
struct PackCompiler {
    let document: PackDocument
    let problems: ProblemList
    let space: FacetSpace
    private let facets: FacetSet
    private var pool = ResolvedPool()
    private var builder: PlanBuilder

    init(_ document: PackDocument, problems: ProblemList) {
        self.document = document
        self.problems = problems
        space = FacetSpace(document, sets: document.diseaseSets)
        facets = document.facets
        builder = PlanBuilder(document, problems: problems)
    }

    /// nil where the pack has problems; they are in `problems`.
    mutating func compile(digest: String, yaml: String) -> PolicyPack? {
        let versions = self.versions()
        guard checkSizes(versions) else { return nil }
        var strides = [12 of UInt32](repeating: 0)
        var size: UInt32 = 1
        for facet in facets.facets.reversed() {
            strides[facet.rawValue] = size
            size *= UInt32(space.size(facet))
        }
        var compiled: [PolicyVersion] = []
        var planIndex: [UInt32] = []
        planIndex.reserveCapacity(Int(size) * versions.count)
        for version in versions {
            compiled.append(PolicyVersion(inForce: version, firstKey: UInt32(planIndex.count)))
            compileVersion(version, into: &planIndex)
        }
        reportUnreached()
        let recognitionLayer = document.recognition.map { recognition in
            if builder.longestPlan >= PackLimit.layersPerPlanMax {
                problems.add(
                    recognition.line,
                    "a recognition needs room in every settlement: its plans have at most "
                        + "\(PackLimit.layersPerPlanMax - 1) layers")
            }
            return builder.addRecognition(recognition, document)
        }
        guard problems.isEmpty else { return nil }

        let calculator = Calculator(
            versions: compiled, strides: strides, planIndex: planIndex, plans: builder.plans, layers: builder.layers,
            brackets: builder.brackets, diseaseClasses: space.classes, products: document.products.map(\.product),
            identityRanks: ranks, slotCount: document.accumulators.count)
        return PolicyPack(
            region: document.region, label: document.label, digest: digest, yaml: yaml, inForce: document.inForce,
            calculator: calculator, tables: calculator.tables, accumulators: document.accumulators,
            diseases: document.diseases,
            products: document.products.map(\.description), layers: builder.descriptions,
            refusals: document.entitlements.map(\.citation), accountUse: document.accountUse?.citation,
            parameters: document.parameters, recognitionLayer: recognitionLayer, secondRound: secondRound,
            funds: document.funds.map(\.fund), documents: document.documents,
            levelTreatments: LevelTreatments(document, space), rules: document.rules.sorted(by: isRuleBefore))
    }

    private var secondRound: SecondRoundTerms? {
        document.secondRound.map { round in
            let layer = document.layers[round.layer]
            return SecondRoundTerms(
                label: round.label, layer: layer.id, fund: layer.payers[0], citation: round.citation)
        }
    }

    private var ranks: [8 of UInt8] {
        var ranks = [8 of UInt8](repeating: 0)
        for identity in ranks.indices { ranks[identity] = document.identityRanks[identity] }
        return ranks
    }

    /// The stretches of days between all dates at which something begins or ends.
    private func versions() -> [DateRange] {
        let whole = document.inForce
        var starts: Set<CalendarDate> = [whole.from]
        for period in document.periods {
            if period.from != .none { starts.insert(period.from) }
            if period.until != .none { starts.insert(period.until.next) }
        }
        let dates = starts.filter(whole.contains).sorted()
        return dates.enumerated().map { index, from in
            DateRange(from: from, until: index + 1 < dates.count ? dates[index + 1].previous : whole.until)
        }
    }

    private func checkSizes(_ versions: [DateRange]) -> Bool {
        if space.representatives.count - 1 > PackLimit.diseaseClassesMax {
            problems.add(0, "the rules tell more than \(PackLimit.diseaseClassesMax) classes of diseases apart")
            return false
        }
        if versions.count > PackLimit.versionsMax {
            problems.add(0, "the dates make \(versions.count) versions; at most \(PackLimit.versionsMax) are kept")
            return false
        }
        var keys = versions.count
        for facet in facets.facets { keys = min(keys * space.size(facet), Int.max / 16) }
        for layer in document.layers {
            let keys = document.facets(of: layer).facets.reduce(1) { $0 * space.size($1) }
            if keys > PackLimit.layerKeysMax {
                problems.add(
                    layer.line,
                    "'\(layer.id)' looks at \(keys) combinations of facts; at most \(PackLimit.layerKeysMax) are kept")
            }
        }
        if keys > PackLimit.planKeysMax {
            problems.add(
                0,
                "the facts that the rules look at make \(keys) combinations; "
                    + "at most \(PackLimit.planKeysMax) are kept")
            return false
        }
        return problems.isEmpty
    }

    private mutating func compileVersion(_ version: DateRange, into planIndex: inout [UInt32]) {
        var tables: [CodeTable] = []
        for (index, layer) in document.layers.enumerated() {
            let resolver = LayerResolver(
                document, space: space, index: index, date: version.from, problems: problems)
            let table = CodeTable(document.facets(of: layer), space: space) { pool.code(resolver, $0) }
            pool.checkLevels(table, layer, space, problems)
            tables.append(table)
        }
        for rule in document.entitlements { tables.append(entitlement(rule, on: version.from)) }
        tables.append(accountUse(on: version.from))

        var codes = [Int32](repeating: 0, count: tables.count)
        FacetWalk(facets: facets.facets, space: space).each { key in
            for index in tables.indices { codes[index] = tables[index][key] }
            planIndex.append(builder.plan(codes, pool: pool))
        }
    }

    /// 1: allowed, on file where the rule needs it; 2: not entitled.
    private func entitlement(_ rule: EntitlementSpec, on date: CalendarDate) -> CodeTable {
        let facets = document.withInsurance(rule.when.facets.union(rule.only.facets))
        return CodeTable(facets, space: space) { key in
            guard rule.period.contains(date) else { return 0 }
            let applies = space.truth(rule.when, key).code(yes: 1)
            guard applies == 1 else { return applies }
            let allowed = space.truth(rule.only, key)
            return allowed == .no ? 2 : allowed.code(yes: 1)
        }
    }

    /// 1: personal accounts pay.
    private func accountUse(on date: CalendarDate) -> CodeTable {
        guard let use = document.accountUse, use.period.contains(date) else {
            return CodeTable([], space: space) { _ in 0 }
        }
        return CodeTable(document.withInsurance(use.when.facets), space: space) { key in
            space.truth(use.when, key).code(yes: 1)
        }
    }

    private func reportUnreached() {
        // Only where every table could be read: else a gap would be reported twice.
        guard problems.isEmpty else { return }
        for (index, layer) in document.layers.enumerated() {
            guard builder.usedLayers.contains(index) else {
                problems.add(layer.line, "unreachable: the layer '\(layer.id)' never applies in the days of the pack")
                continue
            }
            for leaf in layer.leaves where !pool.reached.contains(leaf.number) {
                problems.add(leaf.line, "unreachable: no combination that '\(layer.id)' admits reads this number")
            }
        }
    }
}

/// CQ-2 before CQ-10.
private func isRuleBefore(_ left: String, _ right: String) -> Bool {
    let (a, b) = (left.split(separator: "-"), right.split(separator: "-"))
    return a[0] == b[0] ? Int(a[1])! < Int(b[1])! : a[0] < b[0]
}
