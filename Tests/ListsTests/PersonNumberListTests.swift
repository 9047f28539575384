import Lists
import Policy
import Population
import Registry
import Settlement
import Testing

/// The platform's number of a person (psn_no) in lists by person.
@Suite struct `Lists with the platform's numbers` {
    private let desk: ListDesk

    init() throws {
        desk = try ListDesk()
        desk.today = CalendarDate(2024_03_31)
        for person in [1, 2] as [UInt64] {
            desk.person(person, "yantai", "370602001", ListDesk.identity(.lowIncome, given: 2023_05_10))
        }
    }

    @Test func `a list is as it was while nobody in it has one`() throws {
        let before = try desk.table(.unenrolled, "yantai").csv
        #expect(before.split(separator: "\n").count == 3)
        desk.put(.basics(PersonBasics(region: "chongqing", birthMonth: 1960_05, personNo: "5")), of: 9)
        #expect(try desk.table(.unenrolled, "yantai").csv == before)
    }

    @Test func `whoever has one is named by it too, in a last column`() throws {
        let no = "37060000000000000000000021"
        desk.put(.basics(PersonBasics(region: "yantai", birthMonth: 1960_05, area: "370602001", personNo: no)), of: 2, supersedes: 1)
        let before = try desk.table(.unenrolled, "yantai")
        let lines = before.csv.split(separator: "\n")
        try #require(lines.count == 3)
        #expect(before.columns.last?.name == "person_no" && before.rowCount == 2)
        #expect(lines[0].hasSuffix(",person_no"))
        #expect(lines[1].hasSuffix(",") && lines[2].hasSuffix(",\(no)\t"))
        #expect(lines.allSatisfy { $0.split(separator: ",", omittingEmptySubsequences: false).count == before.columns.count })
    }
}
