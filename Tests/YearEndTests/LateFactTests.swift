import Accounts
import Foundation
import Ledger
import LedgerFormat
import LedgerStore
import Policy
import Records
import Registry
import Settlement
import Testing
import YearEnd

/// A small year worked out by hand, in yuan. Yantai: stays of residents; Chongqing: ordinary outpatient of employees.
///
/// | id | claim | recorded | the late fact | finally |
/// |---|---|---|---|---|
/// | A1 | 30,000, basic 15,000 | 1,000 × 60 % = 600, cash 14,400 | 特困 since January | 8,000 × 65 % = 5,200, and 9,800 |
/// | B1 | 2,000, basic 1,000 | basic 1,000, cash 1,000 | not covered in May | nothing; 1,000 to be recovered |
/// | C1 | active, June, 300, L2 | (300 − 200) × 60 % = 60 | C2 came late | 300 × 60 % = 180 |
/// | C2 | active, May, 1,000, L3 | 1,000 × 50 % = 500 | it came late | 800 × 50 % = 400; 100 to be recovered |
/// | D1 | retired, June, 300, L2 | 140, account 160 of 200 | D2 came late | 300 × 70 % = 210; 70 to the account |
/// | D2 | retired, May, 1,000, L2 | 700, account 40, cash 260 | it came late | 900 × 70 % = 630; 70 to be recovered |
/// | E1 | 2,000, basic 1,000 | basic 1,000, cash 1,000 | none | as settled |
@Suite struct `Late facts` {
    static func world(store: any LedgerStore = MemoryStore()) throws -> YearWorld {
        let world = try YearWorld(store: store)
        for person in [201, 202, 205] as [UInt64] { try world.resident(person, "yantai") }
        try world.employee(102, .active)
        try world.employee(101, .retired)
        try world.credit(200_00, to: 101)
        try world.settle("A1", 201, .inpatient, on: 2024_03_10, at: "Y2", yuan: 30_000, basic: 15_000)
        try world.settle("B1", 202, .inpatient, on: 2024_05_20, at: "Y2", yuan: 2_000, basic: 1_000)
        try world.settle("C1", 102, .outpatient, on: 2024_06_30, at: "H2", yuan: 300)
        try world.settle("D1", 101, .outpatient, on: 2024_06_30, at: "H2", yuan: 300)
        try world.settle("E1", 205, .inpatient, on: 2024_05_20, at: "Y2", yuan: 2_000, basic: 1_000)
        world.clock.move(to: 2024_08_01)
        try world.settle("C2", 102, .outpatient, on: 2024_05_10, at: "H3", yuan: 1_000)
        try world.settle("D2", 101, .outpatient, on: 2024_05_10, at: "H2", yuan: 1_000)
        world.clock.move(to: 2025_01_05)
        try world.identity(.destitute, of: 201, given: 2024_01_10)
        try world.endEnrolment(of: 202, on: 2024_04_30)
        try world.commit()
        return world
    }

    @Test(arguments: [
        ("A1", "FACT", "14400.00", "-14400.00", "0.00", "0.00"),
        ("B1", "NOT_COVERED", "-1000.00", "0.00", "0.00", "1000.00"),
        ("C1", "YEAR", "120.00", "-120.00", "0.00", "0.00"),
        ("C2", "YEAR", "-100.00", "0.00", "0.00", "100.00"),
        ("D1", "YEAR", "70.00", "0.00", "-70.00", "0.00"),
        ("D2", "YEAR", "-70.00", "0.00", "0.00", "70.00"),
    ]) func `YE-1, G-13: the differences are those worked out by hand`(
        id: String, reason: String, fund: String, cash: String, account: String, recoverable: String
    ) throws {
        let run = try Self.world().run(YearOptions(year: 2024))
        let row = try #require(run.adjustments[id])
        #expect(row["reason"] == reason)
        #expect(row["fund"] == fund)
        #expect(row["cash"] == cash)
        #expect(row["account"] == account)
        #expect(row["recoverable"] == recoverable)
    }

