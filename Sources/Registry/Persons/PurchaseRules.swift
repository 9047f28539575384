import Policy
import Records
import Settlement

extension Registry {
    /// Records that a supplementary insurance was bought: premium CQ-21, window and basic insurance CQ-22.
    package func buy(
        _ purchase: SupplementaryPurchase, for person: UInt64, corrects: UInt16 = 0
    ) throws(DomainRefusal) -> [RegistryEvent] {
        let entries = try standing(person)
        try FieldCheck.day(purchase.boughtOn, "purchase.bought_on")
        try FieldCheck.premium(purchase.premium, "purchase.premium")
        let region = try rules(of: person, on: purchase.boughtOn)
        guard let number = region.pack.product(id: purchase.product) else {
            let ids = region.pack.products.map(\.id).joined(separator: ", ")
            throw DomainRefusal(
                .factInvalid, "purchase.product", purchase.product, rule: region.pack.cites("CQ-20"),
                ids.isEmpty ? "the region's pack has no supplementary product" : "not a product of the pack: \(ids)")
        }
        let rule = region.pack.calculator.products[Int(number) - 1]
        guard rule.purchase.contains(purchase.boughtOn) else {
            throw DomainRefusal(
                .purchaseNotValid, "purchase.bought_on", purchase.boughtOn.description,
                rule: region.pack.cites("CQ-22"),
                "the product was sold \(rule.purchase.description); correct the day")
        }
        let price = region.pack.products[Int(number) - 1].premium
        guard purchase.premium == 0 || purchase.premium == price else {
            throw DomainRefusal(
                .factInvalid, "purchase.premium", "\(purchase.premium)", rule: region.pack.cites("CQ-21"),
                "the premium is \(price) fen; correct it, or leave it out")
        }
        var priced = purchase
        priced.premium = price
        let fact = PersonFact.purchase(priced)
        if isDone(fact, corrects: corrects, entries) || corrects == 0 && entries.contains(where: { $0.fact == fact }) {
            return []
        }
        if corrects != 0 {
            _ = try entry(
                corrects, among: entries, isKind: { if case .purchase = $0 { true } else { false } }, what: "purchase")
        }
        try checkBasic(rule, purchase, entries, region)
        try checkOthers(rule, priced, corrects, entries, region)
        return record(fact, of: person, among: entries, supersedes: corrects)
    }

    /// Insured when it is bought, or at some time of its cover: who enrols for the next year buys before that begins.
    private func checkBasic(
        _ rule: Product, _ purchase: SupplementaryPurchase, _ entries: [PersonEntry], _ region: RegionRules
    ) throws(DomainRefusal) {
        let isInsured = enrolments(entries).contains {
            $0.enrolment.covered.contains(purchase.boughtOn) || $0.enrolment.covered.overlaps(rule.cover)
        }
        if isInsured { return }
        throw DomainRefusal(
            .purchaseNotValid, "purchase.product", purchase.product, rule: region.pack.cites("CQ-22"),
            "only with resident or employee insurance (先参加基本医保); enrol the person first")
    }

    private func checkOthers(
        _ rule: Product, _ purchase: SupplementaryPurchase, _ corrects: UInt16, _ entries: [PersonEntry],
        _ region: RegionRules
    ) throws(DomainRefusal) {
        for entry in entries where entry.number != corrects {
            guard case .purchase(let other) = entry.fact, let number = region.pack.product(id: other.product),
                region.productCovers[Int(number) - 1].overlaps(rule.cover)
            else { continue }
            throw DomainRefusal(
                .recordConflict, "purchase.product", purchase.product, rule: region.pack.cites("CQ-20"),
                "record \(entry.number) covers the same time already; correct it instead")
        }
    }
}
