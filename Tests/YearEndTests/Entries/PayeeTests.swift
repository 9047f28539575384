import Accounts
import Foundation
import Ledger
import Policy
import Records
import Registry
import ReportTesting
import Settlement
import Testing
import YearEnd

/// Who is owed a year (G-18, YE-3): what the files, the report and the ledger itself say of it.
@Suite struct `Who is owed a year` {
    static let retired: UInt64 = 101
    static let active: UInt64 = 102

    /// In yuan, of the retired person: D1 140 and account 160, then D2 came late (see `Late facts`), account use of 35.50
    /// of which 5.50 were given back, and a manual claim of 200, of which 120 are paid to the person. R1 of the active
    /// one is taken back in August. A1 in Yantai: 600 beside 15,000 that were paid outside; 特困 is told late.
    static func world() throws -> YearWorld {
        let world = try YearWorld()
        try world.ledger.record([
            .institution(
                .registered(InstitutionRecord(code: "P1", region: "chongqing", kind: .pharmacy, level: .unspecified))),
            .institution(
                .registered(InstitutionRecord(code: "F2", level: .three, isOutOfCity: true, isNetworked: false))),
        ])
        try world.employee(retired, .retired)
        try world.employee(active, .active)
        try world.resident(201, "yantai")
        try world.credit(500_00, to: retired)
        try world.settle("A1", 201, .inpatient, on: 2024_03_10, at: "Y2", yuan: 30_000, basic: 15_000)
        try world.settle("D1", retired, .outpatient, on: 2024_06_30, at: "H2", yuan: 300)
        try world.settle("R1", active, .outpatient, on: 2024_06_01, at: "H2", yuan: 1_200)
        let use = UseCommand(
            owner: retired, amount: 35_50, purpose: .pharmacy, beneficiary: retired, institution: "P1")
        _ = try world.ledger.use("u-1", use)
        try manual("M1", world)
        world.clock.move(to: 2024_08_02)
        try world.settle("D2", retired, .outpatient, on: 2024_05_10, at: "H2", yuan: 1_000)
        try world.reverse("R1")
        _ = try world.ledger.credit(
            "r-1", CreditOrder(person: retired, kind: .refund(use: "u-1"), amount: 5_50, reason: "退费"))
        world.clock.move(to: 2025_01_05)
        try world.identity(.destitute, of: 201, given: 2024_01_10)
        try world.commit()
        return world
    }

    private static func manual(_ id: String, _ world: YearWorld) throws {
        var command = SettleCommand(
            person: retired,
            claim: Claim(
                kind: .outpatient, serviceDate: CalendarDate(2024_06_30),
                cost: CostSplit(total: 200_00, inPolicy: 200_00)))
        command.claim.accountUse = .none
        command.institution = world.ledger.registry.institutions.number(ofCode: "F2") ?? 0
        command.channel = .manual
        command.documents = ["identity", "receipt", "cost_list", "medical_record", "bank_account"]
        #expect(try world.settle(id, command).isNone)
        try world.commit()
    }

    private static func fen(_ text: String?) -> Fen {
        let negative = text?.hasPrefix("-") == true
        let parts = (text ?? "").split(separator: ".").map { $0.filter(\.isNumber) }
        guard parts.count == 2, let yuan = Fen(parts[0]), let rest = Fen(parts[1]) else { return .min }
        return negative ? -(yuan * 100 + rest) : yuan * 100 + rest
    }

    private static func sum(_ rows: [[String: String]], _ column: String) -> Fen {
        rows.reduce(0) { $0 + fen($1[column]) }
    }

