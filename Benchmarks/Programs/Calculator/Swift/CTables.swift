import CCalculator
import Settlement

/// A workload's tables and claims in the C calculator's layout, in memory of their own.
final class CTables {
    private(set) var tables = calculator_tables()
    let claims: [calculator_claim]
    let persons: [calculator_person]
    let rows: [calculator_rows]
    let identities: [calculator_identity]
    let filings: [calculator_filing]
    private var owned: [UnsafeMutableRawPointer] = []

    init(_ workload: Workload) {
        claims = workload.claims.map(calculator_claim.init)
        persons = workload.persons.map(calculator_person.init)
        rows = workload.rows.map(calculator_rows.init)
        identities = workload.identities.map {
            calculator_identity(identity: $0.identity.rawValue, given: $0.given.number, ended: $0.ended.number)
        }
        filings = workload.filings.map { calculator_filing(disease: $0.disease, in_force: .init($0.inForce)) }

        let calculator = workload.calculator
        tables.versions = own(
            calculator.versions.map { calculator_version(in_force: .init($0.inForce), first_key: $0.firstKey) })
        tables.version_count = calculator.versions.count
        tables.plan_index = own(calculator.planIndex)
        tables.plans = own(calculator.plans.map(calculator_plan.init))
        tables.layers = own(calculator.layers.map(calculator_layer.init))
        tables.brackets = own(
            calculator.brackets.map { calculator_bracket(lower_bound: $0.lowerBound, ratio: $0.ratio) })
        tables.disease_classes = own(calculator.diseaseClasses)
        tables.disease_count = calculator.diseaseClasses.count
        tables.products = own(
            calculator.products.map { calculator_product(purchase: .init($0.purchase), cover: .init($0.cover)) })
        tables.product_count = calculator.products.count
        withUnsafeMutableBytes(of: &tables.strides) { target in
            withUnsafeBytes(of: calculator.strides) { target.copyMemory(from: $0) }
        }
        withUnsafeMutableBytes(of: &tables.identity_ranks) { target in
            withUnsafeBytes(of: calculator.identityRanks) { target.copyMemory(from: $0) }
        }
        tables.slot_count = calculator.slotCount
    }

    deinit { for pointer in owned { pointer.deallocate() } }

    private func own<Element: BitwiseCopyable>(_ elements: [Element]) -> UnsafePointer<Element> {
        let copy = UnsafeMutableBufferPointer<Element>.allocate(capacity: max(1, elements.count))
        _ = copy.initialize(from: elements)
        owned.append(UnsafeMutableRawPointer(copy.baseAddress!))
        return UnsafePointer(copy.baseAddress!)
    }
}

extension calculator_range {
    init(_ range: DateRange) { self.init(from: range.from.number, until: range.until.number) }
}

extension calculator_plan {
    init(_ plan: Plan) {
        self.init(
            disposition: plan.disposition.rawValue, missing: plan.missing.rawValue,
            needs_filing: plan.needsFiling, allows_external_basic: plan.allowsExternalBasic,
            allows_external_large_amount: plan.allowsExternalLargeAmount, has_no_rule: plan.hasNoRule,
            uses_accounts: plan.usesAccounts, layer_count: plan.layerCount, fixed_fee_layers: plan.fixedFeeLayers,
            first_layer: plan.firstLayer)
    }
}

extension calculator_payer {
    init(_ payer: Payer) {
        self.init(limit: payer.limit, category: payer.category.rawValue, paid_slot: payer.paidSlot)
    }
}

extension calculator_layer {
    init(_ layer: Layer) {
        self.init(
            base: layer.base.rawValue, method: layer.method.rawValue, is_basic: layer.isBasic,
            absorbed_slot: layer.absorbedSlot, measure_slot: layer.measureSlot, paid_slot: layer.paidSlot,
            payer_count: layer.payerCount, ratio: layer.ratio, first_bracket: layer.firstBracket,
            bracket_count: layer.bracketCount, deductible: layer.deductible, cap: layer.cap,
            first: calculator_payer(layer.first), second: calculator_payer(layer.second))
    }
}

extension calculator_claim {
    init(_ claim: Claim) {
        self.init(
            kind: claim.kind.rawValue, service_date: claim.serviceDate.number, total: claim.cost.total,
            out_of_catalog: claim.cost.outOfCatalog, over_limit: claim.cost.overLimit,
            first_self_pay: claim.cost.firstSelfPay, in_policy: claim.cost.inPolicy,
            in_policy_drug: claim.cost.inPolicyDrug, special_drug: claim.cost.specialDrug,
            level: claim.institution.level.rawValue, chinese_medicine: claim.institution.isChineseMedicine,
            county_area: claim.institution.isCountyArea, out_of_city: claim.institution.isOutOfCity,
            disease: claim.disease, external_basic: claim.externalBasic,
            external_large_amount: claim.externalLargeAmount, account_use: claim.accountUse.rawValue,
            referred_from: claim.referredFrom.rawValue)
    }
}

extension calculator_person {
    init(_ person: PersonFacts) {
        self.init(
            insurance: person.insurance.rawValue, membership: person.membership.rawValue,
            status: person.status.rawValue, covered: calculator_range(person.covered), product: person.product,
            bought_on: person.boughtOn.number, pre_existing: person.hasPreExistingDisease)
    }
}

extension calculator_rows {
    init(_ rows: PersonRows) {
        self.init(
            year_start: rows.yearStart, year: rows.year, identities_from: rows.identities.lowerBound,
            identities_to: rows.identities.upperBound, filings_from: rows.filings.lowerBound,
            filings_to: rows.filings.upperBound, accounts_from: rows.accounts.lowerBound,
            accounts_to: rows.accounts.upperBound)
    }
}
