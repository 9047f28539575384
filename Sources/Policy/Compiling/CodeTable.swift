import Settlement

/// The codes of one part of a pack (a layer, an entitlement, the account rule) for every combination of the facets that
/// it reads.
///
/// A code is 0 when the part does not apply, positive for its result, negative for the set of missing facets.
struct CodeTable {
    let facets: FacetSet
    /// Weight of each facet of the table in `codes`.
    private let weights: [(facet: Int, weight: Int)]
    private let codes: [Int32]

    /// Asks `code` for every combination.
    init(_ facets: FacetSet, space: FacetSpace, code: (PlanKey) -> Int32) {
        var weights: [(facet: Int, weight: Int)] = []
        var size = 1
        for facet in facets.facets.reversed() {
            weights.append((facet.rawValue, size))
            size *= space.size(facet)
        }
        var codes: [Int32] = []
        codes.reserveCapacity(size)
        FacetWalk(facets: facets.facets, space: space).each { codes.append(code($0)) }
        self.facets = facets
        self.weights = weights
        self.codes = codes
    }

    subscript(key: PlanKey) -> Int32 {
        var index = 0
        for (facet, weight) in weights { index += weight * Int(key[facet]) }
        return codes[index]
    }
}

extension Truth {
    /// As a code: `yes` where the condition holds.
    func code(yes: Int32) -> Int32 {
        switch self {
        case .no: 0
        case .yes: yes
        case .unknown(let facets): facets.code
        }
    }
}

extension FacetSet {
    /// The code that says that these facets are missing.
    var code: Int32 { -Int32(rawValue) }

    /// The missing facets of a code; empty where nothing is missing.
    init(code: Int32) { self.init(rawValue: code < 0 ? UInt16(-code) : 0) }
}

/// Every combination of some facets, the last facet fastest; the others are 0.
struct FacetWalk {
    let facets: [Facet]
    let space: FacetSpace

    func each(_ body: (PlanKey) -> Void) {
        let sizes = facets.map(space.size)
        let total = sizes.reduce(1, *)
        var key = PlanKey(repeating: 0)
        for _ in 0..<total {
            body(key)
            var index = facets.count - 1
            while index >= 0 {
                let facet = facets[index].rawValue
                if Int(key[facet]) + 1 < sizes[index] {
                    key[facet] += 1
                    break
                }
                key[facet] = 0
                index -= 1
            }
        }
    }
}
