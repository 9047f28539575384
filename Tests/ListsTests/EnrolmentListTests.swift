import Lists
import Policy
import Population
import Records
import Registry
import Settlement
import Testing

/// A resident enrolment of a calendar year whose premium of 350 元 was paid for the person.
private func subsidised(_ year: Int32, paidOn: Int32 = 0, _ amount: Fen = 350_00) -> PersonFact {
    let covered = DateRange(
        from: CalendarDate(year: year, month: 1, day: 1), until: CalendarDate(year: year, month: 12, day: 31))
    return .enrolment(
        Enrolment(
            .resident, covered: covered, payer: .subsidy, paidOn: CalendarDate(paidOn), premiumDue: amount,
            premiumSubsidised: amount))
}

@Suite struct `Enrolment of assisted persons` {
    let desk: ListDesk
    let low = ListDesk.identity(.lowIncome, given: 2023_05_10)

    init() throws {
        desk = try ListDesk()
        desk.today = CalendarDate(2024_03_31)
    }

    @Test func `YT-12: who has one of the five identities in force and no insurance for the year, by area`() throws {
        let monitored = ListDesk.identity(.monitored, given: 2024_03_05)
        desk.person(1, "yantai", "370602002", low)
        desk.person(2, "yantai", "370602001", low, subsidised(2024))
        // Covered last year only, and in force as an employee from May on: enrolled for the year.
        desk.person(3, "yantai", "370602001", low, subsidised(2023))
        let may = Enrolment(.employee, membership: .employer, covered: DateRange(from: CalendarDate(2024_05_01)))
        desk.person(4, "yantai", "370602001", low, .enrolment(may))
        // G-11: given in March, in force from April.
        desk.person(5, "yantai", "370602001", monitored)
        // 因病致贫 is none of the five; who died needs no insurance; another region's are not ours.
        desk.person(6, "yantai", "370602001", ListDesk.identity(.illnessPoverty, given: 2023_05_10))
        desk.person(7, "yantai", "370602001", low, .departure(Departure(.death, on: CalendarDate(2024_02_01))))
        desk.person(8, "shenyang", "210112101", low)
        #expect(
            try desk.table(.unenrolled, "yantai").csv == """
                county,area_code,area,person,identity,since,last_covered
                芝罘区,370602001,向阳街道,3,low_income,2023-06-01,2023-12-31
                芝罘区,370602002,东山街道,1,low_income,2023-06-01,

                """)
        let april = try desk.rows(.unenrolled, "yantai") {
            ($0.day, $0.area, $0.language) = (CalendarDate(2024_04_01), "370602001", .chinese)
        }
        #expect(
            april == [
                "芝罘区,370602001,向阳街道,3,低保对象,2023-06-01,2023-12-31",
                "芝罘区,370602001,向阳街道,5,防止返贫监测帮扶对象,2024-04-01,",
            ])
        #expect(try refusal { _ = try desk.table(.unenrolled, "shenyang") }?.rule == "YT-12")
    }

    @Test func `YT-12, YT-8: the statement says persons and yuan per group and area, and who came in and went out`() throws {
        desk.person(1, "yantai", "370602001", low, subsidised(2024))
        desk.person(2, "yantai", "370602001", low, subsidised(2024))
        desk.person(3, "yantai", "370602002", ListDesk.identity(.destitute, given: 2023_05_10), subsidised(2024))
        desk.person(4, "yantai", "370602001", low, subsidised(2025))
        #expect(
            try desk.table(.subsidies, "yantai").csv == """
                county,area_code,area,identity,persons,subsidised,came_in,came_in_amount,went_out,went_out_amount
                芝罘区,370602001,向阳街道,low_income,2,700.00,2,700.00,0,0.00
                芝罘区,370602002,东山街道,destitute,1,350.00,1,350.00,0,0.00

                """)
        let pack = try desk.pack("yantai")
        let event = try desk.registry.filings.handOver(2024, on: desk.today, pack, today: desk.today)
        desk.put([event])
        #expect(desk.registry.filings.statements(of: "yantai", 2024).map(\.statement.number) == [1])
        // Applied again, as a replay may, it is there once.
        desk.put([event])
        #expect(desk.registry.filings.statements(of: "yantai", 2024).count == 1)
        #expect(try desk.rows(.subsidies, "yantai").first == "芝罘区,370602001,向阳街道,low_income,2,700.00,0,0.00,0,0.00")

        // 2 was enrolled by mistake, 3 moved within the county, 5 is new.
        desk.put(.withdrawn, of: 2, supersedes: 3)
        desk.put(.basics(PersonBasics(region: "yantai", birthMonth: 1960_05, area: "370602001")), of: 3)
        desk.person(5, "yantai", "370602001", low, subsidised(2024, paidOn: 2024_02_01))
        #expect(
            try desk.rows(.subsidies, "yantai") == [
                "芝罘区,370602001,向阳街道,destitute,1,350.00,1,350.00,0,0.00",
                "芝罘区,370602001,向阳街道,low_income,2,700.00,1,350.00,1,350.00",
                "芝罘区,370602002,东山街道,destitute,0,0.00,0,0.00,1,350.00",
            ])
        #expect(
            try desk.rows(.subsidies, "yantai") { $0.byCounty = true } == [
                "芝罘区,370602,,destitute,1,350.00,1,350.00,1,350.00", "芝罘区,370602,,low_income,2,700.00,1,350.00,1,350.00",
            ])
        #expect(
            try desk.rows(.subsidisedPersons, "yantai") == [
                "芝罘区,370602001,向阳街道,1,low_income,2024-01-01,350.00,350.00,",
                "芝罘区,370602001,向阳街道,2,low_income,2024-01-01,350.00,350.00,out",
                "芝罘区,370602001,向阳街道,3,destitute,2024-01-01,350.00,350.00,in",
                "芝罘区,370602001,向阳街道,5,low_income,2024-02-01,350.00,350.00,in",
                "芝罘区,370602002,东山街道,3,destitute,2024-01-01,350.00,350.00,out",
            ])
        #expect(try refusal { _ = try desk.registry.filings.handOver(2024, on: CalendarDate(2024_04_01), pack, today: desk.today) } != nil)
        #expect(try refusal { _ = try desk.registry.filings.handOver(2024, on: desk.today, desk.pack("anhui"), today: desk.today) }?.code == .noRule)
    }
}

