import Policy
import Records
import Registry
import Settlement
import Testing

@Suite struct `Two-disease filings, contracts and surveys` {
    static let today = CalendarDate(2020_09_30)

    let desk: FilingDesk
    let pack: PolicyPack

    init() throws {
        desk = try FilingDesk()
        pack = try desk.pack("shenyang")
    }

    private func survey(
        _ person: UInt64, _ area: String, needs: SurveyAnswer = .yes, on day: Int32 = 2020_09_01, solved: String = "",
        unsolved: String = ""
    ) throws {
        let entry = SurveyEntry(
            area: area, surveyed: CalendarDate(day), knowsPolicy: .no, needsTwoDisease: needs, isCovered: .yes,
            solved: solved, unsolved: unsolved)
        desk.apply(try desk.filings.survey(entry, of: person, pack, today: Self.today))
    }

    private func file(_ person: UInt64, _ disease: String = "diabetes", from day: Int32, at institution: UInt32 = 4) throws {
        try desk.file(disease, of: person, from: day, at: institution, region: "shenyang", way: .twoDisease)
    }

    private func sign(_ person: UInt64, since day: Int32, with institution: UInt32 = 4, until: Int32 = 0) throws {
        let events = try desk.filings.sign(
            person, with: desk.institution(institution), since: CalendarDate(day), until: CalendarDate(until), pack,
            today: Self.today)
        for event in events { desk.apply(event) }
    }

    @Test func `SY-8: two diseases are filed where public health and outpatient pooling are done`() throws {
        try file(1, from: 2020_09_01)
        try file(1, "hypertension", from: 2020_09_01)
        for institution: UInt32 in [0, 1, 2, 3] {
            #expect(try code { try file(2, from: 2020_09_01, at: institution) } == .institutionNotDesignated)
            #expect(try code { try sign(2, since: 2020_09_01, with: institution) } == .institutionNotDesignated)
        }
        #expect(try code { try file(2, "copd", from: 2020_09_01) } == .factInvalid)
        let register = desk.filings.contractRegister(on: Self.today)
        #expect(register.map(\.disease) == ["diabetes", "hypertension"] && register.allSatisfy { $0.institution == 4 })
        #expect(desk.filings.contractRegister(on: CalendarDate(2020_08_31)).isEmpty)
    }

    @Test func `SY-8: a contract with another institution ends the one before`() throws {
        try sign(1, since: 2020_03_01)
        #expect(try code { try sign(1, since: 2020_03_01) } == .recordConflict)
        #expect(try code { try sign(1, since: 2020_10_01) } == .dateInFuture)
        #expect(try code { try sign(1, since: 2020_05_01, until: 2020_04_30) } == .dateInvalid)
        try sign(1, since: 2020_06_01, until: 2020_08_31)
        try sign(1, since: 2020_09_10)
        func since(_ day: Int32) -> Int32? { desk.filings.contract(of: 1, on: CalendarDate(day))?.since.number }
        #expect(since(2020_02_29) == nil && since(2020_05_31) == 2020_03_01 && since(2020_06_01) == 2020_06_01)
        #expect(since(2020_08_31) == 2020_06_01 && since(2020_09_01) == nil && since(2020_09_10) == 2020_09_10)
        #expect(desk.filings.contract(of: 1, on: CalendarDate(2020_04_01))?.until == CalendarDate(2020_05_31))
        #expect(desk.filings.contract(of: 2, on: Self.today) == nil)
        let chongqing = try desk.pack("chongqing")
        #expect(
            try code {
                _ = try desk.filings.sign(
                    1, with: desk.institution(4), since: Self.today, until: .none, chongqing, today: Self.today)
            } == .noRule)
    }

    @Test func `SY-8: a survey entry without a place, too long, or of a day to come is refused`() throws {
        #expect(try code { try survey(1, "") } == .factMissing)
        #expect(try code { try survey(1, "甲镇", solved: String(repeating: "问", count: 1_000)) } == .factInvalid)
        #expect(try code { try survey(1, "甲镇", on: 2020_10_01) } == .dateInFuture)
        #expect(desk.filings.surveys(of: 1).isEmpty)
        try survey(1, "甲镇")
        try survey(1, "乙镇", on: 2020_09_30)
        #expect(desk.filings.surveys(of: 1).map(\.area) == ["甲镇", "乙镇"])
    }

    @Test func `SY-8: high cost or repeated stays in two years`() throws {
        var inspection = try Inspection(
            costFrom: 10_000_00, staysFrom: 3, until: CalendarDate(2020_09_20), pack)
        #expect(
            inspection.stretch == DateRange(from: CalendarDate(2018_09_21), until: CalendarDate(2020_09_20)))
        func add(_ person: UInt64, _ kind: ClaimKind, _ day: Int32, _ total: Fen) {
            inspection.add(settledVisit(person, kind, day, total))
        }
        add(1, .inpatient, 2018_09_21, 9_999_99)
        add(1, .outpatient, 2020_09_20, 1)
        add(2, .inpatient, 2018_09_20, 20_000_00)
        add(2, .inpatient, 2020_09_21, 20_000_00)
        for day: Int32 in [2019_01_01, 2019_02_01, 2019_03_01] { add(3, .inpatient, day, 100_00) }
        for day: Int32 in [2019_01_01, 2019_02_01, 2019_03_01] { add(4, .outpatient, day, 100_00) }
        add(5, .special, 2020_01_01, 50_000_00)
        add(6, .special, 2020_01_01, 60_000_00)
        let list = inspection.list { $0 != 6 }
        #expect(list.map(\.person) == [5, 1, 3] && list.map(\.stays) == [0, 1, 3])
        #expect(list.map(\.isHighCost) == [true, true, false] && list.map(\.isRepeated) == [false, false, true])
        let anhui = try desk.pack("anhui")
        #expect(try code { _ = try Inspection(costFrom: 1, staysFrom: 1, until: Self.today, anhui) } == .noRule)
        #expect(try code { _ = try Inspection(costFrom: 0, staysFrom: 1, until: Self.today, pack) } == .factInvalid)
    }
}

private func settledVisit(_ person: UInt64, _ kind: ClaimKind, _ day: Int32, _ total: Fen) -> SettledVisit {
    SettledVisit(
        person: person, disease: "", level: .two, kind: kind, serviceDate: CalendarDate(day), total: total)
}
