import Foundation
import Ledger
import Policy
import Registry
import Settlement
import Testing
import YearEnd

/// The second round, the watch lists, the assessment and the recognitions of a year, worked out by hand.
@Suite struct `Second round and lists of a year` {
    @Test func `YE-2, SY-4: the second round divides the surplus over what round one left unpaid`() throws {
        let world = try YearWorld()
        try world.resident(301, "shenyang")
        try world.identity(.registeredPoor, of: 301, given: 2019_06_01)
        // 80 元 of assistance, then half of the drugs that are left: 10 of 20; U = 10.
        try world.settle("S1", 301, .outpatient, on: 2020_03_01, at: "S2", yuan: 100, drug: 100)
        // No assistance left: half of 50 of drugs; U = 25.
        try world.settle("S2", 301, .outpatient, on: 2020_04_01, at: "S2", yuan: 100, drug: 50)
        try world.settle("S3", 301, .outpatient, on: 2020_05_01, at: "S2", yuan: 10, drug: 10)
        try world.reverse("S3")
        var options = YearOptions(year: 2020)
        options.surplus = ["shenyang": 10_00]
        let run = try world.run(options)
        let round = try #require(run.result.secondRounds.first)
        #expect(round.unpaid == 35_00 && round.paid == 10_00 && round.settlements == 2)
        // 1,000 × 1,000 / 3,500 = 285.7 and 714.3: the fen that remains goes to the first.
        let rows = try YearWorld.rows(run.folder + "/second-round-shenyang.csv")
        #expect(rows.map { $0["settlement_id"] } == ["S1", "S2"])
        #expect(rows.map { $0["paid"] } == ["2.86", "7.14"])
        #expect(rows.map { $0["remainder_fen"] } == ["1", "0"])
        options.surplus = ["shenyang": 100_00]
        #expect(try world.run(options).result.secondRounds.first?.paid == 35_00)
        options.surplus = ["shenyang": 0]
        #expect(try world.run(options).result.secondRounds.first?.paid == 0)
    }

    @Test func `SY-4: a region without a second round is refused`() throws {
        let world = try YearWorld()
        var options = YearOptions(year: 2024)
        options.surplus = ["yantai": 1]
        #expect(throws: RunProblem.self) { try world.run(options) }
    }

    @Test func `YE-4, YT-9: a month's list names who is above the share, and marks the first time`() throws {
        let world = try YearWorld()
        for person in [203, 204, 206] as [UInt64] { try world.resident(person, "yantai") }
        try world.identity(.nearLowIncome, of: 203, given: 2024_01_10)
        // Critical illness (25,000 − 14,000) × 60 % = 6,600: a burden of 18,400 each.
        for person in [203, 204] as [UInt64] {
            try world.settle("M\(person)", person, .inpatient, on: 2024_02_10, at: "Y2", yuan: 30_000, basic: 5_000)
        }
        // 100,000 without basic: (86,000 × 60 % and the bracket from 100,000 is not reached): 51,600; burden 48,400.
        world.clock.move(to: 2024_11_30)
        try world.settle("M206", 206, .inpatient, on: 2024_11_30, at: "Y2", yuan: 100_000)
        var options = YearOptions(year: 2024)
        options.disposableIncome = 30_000_00
        let run = try world.run(options)
        let months = run.result.monitoring
        // 203 above 15,000 from February; 206 above 45,000 from November; 204 is below it.
        #expect(months.map(\.persons) == [0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2])
        #expect(months.map(\.first) == [0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0])
        let civil = try YearWorld.rows(run.folder + "/monitoring-202411-civil-affairs.csv")
        #expect(Set(civil.map { $0["person"] }) == ["203", "206"])
        #expect(civil.first { $0["person"] == "203" }?["burden"] == "18400.00")
        #expect(civil.first { $0["person"] == "203" }?["first"] == "0")
        let rural = try YearWorld.rows(run.folder + "/monitoring-202411-rural-revitalisation.csv")
        #expect(rural.map { $0["person"] } == ["206"] && rural.map { $0["first"] } == ["1"])
    }

