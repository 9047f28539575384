import Policy
import Settlement
import Testing

/// G-4: the service date picks the version; both sides of every date.
@Suite struct `Versions by date` {
    static func visit(_ rule: String, _ date: Int32, refused: DomainCode = .none, pool: Fen = 0) -> Bill {
        Bill(
            rule: "\(rule) \(date)", kind: .outpatient, date: date, facts: .employee(), inPolicy: 300_00,
            institution: .level(.one), pays: refused == .none ? [.pool: pool] : [:], refused: refused,
            field: refused == .none ? .none : .serviceDate)
    }

    @Test(arguments: [
        visit("G-4 Chongqing", 2021_12_31, refused: .policyNotInForce), visit("G-4 Chongqing", 2022_01_01),
        // CQ-15 begins: (300 − 200) × 60 % = 60.
        visit("CQ-15", 2023_12_31), visit("CQ-15", 2024_01_01, pool: 60_00), visit("G-4 open", 2031_05_05, pool: 60_00),
    ])
    func `Chongqing: from 2022, outpatient pooling from 2024`(_ bill: Bill) throws {
        try bill.check(Packs.builtIn("chongqing"))
    }

    @Test(arguments: [
        visit("YT-1", 2022_12_31, refused: .policyNotInForce), visit("YT-1", 2023_01_01), visit("YT-1", 2030_01_01),
    ])
    func `Yantai: from 2023`(_ bill: Bill) throws { try bill.check(Packs.builtIn("yantai")) }

    @Test(arguments: [
        visit("SY-1", 2019_12_31, refused: .policyNotInForce), visit("SY-1", 2020_01_01), visit("SY-1", 2020_12_31),
        visit("SY-1", 2021_01_01, refused: .policyNotInForce),
    ])
    func `Shenyang: 2020`(_ bill: Bill) throws { try bill.check(Packs.builtIn("shenyang")) }

    @Test(arguments: [
        visit("AH-5", 2020_06_22, refused: .policyNotInForce), visit("AH-5", 2020_06_23), visit("AH-5", 2025_01_01),
    ])
    func `Anhui: from 2020-06-23`(_ bill: Bill) throws { try bill.check(Packs.builtIn("anhui")) }

    @Test func `before 2024 two-disease cover does not count into the pool, from 2024 it does (CQ-13)`() throws {
        let pack = try Packs.builtIn("chongqing")
        for (date, counted) in [(2023_12_31, 0), (2024_01_01, 100_00)] as [(Int32, Fen)] {
            let settled = pack.settle(
                claim(.twoDisease, on: date, inPolicy: 100_00, level: .one, external: 100_00), .employee())
            #expect(settled.outcome[.pool] == 100_00)
            #expect(settled.outcome.hasNoRule == (date < 2024_01_01))
            #expect(try pack.value("employee.pool.paid", in: settled.year) == counted)
        }
    }

    @Test func `versions cover the days of the pack without gap or overlap`() throws {
        for pack in try Packs.library.get().packs {
            let versions = pack.calculator.versions
            #expect(versions.first?.inForce.from == pack.inForce.from)
            #expect(versions.last?.inForce.until == pack.inForce.until)
            for (earlier, later) in zip(versions, versions.dropFirst()) {
                #expect(earlier.inForce.until < later.inForce.from)
                #expect(!earlier.inForce.contains(later.inForce.from))
            }
        }
        let chongqing = try Packs.builtIn("chongqing").calculator.versions
        #expect(chongqing.map(\.inForce.from.number) == [2022_01_01, 2024_01_01])
    }

    @Test func `a number's own dates make versions`() throws {
        // The cap of the minimal pack: 6万元 to the end of February 2024, 7万元 after it.
        let yaml = Mutation.minimal.replacing(
            """
                cap:
                  accumulator: special.paid
                  rule: TT-8
                  source: { document: "100", article: 第八条, words: 封顶 }
                  value: 6万元
            """,
            with: """
                    cap:
                      - until: 2024-02-29
                        accumulator: special.paid
                        rule: TT-8
                        source: { document: "100", article: 第八条, words: 封顶 }
                        value: 6万元
                      - from: 2024-03-01
                        accumulator: special.paid
                        rule: TT-8
                        source: { document: "100", article: 第八条, words: 封顶 }
                        value: 7万元
                """)
        let pack = try PolicyPack.read(bytes: Array(yaml.utf8), file: "x.yaml")
        #expect(
            pack.calculator.versions.map(\.inForce) == [
                DateRange(from: CalendarDate(2020_01_01), until: CalendarDate(2024_02_29)),
                DateRange(from: CalendarDate(2024_03_01), until: CalendarDate(2029_12_31)),
            ])
        for (date, paid) in [(2024_02_29, 0), (2024_03_01, 80_00)] as [(Int32, Fen)] {
            let settled = pack.settle(
                claim(
                    .special, on: date, inPolicy: 100_00, level: .one,
                    disease: try pack.number(ofDisease: "diabetes")),
                .resident(.tier2), year: try pack.year(["special.paid": 60_000_00]))
            #expect(settled.outcome[.pool] == paid)
        }
    }
}
