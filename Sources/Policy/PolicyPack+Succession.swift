import Settlement

extension PolicyPack {
    /// Why this pack cannot take the place of `present` while a ledger is open; nil: it can.
    ///
    /// The books keep years in a pack's slots, and claims' diseases and persons' products by their numbers in it: these
    /// must stay. Everything else may change: ratios, deductibles, limits, dates, layers, funds, parameters.
    package func obstacle(toSucceed present: PolicyPack) -> String? {
        func changed(_ what: String, _ old: [String], _ new: [String]) -> String? {
            guard old != new else { return nil }
            let differing = Set(old).symmetricDifference(new).sorted()
            let named = differing.isEmpty ? "their order" : differing.joined(separator: ", ")
            return "the pack of '\(region)' has other \(what) (\(named)): restart the server with it"
        }
        return changed("accumulators", present.accumulators.map(\.name), accumulators.map(\.name))
            ?? changed("diseases", present.diseases.map(\.code), diseases.map(\.code))
            ?? changed("products", present.products.map(\.id), products.map(\.id))
            ?? (tables.slotCount == present.tables.slotCount
                ? nil : "the pack of '\(region)' keeps years of another shape: restart the server with it")
    }
}
