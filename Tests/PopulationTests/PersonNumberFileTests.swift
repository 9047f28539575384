import Policy
import Population
import Settlement
import Testing
import Text

/// Claims files, which have no register, name persons by numbers or by the platform's (psn_no).
@Suite struct `Persons of a claims file` {
    private func read(
        _ text: String, _ persons: PersonNumbers = PersonNumbers()
    ) throws -> (rows: [ClaimRow], problems: [RowProblem]) {
        var reader = try ClaimFileReader(MemorySource(text), persons: persons)
        var rows: [ClaimRow] = []
        var problems: [RowProblem] = []
        var row = WorkedExamples.all[0]
        while true {
            switch try reader.next(&row) {
            case .row: rows.append(row)
            case .bad(let problem): problems.append(problem)
            case .end: return (rows, problems)
            }
        }
    }

    private func file(_ header: String, _ persons: [String]) -> String {
        let lines = persons.map { "chongqing,\($0),outpatient,2024-06-03,100.00,100.00,3,employee,employer,active\n" }
        return "region,\(header),kind,service_date,total,in_policy,level,insurance,membership,status\n" + lines.joined()
    }

    @Test func `a number of 20 digits is a person, and not another one of other digits`() throws {
        let numbers = [
            "44030000000009999999", "44030000000009999998", "44030000000009999999\t", "7", "007", "0",
            "9223372036854775808", "500100000000000000000000000117",
        ]
        let (rows, problems) = try read(file("person", numbers))
        #expect(problems.isEmpty)
        try #require(rows.count == numbers.count)
        #expect(rows.map(\.person.text) == numbers.map { $0.filter { $0 != "\t" } })
        #expect(rows[0].person.number == rows[2].person.number)
        #expect(Set(rows.map(\.person.number)).count == numbers.count - 1)
        #expect(rows[3].person.number == 7 && rows[5].person.number == 0)
    }

    @Test func `person_no is text: case and leading zeros matter, and results have what came in`() throws {
        let texts = ["A17", "a17", "017", "17", "50010000000000000000000117"]
        let (rows, problems) = try read(file("person_no", texts))
        #expect(problems.isEmpty)
        #expect(rows.map(\.person.text) == texts && Set(rows.map(\.person.number)).count == texts.count)
        var settler = LocalSettler(try PolicyLibrary.load().packs)
        for (row, result) in zip(rows, settler.settle(rows)) {
            guard case .settled(let outcome) = result else { return #expect(Bool(false), "\(result)") }
            var bytes: [UInt8] = []
            ResultFile.append(outcome, of: row, hasPrinted: false, to: &bytes)
            let cells = String(decoding: bytes, as: UTF8.self).split(separator: ",", omittingEmptySubsequences: false)
            let person = cells.dropFirst(3).first.map { $0.filter { $0 != "\t" } }
            #expect(person == row.person.text)
        }
    }

    @Test func `a row may say both, and rows that contradict each other are refused`() throws {
        let (rows, problems) = try read(file("person,person_no", ["5,A", ",A", "5,", "6,A", "6,B", ",", "7,x y"]))
        #expect(rows.map(\.person.number) == [5, 5, 5, 6])
        #expect(problems.map(\.line) == [5, 7, 8])
        #expect(problems.first?.column == "person_no" && problems.first?.value == "A")
        #expect(problems.allSatisfy { $0.message.count > 10 })
    }

    @Test func `files that belong together know the same persons`() throws {
        let persons = PersonNumbers()
        let first = try read(file("person_no", ["A", "B"]), persons).rows
        let second = try read(file("person", ["44030000000009999999"]), persons).rows
        let third = try read(file("person_no", ["44030000000009999999", "B"]), persons).rows
        try #require(first.count == 2 && second.count == 1 && third.count == 2)
        #expect(third[0].person.number == second[0].person.number && third[1].person.number == first[1].person.number)
        #expect(PersonNumbers(texts: persons.texts).text(of: third[0].person.number) == "44030000000009999999")
    }

    @Test func `a file without either column is refused`() throws {
        let problem = #expect(throws: HeaderProblem.self) { try read(file("id", ["a"])) }
        #expect(problem?.message.contains("person_no") == true)
    }
}
