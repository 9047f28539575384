import Policy
import Settlement
import Testing

/// CQ-20 … CQ-22: 渝快保 2023.
@Suite struct `Chongqing 渝快保` {
    static let basic = "yukuaibao_2023_basic"
    static let upgraded = "yukuaibao_2023_upgraded"

    static func facts(
        boughtOn: Int32 = 2022_12_01, preExisting: Bool = false, insurance: Insurance = .resident
    ) -> PersonFacts {
        PersonFacts(
            insurance: insurance, membership: .tier2, boughtOn: CalendarDate(boughtOn),
            hasPreExistingDisease: preExisting)
    }

    /// A resident's claim that has no rule of the basic insurance, so that C1's base is what the case says.
    static func selfPay(
        _ rule: String, _ product: String, preExisting: Bool = false, inPolicy: Fen, firstSelfPay: Fen = 0,
        overLimit: Fen = 0, pays: Fen, year: [String: Fen] = [:], after: [String: Fen] = [:]
    ) -> Bill {
        Bill(
            rule: rule, kind: .special, date: 2023_05_05, facts: facts(preExisting: preExisting), inPolicy: inPolicy,
            firstSelfPay: firstSelfPay, overLimit: overLimit, disease: "other", product: product, year: year,
            pays: [.supplementary: pays], after: after)
    }

    static func outOfCatalog(_ rule: String, _ amount: Fen, pays: Fen, year: [String: Fen] = [:]) -> Bill {
        Bill(
            rule: rule, kind: .inpatient, date: 2023_05_05, facts: facts(), outOfCatalog: amount,
            institution: .level(.one), product: basic, year: year, pays: [.supplementary: pays])
    }

    static func drug(_ rule: String, _ product: String, _ amount: Fen, pays: Fen, year: [String: Fen] = [:]) -> Bill {
        Bill(
            rule: rule, kind: .specialDrug, date: 2023_05_05, facts: facts(), specialDrug: amount, product: product,
            year: year, pays: [.supplementary: pays])
    }

    static let benefits = [
        selfPay(
            "CQ-20 C1 at 15,000", basic, inPolicy: 15_000_00, pays: 0,
            after: ["yukuaibao.in_catalog.absorbed": 15_000_00]),
        selfPay("CQ-20 C1 a fen above: 0.55 → 1", basic, inPolicy: 15_000_01, pays: 1),
        selfPay("CQ-20 C1 basic 55 %", basic, inPolicy: 16_000_00, pays: 550_00),
        selfPay("CQ-20 C1 basic, pre-existing 10 %", basic, preExisting: true, inPolicy: 16_000_00, pays: 100_00),
        selfPay("CQ-20 C1 upgraded 80 %", upgraded, inPolicy: 16_000_00, pays: 800_00),
        selfPay("CQ-20 C1 upgraded, pre-existing 30 %", upgraded, preExisting: true, inPolicy: 16_000_00, pays: 300_00),
        selfPay(
            "CQ-20 C1 first self-pay counts, above-limit does not (I-16)", upgraded, inPolicy: 10_000_00,
            firstSelfPay: 6_000_00, overLimit: 9_000_00, pays: 800_00),
        selfPay(
            "CQ-20 C1 the deductible is yearly", upgraded, inPolicy: 1_000_00, pays: 800_00,
            year: ["yukuaibao.in_catalog.absorbed": 15_000_00]),
        selfPay(
            "CQ-20 C1 a fen left of 1,500,000", upgraded, inPolicy: 1_000_00, pays: 1,
            year: ["yukuaibao.in_catalog.absorbed": 15_000_00, "yukuaibao.in_catalog.paid": 1_499_999_99]),
        selfPay(
            "CQ-20 C1 exhausted", upgraded, inPolicy: 1_000_00, pays: 0,
            year: ["yukuaibao.in_catalog.absorbed": 15_000_00, "yukuaibao.in_catalog.paid": 1_500_000_00]),
        outOfCatalog("CQ-20 C2 at 5,000", 5_000_00, pays: 0),
        outOfCatalog("CQ-20 C2 above: 55 %", 6_000_00, pays: 550_00),
        outOfCatalog(
            "CQ-20 C2 a fen left of 1,500,000", 6_000_00, pays: 1,
            year: ["yukuaibao.out_of_catalog.paid": 1_499_999_99]),
        drug("CQ-20 C3 upgraded 80 %, no deductible", upgraded, 1_000_00, pays: 800_00),
        drug(
            "CQ-20 C3 a fen left of 500,000", upgraded, 1_000_00, pays: 1,
            year: ["yukuaibao.drug.paid": 499_999_99]),
        drug("CQ-20 C3 not in the basic product", basic, 1_000_00, pays: 0),
        // Inpatient at L1, tier 2: (100,100 − 100) × 85 % = 85,000 from the pool; C1: 15,100 − 15,000 = 100 at 55 %.
        Bill(
            rule: "CQ-20 C1 what the layers above left", kind: .inpatient, date: 2023_05_05, facts: facts(),
            inPolicy: 100_100_00, institution: .level(.one), product: basic,
            pays: [.pool: 85_000_00, .supplementary: 55_00]),
        Bill(
            rule: "CQ-20 C2 not for outpatients", kind: .special, date: 2023_05_05, facts: facts(),
            outOfCatalog: 9_000_00, disease: "other", product: basic, pays: [:]),
    ]

