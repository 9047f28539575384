import Policy
import Settlement
import Testing

/// YT-1 … YT-6: both sides of every deductible, bracket and cap, for every identity.
@Suite struct `Yantai` {
    static func identity(_ identity: Identity) -> [DatedIdentity] {
        identity == .none ? [] : [DatedIdentity(identity, given: CalendarDate(2022_06_01))]
    }

    /// An inpatient claim of which nothing was paid outside.
    static func stay(
        _ rule: String, _ insurance: Insurance, _ who: Identity, _ inPolicy: Fen, illness: Fen, assistance: Fen = 0,
        reassistance: Fen = 0, year: [String: Fen] = [:], after: [String: Fen] = [:], kind: ClaimKind = .inpatient
    ) -> Bill {
        Bill(
            rule: rule, kind: kind, date: 2023_05_05, facts: PersonFacts(insurance: insurance), inPolicy: inPolicy,
            identities: identity(who), year: year,
            pays: [.criticalIllness: illness, .assistance: assistance, .reassistance: reassistance], after: after)
    }

    static let employees = [
        // 因病致贫 gets no assistance here, so illness alone shows; key groups: what assistance then pays is beside it.
        stay("YT-1 others, at 12,000", .employee, .none, 12_000_00, illness: 0),
        stay("YT-1 others, a fen above", .employee, .none, 12_000_01, illness: 1),
        stay("YT-1 others: 80 %", .employee, .none, 13_000_00, illness: 800_00),
        stay("YT-1 illness poverty is others", .employee, .illnessPoverty, 13_000_00, illness: 800_00),
        // Near low income: (13,000 − 800 − 3,000) × 50 % = 4,600.
        stay(
            "YT-1 near low income is others", .employee, .nearLowIncome, 13_000_00, illness: 800_00,
            assistance: 4_600_00),
        // 特困: assistance takes all that is left.
        stay("YT-1 key groups, at 6,000", .employee, .destitute, 6_000_00, illness: 0, assistance: 6_000_00),
        stay("YT-1 key groups, a fen above", .employee, .destitute, 6_000_01, illness: 1, assistance: 6_000_00),
        stay("YT-1 key groups: 85 %", .employee, .destitute, 7_000_00, illness: 850_00, assistance: 6_150_00),
        stay(
            "YT-1, G-8 absorbed as others, then in a key group", .employee, .destitute, 1_000_00, illness: 850_00,
            assistance: 150_00, year: ["employee.critical_illness.absorbed": 12_000_00]),
        stay(
            "YT-1, G-8 the other way the difference is owed", .employee, .none, 7_000_00, illness: 800_00,
            year: ["employee.critical_illness.absorbed": 6_000_00],
            after: ["employee.critical_illness.absorbed": 12_000_00]),
    ]

    /// Residents in one claim: the year's amounts add up from the bottom.
    static let residents = [
        stay("YT-2 others, at 14,000", .resident, .none, 14_000_00, illness: 0),
        stay("YT-2 others, a fen above", .resident, .none, 14_000_01, illness: 1),
        // (100,000 − 14,000) × 60 % = 51,600.
        stay("YT-2 others, to 100,000", .resident, .none, 100_000_00, illness: 51_600_00),
        stay("YT-2 others, a yuan beyond: 65 %", .resident, .none, 100_001_00, illness: 51_600_65),
        // + 100,000 × 65 % = 116,600.
        stay("YT-2 others, to 200,000", .resident, .none, 200_000_00, illness: 116_600_00),
        stay("YT-2 others, a yuan beyond: 70 %", .resident, .none, 200_001_00, illness: 116_600_70),
        // + 100,000 × 70 % = 186,600.
        stay("YT-2 others, to 300,000", .resident, .none, 300_000_00, illness: 186_600_00),
        stay("YT-2 others, a yuan beyond: 75 %", .resident, .none, 300_001_00, illness: 186_600_75),
        // (100,000 − 7,000) × 65 % = 60,450; left 39,550: assistance 30,000 (its cap), then (9,550 − 5,000) × 70 %.
        stay(
            "YT-2 key groups, to 100,000", .resident, .destitute, 100_000_00, illness: 60_450_00,
            assistance: 30_000_00, reassistance: 3_185_00),
        // At 7,000 all is left to assistance.
        stay("YT-2 key groups, at 7,000", .resident, .destitute, 7_000_00, illness: 0, assistance: 7_000_00),
        stay("YT-2 key groups, a fen above", .resident, .destitute, 7_000_01, illness: 1, assistance: 7_000_00),
    ]

