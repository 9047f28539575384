import Settlement
import Yams

/// A table that several layers share, read when the first one asks for it.
struct NamedTable {
    var line: Int
    var node: Node
    var isUsed = false
    var citation: Citation?
    var amounts: Cells<Fen>?
    var ratios: Cells<BasisPoints>?
}

/// Numbers and tables of numbers.
extension PackReader {
    static let tableKeys = ["by", "table", "value"]

    func readTables(_ fields: Fields) {
        for (name, line, node) in entries(fields, "tables") where checkName(name, "table", line: line) {
            tables[name] = NamedTable(line: line, node: node)
        }
    }

    /// An amount as `value`, as `by` and `table`, or as the name of a shared table, with its citation.
    func amounts(_ fields: Fields, allowsNone: Bool) -> (Cells<Fen>, Citation)? {
        cells(fields, shared: \.amounts) { node, key in
            if allowsNone, node.scalar?.string == "none" { return Layer.unlimited }
            return Fields.amount(node, key, self.problems)
        }
    }

    /// A ratio, in the same three ways.
    func ratios(_ fields: Fields) -> (Cells<BasisPoints>, Citation)? {
        cells(fields, shared: \.ratios) { node, key in Fields.ratio(node, key, self.problems) }
    }

    private func cells<Value>(
        _ fields: Fields, shared: WritableKeyPath<NamedTable, Cells<Value>?>, read: (Node, String) -> Value?
    ) -> (Cells<Value>, Citation)? {
        if let name = fields.node("table")?.scalar?.string {
            return sharedCells(name, fields, shared: shared, read: read)
        }
        guard let citation = citation(fields, isNumber: true),
            let cells = ownCells(fields, read: read)
        else { return nil }
        return (cells, citation)
    }

    private func sharedCells<Value>(
        _ name: String, _ fields: Fields, shared: WritableKeyPath<NamedTable, Cells<Value>?>,
        read: (Node, String) -> Value?
    ) -> (Cells<Value>, Citation)? {
        guard var table = tables[name] else {
            problems.add(fields.node("table")!.line, "there is no table '\(name)' under 'tables'")
            return nil
        }
        if !table.isUsed {
            table.isUsed = true
            if let entry = Fields(
                table.node, "the table '\(name)'", allowed: PackReader.tableKeys + citationKeys, problems: problems)
            {
                table.citation = citation(entry, isNumber: true)
                table[keyPath: shared] = ownCells(entry, read: read)
            }
            tables[name] = table
        }
        guard let cells = table[keyPath: shared] else {
            if table.amounts != nil || table.ratios != nil {
                problems.add(fields.line, "the table '\(name)' has numbers of another kind")
            }
            return nil
        }
        // The layer may rest on a rule of its own; else the table's speaks for it.
        if fields.has("rule") { return citation(fields, isNumber: true).map { (cells, $0) } }
        return table.citation.map { (cells, $0) }
    }

    private func ownCells<Value>(_ fields: Fields, read: (Node, String) -> Value?) -> Cells<Value>? {
        if let node = fields.node("value") {
            for key in ["by", "table"] where fields.has(key) {
                problems.add(fields.node(key)!.line, "\(fields.what) has a value: leave out '\(key)'")
            }
            return leaf(node, "value", read)
        }
        guard let node = fields.node("table") else {
            problems.add(fields.line, "\(fields.what) needs a 'value', or 'by' and 'table'")
            return nil
        }
        guard let facets = facets(fields) else { return nil }
        return table(node, by: facets[...], besides: [], read: read)
    }

    /// The facets of `by`.
    func facets(_ fields: Fields) -> [Facet]? {
        guard let names = fields.texts("by") else { return nil }
        var facets: [Facet] = []
        for (name, line) in names {
            guard let facet = Vocabulary.facets.first(where: { $0.name == name })?.facet else {
                let known = Vocabulary.facets.map(\.name).joined(separator: ", ")
                problems.add(line, "by: there is no fact '\(name)'; the facts are \(known)")
                return nil
            }
            if facets.contains(facet) {
                problems.add(line, "by: '\(name)' stands twice")
                return nil
            }
            facets.append(facet)
        }
        guard facets.count <= PackLimit.tableFacetsMax else {
            problems.add(
                fields.line, "a table by more than \(PackLimit.tableFacetsMax) facts is not readable: split it")
            return nil
        }
        return facets
    }

    /// Rows by the first facet, columns by the next; keys in `besides` are not rows.
    func table<Value>(
        _ node: Node, by facets: ArraySlice<Facet>, besides: [String], read: (Node, String) -> Value?
    ) -> Cells<Value>? {
        guard let facet = facets.first else { return leaf(node, "the table", read) }
        guard case .mapping(let mapping) = node else {
            problems.add(node.line, "by \(facet.name) a row for each value is needed, not \(node.kindName)")
            return nil
        }
        var rows: [(values: Set<UInt8>, cells: Cells<Value>)] = []
        var named: Set<UInt8> = []
        var rest: (cells: Cells<Value>, line: Int)?
        var isWhole = true
        for (key, value) in mapping {
            guard let name = key.scalar?.string, !besides.contains(name) else { continue }
            guard let cells = table(value, by: facets.dropFirst(), besides: [], read: read) else {
                isWhole = false
                continue
            }
            if name == Vocabulary.others {
                rest = (cells, key.line)
                continue
            }
            guard let values = rowValues(name, of: facet, line: key.line) else {
                isWhole = false
                continue
            }
            if !named.isDisjoint(with: values) {
                problems.add(key.line, "overlap: '\(name)' has a value in another row already")
                isWhole = false
            }
            named.formUnion(values)
            rows.append((values, cells))
        }
        if let rest { rows.append((universe(of: facet).subtracting(named), rest.cells)) }
        if rows.isEmpty, isWhole { problems.add(node.line, "the table by \(facet.name) has no row") }
        return isWhole && !rows.isEmpty ? .table(facet, rows: rows, line: node.line) : nil
    }

    /// The values of a row's key: one name, or several with commas between.
    private func rowValues(_ key: String, of facet: Facet, line: Int) -> Set<UInt8>? {
        var result: Set<UInt8> = []
        for part in key.split(separator: ",", omittingEmptySubsequences: false) {
            let name = String(part.drop { $0 == " " })
            guard let values = values(named: name, of: facet, line: line) else { return nil }
            result.formUnion(values)
        }
        return result
    }

    private func leaf<Value>(_ node: Node, _ key: String, _ read: (Node, String) -> Value?) -> Cells<Value>? {
        guard let value = read(node, key) else { return nil }
        leafCount += 1
        return .value(Leaf(value: value, line: node.line, number: leafCount))
    }
}