    static func purchase(_ rule: String, boughtOn: Int32, on date: Int32 = 2023_05_05, isRefused: Bool) -> Bill {
        Bill(
            rule: rule, kind: .outpatient, date: date, facts: facts(boughtOn: boughtOn), inPolicy: 1_00,
            product: basic, refused: isRefused ? .purchaseNotValid : .none, field: isRefused ? .boughtOn : .none)
    }

    static let purchases = [
        purchase("CQ-22 the day before the window", boughtOn: 2022_11_02, isRefused: true),
        purchase("CQ-22 the first day", boughtOn: 2022_11_03, isRefused: false),
        purchase("CQ-22 the last day", boughtOn: 2022_12_31, isRefused: false),
        purchase("CQ-22 the day after", boughtOn: 2023_01_01, isRefused: true),
        purchase("CQ-22 refused whatever the service date", boughtOn: 2023_01_01, on: 2024_05_05, isRefused: true),
        Bill(
            rule: "CQ-22 without basic insurance", kind: .outpatient, date: 2023_05_05,
            facts: facts(insurance: .unspecified), inPolicy: 1_00, product: basic, refused: .purchaseNotValid,
            field: .insurance),
    ]

    static func cover(_ rule: String, _ date: Int32, pays: Fen) -> Bill {
        Bill(
            rule: rule, kind: .special, date: date, facts: facts(), inPolicy: 16_000_00, disease: "other",
            product: basic, pays: [.supplementary: pays])
    }

    static let covers = [
        cover("CQ-20 the last day before", 2022_12_31, pays: 0), cover("CQ-20 the first day", 2023_01_01, pays: 550_00),
        cover("CQ-20 the last day", 2023_12_31, pays: 550_00), cover("CQ-20 the day after", 2024_01_01, pays: 0),
    ]

    @Test(arguments: benefits) func `CQ-20: deductibles, ratios and sums insured`(_ bill: Bill) throws {
        try bill.check(Packs.builtIn("chongqing"))
    }
    @Test(arguments: covers) func `CQ-20: the cover is 2023`(_ bill: Bill) throws {
        try bill.check(Packs.builtIn("chongqing"))
    }
    @Test(arguments: purchases) func `CQ-22: the purchase window`(_ bill: Bill) throws {
        try bill.check(Packs.builtIn("chongqing"))
    }
    @Test func `CQ-21: the premiums are 69 and 169 yuan`() throws {
        let products = try Packs.builtIn("chongqing").products
        #expect(products.map(\.premium) == [69_00, 169_00])
        #expect(products.map(\.premiumCitation.rule) == ["CQ-21", "CQ-21"])
    }
    @Test func `CQ-20: C1 relieves the in-policy part first (I-15)`() throws {
        // 16,000 in policy and 4,000 first self-pay: C1 pays (20,000 − 15,000) × 80 % = 4,000, all of it in policy;
        // the account then pays what is left in policy, 12,000, and not the first self-pay.
        var bill = Self.selfPay("", Self.upgraded, inPolicy: 16_000_00, firstSelfPay: 4_000_00, pays: 4_000_00)
        bill.accounts = [20_000_00]
        let settled = try bill.settle(Packs.builtIn("chongqing"))
        #expect(settled.outcome[.supplementary] == 4_000_00)
        #expect(settled.outcome.accountPaid == 12_000_00)
        #expect(settled.outcome.cash == 4_000_00)
    }
}