    /// The brackets of key groups, seen one yuan at a time on a year that is already there.
    static func bracket(_ rule: String, _ who: Identity, base: Fen, pays: Fen) -> Bill {
        stay(
            rule, .resident, who, 1_00, illness: pays,
            year: [
                "resident.critical_illness.absorbed": 14_000_00, "resident.critical_illness.base": base,
                "assistance.paid": 30_000_00, "reassistance.paid": 20_000_00,
            ],
            after: ["resident.critical_illness.base": base + 1_00])
    }
    static let brackets = [
        bracket("YT-2 key groups 65 %", .lowIncome, base: 99_999_00, pays: 65),
        bracket("YT-2 key groups 70 % from 100,000 (含)", .lowIncome, base: 100_000_00, pays: 70),
        bracket("YT-2 key groups 70 %", .lowIncome, base: 199_999_00, pays: 70),
        bracket("YT-2 key groups 75 % from 200,000", .returnedToPoverty, base: 200_000_00, pays: 75),
        bracket("YT-2 key groups 75 %", .returnedToPoverty, base: 299_999_00, pays: 75),
        bracket("YT-2 key groups 80 % from 300,000", .destitute, base: 300_000_00, pays: 80),
        bracket("YT-2 across the bound", .destitute, base: 99_999_50, pays: 68),
        bracket("YT-3 no cap", .destitute, base: 900_000_000_00, pays: 80),
    ]

    static func drug(_ rule: String, _ who: Identity, _ amount: Fen, pays: Fen, year: [String: Fen] = [:]) -> Bill {
        Bill(
            rule: rule, kind: .specialDrug, date: 2023_05_05, facts: PersonFacts(insurance: .resident),
            specialDrug: amount, identities: identity(who), year: year, pays: [.criticalIllness: pays],
            hasNoRule: false)
    }
    static let drugs = [
        drug("YT-4 key groups: no deductible, 80 %", .lowIncome, 1_000_00, pays: 800_00),
        drug("YT-4 others, at 20,000", .none, 20_000_00, pays: 0),
        drug("YT-4 others, above: 80 %", .monitored, 21_000_00, pays: 800_00),
        drug("YT-4 a fen left of 400,000", .none, 21_000_00, pays: 1, year: ["special_drug.paid": 399_999_99]),
        drug("YT-4 at 400,000", .lowIncome, 21_000_00, pays: 0, year: ["special_drug.paid": 400_000_00]),
    ]