@Suite struct `What departments answer` {
    let desk: ListDesk
    let pack: PolicyPack
    let today = CalendarDate(2024_05_20)

    init() throws {
        desk = try ListDesk()
        pack = try desk.pack("yantai")
        desk.today = today
        desk.person(1, "yantai", "370602001")
    }

    private func answer(_ change: (inout DepartmentFeedback) -> Void) throws -> DomainRefusal? {
        var feedback = DepartmentFeedback(
            department: .civilAffairs, month: CalendarDate(2024_04_01).monthIndex, received: CalendarDate(2024_05_10),
            isTakenIn: true, identity: .nearLowIncome, from: CalendarDate(2024_06_01))
        change(&feedback)
        return try refusal {
            desk.put(try desk.registry.filings.record(feedback, of: 1, pack, today: today))
        }
    }

    @Test func `YT-9: taken into which group from when, or not and why`() throws {
        #expect(try answer { $0.identity = .monitored }?.field == "feedback.identity")
        #expect(try answer { $0.identity = .none }?.field == "feedback.identity")
        #expect(try answer { $0.from = .none }?.field == "feedback.from")
        #expect(try answer { $0.isTakenIn = false }?.field == "feedback.identity")
        #expect(try answer { $0.department = .other }?.field == "feedback.department")
        #expect(try answer { $0.month = CalendarDate(2024_06_01).monthIndex }?.field == "feedback.month")
        #expect(try answer { $0.received = CalendarDate(2024_05_21) }?.field == "feedback.received")
        #expect(
            try answer { ($0.isTakenIn, $0.identity, $0.from) = (false, .none, .none) }?.code == .reasonMissing)
        #expect(desk.registry.filings.feedback(of: 1).isEmpty)
        #expect(try answer { _ in } == nil)
        #expect(
            try desk.rows(.feedback, "yantai") == [
                "1,civil_affairs,2024-04,2024-05-10,yes,near_low_income,2024-06-01,"
            ])
        let anhui = try desk.pack("anhui")
        let feedback = desk.registry.filings.feedback(of: 1)[0]
        #expect(
            try refusal { _ = try desk.registry.filings.record(feedback, of: 1, anhui, today: today) }?.code == .noRule)
    }

    @Test func `YT-9: an answer is corrected back and forth, and the last one to a list or an earlier one stands`() throws {
        func refused(_ feedback: inout DepartmentFeedback) {
            (feedback.isTakenIn, feedback.identity, feedback.from, feedback.reason) = (false, .none, .none, "收入超过标准")
        }
        #expect(try answer { _ in } == nil)
        #expect(try answer { refused(&$0) } == nil)
        #expect(try answer { _ in } == nil)
        // The same again changes nothing.
        #expect(try answer { _ in } == nil)
        #expect(desk.registry.filings.feedback(of: 1).map(\.isTakenIn) == [true, false, true])
        #expect(
            try answer { feedback in
                feedback.month += 1
                refused(&feedback)
            } == nil)
        let filings = desk.registry.filings
        let april = CalendarDate(2024_04_01).monthIndex
        #expect(filings.feedback(of: 1, from: .civilAffairs, through: april - 1) == nil)
        #expect(filings.feedback(of: 1, from: .civilAffairs, through: april)?.isTakenIn == true)
        #expect(filings.feedback(of: 1, from: .civilAffairs, through: april + 8)?.isTakenIn == false)
        #expect(filings.feedback(of: 1, from: .ruralRevitalisation, through: april + 8) == nil)
        #expect(try desk.rows(.feedback, "yantai").count == 2)
    }

    @Test func `a snapshot keeps feedback, chronic reports and statements`() throws {
        #expect(try answer { _ in } == nil)
        let report = ChronicReport(
            institution: 3, disease: "diabetes", reported: CalendarDate(2024_01_02), letter: CalendarDate(2024_01_03))
        desk.put([.chronicReport(person: 1, report)])
        desk.put([try desk.registry.filings.handOver(2024, on: today, pack, today: today)])
        let copy = FilingRegister()
        for encode in [
            { (writer: inout ByteWriter) in desk.registry.filings.encodeSnapshot(to: &writer) },
            { (writer: inout ByteWriter) in desk.registry.filings.encodeSnapshot(of: 1, to: &writer) },
        ].enumerated() {
            var writer = ByteWriter()
            encode.element(&writer)
            var reader = ByteReader(writer.bytes)
            if encode.offset == 0 {
                try copy.decodeSnapshot(from: &reader)
            } else {
                try copy.decodeSnapshot(of: 1, from: &reader)
            }
            #expect(reader.isAtEnd)
        }
        #expect(copy.feedback(of: 1) == desk.registry.filings.feedback(of: 1))
        #expect(copy.chronicReports(of: 1) == [report])
        #expect(copy.statements(of: "yantai", 2024) == desk.registry.filings.statements(of: "yantai", 2024))
    }
}
