import Foundation
import Ledger
import Population
import Records
import Registry
import Settlement
import TestSupport
import Testing
import YearEnd

/// The platform's numbers of persons (psn_no) in the files of a ledger's year.
@Suite struct `Year's files name persons by the platform's number too` {
    private static let no = "50010000000000000000000117"

    /// Everybody of `Who is owed a year`; `numbered` says whose number is registered.
    private static func world(_ numbered: [UInt64: (no: String, region: String)]) throws -> YearWorld {
        let world = try `Who is owed a year`.world()
        for (person, told) in numbered {
            let basics = PersonBasics(region: told.region, birthMonth: 1960_05, personNo: told.no)
            try world.ledger.record([.person(person, PersonEvent(.basics(basics)))])
        }
        try world.commit()
        return world
    }

    private static let files = ["adjustments.csv", "owed-to-persons.csv", "recoveries.csv", "accounts.csv"]

    @Test func `every row has it beside our number, empty where none is registered`() throws {
        let world = try Self.world([101: (Self.no, "chongqing"), 201: ("0007", "yantai")])
        let run = try world.run(YearOptions(year: 2024))
        let expected = ["101": Self.no, "102": "", "201": "0007"]
        var seen: Set<String> = []
        for file in Self.files {
            for row in try YearWorld.rows(run.folder + "/" + file) {
                let person = try #require(row["person"])
                // Ids in digits end with a tab, which keeps a spreadsheet from rounding them.
                let no = try #require(row["person_no"], "\(file) \(row)").filter { $0 != "\t" }
                #expect(no == expected[person], "\(file) \(row)")
                seen.insert(person)
            }
        }
        #expect(seen.isSuperset(of: ["101", "201"]), "\(seen)")
        // An office's list has the column where anybody in it has a number, and here nobody is in one.
        let named = run.result.files.filter { file in
            !file.name.hasPrefix("problems-") && file.columns.contains { $0.name == "person" }
        }
        #expect(named.count >= 6)
        for file in named { #expect(file.columns.last?.name == "person_no", "\(file.name)") }
    }

    @Test func `files of a ledger in which nobody has one are as they were`() throws {
        let world = try Self.world([:])
        let run = try world.run(YearOptions(year: 2024))
        #expect(run.result.files.allSatisfy { file in !file.columns.contains { $0.name == "person_no" } })
        for file in Self.files {
            for row in try YearWorld.rows(run.folder + "/" + file) { #expect(row["person_no"] == nil, "\(file)") }
        }
    }

    @Test func `a second round's rows have it`() throws {
        let world = try YearWorld()
        for (number, yuan) in [680, 280].enumerated() {
            let person = UInt64(301 + number)
            try world.resident(person, "shenyang")
            try world.identity(.registeredPoor, of: person, given: 2019_06_01)
            try world.settle(
                "S\(number + 1)", person, .outpatient, on: 2020_03_01, at: "S2", yuan: Fen(yuan), drug: Fen(yuan))
        }
        let basics = PersonBasics(region: "shenyang", birthMonth: 1960_05, personNo: "SY-1")
        try world.ledger.record([.person(301, PersonEvent(.basics(basics)))])
        var options = YearOptions(year: 2020)
        options.surplus = ["shenyang": 250_00]
        let run = try world.run(options)
        for file in ["second-round-shenyang.csv", "owed-to-persons.csv"] {
            let rows = try YearWorld.rows(run.folder + "/" + file)
            #expect(Dictionary(grouping: rows) { $0["person"] }.mapValues(\.count) == ["301": 1, "302": 1], "\(file)")
            for row in rows { #expect(row["person_no"] == (row["person"] == "301" ? "SY-1" : ""), "\(file) \(row)") }
        }
    }
}