    @Test func `YE-1: a person-year without a late fact stays as settled; the totals are the table's`() throws {
        let run = try Self.world().run(YearOptions(year: 2024))
        #expect(run.adjustments["E1"] == nil && run.adjustments.count == 6)
        #expect(run.result.resettled == 4 && run.result.persons == 5 && run.result.settlements == 7)
        let yantai = try #require(run.result.regions.first { $0.region == "yantai" })
        let funds = Dictionary(uniqueKeysWithValues: yantai.funds.map { ($0.fund.id, $0.amounts) })
        #expect(funds["basic"]?.recorded == 17_000_00 && funds["basic"]?.final == 16_000_00)
        #expect(funds["resident_critical_illness"]?.recorded == 600_00)
        #expect(funds["resident_critical_illness"]?.final == 5_200_00)
        #expect(funds["assistance"]?.final == 9_800_00)
        #expect(yantai.cash.final == 2_000_00 && yantai.recoverable.final == 1_000_00)
        #expect(!run.result.proof.isEmpty)
    }

    @Test func `YE-1: an audit settles everything again and finds the same`() throws {
        let world = try Self.world()
        var options = YearOptions(year: 2024)
        let some = try world.run(options)
        options.isAudit = true
        let all = try world.run(options)
        #expect(all.result.resettled == 5)
        #expect(all.adjustments == some.adjustments)
        #expect(all.result.regions == some.result.regions)
    }

    @Test func `YE-1, G-13: posted adjustments move the year and the account, and a second run finds nothing`() throws {
        let world = try Self.world()
        let first = try world.run(YearOptions(year: 2024))
        #expect(try world.post(first) == PostingResult(posted: 6))
        #expect(world.ledger.accounts.balance(of: 101) == 70_00)
        // The employee's deductible is absorbed once, whatever the order.
        let year = try #require(world.ledger.yearAmounts(person: 102, year: 2024, region: nil))
        let slot = try #require(YearWorld.library["chongqing"]?.slot(named: "employee.pooling.absorbed"))
        #expect(year.amounts[slot] == 200_00)
        #expect(try world.post(first) == PostingResult(duplicates: 6))
        let second = try world.run(YearOptions(year: 2024))
        #expect(second.adjustments.isEmpty)
        let (before, after) = (first.result.regions, second.result.regions)
        #expect(before.map { $0.funds.map(\.amounts.final) } == after.map { $0.funds.map(\.amounts.recorded) })
        #expect(before.map(\.recoverable.final) == after.map(\.recoverable.recorded))
    }

    @Test func `G-13: a ledger with adjustments verifies, also when it is opened anew`() throws {
        let world = try Self.world()
        _ = try world.post(try world.run(YearOptions(year: 2024)))
        try world.settle("C3", 102, .outpatient, on: 2024_07_10, at: "H2", yuan: 100)
        for _ in 0..<2 {
            let verifier = try Verifier(store: world.store, library: YearWorld.library)
            let found = try verifier.verify { _ in }
            #expect(found.differences == [] && found.adjustments == 6)
            #expect(verifier.compare(with: world.ledger).differences == [])
            try world.reopen()
        }
        let (lines, _) = try world.ledger.listYear(person: 102, year: 2024, limit: 10)
        #expect(lines.filter { !$0.isAdjustment }.map(\.id) == ["C1", "C2", "C3"])
        // Adjustments stand where they were booked, with what they change (G-7 holds of the changes too).
        let booked = lines.filter(\.isAdjustment)
        #expect(lines.last?.id == "C3" && Set(booked.map(\.id)) == ["C1", "C2"])
        for line in booked {
            let change: Fen = line.id == "C1" ? 120_00 : -100_00
            #expect(line.fundTotal == change && line.cash == min(-change, 0) && line.recoverable == max(-change, 0))
            #expect(line.total == 0 && line.fundTotal + line.accountTotal + line.cash + line.recoverable == 0)
        }
    }

