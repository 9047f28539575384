import Settlement
import Yams

/// Reads a pack's YAML into a `PackDocument`; errors go to `problems`.
final class PackReader {
    let problems: ProblemList
    var document: PackDocument
    /// Groups of a facet's values by name: "key_groups".
    var groups: [String: FacetCondition] = [:]
    var diseaseNumbers: [String: UInt8] = [:]
    var productNumbers: [String: UInt8] = [:]
    var fundIndexes: [String: Int] = [:]
    var accumulatorIndexes: [String: Int] = [:]
    /// The role of each accumulator; an accumulator has only one.
    var roles: [Int: AccumulatorRole] = [:]
    var tables: [String: NamedTable] = [:]
    var usedFunds: Set<Int> = []
    var fundLines: [Int] = []
    var leafCount = 0
    private var accumulatorLines: [Int] = []

    /// What an accumulator counts.
    enum AccumulatorRole: String {
        case absorbed = "what a deductible has absorbed"
        case expenses = "the base on which brackets are measured"
        case payments = "the payments on which brackets are measured"
        case capped = "the payments that a cap limits"
        case fund = "what a fund has paid"
    }

    /// A pack that a ledger keeps for its settlements: parameters that the registry no longer has are accepted.
    let isKept: Bool

    init(file: String, isKept: Bool = false) {
        self.isKept = isKept
        problems = ProblemList(file: file)
        document = PackDocument(file: file, region: "", label: Label(zh: "", en: ""), inForce: DateRange())
    }

    private static let keys = [
        "region", "zh", "en", "from", "until", "documents", "identities", "memberships", "diseases", "products",
        "groups", "accumulators", "funds", "tables", "layers", "otherwise", "level_rules", "entitlements", "accounts",
        "parameters", "recognition", "second_round",
    ]

    /// Reads the whole file; nil where it is not a pack at all.
    func read(_ text: String) -> PackDocument? {
        guard
            let root = YAMLText.root(
                of: text, problems: problems, empty: "the file is empty: a policy pack begins with 'region: …'"),
            let fields = Fields(root, "a policy pack", allowed: PackReader.keys, problems: problems)
        else { return nil }
        document.region = fields.name("region") ?? ""
        document.label = fields.label() ?? Label(zh: "", en: "")
        _ = fields.required("from")
        document.inForce = fields.period() ?? DateRange()

        // In the order in which the parts name each other.
        readDocuments(fields)
        readDiseases(fields)
        readAccumulators(fields)
        readProducts(fields)
        readIdentities(fields)
        readMemberships(fields)
        readGroups(fields)
        readFunds(fields)
        readTables(fields)
        for (number, node) in list(fields, "layers", needed: true).enumerated() {
            readLayer(node, number: number, isOtherwise: false)
        }
        for (number, node) in list(fields, "otherwise").enumerated() {
            readLayer(node, number: number, isOtherwise: true)
        }
        for node in list(fields, "level_rules") { readLevelRule(node) }
        for node in list(fields, "entitlements") { readEntitlement(node) }
        if let node = fields.node("accounts") { readAccountUse(node) }
        readParameters(fields)
        readRecognition(fields)
        readSecondRound(fields)
        reportUnused()
        return problems.isEmpty ? document : nil
    }

    /// The entries of a mapping whose keys the pack chooses.
    func entries(_ fields: Fields, _ key: String, needed: Bool = false) -> [(name: String, line: Int, node: Node)] {
        guard let node = needed ? fields.required(key) : fields.node(key) else { return [] }
        guard case .mapping(let mapping) = node else {
            problems.add(node.line, "\(key) is a table of 'name: …' lines, not \(node.kindName)")
            return []
        }
        return mapping.compactMap { name, value in
            guard let text = name.scalar?.string else {
                problems.add(name.line, "\(key): a name is a text, not \(name.kindName)")
                return nil
            }
            return (text, name.line, value)
        }
    }

    func list(_ fields: Fields, _ key: String, needed: Bool = false) -> [Node] {
        guard let node = needed ? fields.required(key) : fields.node(key) else { return [] }
        guard case .sequence(let sequence) = node else {
            problems.add(node.line, "\(key) is a list of '- …' entries, not \(node.kindName)")
            return []
        }
        return Array(sequence)
    }

    func checkName(_ name: String, _ what: String, line: Int) -> Bool {
        if Quantity.isName(name) { return true }
        problems.add(line, "\(what) '\(name)' is not a name: small letters, digits, '_' and '.', a letter first")
        return false
    }

    // MARK: parts

    private func readDocuments(_ fields: Fields) {
        for (name, line, node) in entries(fields, "documents", needed: true) {
            guard let entry = Fields(node, "a document", allowed: ["zh", "en"], problems: problems) else { continue }
            if name.isEmpty { problems.add(line, "a document needs a number") }
            document.documents[name] = entry.label()
        }
    }

    private func readDiseases(_ fields: Fields) {
        for (code, line, node) in entries(fields, "diseases") {
            guard checkName(code, "disease code", line: line),
                let entry = Fields(node, "a disease", allowed: ["zh", "en"], problems: problems),
                let label = entry.label()
            else { continue }
            guard document.diseases.count < PackLimit.diseasesMax else {
                problems.add(line, "more than \(PackLimit.diseasesMax) diseases")
                return
            }
            document.diseases.append(Disease(code: code, label: label))
            diseaseNumbers[code] = UInt8(document.diseases.count)
        }
    }

