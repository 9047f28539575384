import Population
import Registry
import RegistryFiles
import Settlement
import Testing

/// Files of the register that name persons by the platform's number (psn_no).
@Suite struct `Files by the platform's number` {
    private func read(_ table: RegistryTable, _ text: String) throws -> (rows: [RegistryRequest], bad: [RowProblem]) {
        var reader = try RegistryFileReader(table, MemorySource(text))
        var rows: [RegistryRequest] = []
        var bad: [RowProblem] = []
        while true {
            switch try reader.next() {
            case .row(_, let request): rows.append(request)
            case .bad(let problem): bad.append(problem)
            case .end: return (rows, bad)
            }
        }
    }

    @Test func `a person is named by one of the columns or by both, and long digits are the platform's`() throws {
        let (rows, bad) = try read(
            .departures,
            """
            person,person_no,person_region,reason,date
            7,,,death,2024-06-01
            ,A17,,death,2024-06-01
            8,A17,yantai,death,2024-06-01
            44030000000009999999,,,death,2024-06-01
            007,,,death,2024-06-01
            44030000000009999999,44030000000009999999,,death,2024-06-01

            """)
        #expect(bad.isEmpty)
        #expect(
            rows.map { $0.names?.person ?? PersonName($0.person ?? 0) } == [
                PersonName(7), PersonName(no: "A17"), PersonName(8, no: "A17", region: "yantai"),
                PersonName(no: "44030000000009999999"), PersonName(no: "007"), PersonName(no: "44030000000009999999"),
            ])
    }

    @Test func `a relation names both so`() throws {
        let (rows, bad) = try read(.family, "person_no,other_no,other_region,relation\nA,B,yantai,spouse\n")
        #expect(bad.isEmpty)
        let names = try #require(rows.first?.names)
        #expect(names == PersonNames(PersonName(no: "A"), other: PersonName(no: "B", region: "yantai")))
    }

    @Test(arguments: [
        ("person", ",,"), ("person", "A17,,"), ("person_no", ",x y,"), ("person_no", ",-,"), ("person_no", ",5.1E+19,"),
        ("person_no", "44030000000009999999,A,"), ("person", "1234567890123456789012345678901,,"),
    ])
    func `what says nobody is refused`(column: String, values: String) throws {
        let (rows, bad) = try read(.departures, "person,person_no,person_region,reason,date\n\(values),death,2024-06-01\n")
        #expect(rows.isEmpty)
        #expect(bad.map(\.column) == [column] && bad.allSatisfy { $0.message.count > 10 })
    }

    @Test(arguments: [(RegistryTable.persons, "region,birth_month"), (.family, "person,relation"), (.identities, "identity,given,department")])
    func `a file without either column is refused`(table: RegistryTable, header: String) {
        let problem = #expect(throws: HeaderProblem.self) { try read(table, header + "\n") }
        #expect(problem?.message.contains("_no") == true)
    }

    @Test func `what is written is read again as it stands`() throws {
        let office = try Office()
        let basics = PersonBasics(region: "chongqing", birthMonth: 1960_05, personNo: "50010000000000000000000117")
        #expect(office.ask(.person(1, basics)) == nil)
        #expect(office.ask(.endPerson(1, Departure(.death, on: CalendarDate(2024_06_01)), corrects: 0)) == nil)
        let entries = office.registry.people.standing(of: 1)
        for table in [RegistryTable.persons, .departures] {
            var bytes: [UInt8] = []
            CSVText.appendRow(table.columns.map(\.name), to: &bytes)
            for entry in entries { RegistryFileWriter(table).append(entry, of: 1, no: entries.personNo, to: &bytes) }
            let text = String(decoding: bytes, as: UTF8.self)
            #expect(text.contains("50010000000000000000000117"))
            let (rows, bad) = try read(table, text)
            #expect(bad.isEmpty && rows.count == 1)
            for row in rows { #expect(office.events(row) == [], "\(text)") }
        }
    }

    @Test func `minus takes a number away, and only in the table of persons`() throws {
        let office = try Office()
        #expect(office.ask(.person(1, PersonBasics(region: "chongqing", birthMonth: 1960_05, personNo: "A"))) == nil)
        let (rows, bad) = try read(.persons, "person,person_no,region,birth_month\n1,-,chongqing,1960-05\n")
        #expect(bad.isEmpty)
        for row in rows { #expect(office.ask(row) == nil) }
        #expect(office.registry.people.personNo(of: 1).isEmpty)
    }

    @Test(
        arguments: [
            ("101", PersonName(101)), ("0", PersonName(0)), ("50010000000000000000000117", PersonName(no: "50010000000000000000000117")),
            ("0101", PersonName(no: "0101")), ("no:A17", PersonName(no: "A17")), ("no:101", PersonName(no: "101")),
            ("no:A17@yantai", PersonName(no: "A17", region: "yantai")), ("101@yantai", PersonName(no: "101", region: "yantai")),
            ("A17", nil), ("no:", nil), ("101@", nil), ("@yantai", nil), ("", nil), ("-1", nil), ("no:x y", nil),
        ] as [(String, PersonName?)])
    func `a command names a person in one word`(word: String, name: PersonName?) {
        #expect(PersonName(argument: word) == name)
    }
}
