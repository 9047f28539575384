import Settlement
import Text

/// A layer with all numbers resolved, and where they come from.
struct ResolvedLayer: Hashable {
    var layer: Layer
    /// Index into the pack's layers.
    var spec: Int
    var deductibleCase: Int?
    var ratioCase: Int?
    var capCase: Int?
    /// Level rules that changed a number, by index.
    var levelRules: [Int]
    var brackets: [Bracket]
    /// Line of the (last) ratio, for messages.
    var ratioLine: Int
    /// Line of the deductible, for messages; 0: there is none.
    var deductibleLine = 0
}

extension ResolvedLayer {
    private var steps: [Bracket] {
        layer.method == .flat ? [Bracket(lowerBound: 0, ratio: layer.ratio)] : brackets
    }

    /// True where some amount is paid at a higher ratio than by `other`.
    func paysMore(than other: ResolvedLayer) -> Bool {
        let measures = Set([layer.method, other.layer.method])
        // Brackets by expense and by payment cannot be compared step by step.
        if measures.contains(.expenseBrackets), measures.contains(.paymentBrackets) { return false }
        func ratio(_ steps: [Bracket], at bound: Fen) -> BasisPoints {
            steps.last { $0.lowerBound <= bound }?.ratio ?? 0
        }
        let (own, others) = (steps, other.steps)
        return (own + others).contains { ratio(own, at: $0.lowerBound) > ratio(others, at: $0.lowerBound) }
    }
}

/// The distinct resolved layers of a pack.
struct ResolvedPool {
    private(set) var layers: [ResolvedLayer] = []
    private var indexes: [ResolvedLayer: Int] = [:]
    /// Numbers that some combination reads.
    var reached: Set<Int> = []

    mutating func index(of layer: ResolvedLayer) -> Int {
        if let index = indexes[layer] { return index }
        indexes[layer] = layers.count
        layers.append(layer)
        return layers.count - 1
    }

    /// What a layer's resolver says for `key`, as a code: 1 + index of the resolved layer.
    mutating func code(_ resolver: LayerResolver, _ key: PlanKey) -> Int32 {
        switch resolver.resolve(key, reached: &reached) {
        case .absent: 0
        case .missing(let facets): facets.code
        case .resolved(let layer): Int32(index(of: layer)) + 1
        }
    }

    /// Reports a hospital of a higher level that pays more than a lower one, all else equal: by its ratio, or because
    /// its deductible is lower.
    func checkLevels(_ table: CodeTable, _ layer: LayerSpec, _ space: FacetSpace, _ problems: ProblemList) {
        guard table.facets.contains(FacetSet(Facet.level)) else { return }
        let facet = Facet.level.rawValue
        FacetWalk(facets: table.facets.facets, space: space).each { key in
            let level = key[facet]
            guard level == 1 || level == 2 else { return }
            var higherKey = key
            higherKey[facet] = level + 1
            let (lower, higher) = (table[key], table[higherKey])
            guard lower > 0, higher > 0, lower != higher else { return }
            let (above, below) = (layers[Int(higher) - 1], layers[Int(lower) - 1])
            if above.paysMore(than: below) {
                problems.add(
                    above.ratioLine, "inverted ratio: in '\(layer.id)' L\(level + 1) pays more than L\(level)")
            }
            // A person who was referred has met a part of the deductible elsewhere (rule SY-6): that is no inversion.
            if above.layer.deductible < below.layer.deductible, key[Facet.referredFrom.rawValue] == 0 {
                let (more, less) = (MoneyText.yuan(below.layer.deductible), MoneyText.yuan(above.layer.deductible))
                problems.add(
                    above.deductibleLine > 0 ? above.deductibleLine : layer.line,
                    "inverted deductible: in '\(layer.id)' that of L\(level + 1), \(less) 元, is below that of "
                        + "L\(level), \(more) 元, so the higher level pays more")
            }
        }
    }
}
