import Population
import Registry
import RegistryFiles
import Settlement
import TestSupport
import Testing

/// What a file holds: requests with their lines, and problems.
private func read(_ table: RegistryTable, _ text: String) throws -> (rows: [(Int, RegistryRequest)], bad: [RowProblem]) {
    var reader = try RegistryFileReader(table, MemorySource(text, piece: 7))
    var rows: [(Int, RegistryRequest)] = []
    var bad: [RowProblem] = []
    while true {
        switch try reader.next() {
        case .row(let line, let request): rows.append((line, request))
        case .bad(let problem): bad.append(problem)
        case .end: return (rows, bad)
        }
    }
}

@Suite struct `Files of the register` {
    @Test func `columns stand in any order, in English or Chinese, and empty values are none`() throws {
        let text = """
            认定日期,person,identity,部门,ended
            2023-02-10,17,low_income,civil_affairs,
            20230301,18,特困,民政,2023-09-30
            """
        let (rows, bad) = try read(.identities, text)
        #expect(bad.isEmpty)
        #expect(rows.map(\.0) == [2, 3])
        let second = DatedIdentity(.destitute, given: CalendarDate(2023_03_01), ended: CalendarDate(2023_09_30))
        #expect(
            rows[0].1
                == .identity(
                    17, IdentityRecord(DatedIdentity(.lowIncome, given: CalendarDate(2023_02_10)), department: .civilAffairs), corrects: 0))
        #expect(rows[1].1 == .identity(18, IdentityRecord(second, department: .civilAffairs), corrects: 0))
    }

    @Test func `a value that cannot be read is named by line, column and value, and the rest is read`() throws {
        let text = """
            person,region,birth_month
            1,chongqing,1960-05
            x2,chongqing,196005
            3,chongqing,1960-13

            4,,1960-05
            5,chongqing
            6,chongqing,"1960-05
            7,chongqing,196001
            """
        let (rows, bad) = try read(.persons, text)
        #expect(rows.map(\.0) == [2, 9])
        #expect(bad.map(\.line) == [3, 4, 6, 7, 8])
        #expect(bad.map(\.column) == ["person", "birth_month", "region", "", ""])
        #expect(bad.map(\.value) == ["x2", "1960-13", "", "", ""])
        #expect(bad.allSatisfy { !$0.message.isEmpty })
    }

    @Test(arguments: [
        (RegistryTable.persons, "person,region", "birth_month"), (.persons, "person,region,birth_month,name", "name"),
        (.family, "person,other,person,relation", "twice"), (.institutions, "", "empty"),
    ])
    func `a header that does not fit is refused before anything is read`(
        table: RegistryTable, header: String, named: String
    ) {
        let refusal = #expect(throws: HeaderProblem.self) { try read(table, header + (header.isEmpty ? "" : "\n")) }
        #expect(refusal?.message.contains(named) == true)
    }

    @Test func `YT-9, YE-6: answers of departments and reports of institutions are read`() throws {
        let answers = try read(
            .feedback,
            "person,department,month,received,taken_in,identity,from,reason\n"
                + "1,民政,2024-03,2024-04-10,1,低保边缘,2024-05-01,\n2,rural_revitalisation,202403,2024-04-11,否,,,收入超过标准\n")
        #expect(answers.bad.isEmpty)
        let march = CalendarDate(2024_03_01).monthIndex
        #expect(
            answers.rows.map(\.1) == [
                .feedback(
                    1,
                    DepartmentFeedback(
                        department: .civilAffairs, month: march, received: CalendarDate(2024_04_10), isTakenIn: true,
                        identity: .nearLowIncome, from: CalendarDate(2024_05_01))),
                .feedback(
                    2,
                    DepartmentFeedback(
                        department: .ruralRevitalisation, month: march, received: CalendarDate(2024_04_11),
                        isTakenIn: false, reason: "收入超过标准")),
            ])
        let reports = try read(.chronicReports, "person,institution,disease,reported,letter\n7,H1,diabetes,2022-11-20,2022-11-25\n")
        #expect(
            reports.rows.map(\.1) == [
                .chronicReport(
                    7,
                    ChronicReportRequest(
                        institution: "H1", disease: "diabetes", reported: CalendarDate(2022_11_20),
                        letter: CalendarDate(2022_11_25)))
            ])
    }

    @Test func `columns and codes of the platform are read: 1101, 2503`() throws {
        func no(_ text: String) -> PersonNames { PersonNames(PersonName(no: text)) }
        let enrolments = try read(.enrolments, "psn_no,insutype,psn_type,covered_from\n17,310,1202,2024-01-01\n18,390,1401,\n")
        #expect(enrolments.bad.isEmpty)
        let covered = DateRange(from: CalendarDate(2024_01_01))
        #expect(
            enrolments.rows.map(\.1) == [
                .enrol(0, EnrolmentRequest(Enrolment(.employee, status: .retired, covered: covered))).named(no("17")),
                .enrol(0, EnrolmentRequest(Enrolment(.resident, covered: DateRange()))).named(no("18")),
            ])
        let filings = try read(.special, "psn_no,opsp_dise_code,begndate,enddate\n17,dialysis,2024-02-01,20241231\n")
        let inForce = DateRange(from: CalendarDate(2024_02_01), until: CalendarDate(2024_12_31))
        #expect(filings.bad.isEmpty)
        #expect(
            filings.rows.map(\.1) == [
                .special(0, SpecialRegistration(disease: "dialysis", inForce: inForce), corrects: 0).named(no("17"))
            ])
        let places = try read(.institutions, "fixmedins_code,fixmedins_name,region,kind,level\nH1,一院,chongqing,hospital,3\n")
        guard case .institution(let record)? = places.rows.first?.1 else {
            Issue.record("\(places)")
            return
        }
        #expect(record.code == "H1" && record.name == "一院")
    }

    @Test(arguments: RegistryTable.allCases)
    func `no name stands for two columns`(table: RegistryTable) throws {
        let file = PlatformColumn.File(rawValue: table.rawValue) ?? .other
        let names = table.columns.flatMap { [$0.name, $0.chinese] + PlatformColumn.names(of: $0.name, in: file) }
        #expect(Set(names).count == names.count, "\(names.sorted())")
        #expect(names.contains("psn_no") == table.isOfPersons)
    }

    @Test func `every column has a Chinese name of its own and an explanation`() {
        for table in RegistryTable.allCases {
            let columns = table.columns
            #expect(Set(columns.map(\.name) + columns.map(\.chinese)).count == 2 * columns.count)
            #expect(columns.allSatisfy { !$0.explanation.isEmpty })
        }
    }

    @Test func `what is exported and imported again is the same register`() throws {
        let seed: UInt64 = 99
        print("seed \(seed)")
        var random = SeededRandom(seed: seed)
        let office = try Office()
        office.ask(.area(AreaRecord(code: "370600", name: "芝罘区", region: "yantai")))
        office.ask(.area(AreaRecord(code: "370600001", name: "向阳街道", parent: "370600")))
        office.ask(
            .institution(
                InstitutionRecord(
                    code: "P1", region: "yantai", kind: .primary, level: .one, isCountyArea: true, name: "向阳社区卫生服务中心",
                    area: "370600001")))
        office.ask(
            .institution(
                InstitutionRecord(
                    code: "H2", kind: .hospital, level: .three, isChineseMedicine: true, isOutOfCity: true, isNetworked: false,
                    treatsSpecialDiseases: true, doesPublicHealthAndPooling: true,
                    designated: DateRange(from: CalendarDate(2020_01_01), until: CalendarDate(2029_12_31)),
                    since: CalendarDate(2021_01_01))))
        for person in 1...200 as ClosedRange<UInt64> { fill(office, person, &random) }
        let files = export(office)
        let copy = try Office()
        for table in RegistryTable.importOrder where RegistryTable.exported.contains(table) {
            let (rows, bad) = try read(table, try #require(files[table]))
            #expect(bad.isEmpty)
            for (line, request) in rows { #expect(copy.ask(request) == nil, "\(table) line \(line)") }
        }
        #expect(export(copy) == files)
        // Imported where it came from it changes nothing.
        for table in RegistryTable.exported {
            for (line, request) in try read(table, try #require(files[table])).rows {
                #expect(office.events(request) == [], "\(table) line \(line)")
            }
        }
        #expect(copy.registry.people.count == 200)
        #expect(files.values.allSatisfy { $0.split(separator: "\n").count > 2 })
    }

    private func fill(_ office: Office, _ person: UInt64, _ random: inout SeededRandom) {
        let inYantai = Bool.random(using: &random)
        office.ask(
            .person(
                person,
                PersonBasics(
                    region: inYantai ? "yantai" : "chongqing", birthMonth: 1950_01 + .random(in: 0...11, using: &random),
                    area: inYantai ? "370600001" : "")))
        if person > 1 { office.ask(.family(person, FamilyMember(random.value(), person - 1), corrects: 0)) }
        if inYantai {
            let given = DatedIdentity(.lowIncome, given: random.date(), ended: .none)
            office.ask(.identity(person, IdentityRecord(given, department: .civilAffairs), corrects: 0))
            let referral = ReferralRequest(
                number: "Z\(person)", from: "P1", to: "", toLevel: .three, date: CalendarDate(2024_01_05), isFirstDiagnosis: true)
            office.ask(.referral(person, referral, corrects: 0))
        } else {
            let since = DateRange(from: random.date())
            office.ask(.special(person, SpecialRegistration(disease: "haemophilia", inForce: since), corrects: 0))
        }
        let covered = DateRange(from: CalendarDate(2022_01_01), until: CalendarDate(2023_12_31))
        let enrolment = Enrolment(
            .employee, membership: .tier2, status: .retired, covered: covered, payer: .person,
            paidOn: random.optionalDate(), lumpSumUntil: random.optionalDate(),
            contributionBase: .random(in: 0...10_000_00, using: &random), premiumDue: .random(in: 0...10_000_00, using: &random))
        office.ask(.enrol(person, EnrolmentRequest(enrolment)))
        let purchase = SupplementaryPurchase(
            product: "yukuaibao_2023_upgraded", boughtOn: CalendarDate(2022_12_01), hasPreExistingDisease: .random(using: &random))
        if !inYantai { office.ask(.buy(person, purchase, corrects: 0)) }
        if person % 3 == 0 {
            office.ask(.endPerson(person, Departure(random.value(), on: CalendarDate(2024_06_30)), corrects: 0))
        }
        // Some moved, and some were corrected to and fro.
        guard person % 5 == 0 else { return }
        let born = office.registry.people.basics(of: person, on: CalendarDate(2024_01_01))?.birthMonth ?? 0
        let region = inYantai ? "yantai" : "chongqing"
        for month in [born + 100, born] { office.ask(.person(person, PersonBasics(region: region, birthMonth: month))) }
        office.ask(.person(person, PersonBasics(region: "anhui", birthMonth: born, since: CalendarDate(2031_01_01))))
    }

    private func export(_ office: Office) -> [RegistryTable: String] {
        let registry = office.registry
        var files: [RegistryTable: String] = [:]
        for table in RegistryTable.exported {
            let writer = RegistryFileWriter(table) { registry.institutions[$0]?.code ?? "" }
            var bytes: [UInt8] = []
            CSVText.begin(table.columns.map(\.tableColumn), .english, to: &bytes)
            if table == .areas {
                for record in registry.areas.records() { writer.append(record, to: &bytes) }
            } else if table == .institutions {
                for number in 1...UInt32(registry.institutions.count) {
                    for version in registry.institutions.history(number) { writer.append(version.record, to: &bytes) }
                }
            } else {
                for person in registry.people.numbers {
                    for entry in registry.people.standing(of: person) { writer.append(entry, of: person, to: &bytes) }
                }
            }
            files[table] = String(decoding: bytes, as: UTF8.self)
        }
        return files
    }
}