    @Test func `G-12, G-13: what was adjusted is reversed like any other, last first, and the next run finds the rest`()
        throws
    {
        let world = try Self.world()
        _ = try world.post(try world.run(YearOptions(year: 2024)))
        #expect(throws: DomainRefusal.self) { try world.reverse("D1") }
        let held = world.ledger.accounts.balance(of: 101)
        // D2 paid 700, adjusted by −70; it had used 40 of the account.
        try world.reverse("D2")
        #expect(world.reversal.adjusted.funds.map(\.amount) == [70_00])
        #expect(world.reversal.adjusted.recoverable == -70_00)
        #expect(world.ledger.accounts.balance(of: 101) == held + 40_00)
        #expect(try world.differences() == [])
        // Alone, D1 is what it was recorded as: its 70 more go, to be recovered.
        let run = try world.run(YearOptions(year: 2024))
        #expect(Set(run.adjustments.keys) == ["D1"])
        #expect(run.adjustments["D1"]?["fund"] == "-70.00" && run.adjustments["D1"]?["recoverable"] == "70.00")
        #expect(try world.post(run).posted == 1)
        #expect(try world.run(YearOptions(year: 2024)).adjustments.isEmpty)
        // Of the account's 200 nothing is missing once D1 is reversed too.
        try world.reverse("D1")
        #expect(world.ledger.accounts.balance(of: 101) == 200_00)
        #expect(world.ledger.yearAmounts(person: 101, year: 2024, region: nil)?.amounts.allSatisfy { $0 == 0 } == true)
        #expect(try world.run(YearOptions(year: 2024)).adjustments.isEmpty)
        #expect(try world.differences() == [])
    }

    @Test func `YE-1: who moved within the year has a year in each region, settled again by itself`() throws {
        let world = try YearWorld()
        let july = CalendarDate(2024_07_01)
        try world.person(
            301, "chongqing",
            Enrolment(
                .employee, membership: .employer, status: .active,
                covered: DateRange(from: CalendarDate(2019_01_01), until: CalendarDate(2024_06_30))))
        try world.ledger.record([
            .person(301, PersonEvent(.basics(PersonBasics(region: "yantai", birthMonth: 1960_05, since: july)))),
            .person(301, PersonEvent(.enrolment(Enrolment(.resident, covered: DateRange(from: july))))),
        ])
        // As C1 and C2 of the table, and a stay in the new region before the second of them was settled.
        try world.settle("M1", 301, .outpatient, on: 2024_06_30, at: "H2", yuan: 300)
        world.clock.move(to: 2024_08_10)
        try world.settle("M2", 301, .inpatient, on: 2024_08_10, at: "Y2", yuan: 30_000, basic: 15_000)
        try world.settle("M3", 301, .outpatient, on: 2024_05_10, at: "H3", yuan: 1_000)
        let run = try world.run(YearOptions(year: 2024))
        #expect(run.adjustments.keys.sorted() == ["M1", "M3"])
        #expect(run.adjustments["M1"]?["fund"] == "120.00" && run.adjustments["M3"]?["fund"] == "-100.00")
        #expect(run.result.resettled == 1 && run.result.adjustments.persons == 1 && run.result.persons == 1)
        // A late fact of the new region alone: 600 become 5,200 and 9,800 of assistance, as A1 of the table.
        try world.identity(.destitute, of: 301, given: 2024_07_10)
        let second = try world.run(YearOptions(year: 2024))
        #expect(second.adjustments.keys.sorted() == ["M1", "M2", "M3"])
        #expect(second.adjustments["M2"]?["fund"] == "14400.00" && second.result.adjustments.persons == 1)
        #expect(try world.post(second) == PostingResult(posted: 3))
        #expect(try world.run(YearOptions(year: 2024)).adjustments.isEmpty)
        #expect(try Verifier(store: world.store, library: YearWorld.library).verify { _ in }.differences == [])
    }