    @Test func `G-18, YE-3: a manual claim is the person's; the institution is owed what was not paid outside`() throws {
        let world = try Self.world()
        let run = try world.run(YearOptions(year: 2024))
        let clearing = try YearWorld.rows(run.folder + "/clearing.csv")
        #expect(!clearing.contains { $0["institution"] == "F2" })
        let yantai = clearing.filter { $0["institution"] == "Y2" }
        #expect(Self.sum(yantai, "owed") == 600_00 && Self.sum(yantai, "paid_outside") == 15_000_00)
        // Account use in the month of the use, the refund in its own.
        let pharmacy = clearing.filter { $0["institution"] == "P1" }
        #expect(pharmacy.map { $0["month"] } == ["202407", "202408"])
        #expect(pharmacy.map { $0["owed"] } == ["35.50", "-5.50"])
        let owed = try YearWorld.rows(run.folder + "/owed-to-persons.csv")
        let manual = owed.filter { $0["kind"] == "MANUAL" }
        #expect(manual.map { $0["to_person"] } == ["120.00"] && manual.first?["settlement_id"] == "M1")
        // A1: 14,400 that the person had paid.
        let late = owed.filter { $0["settlement_id"] == "A1" }
        #expect(Self.sum(late, "to_person") == 14_400_00 && late.allSatisfy { $0["kind"] == "ADJUSTMENT" })
        #expect(run.result.proof.contains { $0.hasPrefix("G-18:") })
    }

    @Test func `G-18, YE-3, YE-7: the files of a run, its report and the ledger's months agree to the fen`() throws {
        let world = try Self.world()
        let run = try world.run(YearOptions(year: 2024))
        let clearing = try YearWorld.rows(run.folder + "/clearing.csv")
        let owed = try YearWorld.rows(run.folder + "/owed-to-persons.csv")
        let funds = try YearWorld.rows(run.folder + "/funds.csv")
        let recoveries = try YearWorld.rows(run.folder + "/recoveries.csv")
        let report = ReportPage([UInt8](try Data(contentsOf: URL(fileURLWithPath: run.folder + "/report.html"))))
        let cells = report.cells("regions")
        for row in funds where !["cash", "recoverable"].contains(row["payer"]) {
            let (region, fund) = (row["region"], row["payer"])
            func of(_ rows: [[String: String]], _ column: String) -> Fen {
                Self.sum(rows.filter { $0["region"] == region && $0["fund"] == fund }, column)
            }
            func its(_ column: String) -> Fen { Self.fen(row[column]) }
            #expect(of(clearing, "owed") == its("institutions") + its("uses"), "\(row)")
            #expect(of(clearing, "paid_outside") == its("paid_outside"), "\(row)")
            #expect(of(owed, "to_person") == its("persons") && of(owed, "to_accounts") == its("accounts"), "\(row)")
            if fund != "account" {
                let payees = its("institutions") + its("persons") + its("accounts") + its("paid_outside")
                #expect(payees - its("to_recover") == its("final"), "\(row)")
            }
            for column in ["institutions", "persons", "paid_outside", "to_recover"] where its(column) != 0 {
                #expect(cells.contains(FigureOf.yuan(its(column))), "\(column) of \(row)")
            }
        }
        let due = funds.filter { $0["payer"] == "recoverable" }
        #expect(Self.sum(recoveries, "due") == Self.sum(due, "final"))
        #expect(Self.sum(recoveries, "net") == run.result.regions.reduce(0) { $0 + $1.recoveries.net })
        // The ledger's own months, of this service year.
        for month in [2024_07, 2024_08, 2025_01] as [Int32] {
            let lines = try world.ledger.clearing(ofMonth: month, ClearingFilter()).lines
            let rows = clearing.filter { $0["month"] == "\(month)" }
            #expect(lines.count == rows.count)
            for line in lines {
                let code = world.ledger.registry.institutions[line.institution]?.code
                let row = rows.first {
                    $0["institution"] == code && $0["region"] == line.region && $0["fund"] == line.fund
                }
                #expect(Self.fen(row?["owed"]) == line.owed && Self.fen(row?["paid_outside"]) == line.paidOutside)
                #expect(row?["service_year"] == "\(line.serviceYear)")
            }
        }
    }

