import Lists
import Policy
import Population
import Records
import Registry
import Settlement
import Testing

@Suite struct `Monthly ledgers and reports` {
    let desk: ListDesk

    init() throws { desk = try ListDesk() }

    @Test func `SY-10: a month of every registered-poor person, with benefits by fund and what is borne`() throws {
        let covered = DateRange(from: CalendarDate(2020_01_01), until: CalendarDate(2020_12_31))
        desk.person(1, "shenyang", "210112101", ListDesk.poor, .enrolment(Enrolment(.resident, covered: covered)))
        desk.person(2, "shenyang", "210112102", ListDesk.poor)
        desk.person(3, "shenyang", "210112102")
        // Poor until August: the stay of September is none of the ledger's.
        desk.person(4, "shenyang", "210112102", ListDesk.identity(.registeredPoor, given: 2019_06_01, ended: 2020_08_05))
        let funds = try desk.pack("shenyang").funds.map(\.id)
        func visit(_ person: UInt64, _ kind: ClaimKind, _ day: Int32, _ total: Fen, paid: Fen) {
            desk.visits.append(
                SettledVisit(
                    person: person, disease: "", level: .two, kind: kind, serviceDate: CalendarDate(day), total: total,
                    inPolicy: total - 10_00, borne: total - paid,
                    funds: [SettledVisit.FundPart(fund: funds[0], paid: paid), .init(fund: "former", paid: 0)]))
        }
        visit(1, .inpatient, 2020_09_01, 6_264_00, paid: 5_567_00)
        visit(1, .twoDisease, 2020_09_30, 100_00, paid: 90_00)
        visit(1, .inpatient, 2020_08_31, 1_000_00, paid: 0)
        visit(3, .inpatient, 2020_09_01, 1_000_00, paid: 0)
        visit(4, .inpatient, 2020_09_01, 1_000_00, paid: 0)
        let table = try desk.table(.poorLedger, "shenyang") { $0.month = CalendarDate(2020_09_01).monthIndex }
        let names = table.columns.map(\.name)
        #expect(names.starts(with: ["month", "county", "area_code", "area", "person", "insurance", "covered_until"]))
        #expect(names.suffix(2) == ["fund_total", "borne"] && names.contains("paid_former"))
        let zeros = String(repeating: ",0.00", count: funds.count)
        let rows = String(decoding: table.body, as: UTF8.self).split(separator: "\n").map(String.init)
        #expect(
            rows == [
                "2020-09,浑南区,210112101,甲镇,1,resident,2020-12-31,2,1,6364.00,6344.00,5657.00\(zeros),5657.00,707.00",
                "2020-09,浑南区,210112102,乙镇,2,none,,0,0,0.00,0.00,0.00\(zeros),0.00,0.00",
            ])
        // What a month comes to is what its rows come to: fund total and what is borne are the total (G-7).
        let august = try desk.rows(.poorLedger, "shenyang") {
            ($0.month, $0.area) = (CalendarDate(2020_08_01).monthIndex, "210112102")
        }
        #expect(august.map { $0.split(separator: ",")[4] } == ["2", "4"])
    }

    @Test func `AH-8: applications, decisions, days, green channel, screened and delivered per county and month`() throws {
        desk.person(1, "anhui", "341221", ListDesk.poor)
        desk.person(2, "anhui", "", ListDesk.poor)
        func apply(
            _ person: UInt64, _ number: UInt32, received: Int32, _ events: ApplicationEvent...
        ) {
            let first = ApplicationEvent.received(
                disease: "copd", papers: [], servicePoint: 1, on: CalendarDate(received))
            for event in [first] + events { desk.put([.application(person: person, number: number, event)]) }
        }
        func card(_ number: UInt64, _ day: Int32, _ way: FilingWay, _ qualification: UInt32) -> Card {
            Card(
                number: number, disease: "copd", since: CalendarDate(day), medium: .paper, way: way,
                qualification: qualification)
        }
        let day = CalendarDate(2020_07_31)
        // 30 days, and everybody told; 2 days in the green channel, nobody told; refused after 10; returned.
        apply(
            1, 1, received: 2020_07_01, .approved(card(1, 2020_07_31, .appraised, 1), experts: ["E"]),
            .told(.personOrFamily, on: day), .told(.villageCommittee, on: day))
        apply(1, 2, received: 2020_07_29, .approved(card(2, 2020_07_31, .greenChannel, 2), experts: ["E"]))
        apply(
            1, 3, received: 2020_07_21,
            .refused(on: day, isGreenChannel: false, experts: ["E"], reason: "未达到标准"))
        apply(1, 4, received: 2020_06_30, .returned(on: CalendarDate(2020_07_02), reason: "缺少检查报告"))
        apply(2, 1, received: 2020_07_05)
        desk.put([
            .suspicion(
                person: 2, number: 1,
                .listed(disease: "copd", .screening, month: day.monthIndex, on: CalendarDate(2020_07_31))),
            .suspicion(person: 2, number: 1, .carded(card(3, 2020_07_31, .screened, 1))),
        ])
        #expect(
            try desk.table(.appraisals, "anhui") { $0.month = day.monthIndex }.csv == """
                month,county,area_code,area,applications,returned,approved,refused,days_average,days_most,green_channel,\
                screened,delivered
                2020-07,,,,1,0,0,0,,,0,1,0
                2020-07,临泉县,341221,,3,1,2,1,14.00,30,1,0,1

                """)
        let year = try desk.rows(.appraisals, "anhui") { ($0.year, $0.area) = (2020, "341221") }
        #expect(year.count == 12 && year[5] == "2020-06,临泉县,341221,,1,0,0,0,,,0,0,0")
        #expect(
            try desk.rows(.appraisalRefusals, "anhui") { $0.month = day.monthIndex } == [
                "2020-07,临泉县,341221,,refused,未达到标准,1", "2020-07,临泉县,341221,,returned,缺少检查报告,1",
            ])
        #expect(try refusal { _ = try desk.table(.appraisals, "yantai") }?.rule == "AH-8")
    }

    @Test func `AH-4: every card with its claims, in yuan, with the name of the disease`() throws {
        desk.person(1, "anhui", "341221", ListDesk.poor)
        let card = Card(
            number: 1, disease: "copd", since: CalendarDate(2020_07_31), medium: .electronic, way: .appraised,
            qualification: 1)
        desk.put([
            .application(person: 1, number: 1, .received(disease: "copd", papers: [], servicePoint: 1, on: CalendarDate(2020_07_01))),
            .application(person: 1, number: 1, .approved(card, experts: ["E"])),
        ])
        for (disease, date) in [("copd", 2020_08_10), ("copd", 2020_07_30), ("dialysis", 2020_08_10)] as [(String, Int32)] {
            desk.visits.append(
                SettledVisit(
                    person: 1, disease: disease, level: .two, kind: .special, serviceDate: CalendarDate(date),
                    total: 100_05))
        }
        #expect(
            try desk.rows(.chronicLedger, "anhui") { $0.language = .chinese } == [
                "1,临泉县,341221,,copd,慢性阻塞性肺疾病,1,电子,按月鉴定,2020-07-31,,否,1,100.05"
            ])
    }
}

