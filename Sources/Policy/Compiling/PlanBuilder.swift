import Settlement

/// Builds plans, sequences of layers and brackets, and stores equal ones once.
struct PlanBuilder {
    private(set) var plans: [Plan] = []
    private(set) var layers: [Layer] = []
    private(set) var descriptions: [LayerDescription] = []
    private(set) var brackets: [Bracket] = []
    /// Layers of the pack that some plan walks.
    private(set) var usedLayers: Set<Int> = []
    private let document: PackDocument
    private let problems: ProblemList
    private var planOfCodes: [[Int32]: UInt32] = [:]
    private var planNumbers: [Plan: UInt32] = [:]
    private var runStarts: [[PlanLayer]: UInt32] = [:]
    private var bracketStarts: [[Bracket]: UInt16] = [:]

    /// A resolved layer in a plan.
    private struct PlanLayer: Hashable {
        var resolved: Int
        /// Outpatient pooling speaks for the basic insurance where that has no rule of its own.
        var speaksForBasic: Bool
    }

    init(_ document: PackDocument, problems: ProblemList) {
        self.document = document
        self.problems = problems
    }

    /// The plan for the codes of the pack's layers, then entitlements, then account rule.
    mutating func plan(_ codes: [Int32], pool: ResolvedPool) -> UInt32 {
        if let known = planOfCodes[codes] { return known }
        let plan = makePlan(codes, pool)
        let number = planNumbers[plan] ?? UInt32(plans.count)
        if number == plans.count {
            plans.append(plan)
            planNumbers[plan] = number
        }
        planOfCodes[codes] = number
        return number
    }

    private mutating func makePlan(_ codes: [Int32], _ pool: ResolvedPool) -> Plan {
        let specs = document.layers
        var missing: FacetSet = []
        var chosen: [Int] = []
        for index in specs.indices where !specs[index].isOtherwise { take(codes[index], &missing, &chosen) }
        let hasRule = chosen.contains { [.basic, .pooling].contains(specs[pool.layers[$0].spec].stage) }
        if !hasRule {
            for index in specs.indices where specs[index].isOtherwise { take(codes[index], &missing, &chosen) }
        }
        let entitlements = codes[specs.count..<(codes.count - 1)].enumerated()
        for (_, code) in entitlements { missing.formUnion(FacetSet(code: code)) }
        let refusing = entitlements.first { $0.element == 2 }?.offset
        let filing = entitlements.first { $0.element == 1 && document.entitlements[$0.offset].needsFiling }?.offset
        missing.formUnion(FacetSet(code: codes.last!))
        // FACT_MISSING comes before NOT_ENTITLED in the registry of errors.
        if let facet = missing.first { return Plan(disposition: .factMissing, missing: facet.field) }
        if let refusing { return Plan(disposition: .notEntitled, citation: UInt32(refusing + 1)) }
        return settlePlan(
            chosen, pool, usesAccounts: codes.last! == 1, needsFiling: filing != nil,
            citation: filing.map { UInt32($0 + 1) } ?? 0)
    }

    private func take(_ code: Int32, _ missing: inout FacetSet, _ chosen: inout [Int]) {
        missing.formUnion(FacetSet(code: code))
        if code > 0 { chosen.append(Int(code) - 1) }
    }

    private mutating func settlePlan(
        _ chosen: [Int], _ pool: ResolvedPool, usesAccounts: Bool, needsFiling: Bool, citation: UInt32
    ) -> Plan {
        let specs = document.layers
        func spec(_ resolved: Int) -> LayerSpec { specs[pool.layers[resolved].spec] }
        let ordered = chosen.sorted {
            (spec($0).stage.order, pool.layers[$0].spec) < (spec($1).stage.order, pool.layers[$1].spec)
        }
        check(ordered, pool)
        let hasBasic = ordered.contains { pool.layers[$0].layer.isBasic }
        let steps = ordered.map { PlanLayer(resolved: $0, speaksForBasic: !hasBasic && spec($0).stage == .pooling) }
        usedLayers.formUnion(ordered.map { pool.layers[$0].spec })
        let fixedFees = ordered.map { isFixedFee(pool.layers[$0]) }
        if let late = fixedFees.lastIndex(of: true), fixedFees[...late].contains(false) {
            let layer = spec(ordered[late])
            problems.add(layer.line, "'\(layer.id)' is a fixed fee, which must stand before the other layers")
        }
        let methods = ordered.map { pool.layers[$0].layer.method }
        return Plan(
            disposition: .settle, needsFiling: needsFiling,
            allowsExternalBasic: methods.contains(.externalBasic),
            allowsExternalLargeAmount: methods.contains(.externalLargeAmount),
            hasNoRule: ordered.allSatisfy { spec($0).isOtherwise }, usesAccounts: usesAccounts,
            firstLayer: start(of: steps, pool), layerCount: UInt8(min(steps.count, PackLimit.layersPerPlanMax)),
            fixedFeeLayers: UInt8(fixedFees.prefix { $0 }.count), citation: citation)
    }