    @Test func `G-18: what was handed over is marked in the next run, and pays nobody's debt any more`() throws {
        let world = try Self.world()
        let run = try world.run(YearOptions(year: 2024))
        #expect(try world.post(run).posted == run.result.adjustments.count)
        try world.commit()
        let payment = try world.ledger.pay(
            PaymentOrder("P-1", day: CalendarDate(2025_01_05), .persons, month: 2025_01))
        _ = try world.ledger.pay(
            PaymentOrder("B-1", day: CalendarDate(2025_01_05), .institutions, month: 2024_07))
        let next = try world.run(YearOptions(year: 2024))
        let owed = try YearWorld.rows(next.folder + "/owed-to-persons.csv")
        let paid = owed.filter { $0["batch"] == "P-1" }
        #expect(Self.sum(paid, "to_person") + Self.sum(paid, "to_accounts") == payment.batch.total)
        #expect(owed.filter { $0["kind"] == "MANUAL" }.allSatisfy { $0["batch"] == "" })
        let clearing = try YearWorld.rows(next.folder + "/clearing.csv")
        let due = clearing.filter { $0["owed"] != "0.00" }
        #expect(due.allSatisfy { ($0["batch"] == "B-1") == ($0["month"] == "202407") }, "\(clearing)")
        #expect(clearing.filter { $0["owed"] == "0.00" }.allSatisfy { $0["batch"] == "" })
        // The same sums as before: posted, and now recorded.
        let before = try YearWorld.rows(run.folder + "/owed-to-persons.csv")
        #expect(Self.sum(before, "to_person") == Self.sum(owed, "to_person"))
        for row in try YearWorld.rows(next.folder + "/recoveries.csv") {
            #expect(Self.fen(row["net"]) == Self.fen(row["due"]), "what is owed was handed over: \(row)")
        }
    }

    @Test func `G-13, I-21: to be recovered is net person by person, and the gross stands beside it`() throws {
        let world = try YearWorld()
        try world.employee(Self.active, .active)
        // C1 60, then C2 came late: C1 +120, C2 −100 (see `Late facts`).
        try world.settle("C1", Self.active, .outpatient, on: 2024_06_30, at: "H2", yuan: 300)
        world.clock.move(to: 2024_08_01)
        try world.settle("C2", Self.active, .outpatient, on: 2024_05_10, at: "H3", yuan: 1_000)
        world.clock.move(to: 2025_01_05)
        let run = try world.run(YearOptions(year: 2024))
        let rows = try YearWorld.rows(run.folder + "/recoveries.csv")
        #expect(rows.map { $0["due"] } == ["100.00"] && rows.map { $0["owed"] } == ["120.00"])
        #expect(rows.map { $0["net"] } == ["0.00"])
        let recoveries = try #require(run.result.regions.first).recoveries
        #expect(recoveries.persons == 1 && recoveries.netPersons == 0 && recoveries.due == 100_00)
        let report = ReportPage([UInt8](try Data(contentsOf: URL(fileURLWithPath: run.folder + "/report.html"))))
        let tiles = report.elements.filter { $0.name == "dd" }.map(\.text)
        #expect(tiles.contains("¥0.00") && tiles.contains { $0.contains("¥100.00") })
    }