    @Test func `G-13: a person whose year moved on since the reading waits for the next run`() throws {
        let world = try Self.world()
        let run = try world.run(YearOptions(year: 2024))
        try world.settle("C3", 102, .outpatient, on: 2024_07_10, at: "H2", yuan: 100)
        #expect(try world.post(run) == PostingResult(posted: 4, movedOn: 2))
        let next = try world.run(YearOptions(year: 2024))
        #expect(Set(next.adjustments.keys) == ["C1", "C2"])
        #expect(try world.post(next) == PostingResult(posted: 2))
        #expect(try world.run(YearOptions(year: 2024)).adjustments.isEmpty)
    }

    @Test func `YE-7, G-13: posting that was broken off goes on where it was, and nothing is posted twice`() throws {
        let world = try YearWorld()
        let persons = UInt64(YearPosting.groupMax) + 40
        for person in 1...persons {
            try world.resident(person, "yantai")
            try world.settle("S\(person)", person, .inpatient, on: 2024_03_10, at: "Y2", yuan: 30_000, basic: 15_000)
        }
        world.clock.move(to: 2025_01_05)
        for person in 1...persons { try world.identity(.destitute, of: person, given: 2024_01_10) }
        let run = try world.run(YearOptions(year: 2024))
        #expect(run.result.adjustments.count == Int(persons))
        func posting() throws -> YearPosting {
            try YearPosting(run.posts, regions: YearWorld.library.packs.map(\.region), readThrough: run.end)
        }
        // One group is durable; of the next nothing is when the ledger goes away.
        let first = try posting()
        #expect(try first.readGroup())
        try first.postGroup(to: world.ledger)
        try world.commit()
        #expect(try first.readGroup())
        try first.postGroup(to: world.ledger)
        try world.reopen()
        let second = try posting()
        try second.postAll(to: world.ledger) { _ in }
        #expect(second.result == PostingResult(posted: 40, duplicates: YearPosting.groupMax))
        #expect(try world.run(YearOptions(year: 2024)).adjustments.isEmpty)
        #expect(try Verifier(store: world.store, library: YearWorld.library).verify { _ in }.differences == [])
    }

    @Test func `YE-1: as known on a day, what was recorded later is not seen`() throws {
        let world = try Self.world()
        let july = try world.run(YearOptions(year: 2024), asKnownOn: CalendarDate(2024_07_31))
        #expect(july.adjustments.isEmpty && july.result.settlements == 5)
        let december = try world.run(YearOptions(year: 2024), asKnownOn: CalendarDate(2024_12_31))
        #expect(Set(december.adjustments.keys) == ["C1", "C2", "D1", "D2"])
    }

