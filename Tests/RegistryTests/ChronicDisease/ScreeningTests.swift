import Policy
import Records
import Registry
import Settlement
import Testing

@Suite struct `Screening for chronic diseases` {
    static let july = CalendarDate(2020_07_01).monthIndex

    static func visit(
        _ person: UInt64, _ disease: String = "copd", level: Level = .two, kind: ClaimKind = .inpatient,
        on day: Int32 = 2020_07_15, total: Fen = 100_00
    ) -> SettledVisit {
        SettledVisit(
            person: person, disease: disease, level: level, kind: kind, serviceDate: CalendarDate(day), total: total)
    }

    @Test func `AH-3: registered poor with a clear diagnosis at level 2 or above get a card without papers`() throws {
        let office = try AppraisalDesk()
        let key = try office.waiting("copd", of: 6)
        try office.appraise(key, green: true, on: 2020_07_11)
        let visits = [
            Self.visit(1, on: 2020_07_20), Self.visit(1, on: 2020_07_03), Self.visit(2, level: .one),
            Self.visit(3, level: .three, kind: .outpatient), Self.visit(4, "influenza"), Self.visit(5), Self.visit(6),
            Self.visit(7, ""), Self.visit(8, on: 2020_06_30), Self.visit(9, on: 2020_08_01),
            Self.visit(1, "diabetes"), Self.visit(10, level: .unspecified),
        ]
        let found = try office.filings.screen(visits, month: Self.july, office.pack) { person, _ in person != 5 }
        #expect(
            found == [
                Candidate(person: 1, disease: "copd", seen: CalendarDate(2020_07_03)),
                Candidate(person: 1, disease: "diabetes", seen: CalendarDate(2020_07_15)),
                Candidate(person: 3, disease: "copd", seen: CalendarDate(2020_07_15)),
            ])
        let day = CalendarDate(2020_07_31)
        for event in try office.filings.list(found, month: Self.july, on: day, today: office.today) {
            office.desk.apply(event)
        }
        // A second screening of the month adds nobody.
        #expect(try office.filings.list(found, month: Self.july, on: day, today: office.today).isEmpty)
        #expect(office.filings.openSuspicions(month: Self.july).map(\.person) == [1, 1, 3])
        #expect(office.filings.openSuspicions(month: Self.july - 1).isEmpty)

        let first = FilingKey(person: 1, number: 1)
        office.desk.apply(try office.filings.issue(first, .electronic, on: day, office.pack, today: office.today))
        let card = try #require(office.filings.cards(of: 1).first)
        #expect(card.card.way == .screened && card.card.since == day && card.card.number == 2)
        #expect(office.filings.qualifications(of: 1).first?.qualification.way == .screened)
        #expect(
            try code { _ = try office.filings.issue(first, .paper, on: day, office.pack, today: office.today) }
                == .wrongStep)
        // It does not meet the local standard.
        let second = FilingKey(person: 1, number: 2)
        #expect(
            try code { _ = try office.filings.close(second, reason: "", on: day, today: office.today) }
                == .reasonMissing)
        office.desk.apply(try office.filings.close(second, reason: "不符合当地标准", on: day, today: office.today))
        #expect(office.filings.openSuspicions(month: Self.july).map(\.person) == [3])
        #expect(try office.filings.screen(visits, month: Self.july, office.pack) { _, _ in true }.map(\.person) == [1, 3, 5])
    }

    @Test func `AH-3: reported suspects enter the same list, and go on with papers`() throws {
        let office = try AppraisalDesk()
        let day = CalendarDate(2020_07_20)
        func report(_ disease: String, _ source: SuspicionSource) throws -> FilingEvent {
            try office.filings.report(disease, of: 1, by: source, on: day, office.pack, today: office.today)
        }
        office.desk.apply(try report("diabetes", .healthOffice))
        office.desk.apply(try report("copd", .povertyOffice))
        #expect(try code { _ = try report("copd", .familyDoctor) } == .recordConflict)
        #expect(try code { _ = try report("no_such", .familyDoctor) } == .factInvalid)
        #expect(try code { _ = try report("dialysis", .screening) } == .factInvalid)
        #expect(office.filings.openSuspicions(month: Self.july).count == 2)
        #expect(
            try code {
                _ = try office.filings.issue(
                    FilingKey(person: 1, number: 1), .paper, on: day, office.pack, today: office.today)
            } == .wrongStep)
        try office.receive("diabetes", on: 2020_07_22)
        #expect(office.filings.suspicions(of: 1).map(\.outcome) == [.applied, .open])
        #expect(office.filings.openSuspicions(month: Self.july).map(\.suspicion.disease) == ["copd"])
        let shenyang = try office.desk.pack("shenyang")
        #expect(
            try code {
                _ = try office.filings.report("copd", of: 2, by: .healthOffice, on: day, shenyang, today: office.today)
            } == .noRule)
    }

    @Test func `AH-4: the ledger has every card with the claims for its disease while it was in force`() throws {
        let office = try AppraisalDesk()
        try office.appraise(try office.waiting("diabetes", of: 2))
        try office.appraise(try office.waiting("copd", of: 1))
        let ended = DateRange(from: CalendarDate(2020_07_31), until: CalendarDate(2020_12_31))
        office.desk.apply(try office.filings.correct(2, 1, inForce: ended, institution: nil, office.pack))
        var ledger = ChronicLedger(office.filings)
        for visit in [
            Self.visit(2, "diabetes", kind: .special, on: 2020_07_30), Self.visit(2, "diabetes", kind: .special, on: 2020_07_31),
            Self.visit(2, "diabetes", kind: .special, on: 2020_12_31, total: 50_00),
            Self.visit(2, "diabetes", kind: .special, on: 2021_01_01), Self.visit(2, "copd", kind: .special, on: 2020_08_01),
            Self.visit(2, "diabetes", kind: .inpatient, on: 2020_08_01), Self.visit(3, "diabetes", kind: .special),
        ] { ledger.add(visit) }
        #expect(ledger.rows.map(\.claims.count) == [2, 0] && ledger.rows.map(\.claims.total) == [150_00, 0])
        #expect(ledger.rows.map(\.card.card.number) == [1, 2] && ledger.rows.allSatisfy { !$0.card.isWithdrawn })
        office.desk.apply(try office.filings.correct(1, 1, inForce: nil, institution: nil, office.pack))
        #expect(ChronicLedger(office.filings).rows.map(\.card.isWithdrawn) == [false, true])
    }
}