@Suite struct `Chronic patients whom institutions report` {
    let desk: ListDesk
    let pack: PolicyPack
    let today = CalendarDate(2023_01_05)

    init() throws {
        desk = try ListDesk()
        pack = try desk.pack("chongqing")
        desk.today = today
    }

    private func report(
        _ person: UInt64, _ disease: String, by institution: UInt32 = 3, on day: Int32 = 2022_11_20, letter: Int32 = 0,
        isWithdrawn: Bool = false
    ) throws {
        let report = ChronicReport(
            institution: institution, disease: disease, reported: CalendarDate(day), letter: CalendarDate(letter),
            isWithdrawn: isWithdrawn)
        desk.put(try desk.registry.filings.report(report, of: person, pack, today: today))
    }

    private func patients(_ list: OfficeList, _ change: (inout ListQuestion) -> Void = { _ in }) throws -> [String] {
        try desk.rows(list, "chongqing") { question in
            question.language = .chinese
            question.campaign = ChronicPatients.Campaign(
                from: CalendarDate(2022_10_10), until: CalendarDate(2022_12_31))
            change(&question)
        }
    }

    @Test func `YE-6: everybody an institution reports, with a card or without, with names and the day of the letter`() throws {
        let covered = DateRange(from: CalendarDate(2023_01_01))
        desk.person(1, "chongqing", "500236101", .enrolment(Enrolment(.resident, membership: .tier2, covered: covered)))
        desk.person(2, "chongqing", "500236101")
        desk.person(3, "chongqing", "500236")
        try report(1, "diabetes", letter: 2022_11_25)
        try report(1, "hypertension", on: 2022_11_18)
        try report(2, "dialysis", by: 2)
        let filed = DateRange(from: CalendarDate(2021_01_01))
        for (person, disease) in [(1, "diabetes"), (2, "dialysis"), (3, "diabetes")] as [(UInt64, String)] {
            desk.put([
                .qualified(
                    person: person,
                    Qualification(number: 1, disease: disease, inForce: filed, institution: 2, way: .certified))
            ])
        }
        #expect(
            try patients(.chronicPatients) == [
                // Nobody reports 3, who is with the institution that certified.
                "1,3,奉节县,500236,,diabetes,糖尿病,H2,县人民医院,,是,,未参保,未参保,否,否",
                "2,2,奉节县,500236101,永安街道,dialysis,\(try name("dialysis")),H2,县人民医院,2022-11-20,是,,未参保,未参保,否,否",
                "3,1,奉节县,500236101,永安街道,diabetes;hypertension,糖尿病、高血压,H3,永安卫生院,2022-11-18,否,2022-11-25,未参保,居民二档,是,否",
            ])
        #expect(
            try patients(.chronicSummary) == [
                "奉节县,500236,,H2,县人民医院,1,0,0,0,0,0,0,0,0,0,0,0",
                "奉节县,500236101,永安街道,H2,县人民医院,1,0,0,0,0,0,0,0,0,0,0,0",
                "奉节县,500236101,永安街道,H3,永安卫生院,1,1,1,0,0,0,0,1,0,0,1,0",
            ])
        #expect(try patients(.chronicSummary) { $0.byCounty = true }.first == "奉节县,500236,,H2,县人民医院,2,0,0,0,0,0,0,0,0,0,0,0")
    }

    private func name(_ disease: String) throws -> String {
        try #require(pack.diseases.first { $0.code == disease }?.label.zh)
    }

    @Test func `YE-6: a report is corrected under its institution and disease, withdrawn, and made again`() throws {
        desk.person(1, "chongqing", "500236101")
        #expect(try refusal { try report(1, "diabetes", isWithdrawn: true) }?.code == .recordUnknown)
        #expect(try refusal { try report(1, "nonsense") }?.code == .factInvalid)
        #expect(try refusal { try report(1, "diabetes", on: 2023_01_06) } != nil)
        #expect(try refusal { try report(1, "diabetes", letter: 2023_01_06) } != nil)
        try report(1, "diabetes")
        try report(1, "diabetes", letter: 2022_11_25)
        #expect(try desk.rows(.chronicReports, "chongqing") == ["1,H3,diabetes,2022-11-20,2022-11-25,no"])
        try report(1, "diabetes", letter: 2022_11_25, isWithdrawn: true)
        #expect(try desk.rows(.chronicReports, "chongqing").isEmpty)
        #expect(try patients(.chronicPatients).isEmpty)
        try report(1, "diabetes", letter: 2022_11_25)
        #expect(try patients(.chronicPatients).count == 1)
        let early = try refusal { _ = try patients(.chronicPatients) { $0.campaign.from = CalendarDate(2023_02_01) } }
        #expect(early?.field == "campaign_until")
        #expect(try refusal { _ = try desk.table(.chronicPatients, "chongqing") }?.code == .factMissing)
    }
}