    @Test func `YT-9, G-17: a recognised 因病致贫 counts as without an identity, and lists show areas and answers`() throws {
        let world = try YearWorld()
        try world.ledger.record([
            .area(.registered(AreaRecord(code: "370602", name: "芝罘区", region: "yantai"))),
            .area(.registered(AreaRecord(code: "370602001", name: "向阳街道", parent: "370602"))),
        ])
        for person in [203, 204] as [UInt64] { try world.resident(person, "yantai") }
        try world.ledger.record([
            .person(203, PersonEvent(.basics(PersonBasics(region: "yantai", birthMonth: 1960_05, area: "370602001"))))
        ])
        for person in [203, 204] as [UInt64] {
            try world.settle("A\(person)", person, .inpatient, on: 2024_02_10, at: "Y2", yuan: 100_000)
        }
        // Recognised in March: the identity that this gives is none of the five.
        let pack = try #require(YearWorld.library["yantai"])
        let terms = try #require(pack.recognition)
        try world.ledger.record(.applied(on: CalendarDate(2024_03_02)), of: 203)
        try world.ledger.record(
            .recognised(year: 2024, on: CalendarDate(2024_03_02), terms, burden: 48_400_00, outside: 0, paid: 0), of: 203)
        let answer = DepartmentFeedback(
            department: .civilAffairs, month: CalendarDate(2024_02_01).monthIndex, received: CalendarDate(2024_03_20),
            isTakenIn: false, reason: "已认定为因病致贫")
        try world.ledger.record([.filing(.feedback(person: 203, answer))])
        var options = YearOptions(year: 2024)
        options.resettles = false
        options.disposableIncome = 30_000_00
        options.lastMonth = 3
        let run = try world.run(options)
        #expect(run.result.monitoring.map(\.persons) == [0, 2, 2])
        let civil = try YearWorld.rows(run.folder + "/monitoring-202403-civil-affairs.csv")
        let row = try #require(civil.first { $0["person"] == "203" })
        #expect(row["county"] == "芝罘区" && row["area_code"] == "370602001" && row["area"] == "向阳街道")
        #expect(row["identity"] == "" && row["feedback"] == "not_taken_in" && row["feedback_month"] == "2024-02")
        #expect(row["feedback_received"] == "2024-03-20" && row["feedback_reason"] == "已认定为因病致贫")
        // What one department answered is not shown to the other.
        let rural = try YearWorld.rows(run.folder + "/monitoring-202403-rural-revitalisation.csv")
        #expect(rural.first { $0["person"] == "203" }?["feedback"] == "")
        options.watchedArea = "370602"
        let county = try world.run(options)
        #expect(county.result.monitoring.map(\.persons) == [0, 1, 1])
    }

    @Test func `YE-4, YT-11: the share outside the catalogue of assisted persons, and who did not agree`() throws {
        let world = try YearWorld()
        try world.resident(207, "yantai")
        try world.identity(.lowIncome, of: 207, given: 2023_12_10)
        try world.settle(
            "P1", 207, .inpatient, on: 2024_02_10, at: "Y2", yuan: 700, basic: 700, outOfCatalog: 100,
            documents: ["informed_consent"])
        try world.settle("P2", 207, .inpatient, on: 2024_03_10, at: "Y2", yuan: 200, basic: 200, outOfCatalog: 50)
        let run = try world.run(YearOptions(year: 2024))
        let cell = try #require(run.result.assessments.first)
        #expect(cell.institution == "Y2" && cell.claims == 2 && cell.withoutConsent == 1)
        // 150 of 1,050 is 14.29 %.
        #expect(cell.outOfCatalog == 150_00 && cell.total == 1_050_00 && cell.share == 1_429)
        let rows = try YearWorld.rows(run.folder + "/without-consent.csv")
        #expect(rows.map { $0["settlement_id"] } == ["P2"])
    }