    private func isFixedFee(_ resolved: ResolvedLayer) -> Bool {
        if case .external(let external) = document.layers[resolved.spec].body { external.isFixedFee } else { false }
    }

    // MARK: checks

    /// Two layers that would pay the same part twice, or count one thing twice, or too many layers.
    private func check(_ run: [Int], _ pool: ResolvedPool) {
        let specs = document.layers
        if run.count > PackLimit.layersPerPlanMax {
            let last = specs[pool.layers[run.last!].spec]
            problems.add(last.line, "more than \(PackLimit.layersPerPlanMax) layers for one claim: '\(last.id)'")
        }
        for (index, first) in run.enumerated() {
            for second in run[(index + 1)...] { check(pool.layers[first], pool.layers[second]) }
        }
    }

    private func check(_ first: ResolvedLayer, _ second: ResolvedLayer) {
        let (one, two) = (document.layers[first.spec], document.layers[second.spec])
        // What the large-amount fund paid outside is another part than what the pool paid.
        let isSamePart = (first.layer.method == .externalLargeAmount) == (second.layer.method == .externalLargeAmount)
        if one.stage == two.stage, one.base == two.base, isSamePart {
            problems.add(
                two.line, "overlap: '\(one.id)' and '\(two.id)' both pay for the same claim in the stage \(one.stage)")
        }
        let counters = [
            (first.layer.absorbedSlot, second.layer.absorbedSlot), (first.layer.measureSlot, second.layer.measureSlot),
        ]
        for (slot, other) in counters where slot == other && slot != Layer.noSlot {
            let name = document.accumulators[Int(slot)].name
            problems.add(two.line, "'\(one.id)' and '\(two.id)' both count into '\(name)' for the same claim")
        }
    }

    // MARK: tables

    /// A layer beside the plans; its index.
    mutating func add(_ layer: Layer, _ description: LayerDescription) -> UInt32 {
        layers.append(layer)
        descriptions.append(description)
        return UInt32(layers.count - 1)
    }

    /// The most layers that a plan walks.
    var longestPlan: Int { plans.map { Int($0.layerCount) }.max() ?? 0 }

    private mutating func start(of steps: [PlanLayer], _ pool: ResolvedPool) -> UInt32 {
        if let known = runStarts[steps] { return known }
        let start = UInt32(layers.count)
        for step in steps {
            let resolved = pool.layers[step.resolved]
            var layer = resolved.layer
            if step.speaksForBasic { layer.isBasic = true }
            if !resolved.brackets.isEmpty {
                layer.firstBracket = bracketStart(resolved.brackets, line: resolved.ratioLine)
                layer.bracketCount = UInt16(resolved.brackets.count)
            }
            layers.append(layer)
            descriptions.append(describe(resolved))
        }
        runStarts[steps] = start
        return start
    }

    private mutating func bracketStart(_ rows: [Bracket], line: Int) -> UInt16 {
        if let known = bracketStarts[rows] { return known }
        guard brackets.count + rows.count <= Int(UInt16.max) else {
            problems.add(line, "more than \(UInt16.max) brackets in one pack")
            return 0
        }
        let start = UInt16(brackets.count)
        brackets += rows
        bracketStarts[rows] = start
        return start
    }

    private func describe(_ resolved: ResolvedLayer) -> LayerDescription {
        let spec = document.layers[resolved.spec]
        let funds = spec.payers.map { document.funds[$0] }
        var description = LayerDescription(
            id: spec.id, label: spec.label, first: funds[0].fund, second: funds.count > 1 ? funds[1].fund : nil,
            ratio: Citation(rule: "", document: "", article: "", words: ""), deductible: nil, cap: nil, payers: nil,
            also: spec.also)
        description.isInSecondRound = document.secondRound?.layer == resolved.spec
        switch spec.body {
        case .external(let external): description.ratio = external.citation
        case .silent(let citation): description.ratio = citation
        case .computed(let deductible, let ratio, let cap):
            let chosenRatio = ratio[resolved.ratioCase!]
            let chosenDeductible = resolved.deductibleCase.map { deductible[$0] }
            let chosenCap = resolved.capCase.map { cap[$0] }
            description.ratio = chosenRatio.citation
            description.deductible = chosenDeductible?.citation
            description.cap = chosenCap?.citation
            let limits = funds.compactMap(\.citation)
            description.payers = limits.dropFirst().reduce(limits.first) { joined, limit in joined?.adding(limit) }
            description.also += (chosenDeductible?.also ?? []) + chosenRatio.also + (chosenCap?.also ?? [])
            description.also += resolved.levelRules.map { document.levelRules[$0].citation }
        }
        return description
    }
}
