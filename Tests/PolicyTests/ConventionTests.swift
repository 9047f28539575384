import Policy
import Settlement
import Testing

/// G-1 … G-12 through the packs.
@Suite struct `Conventions` {
    static func outpatient(_ rule: String, _ change: (inout Claim) -> Void) -> (String, Claim) {
        var claim = claim(.outpatient, on: 2024_05_05, inPolicy: 300_00, level: .one)
        change(&claim)
        return (rule, claim)
    }

    @Test func `G-1, G-5, G-9: amounts out of range, that do not add up or exceed their whole are refused`() throws {
        let cases: [((String, Claim), DomainCode, ClaimField)] = [
            (Self.outpatient("G-1") { $0.cost.total = -1 }, .amountOutOfRange, .total),
            (Self.outpatient("G-1") { $0.cost.inPolicy = 1_000_000_000_001 }, .amountOutOfRange, .inPolicy),
            (Self.outpatient("G-5") { $0.cost.total += 1 }, .amountsDoNotAddUp, .total),
            (Self.outpatient("G-5") { $0.cost.specialDrug = 1 }, .amountsDoNotAddUp, .specialDrug),
            (Self.outpatient("G-5") { $0.cost.inPolicyDrug = 300_01 }, .partExceedsWhole, .inPolicyDrug),
            (Self.outpatient("G-9") { $0.externalBasic = 300_01 }, .partExceedsWhole, .externalBasic),
            (Self.outpatient("G-4") { $0.serviceDate = CalendarDate(2023_02_29) }, .dateInvalid, .serviceDate),
        ]
        for ((rule, claim), code, field) in cases {
            let settled = try Packs.builtIn("chongqing").settle(claim, .employee())
            #expect(settled.refusal.code == code && settled.refusal.field == field, "\(rule): \(settled.refusal)")
        }
    }

    @Test func `G-1: the largest claim settles exactly in every region`() throws {
        let largest: Fen = 1_000_000_000_000
        for pack in try Packs.library.get().packs {
            let date = max(pack.inForce.from, CalendarDate(2020_07_01))
            for kind in ClaimKind.allCases where kind != .unspecified && kind != .specialDrug {
                let disease: UInt8 = pack.diseases.isEmpty ? 0 : 1
                let settled = pack.settle(
                    claim(kind, on: date.number, inPolicy: largest, level: .three, disease: disease), .employee(),
                    filings: [DatedFiling(disease: disease, inForce: DateRange())])
                #expect(settled.refusal == .none, "\(pack.region) \(kind)")
                #expect(settled.isConserving)
            }
        }
    }

    @Test func `G-2: ratios are read to the basis point`() throws {
        let yaml = Mutation.minimal.replacing("tier1: 80 %", with: "tier1: 80.05%")
        let pack = try PolicyPack.read(bytes: Array(yaml.utf8), file: "x.yaml")
        let settled = pack.settle(claim(.inpatient, on: 2024_05_05, inPolicy: 10_100_00, level: .one), .resident())
        #expect(settled.outcome[.pool] == 8_005_00)
    }

    @Test func `G-4: the year's state must be the service date's year`() throws {
        let pack = try Packs.builtIn("yantai")
        var year = pack.freshYear
        var outcome = Outcome()
        var accounts: [Fen] = []
        let identities: [DatedIdentity] = []
        let filings: [DatedFiling] = []
        var years = year.mutableSpan
        var balances = accounts.mutableSpan
        let refusal = pack.tables.settle(
            claim(.inpatient, on: 2024_01_01, inPolicy: 1_00), person: .resident(), rows: PersonRows(year: 2023),
            identities: identities.span, filings: filings.span, year: &years, accounts: &balances, outcome: &outcome)
        #expect(refusal.code == .yearMismatch)
    }

    @Test func `G-6: layers stand in the order of the waterfall, the insurance before assistance`() throws {
        let pack = try Packs.builtIn("yantai")
        let settled = pack.settle(
            claim(.inpatient, on: 2023_05_05, inPolicy: 100_000_00, external: 20_000_00), .employee(),
            identities: [DatedIdentity(.destitute, given: CalendarDate(2022_01_01))])
        let ids = (0..<settled.outcome.layerCount).map { pack.layers[Int(settled.outcome.layers[$0].layer)].id }
        #expect(
            ids == [
                "basic.external", "large_amount.external", "employee.critical_illness", "assistance", "reassistance",
            ])
        // Each layer's base is what those above left.
        var left: Fen = 100_000_00
        for place in 0..<settled.outcome.layerCount {
            #expect(settled.outcome.layers[place].base == left)
            left -= settled.outcome.layers[place].paid
        }
        #expect(settled.outcome.cash == left)
    }

    @Test func `G-7: no layer pays more than its base, and everything adds up`() throws {
        for pack in try Packs.library.get().packs {
            for amount in [0, 1, 99, 100_00, 12_345_67, 1_000_000_00] as [Fen] {
                for kind in ClaimKind.allCases where kind != .unspecified && kind != .specialDrug {
                    let date = max(pack.inForce.from, CalendarDate(2020_07_01))
                    let settled = pack.settle(
                        claim(kind, on: date.number, inPolicy: amount, total: amount * 2, level: .two, disease: 1),
                        .employee(), filings: [DatedFiling(disease: 1, inForce: DateRange())], accounts: [50_00])
                    // Regions without diseases refuse one.
                    guard settled.refusal.isNone else { continue }
                    #expect(settled.isConserving)
                    for place in 0..<settled.outcome.layerCount {
                        let row = settled.outcome.layers[place]
                        #expect(row.paid <= row.base && row.paid >= 0 && row.deductible <= row.base)
                    }
                }
            }
        }
    }

    @Test func `G-12: a reversal takes back exactly what the settlement added`() throws {
        let pack = try Packs.builtIn("chongqing")
        let before = try pack.year(["employee.special.absorbed": 100_00, "employee.pool.paid": 46_900_00])
        let disease = try pack.number(ofDisease: "dialysis")
        let settled = pack.settle(
            claim(.special, on: 2024_05_05, inPolicy: 2_000_00, level: .two, disease: disease), .employee(),
            year: before, accounts: [30_00, 40_00])
        #expect(settled.refusal == .none && settled.year != before)
        var year = settled.year
        var accounts = settled.accounts
        var years = year.mutableSpan
        var balances = accounts.mutableSpan
        pack.tables.takeBack(
            settled.outcome, rows: PersonRows(year: 2024, accounts: 0..<2), year: &years, accounts: &balances)
        #expect(year == before)
        #expect(accounts == [30_00, 40_00])
    }

    @Test func `CQ-45: outside the entitlement period, or without insurance, nobody is covered`() throws {
        var facts = PersonFacts.resident()
        facts.covered = DateRange(from: CalendarDate(2024_02_01), until: CalendarDate(2024_02_29))
        let pack = try Packs.builtIn("chongqing")
        for (date, code) in [
            (2024_01_31, .notCovered), (2024_02_01, .none), (2024_02_29, .none), (2024_03_01, .notCovered),
        ] as [(Int32, DomainCode)] {
            let settled = pack.settle(claim(.inpatient, on: date, inPolicy: 1_00, level: .one), facts)
            #expect(settled.refusal.code == code)
        }
        let uninsured = pack.settle(
            claim(.inpatient, on: 2024_02_02, inPolicy: 1_00, level: .one), PersonFacts(insurance: .unspecified))
        #expect(uninsured.refusal == Refusal(.notCovered, .insurance))
    }
}