    @Test func `G-13: when the late fact is taken back, the next run books the way back`() throws {
        let world = try Self.world()
        _ = try world.post(try world.run(YearOptions(year: 2024)))
        let record = try #require(
            world.ledger.registry.people.standing(of: 201).last { entry in
                if case .identity = entry.fact { true } else { false }
            })
        try world.ledger.record([.person(201, PersonEvent(.withdrawn, supersedes: record.number))])
        let run = try world.run(YearOptions(year: 2024))
        #expect(run.adjustments["A1"]?["recoverable"] == "14400.00")
        #expect(run.adjustments.count == 1)
    }

    @Test func `YE-5: accounts carry over what they had, got and gave`() throws {
        let world = try Self.world()
        let run = try world.run(YearOptions(year: 2024))
        let accounts = run.result.accounts
        #expect(accounts.accounts == 1 && accounts.opening == 0 && accounts.otherCredits == 200_00)
        #expect(accounts.settled == 200_00 && accounts.closing == 0)
        world.clock.move(to: 2025_01_06)
        _ = try world.post(run)
        // The adjustment is of the day on which it was booked.
        var options = YearOptions(year: 2025)
        options.isAudit = true
        let next = try world.run(options)
        #expect(next.result.accounts.opening == 0 && next.result.accounts.givenBack == 70_00)
        #expect(next.result.accounts.closing == 70_00)
        // What was credited by mistake and is taken back is so much less of credits, and no use.
        let order = CreditOrder(person: 101, kind: .other(.correction), amount: -20_00, reason: "多记")
        _ = try world.ledger.credit("K1", order)
        let last = try world.run(options)
        #expect(last.result.accounts.otherCredits == -20_00 && last.result.accounts.otherUses == 0)
        #expect(last.result.accounts.closing == 50_00)
    }

    @Test func `YE-3: clearing per institution, month and fund, and the year against the operator's total`() throws {
        let world = try Self.world()
        var options = YearOptions(year: 2024)
        options.institutionTotals = ["H2": 1_000_00, "Y2": 40_000_00]
        let run = try world.run(options)
        let rows = try YearWorld.rows(run.folder + "/clearing.csv")
        let july = rows.filter { $0["institution"] == "H2" && $0["month"] == "202407" }
        // C1 60 + D1 140 of the pool, D1 160 of the account; what is adjusted is the persons'.
        #expect(july.map { $0["fund"] } == ["account", "pool"] && july.map { $0["owed"] } == ["160.00", "200.00"])
        let year = Dictionary(uniqueKeysWithValues: run.result.clearing.map { ($0.institution, $0) })
        // H2: C1 60, D1 140, D2 700, less its total; C1 +120, D1 +70, D2 −70 stand beside it.
        #expect(year["H2"]?.funds == 900_00 && year["H2"]?.over == -100_00 && year["H2"]?.adjusted == 120_00)
        // Of the account: D1 160, D2 40.
        #expect(year["H2"]?.accounts == 200_00)
        // Y2: of A1 600, 15,000 of 15,600 were paid outside, as all of B1 and E1.
        #expect(year["Y2"]?.funds == 600_00 && year["Y2"]?.paidOutside == 17_000_00)
        #expect(year["Y2"]?.over == -39_400_00)
        #expect(year["H3"]?.limit == nil)
    }

    @Test func `YE-3: a reversal takes its settlement out of the month in which it was made`() throws {
        let world = try YearWorld()
        try world.employee(102, .active)
        try world.settle("R1", 102, .outpatient, on: 2024_06_01, at: "H2", yuan: 1_200)
        world.clock.move(to: 2024_08_02)
        try world.reverse("R1")
        let run = try world.run(YearOptions(year: 2024))
        let rows = try YearWorld.rows(run.folder + "/clearing.csv")
        #expect(rows.map { $0["month"] } == ["202407", "202408"])
        #expect(rows.map { $0["owed"] } == ["600.00", "-600.00"])
        #expect(run.result.settlements == 0 && run.result.reversed == 1)
        #expect(run.result.clearing.map(\.owed) == [0])
    }

    @Test func `YE-7: a run is byte-identical with one worker and with many, and when it is run again`() throws {
        let world = try Self.world()
        let one = try world.run(YearOptions(year: 2024), workers: 1)
        let many = try world.run(YearOptions(year: 2024), workers: 7)
        let first = try world.folder.results(of: "run1")
        #expect(try world.folder.results(of: "run2") == first)
        #expect(first.count > 10 && one.result == many.result)
        let again = try YearRun(
            ledger: world.store, YearWorld.library, YearOptions(year: 2024), asKnownOn: nil, folder: one.folder)
        #expect(try again.run(workers: 2) { _ in } == one.result)
        #expect(try world.folder.results(of: "run1") == first)
    }

    @Test func `YE-7: a folder of another run is refused`() throws {
        let world = try Self.world()
        let run = try world.run(YearOptions(year: 2024))
        #expect(throws: RunProblem.self) {
            try YearRun(
                ledger: world.store, YearWorld.library, YearOptions(year: 2023), asKnownOn: nil, folder: run.folder)
        }
    }
}

extension PostingResult {
    init(posted: Int = 0, duplicates: Int = 0, movedOn: Int = 0) {
        self.init()
        self.posted = posted
        self.duplicates = duplicates
        self.movedOn = movedOn
    }
}
