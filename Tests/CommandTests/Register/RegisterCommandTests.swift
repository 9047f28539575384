import Foundation
import Testing

@Suite struct `The register from the command line` {
    @Test func `rows that are refused are told by line, column and value, and the others are recorded`() throws {
        let rig = try LedgerRig(opening: nil)
        let persons = try rig.file(
            "persons.csv",
            """
            person,region,birth_month
            41,chongqing,1990-01
            42,chongqing,1990-13
            43,atlantis,1990-01
            44,chongqing,1990-04
            x,chongqing,1990-05

            """)
        let ended = try rig.run("registry", "import", "persons", persons)
        #expect(ended.code == 1)
        #expect(ended.output == "persons: 2 recorded, 0 unchanged, 3 refused\n")
        let lines = ended.complaint.split(separator: "\n").map(String.init)
        #expect(lines.count == 4, "\(ended.complaint)")
        #expect(lines[0].hasPrefix("line 3, column birth_month, value \"1990-13\": "))
        #expect(lines[1].hasPrefix("line 4, column region, value \"atlantis\": "))
        #expect(lines[2].hasPrefix("line 6, column person, value \"x\": "))
        // The same into a file, with the rule where there is one; what is unchanged is not recorded again.
        let errors = try rig.file("errors.csv")
        let again = try rig.run("registry", "import", "persons", persons, "--errors", errors, "--json")
        #expect(again.code == 1)
        let sums = try object(again.output)
        #expect(sums["recorded"] as? Int == 0 && sums["unchanged"] as? Int == 2 && sums["refused"] as? Int == 3)
        let told = try String(contentsOfFile: errors, encoding: .utf8).split(separator: "\n")
        #expect(told.count == 4)
        #expect(told[1].contains("3,,birth_month,1990-13\t,MALFORMED"))
        // Another table: the rule is named.
        let enrolment = try rig.run(
            "registry", "import", "purchases", "-",
            input: "person,product,bought_on\n31,yukuaibao_2023_basic,2023-02-01\n")
        #expect(enrolment.code == 1)
        #expect(
            enrolment.complaint.contains("line 2, column bought_on, value \"2023-02-01\"")
                && enrolment.complaint.contains("CQ-22"))
    }

    @Test func `a file whose columns are wrong is refused as a whole`() throws {
        let rig = try LedgerRig(opening: nil)
        let missing = try rig.run("registry", "import", "persons", "-", input: "person,region\n41,chongqing\n")
        #expect(missing.code == 3 && missing.complaint.contains("birth_month"))
        let unknown = try rig.run(
            "registry", "import", "persons", "-", input: "person,region,birth_month,name\n41,chongqing,1990-01,x\n")
        #expect(unknown.code == 3 && unknown.complaint.contains("\"name\""))
        let absent = try rig.run("registry", "import", "persons", try rig.file("none.csv"))
        #expect(absent.code == 3 && absent.complaint.contains("none.csv"))
        let person = try rig.run("person", "41")
        #expect(person.code == 1 && person.complaint.contains("person=41"), "nothing was recorded")
        let same = try rig.file("same.csv", "person,region,birth_month\n")
        #expect(try rig.run("registry", "import", "persons", same, "--errors", same).code == 2)
    }

    /// More of the register than the rig has: rows of every table.
    private static let more: [(table: String, text: String)] = [
        (
            "identities",
            """
            person,identity,given,ended,department
            31,low_income,2023-02-10,2023-09-30,civil_affairs
            34,destitute,2024-01-05,,civil_affairs

            """
        ),
        ("family", "person,other,relation,from,until\n31,32,child,2020-01-01,\n32,34,parent,2020-01-01,2030-12-31\n"),
        ("purchases", "person,product,bought_on,pre_existing\n31,yukuaibao_2023_basic,2022-12-01,1\n"),
        ("special", "person,disease,from,until\n34,cancer_therapy,2020-01-01,\n"),
        (
            "referrals",
            "person,number,from,to,from_level,date,first_diagnosis\n31,R-1,H2,H3,,2024-03-01,0\n31,R-2,,H3,1,2024-04-01,0\n"
        ),
    ]

    @Test func `what is exported and imported into a new ledger gives the same export`() throws {
        let rig = try LedgerRig(opening: nil)
        for file in Self.more {
            let ended = try rig.run("registry", "import", file.table, "-", input: file.text)
            #expect(ended.code == 0, "\(file.table): \(ended.complaint)")
        }
        // An institution that changes has a row for each of its times.
        let change = "code,region,kind,level,special_diseases,since\nH2,chongqing,hospital,3,1,2025-01-01\n"
        #expect(try rig.run("registry", "import", "institutions", "-", input: change).code == 0)
        let tables = LedgerRig.files.map(\.table) + Self.more.map(\.table)
        let rows = [4, 3, 3, 2, 2, 1, 1, 2]
        let other = try Server(ledger: try rig.file("other.db"))
        for (table, count) in zip(tables, rows) {
            let file = try rig.file("\(table).csv")
            let exported = try rig.run("registry", "export", table, "--out", file)
            #expect(exported.code == 0 && exported.output == "\(file): \(count) row\(count == 1 ? "" : "s")\n", "\(exported.complaint)")
            let imported = try Program.run("registry", "import", table, file, "--server", other.address)
            #expect(imported.code == 0, "\(table): \(imported.complaint)")
            #expect(imported.output == "\(table): \(count) recorded, 0 unchanged, 0 refused\n")
        }
        for table in tables {
            let text = try String(contentsOfFile: try rig.file("\(table).csv"), encoding: .utf8)
            #expect(try Program.run("registry", "export", table, "--server", other.address).output == text, "\(table)")
        }
        #expect(other.stop() == 0)
    }

    @Test func `a person's record, history and year are shown`() throws {
        let rig = try LedgerRig()
        try rig.settle("003-1")
        let shown = try rig.run("person", "31")
        #expect(shown.code == 0)
        #expect(shown.output.contains("chongqing, born 196205") && shown.output.contains("employee employer retired"))
        let year = try rig.run("person", "31", "--year", "2024")
        for part in ["employee.pooling.paid", "1,890.00", "2,110.00", "CQ-17", "003-1"] {
            #expect(year.output.contains(part), "\(part)")
        }
        let json = try object(try rig.run("person", "31", "--year", "2024", "--json").output)
        let accumulators = try #require(json["accumulators"] as? [[String: Any]])
        let paid = try #require(accumulators.first { $0["name"] as? String == "employee.pooling.paid" })
        #expect(paid["amount"] as? Int == 189_000)
        #expect(((paid["limits"] as? [[String: Any]])?.first?["left"] as? Int) == 211_000)
        #expect((json["settlements"] as? [Any])?.count == 1)
        // History and what was known on a day: before the register began, nothing.
        let history = try object(try rig.run("person", "31", "--history", "--json").output)
        #expect((history["records"] as? [Any])?.count == 2)
        let before = try object(try rig.run("person", "31", "--known-on", "2020-01-01", "--json").output)
        #expect((before["records"] as? [Any])?.isEmpty == true)
        let today = try object(try rig.run("person", "31", "--known-on", LedgerRig.today, "--json").output)
        #expect((today["records"] as? [Any])?.count == 2)
        let unknown = try rig.run("person", "999")
        #expect(unknown.code == 1 && unknown.complaint.contains("PERSON_UNKNOWN person=999"))
        let noYear = try rig.run("person", "31", "--year", "1800")
        #expect(noYear.code == 1 && noYear.complaint.contains("year=1800"))
        let noDay = try rig.run("person", "31", "--known-on", "2024-02-30")
        #expect(noDay.code == 2 && noDay.complaint.contains("2024-02-30"))
    }

    @Test func `a special disease is settled once it is on file (rules CQ-14, CQ-46)`() throws {
        let rig = try LedgerRig(opening: nil)
        func claim(_ id: String, _ day: String) throws -> Program.Ended {
            try rig.run(
                "settle", id, "--person", "34", "--institution", "H3", "--kind", "special", "--disease",
                "cancer_therapy", "--service-date", day, "--in-policy", "40000")
        }
        let early = try claim("a", "2024-06-30")
        #expect(early.code == 1 && early.complaint.contains("CQ-46") && early.complaint.contains("cancer_therapy"))
        let put = [
            "filing", "put", "34", "--disease", "cancer_therapy", "--from", "2024-01-01", "--institution", "H3",
            "--server", rig.server.address,
        ]
        let nobody = try Program.run(put)
        #expect(nobody.code == 1 && nobody.complaint.contains("institution=H3"), "H3 certifies nothing yet")
        #expect(try rig.run("filing", "designate", "H3", "--certifier").output == "H3: certifier\n")
        #expect(try Program.run(put).code == 0)
        let settled = try claim("a", "2024-06-30")
        // Example 003-4, with no account.
        #expect(settled.code == 0 && settled.output.contains("38,023.20"), "\(settled.complaint)")
        let twice = try Program.run(put)
        #expect(twice.code == 1 && twice.complaint.contains("disease=cancer_therapy"))
        #expect(try rig.run("filing", "correct", "34", "1", "--from", "2024-01-01", "--until", "2024-06-30").code == 0)
        #expect(try claim("b", "2024-07-01").code == 1)
        let shown = try rig.run("filing", "show", "34", "--json").output
        let filings = try #require(try object(shown)["filings"] as? [[String: Any]])
        #expect(filings.map { $0["stands"] as? Bool } == [false, true])
        #expect(filings.last?["until"] as? Int == 20_240_630)
        #expect(try rig.run("filing", "show", "34").output.contains("已更正 corrected"))
        #expect(try rig.run("filing", "correct", "34", "2", "--withdraw").code == 0)
        let none = try rig.run("filing", "correct", "34", "9", "--withdraw")
        #expect(none.code == 1 && none.complaint.contains("number=9"))
        let place = try rig.run("filing", "designate", "H9")
        #expect(place.code == 1 && place.complaint.contains("institution=H9"))
        let person = try rig.run("filing", "show", "999")
        #expect(person.code == 1 && person.complaint.contains("999"))
    }
}
