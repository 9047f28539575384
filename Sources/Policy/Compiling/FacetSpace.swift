import Settlement

/// A set of facets, for "which ones are missing" and "which ones are looked at".
struct FacetSet: OptionSet, Hashable {
    var rawValue: UInt16

    init(rawValue: UInt16) { self.rawValue = rawValue }
    init(_ facet: Facet) { rawValue = 1 << UInt16(facet.rawValue) }

    /// The first in the order in which missing facts are asked for.
    var first: Facet? { Facet.allCases.first { contains(FacetSet($0)) } }
    var facets: [Facet] { Facet.allCases.filter { contains(FacetSet($0)) } }
}

/// Whether a condition holds for a key.
enum Truth: Equatable {
    case no, yes
    /// These facts are needed to say.
    case unknown(FacetSet)
}

/// The values that the facets of a pack have, and how conditions and tables read them from a key.
struct FacetSpace {
    let memberships: [UInt8: Set<UInt8>]
    /// Class of each disease by claim number; index 0: no disease.
    let classes: [UInt8]
    /// A disease of each class, by class number.
    let representatives: [UInt8]
    let productCount: Int

    /// Diseases that no condition and no table of `document` tells apart share a class.
    init(_ document: PackDocument, sets: [Set<UInt8>]) {
        memberships = document.memberships
        productCount = document.products.count
        var classOfSignature: [[Bool]: UInt8] = [:]
        var classes: [UInt8] = [0]
        var representatives: [UInt8] = [0]
        for index in document.diseases.indices {
            let number = UInt8(index + 1)
            let signature = sets.map { $0.contains(number) }
            if let known = classOfSignature[signature] {
                classes.append(known)
            } else {
                // The compiler refuses a pack with more classes than a key holds.
                let next = UInt8(min(representatives.count, 255))
                classOfSignature[signature] = next
                classes.append(next)
                representatives.append(number)
            }
        }
        self.classes = classes
        self.representatives = representatives
    }

    /// How many values a facet has in a key.
    func size(_ facet: Facet) -> Int {
        switch facet {
        case .diseaseClass: representatives.count
        case .product: productCount + 1
        default: facet.valuesMax
        }
    }

    /// The value of a facet as conditions write it; a membership that the insurance does not have is unknown.
    func value(_ facet: Facet, _ key: PlanKey) -> UInt8 {
        let raw = key[facet.rawValue]
        switch facet {
        case .diseaseClass: return representatives[Int(raw)]
        case .membership:
            guard let allowed = memberships[key[Facet.insurance.rawValue]] else { return raw }
            return allowed.contains(raw) ? raw : 0
        default: return raw
        }
    }

    func isUnknown(_ facet: Facet, _ key: PlanKey) -> Bool {
        facet.isUnknownAtZero && value(facet, key) == 0
    }

    /// Any condition that fails decides; else what is unknown keeps it open.
    func truth(_ condition: Condition, _ key: PlanKey) -> Truth {
        var unknown: FacetSet = []
        for part in condition {
            if isUnknown(part.facet, key) {
                unknown.insert(FacetSet(part.facet))
            } else if !part.values.contains(value(part.facet, key)) {
                return .no
            }
        }
        return unknown.isEmpty ? .yes : .unknown(unknown)
    }

    /// What a key says, for messages: "insurance employee, level L2".
    func describe(_ key: PlanKey, _ facets: FacetSet, in document: PackDocument) -> String {
        facets.facets.map { "\($0.name) \(name(of: value($0, key), $0, in: document))" }.joined(separator: ", ")
    }

    func name(of value: UInt8, _ facet: Facet, in document: PackDocument) -> String {
        switch facet {
        case .diseaseClass where value > 0: document.diseases[Int(value) - 1].code
        case .product where value > 0: document.products[Int(value) - 1].description.id
        default: Vocabulary.values(of: facet).first { $0.value == value }?.name ?? "unknown"
        }
    }
}

/// What a table says for a key.
enum Lookup<Value> {
    case found(Leaf<Value>)
    case missing(FacetSet)
    /// The table has no row for the key's value of `facet`.
    case gap(line: Int, Facet)
}

extension FacetSpace {
    func look<Value>(_ key: PlanKey, up cells: Cells<Value>) -> Lookup<Value> {
        let unknown = cells.facets.facets.filter { isUnknown($0, key) }
        if !unknown.isEmpty { return .missing(FacetSet(unknown.map(FacetSet.init))) }
        var cells = cells
        while case .table(let facet, let rows, let line) = cells {
            guard let row = rows.first(where: { $0.values.contains(value(facet, key)) }) else {
                return .gap(line: line, facet)
            }
            cells = row.cells
        }
        guard case .value(let leaf) = cells else { preconditionFailure("a table ends in numbers") }
        return .found(leaf)
    }
}

extension Cells {
    /// The facets that the table looks at.
    var facets: FacetSet {
        switch self {
        case .value: []
        case .table(let facet, let rows, _): rows.reduce(FacetSet(facet)) { $0.union($1.cells.facets) }
        }
    }

    /// The numbers of the table.
    var leaves: [Leaf<Value>] {
        switch self {
        case .value(let leaf): [leaf]
        case .table(_, let rows, _): rows.flatMap(\.cells.leaves)
        }
    }

    /// The sets of diseases that the table's rows name.
    var diseaseSets: [Set<UInt8>] {
        guard case .table(let facet, let rows, _) = self else { return [] }
        return (facet == .diseaseClass ? rows.map(\.values) : []) + rows.flatMap(\.cells.diseaseSets)
    }
}

extension [FacetCondition] {
    var facets: FacetSet { FacetSet(map { FacetSet($0.facet) }) }
    var diseaseSets: [Set<UInt8>] { filter { $0.facet == .diseaseClass }.map(\.values) }
}