    @Test func `YE-2, YT-7: a recognition is held against the final figures of its window`() throws {
        let world = try YearWorld()
        try world.resident(208, "yantai")
        // Burden 30,000 − 9,600 = 20,400, settled in the year before.
        try world.settle("W1", 208, .inpatient, on: 2023_11_10, at: "Y2", yuan: 50_000, basic: 20_000)
        let pack = try #require(YearWorld.library["yantai"])
        let terms = try #require(pack.recognition)
        world.clock.move(to: 2024_07_02)
        try world.ledger.record(.applied(on: CalendarDate(2024_04_02)), of: 208)
        try world.ledger.record(
            .recognised(
                year: 2024, on: CalendarDate(2024_04_02), terms, burden: 20_400_00, outside: 0, paid: 6_240_00),
            of: 208)
        // A new year: (20,000 − 14,000) × 60 % = 3,600; burden 16,400; W = 36,800: 16,080 due, 9,840 with this one.
        try world.settle("W2", 208, .inpatient, on: 2024_05_10, at: "Y2", yuan: 30_000, basic: 10_000)
        let run = try world.run(YearOptions(year: 2024))
        #expect(run.adjustments.isEmpty)
        var expected = RecognitionSums()
        expected.recognitions = 1
        expected.due = 16_080_00
        expected.paid = 16_080_00
        #expect(run.result.recognitions == expected)
        // The assistance fund has what was paid for the past too, and the cash is less by it.
        let region = try #require(run.result.regions.first { $0.region == "yantai" })
        let assistance = try #require(region.funds.first { $0.fund.id == "assistance" })
        #expect(assistance.amounts.final == 16_080_00 && assistance.amounts.adjusted == 0)
        #expect(region.cash.final == 16_400_00 - 9_840_00 - 6_240_00 && region.total == 30_000_00)
        // Told late: 低保 since March. Then W2 is assisted, its part of the recognition is not due, and W is 20,400.
        try world.identity(.lowIncome, of: 208, given: 2024_03_01)
        let later = try world.run(YearOptions(year: 2024))
        expected.due = 6_240_00
        expected.paid = 6_240_00
        #expect(later.result.recognitions == expected)
        // Critical illness (20,000 − 7,000) × 65 % = 8,450 instead of 3,600; assistance 80 % of 11,550 = 9,240, and
        // above 5,000 what is left is re-assisted: no, 2,310 is below it. The recognition's 9,840 goes.
        #expect(later.adjustments["W2"]?["fund"] == "4250.00")
        #expect(later.adjustments["W2"]?["cash"] == "-4250.00")
        // Booked, the recognition counts W1 alone, and the next run finds nothing.
        #expect(try world.post(later).posted == 1)
        let recognition = try #require(world.ledger.recognitions(of: 208)[2024])
        #expect(recognition.burden == 20_400_00 && recognition.paid == 6_240_00 && recognition.carried == 0)
        let last = try world.run(YearOptions(year: 2024))
        #expect(last.adjustments.isEmpty && last.result.posts == 0 && last.result.recognitions == expected)
        #expect(try world.differences() == [])
    }

    @Test func `YE-6: the chronic patients' registers and the problem ledger open in a spreadsheet`() throws {
        let world = try YearWorld()
        try world.resident(103, "chongqing")
        let covered = DateRange(from: CalendarDate(2023_01_01))
        try world.person(104, "chongqing", Enrolment(.resident, membership: .tier2, covered: covered))
        let hospital = world.ledger.registry.institutions.number(ofCode: "H2") ?? 0
        for person in [103, 104] as [UInt64] {
            try world.ledger.record([
                .filing(
                    .qualified(
                        person: person,
                        Qualification(
                            number: 1, disease: "diabetes", inForce: DateRange(from: CalendarDate(2021_01_01)),
                            institution: hospital, way: .certified)))
            ])
        }
        var options = YearOptions(year: 2023)
        options.campaign = YearOptions.Campaign(from: CalendarDate(2022_11_01), until: CalendarDate(2022_12_31))
        let run = try world.run(options)
        let rows = try YearWorld.rows(run.folder + "/chronic-chongqing.csv")
        #expect(rows.map { $0["宣传前参保"] } == ["居民", "未参保"] && rows.map { $0["宣传后参保"] } == ["居民", "居民二档"])
        #expect(rows.map { $0["宣传期间新参保"] } == ["否", "是"])
        let summary = try YearWorld.rows(run.folder + "/chronic-summary-chongqing.csv")
        #expect(summary.map { $0["慢性病患者人数"] } == ["2"] && summary.map { $0["宣传后居民二档"] } == ["1"])
        #expect(run.result.registers.chronicPersons == 2)
        let problems = try Data(contentsOf: URL(fileURLWithPath: run.folder + "/problems-shenyang.csv"))
        #expect([UInt8](problems.prefix(3)) == [0xEF, 0xBB, 0xBF])
    }
}
