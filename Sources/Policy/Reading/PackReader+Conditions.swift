import Settlement
import Yams

/// Conditions: facets and the values they admit.
extension PackReader {
    /// `when: { insurance: employee, kind: [inpatient, special] }`; nil where something is wrong.
    func condition(_ node: Node?) -> Condition? {
        guard let node else { return [] }
        guard
            let fields = Fields(node, "a condition", allowed: Vocabulary.facets.map(\.name), problems: problems)
        else { return nil }
        var condition: Condition = []
        for (name, facet) in Vocabulary.facets {
            guard let node = fields.node(name) else { continue }
            guard let values = conditionValues(node, of: facet) else { return nil }
            condition.append(FacetCondition(facet: facet, values: values))
        }
        return condition
    }

    /// One value, a list, a group's name, or `{ except: … }`.
    func conditionValues(_ node: Node, of facet: Facet) -> Set<UInt8>? {
        if case .mapping = node {
            guard let fields = Fields(node, facet.name, allowed: ["except"], problems: problems),
                let excluded = fields.required("except"), let values = conditionValues(excluded, of: facet)
            else { return nil }
            return universe(of: facet).subtracting(values)
        }
        guard let texts = Fields.texts(node, facet.name, problems) else { return nil }
        var result: Set<UInt8> = []
        for (name, line) in texts {
            guard let values = values(named: name, of: facet, line: line) else { return nil }
            result.formUnion(values)
        }
        return result
    }

    /// The values that a name stands for; nil, and a problem on `line` if there is one, where it stands for none.
    func values(named name: String, of facet: Facet, line: Int?) -> Set<UInt8>? {
        if let group = groups[name], group.facet == facet { return group.values }
        if let value = names(of: facet).first(where: { $0.name == name })?.value { return [value] }
        if let line {
            let known = names(of: facet).map(\.name) + groups.filter { $0.value.facet == facet }.keys.sorted()
            problems.add(
                line, "\(facet.name) has no value '\(name)'; its values are \(known.joined(separator: ", "))")
        }
        return nil
    }

    /// All values that are known facts.
    func universe(of facet: Facet) -> Set<UInt8> { Set(names(of: facet).map(\.value)) }

    private func names(of facet: Facet) -> [(name: String, value: UInt8)] {
        switch facet {
        case .diseaseClass: diseaseNumbers.map { ($0.key, $0.value) }.sorted { $0.1 < $1.1 }
        case .product:
            Vocabulary.values(of: facet) + productNumbers.map { ($0.key, $0.value) }.sorted { $0.1 < $1.1 }
        default: Vocabulary.values(of: facet)
        }
    }
}