    /// Below the deductible of critical illness, so that assistance sees the whole amount.
    static func assisted(
        _ rule: String, _ who: Identity, _ inPolicy: Fen, assistance: Fen, reassistance: Fen = 0,
        year: [String: Fen] = [:], kind: ClaimKind = .inpatient
    ) -> Bill {
        stay(
            rule, .resident, who, inPolicy, illness: 0, assistance: assistance, reassistance: reassistance,
            year: year, kind: kind)
    }
    static let assistance = [
        assisted("YT-5 特困 100 %", .destitute, 1_000_00, assistance: 1_000_00),
        assisted("YT-5 低保 80 %", .lowIncome, 1_000_00, assistance: 800_00),
        assisted("YT-5 返贫致贫 70 %", .returnedToPoverty, 1_000_00, assistance: 700_00),
        assisted("YT-5 chronic outpatient too", .lowIncome, 1_000_00, assistance: 800_00, kind: .special),
        assisted(
            "YT-5 a fen left of 30,000", .destitute, 1_000_00, assistance: 1,
            year: ["assistance.paid": 29_999_99]),
        assisted("YT-5 at 30,000", .destitute, 1_000_00, assistance: 0, year: ["assistance.paid": 30_000_00]),
        assisted(
            "YT-5 re-assistance at 5,000", .destitute, 5_000_00, assistance: 0, reassistance: 0,
            year: ["assistance.paid": 30_000_00]),
        assisted(
            "YT-5 re-assistance above: 70 %", .destitute, 6_000_00, assistance: 0, reassistance: 700_00,
            year: ["assistance.paid": 30_000_00]),
        assisted(
            "YT-5 re-assistance, a fen left of 20,000", .destitute, 6_000_00, assistance: 0, reassistance: 1,
            year: ["assistance.paid": 30_000_00, "reassistance.paid": 19_999_99]),
        assisted(
            "YT-5 re-assistance at 20,000", .destitute, 6_000_00, assistance: 0, reassistance: 0,
            year: ["assistance.paid": 30_000_00, "reassistance.paid": 20_000_00]),
        assisted("YT-6 低保边缘 at 3,000", .nearLowIncome, 3_000_00, assistance: 0),
        assisted("YT-6 低保边缘 above: 50 %", .nearLowIncome, 4_000_00, assistance: 500_00),
        assisted("YT-6 监测帮扶 the same", .monitored, 4_000_00, assistance: 500_00),
        assisted(
            "YT-6 a fen left of 20,000", .monitored, 4_000_00, assistance: 1,
            year: ["assistance.paid": 19_999_99]),
        assisted("YT-6 at 20,000", .monitored, 4_000_00, assistance: 0, year: ["assistance.paid": 20_000_00]),
        assisted(
            "YT-6 re-assistance at 10,000", .monitored, 10_000_00, assistance: 0, reassistance: 0,
            year: ["assistance.absorbed": 3_000_00, "assistance.paid": 20_000_00]),
        assisted(
            "YT-6 re-assistance above: 70 %", .monitored, 11_000_00, assistance: 0, reassistance: 700_00,
            year: ["assistance.absorbed": 3_000_00, "assistance.paid": 20_000_00]),
        // G-8: accumulators belong to the layer, not to the identity.
        assisted(
            "YT-6, G-8 the deductible absorbed as 监测 counts for 特困", .destitute, 6_000_00, assistance: 0,
            reassistance: 4_200_00, year: ["assistance.paid": 30_000_00, "reassistance.absorbed": 10_000_00]),
        assisted(
            "YT-5, YT-6, G-8 paid as 特困 counts for 监测", .monitored, 4_000_00, assistance: 0,
            year: ["assistance.paid": 25_000_00]),
        assisted("YT-7 因病致贫 gets none here", .illnessPoverty, 9_000_00, assistance: 0),
        assisted("YT-5 nobody without an identity", .none, 9_000_00, assistance: 0),
    ]

    static let external = [
        Bill(
            rule: "G-9, I-28 basic, large amount, then critical illness", kind: .inpatient, date: 2023_05_05,
            facts: .employee(), inPolicy: 40_000_00, external: 20_000_00, externalLarge: 7_000_00,
            pays: [.pool: 20_000_00, .largeAmount: 7_000_00, .criticalIllness: 800_00], hasNoRule: false),
        Bill(
            rule: "G-9 residents have no large-amount fund", kind: .inpatient, date: 2023_05_05, facts: .resident(),
            inPolicy: 1_00, externalLarge: 1, refused: .externalNotAllowed, field: .externalLargeAmount),
        Bill(
            rule: "G-5, I-18 ordinary outpatient has no rule", kind: .outpatient, date: 2023_05_05,
            facts: .employee(), inPolicy: 10_000_00, external: 1_000_00, externalLarge: 500_00,
            identities: identity(.destitute), pays: [.pool: 1_000_00, .largeAmount: 500_00], hasNoRule: true),
        Bill(
            rule: "I-18 inpatient has one, even if only outside pays", kind: .inpatient, date: 2023_05_05,
            facts: .resident(), inPolicy: 10_000_00, external: 1_000_00, pays: [.pool: 1_000_00], hasNoRule: false),
        Bill(
            rule: "CQ-31 is Chongqing's: no account pays here", kind: .outpatient, date: 2023_05_05,
            facts: .employee(), inPolicy: 1_00, accounts: [5_00], pays: [:], accountsAfter: [5_00]),
    ]

    @Test(arguments: employees) func `YT-1: employees' critical illness`(_ bill: Bill) throws {
        try bill.check(Packs.builtIn("yantai"))
    }
    @Test(arguments: residents + brackets) func `YT-2, YT-3: residents' critical illness`(_ bill: Bill) throws {
        try bill.check(Packs.builtIn("yantai"))
    }
    @Test(arguments: drugs) func `YT-4: special drugs`(_ bill: Bill) throws {
        try bill.check(Packs.builtIn("yantai"))
    }
    @Test(arguments: assistance) func `YT-5, YT-6: assistance and re-assistance`(_ bill: Bill) throws {
        try bill.check(Packs.builtIn("yantai"))
    }
    @Test(arguments: external) func `G-9: what was paid outside`(_ bill: Bill) throws {
        try bill.check(Packs.builtIn("yantai"))
    }
}
