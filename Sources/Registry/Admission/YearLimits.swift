import Policy
import Records
import Settlement

/// A limit of an accumulator of a person's year, with where it applies.
package struct YearLimit: Equatable, Sendable {
    /// Raw values are those of `LimitKind` in `Proto/jiesuan/v1/registry_service.proto`.
    package enum Kind: UInt8, Sendable {
        /// 起付线: what is left is still to be borne.
        case deductible = 1
        /// 封顶线: what is left may still be paid.
        case cap
        /// 基金年度限额: what is left may still be paid.
        case fund
    }

    package var kind: Kind
    package var limit: Fen
    /// Never negative.
    package var left: Fen
    /// Index of the layer among the pack's.
    package var layer: Int
    package var claimKind: ClaimKind
    /// `unspecified`: the same at every level.
    package var level: Level
    package var rule: String
}

extension PolicyPack {
    /// The limits of each accumulator slot of a person with these facts on `date` (5206).
    ///
    /// For every kind of claim and level, at an institution in the city that is neither one of Chinese medicine nor in
    /// a county area, without a referral. Limits that differ by the disease are all listed.
    package func yearLimits(
        _ facts: PersonFacts, identity: Identity, on date: CalendarDate, year: [Fen]
    ) -> [[YearLimit]] {
        precondition(year.count == tables.slotCount)
        var limits = [[YearLimit]](repeating: [], count: year.count)
        guard let version = calculator.versions.first(where: { $0.inForce.contains(date) }) else { return limits }
        let product =
            facts.product > 0
                && calculator.products[Int(facts.product) - 1].cover.contains(date) ? facts.product : 0
        for kind in ClaimKind.allCases where kind != .unspecified {
            for level in Level.allCases where level != .unspecified {
                for diseaseClass in Set(calculator.diseaseClasses).sorted() {
                    let key: [(Facet, UInt8)] = [
                        (.insurance, facts.insurance.rawValue), (.membership, facts.membership.rawValue),
                        (.status, facts.status.rawValue), (.identity, identity.rawValue), (.kind, kind.rawValue),
                        (.level, level.rawValue), (.diseaseClass, diseaseClass), (.product, product),
                        (.preExisting, facts.hasPreExistingDisease ? 1 : 0),
                    ]
                    let index = key.reduce(version.firstKey) { index, facet in
                        index + calculator.strides[facet.0.rawValue] * UInt32(facet.1)
                    }
                    let plan = calculator.plans[Int(calculator.planIndex[Int(index)])]
                    guard plan.disposition == .settle else { continue }
                    for layer in Int(plan.firstLayer)..<Int(plan.firstLayer) + Int(plan.layerCount) {
                        add(layer, kind, level, year, to: &limits)
                    }
                }
            }
        }
        return limits.map(PolicyPack.joinedByLevel)
    }

    private func add(_ index: Int, _ kind: ClaimKind, _ level: Level, _ year: [Fen], to limits: inout [[YearLimit]]) {
        let layer = calculator.layers[index]
        if layer.method == .silent { return }
        func add(_ what: YearLimit.Kind, _ limit: Fen, _ slot: UInt8, _ citation: Citation?) {
            guard slot != Layer.noSlot, limit != Layer.unlimited else { return }
            let found = YearLimit(
                kind: what, limit: limit, left: max(0, limit - year[Int(slot)]), layer: index, claimKind: kind,
                level: level, rule: citation?.rule ?? "")
            let isListed = limits[Int(slot)].contains {
                $0.kind == what && $0.limit == limit && $0.claimKind == kind && $0.level == level
            }
            if !isListed { limits[Int(slot)].append(found) }
        }
        let words = layers[index]
        add(.deductible, layer.deductible, layer.absorbedSlot, words.deductible)
        add(.cap, layer.cap, layer.paidSlot, words.cap)
        add(.fund, layer.first.limit, layer.first.paidSlot, words.payers)
        if layer.payerCount > 1 { add(.fund, layer.second.limit, layer.second.paidSlot, words.payers) }
    }

    /// Merges limits that are equal at all three levels into one without a level.
    private static func joinedByLevel(_ limits: [YearLimit]) -> [YearLimit] {
        var joined: [YearLimit] = []
        for limit in limits {
            let same = limits.filter {
                $0.kind == limit.kind && $0.limit == limit.limit && $0.claimKind == limit.claimKind
            }
            guard Set(same.map(\.level)).count == Level.allCases.count - 1 else {
                joined.append(limit)
                continue
            }
            if limit.level != same[0].level { continue }
            var whole = limit
            whole.level = .unspecified
            joined.append(whole)
        }
        return joined
    }
}

/// A person's facts on a day, as known now.
package struct PersonFactsOnDay {
    /// Index of the region's pack in the library; nil: no pack of it is loaded.
    package var region: Int?
    /// Its insurance is `unspecified` where the person is not covered on the day.
    package var facts: PersonFacts
    package var identities: [DatedIdentity]
}

extension Registry {
    /// The facts that a claim of `date` would be settled with.
    package func factsOnDay(of person: UInt64, on date: CalendarDate) throws(DomainRefusal) -> PersonFactsOnDay {
        let row = people.row(of: person)
        guard row >= 0 else { throw Registry.unknown(person) }
        guard let region = rules(ofName: people.region(row, on: date)) else {
            return PersonFactsOnDay(region: nil, facts: PersonFacts(insurance: .unspecified), identities: [])
        }
        let admission = Admission()
        do throws(DomainRefusal) {
            try admitFacts(row, on: date, region, into: admission)
        } catch {
            // Not covered on that day: identities stand all the same.
            admission.facts = PersonFacts(insurance: .unspecified)
        }
        return PersonFactsOnDay(region: region.index, facts: admission.facts, identities: admission.identities)
    }
}