    private func readAccumulators(_ fields: Fields) {
        for (name, line, node) in entries(fields, "accumulators") {
            guard checkName(name, "accumulator", line: line),
                let entry = Fields(node, "an accumulator", allowed: ["zh", "en"], problems: problems),
                let label = entry.label()
            else { continue }
            guard document.accumulators.count < PackLimit.accumulatorsMax else {
                problems.add(line, "more than \(PackLimit.accumulatorsMax) accumulators")
                return
            }
            accumulatorIndexes[name] = document.accumulators.count
            document.accumulators.append(AccumulatorDescription(name: name, label: label))
            accumulatorLines.append(line)
        }
    }

    private func readProducts(_ fields: Fields) {
        for (id, line, node) in entries(fields, "products") {
            guard checkName(id, "product", line: line),
                let entry = Fields(
                    node, "a product", allowed: ["zh", "en", "premium", "purchase", "cover"], problems: problems)
            else { continue }
            let label = entry.label()
            let premium = entry.required("premium").flatMap { readPremium($0) }
            let purchase = entry.required("purchase").flatMap { readPeriod($0, "purchase") }
            let cover = entry.required("cover").flatMap { readPeriod($0, "cover") }
            guard let label, let premium, let purchase, let cover else { continue }
            guard document.products.count < PackLimit.productsMax else {
                problems.add(line, "more than \(PackLimit.productsMax) products")
                return
            }
            let description = ProductDescription(
                id: id, label: label, premium: premium.0, premiumCitation: premium.1)
            document.products.append(
                ProductSpec(description: description, product: Product(purchase: purchase, cover: cover)))
            productNumbers[id] = UInt8(document.products.count)
        }
    }

    private func readPremium(_ node: Node) -> (Fen, Citation)? {
        guard let fields = Fields(node, "a premium", allowed: ["value"] + citationKeys, problems: problems)
        else { return nil }
        guard let value = fields.amount("value"), let citation = citation(fields, isNumber: true) else { return nil }
        return (value, citation)
    }

    /// Two dates with their source (CQ-22).
    private func readPeriod(_ node: Node, _ key: String) -> DateRange? {
        guard let fields = Fields(node, key, allowed: ["from", "until"] + citationKeys, problems: problems),
            citation(fields, isNumber: true) != nil, fields.required("from") != nil, fields.required("until") != nil
        else { return nil }
        return fields.period()
    }

    private func readIdentities(_ fields: Fields) {
        guard let node = fields.node("identities"),
            let entry = Fields(node, "identities", allowed: ["rank"] + citationKeys, problems: problems)
        else { return }
        _ = citation(entry, isNumber: false)
        let steps = list(entry, "rank", needed: true)
        for (index, step) in steps.enumerated() {
            for (name, line) in Fields.texts(step, "rank", problems) ?? [] {
                guard let identity = Vocabulary.identities.first(where: { $0.name == name })?.identity else {
                    let known = Vocabulary.identities.map(\.name).joined(separator: ", ")
                    problems.add(line, "rank: there is no identity '\(name)'; the identities are \(known)")
                    continue
                }
                if document.identityRanks[Int(identity.rawValue)] != 0 {
                    problems.add(line, "rank: '\(name)' stands twice")
                }
                document.identityRanks[Int(identity.rawValue)] = UInt8(steps.count - index)
            }
        }
    }

    private func readMemberships(_ fields: Fields) {
        for (name, line, node) in entries(fields, "memberships") {
            guard let insurance = values(named: name, of: .insurance, line: line)?.first,
                let members = conditionValues(node, of: .membership)
            else { continue }
            document.memberships[insurance] = members
        }
    }

    private func readGroups(_ fields: Fields) {
        for (name, line, node) in entries(fields, "groups") {
            let allowed = ["zh", "en"] + Vocabulary.facets.map(\.name) + citationKeys
            guard checkName(name, "group", line: line),
                let entry = Fields(node, "a group", allowed: allowed, problems: problems)
            else { continue }
            _ = entry.label()
            _ = citation(entry, isNumber: false)
            let named = Vocabulary.facets.filter { entry.has($0.name) }
            guard named.count == 1, let facet = named.first?.facet else {
                problems.add(line, "the group '\(name)' names the values of exactly one facet, such as 'identity'")
                continue
            }
            if Vocabulary.facets.contains(where: { values(named: name, of: $0.facet, line: nil) != nil })
                || name == Vocabulary.others
            {
                problems.add(line, "the group '\(name)' has the name of a value: choose another")
                continue
            }
            guard let values = conditionValues(entry.node(facet.name)!, of: facet) else { continue }
            groups[name] = FacetCondition(facet: facet, values: values)
        }
    }

    private func reportUnused() {
        for (index, accumulator) in document.accumulators.enumerated() where roles[index] == nil {
            problems.add(
                accumulatorLines[index], "the accumulator '\(accumulator.name)' is declared but nothing uses it")
        }
        for (name, table) in tables where !table.isUsed {
            problems.add(table.line, "the table '\(name)' is declared but no layer uses it")
        }
        for (name, index) in fundIndexes where !usedFunds.contains(index) {
            problems.add(fundLines[index], "the fund '\(name)' is declared but pays for no layer")
        }
    }
}