    @Test func `G-18, SY-4: a second round is owed to the persons, listed by the run and by the ledger alike`() throws {
        // The rule's example: 250 over 300, 100 and 100 (see `Second rounds that are booked`).
        let world = try YearWorld()
        for (number, yuan) in [680, 280, 280].enumerated() {
            let person = UInt64(301 + number)
            try world.resident(person, "shenyang")
            try world.identity(.registeredPoor, of: person, given: 2019_06_01)
            try world.settle(
                "S\(number + 1)", person, .outpatient, on: 2020_03_01, at: "S2", yuan: Fen(yuan), drug: Fen(yuan))
        }
        var options = YearOptions(year: 2020)
        options.surplus = ["shenyang": 250_00]
        let run = try world.run(options)
        let found = try YearWorld.rows(run.folder + "/owed-to-persons.csv")
        #expect(found.map { $0["kind"] } == ["SECOND_ROUND", "SECOND_ROUND", "SECOND_ROUND"])
        #expect(Self.sum(found, "to_person") == 250_00)
        // Not posted yet: no number. An empty first value stands in quotation marks.
        #expect(found.allSatisfy { $0["sequence"] == "\"\"" })
        let funds = try YearWorld.rows(run.folder + "/funds.csv")
        #expect(Self.sum(funds, "persons") == 250_00)
        #expect(try world.post(run).posted == 3)
        try world.commit()
        let listed = try world.ledger.owed(month: 0, ClearingFilter(), after: 0, limit: 10).entries
        #expect(listed.map(\.kind) == [.secondRound, .secondRound, .secondRound])
        #expect(Set(listed.map { $0.shares[0].toPerson }) == [150_00, 50_00])
        try world.takeBackRound("S3", 1)
        let again = try world.run(YearOptions(year: 2020))
        let booked = try YearWorld.rows(again.folder + "/owed-to-persons.csv")
        #expect(Self.sum(booked, "to_person") == 200_00 && booked.count == 4)
        #expect(booked.filter { $0["kind"] == "SECOND_ROUND_REVERSED" }.map { $0["to_person"] } == ["-50.00"])
        let after = try world.ledger.owed(month: 0, ClearingFilter(), after: 0, limit: 10).entries
        #expect(after.last?.kind == .secondRoundReversed && after.last?.shares[0].toPerson == -50_00)
    }

    @Test func `G-18, YT-7: what a recognition pays for the past is owed to the person`() throws {
        let world = try YearWorld()
        try world.resident(208, "yantai")
        try world.settle("W1", 208, .inpatient, on: 2023_11_10, at: "Y2", yuan: 50_000, basic: 20_000)
        let terms = try #require(YearWorld.library["yantai"]?.recognition)
        let day = CalendarDate(2024_04_02)
        try world.ledger.record(.applied(on: day), of: 208)
        try world.ledger.record(
            .recognised(year: 2024, on: day, terms, burden: 20_400_00, outside: 0, paid: 6_240_00), of: 208)
        let listed = try world.ledger.owed(month: 2024_07, ClearingFilter(), after: 0, limit: 10).entries
        #expect(listed.map(\.kind) == [.recognition] && listed[0].shares.map(\.toPerson) == [6_240_00])
        let run = try world.run(YearOptions(year: 2024))
        let rows = try YearWorld.rows(run.folder + "/owed-to-persons.csv")
        #expect(rows.map { $0["kind"] } == ["RECOGNITION"] && rows.map { $0["to_person"] } == ["6240.00"])
        #expect(try YearWorld.rows(run.folder + "/clearing.csv").isEmpty)
    }

    @Test func `YE-5, I-43: a monthly credit is of the month that is credited, whenever it is recorded`() throws {
        let world = try YearWorld()
        try world.employee(Self.retired, .retired)
        try world.commit()
        world.clock.move(to: 2025_01_10)
        let order = CreditOrder(person: Self.retired, kind: .monthly(try #require(CreditMonth(yearMonth: 2024_12))))
        _ = try world.ledger.credit("c-12", order)
        let old = try world.run(YearOptions(year: 2024))
        #expect(old.result.accounts.credits == 105_00 && old.result.accounts.closing == 105_00)
        let new = try world.run(YearOptions(year: 2025))
        #expect(new.result.accounts.opening == 105_00 && new.result.accounts.credits == 0)
    }
}

/// An amount as the report shows it: 1,234.50.
enum FigureOf {
    static func yuan(_ amount: Fen) -> String {
        let (whole, rest) = (abs(amount) / 100, abs(amount) % 100)
        var digits = ""
        for (place, digit) in String(whole).reversed().enumerated() {
            if place > 0, place % 3 == 0 { digits = "," + digits }
            digits = String(digit) + digits
        }
        return (amount < 0 ? "−" : "") + digits + "." + (rest < 10 ? "0" : "") + "\(rest)"
    }
}
