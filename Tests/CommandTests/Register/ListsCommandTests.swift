import Foundation
import Testing

@Suite struct `Lists of offices from the command line` {
    /// A rig with a county, a hospital and two assisted persons of Yantai, whom a department sends with one mistake.
    private func rig() throws -> (rig: LedgerRig, feedback: String) {
        let rig = try LedgerRig(opening: nil)
        let files = [
            ("areas", "code,name,parent,region\n370602,芝罘区,,yantai\n370602001,向阳街道,370602,\n"),
            ("institutions", "code,region,kind,level,name,area\nY2,yantai,hospital,2,烟台医院,370602\n"),
            ("persons", "person,region,birth_month,area\n71,yantai,1960-05,370602001\n72,yantai,1961-05,370602\n"),
        ]
        for (table, text) in files {
            let ended = try rig.run("registry", "import", table, "-", input: text)
            #expect(ended.code == 0, "\(table): \(ended.complaint)")
        }
        let feedback = try rig.file("feedback.csv")
        let pushed = try rig.run(
            "registry", "import", "identities", "-", "--feedback", feedback, "--headings", "zh",
            input: "person,identity,given,department\n71,near_low_income,2024-01-10,civil_affairs\n"
                + "72,monitored,2024-01-10,civil_affairs\nx,monitored,2024-01-10,civil_affairs\n")
        #expect(pushed.code == 1 && pushed.output == "identities: 1 recorded, 0 unchanged, 2 refused\n")
        return (rig, feedback)
    }

    /// The lines of a file behind its headings.
    private func rows(_ path: String) throws -> [String] {
        // A String leaves the mark of UTF-8 out.
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect([UInt8](bytes.prefix(3)) == [0xEF, 0xBB, 0xBF])
        return String(decoding: bytes.dropFirst(3), as: UTF8.self).split(separator: "\n").dropFirst().map(String.init)
    }

    @Test func `YT-12: a department is told of every record it sent that it was taken in, or why not`() throws {
        let (rig, feedback) = try rig()
        let told = try rows(feedback)
        #expect(told.count == 3 && told[0] == "2,71,低保边缘家庭成员,2024-01-10,,是,,,")
        #expect(told[1].hasPrefix("3,72,防止返贫监测帮扶对象,2024-01-10,,否,department,civil_affairs,\"FACT_INVALID: "))
        #expect(told[2].hasPrefix("4,,,,,否,person,x,\"MALFORMED: "))
        #expect(try rig.run("registry", "import", "persons", "-", "--feedback", feedback).code == 2)
    }

    @Test func `YT-12, G-17: who is not enrolled, by area, and the statement of subsidies in a series`() throws {
        let (rig, _) = try rig()
        let out = try rig.file("list.csv")
        let missing = try rig.run(
            "lists", "unenrolled", "--region", "yantai", "--day", "2024-03-31", "--area", "370602", "--out", out)
        #expect(missing.code == 0 && missing.output == "\(out): 1 row\n", "\(missing.complaint)")
        #expect(try rows(out) == ["芝罘区,370602001,向阳街道,71,near_low_income,2024-02-01,"])
        let enrolled = try rig.run(
            "registry", "import", "enrolments", "-",
            input: "person,insurance,covered_from,covered_until,paid_on,premium_due\n"
                + "71,resident,2024-01-01,2024-12-31,2024-02-05,350\n")
        #expect(enrolled.code == 0, "\(enrolled.complaint)")
        func statement() throws -> [String] {
            let ended = try rig.run("lists", "subsidies", "--region", "yantai", "--year", "2024", "--out", out)
            #expect(ended.code == 0, "\(ended.complaint)")
            return try rows(out)
        }
        #expect(try statement() == ["芝罘区,370602001,向阳街道,near_low_income,1,350.00,1,350.00,0,0.00"])
        let handed = try rig.run("lists", "hand-over", "subsidies", "--region", "yantai", "--year", "2024")
        #expect(handed.code == 0 && handed.output.contains("statement 1"), "\(handed.complaint)")
        #expect(try statement() == ["芝罘区,370602001,向阳街道,near_low_income,1,350.00,0,0.00,0,0.00"])
        try rig.restart()
        #expect(try statement() == ["芝罘区,370602001,向阳街道,near_low_income,1,350.00,0,0.00,0,0.00"])
    }

    @Test func `YT-9: a month's two files, the same from a server and from its file, with the department's answer`() throws {
        let (rig, _) = try rig()
        let enrolments = "person,insurance,covered_from\n71,resident,2024-01-01\n72,resident,2024-01-01\n"
        #expect(try rig.run("registry", "import", "enrolments", "-", input: enrolments).code == 0)
        // Critical illness (25,000 − 14,000) × 60 % = 6,600: a burden of 18,400.
        let settled = try rig.run(
            "settle", "M71", "--person", "71", "--institution", "Y2", "--kind", "inpatient", "--service-date",
            "2024-02-10", "--in-policy", "30000", "--external-basic", "5000")
        #expect(settled.code == 0, "\(settled.complaint)")
        func monitor(_ address: [String], _ folder: String) throws -> (civil: String, rural: String) {
            let out = try rig.file(folder)
            let ended = try Program.run(
                ["monitor", "--month", "2024-03", "--disposable-income", "30000", "--out", out] + address)
            #expect(ended.code == 0, "\(ended.complaint)")
            return (
                try String(contentsOfFile: out + "/monitoring-202403-civil-affairs.csv", encoding: .utf8),
                try String(contentsOfFile: out + "/monitoring-202403-rural-revitalisation.csv", encoding: .utf8)
            )
        }
        let server = ["--server", rig.server.address, "--region", "yantai"]
        let before = try monitor(server, "before")
        #expect(before.civil.contains("\n2024-03,芝罘区,370602001,向阳街道,71,near_low_income,18400.00,0,,,,,,\n"))
        #expect(before.rural.split(separator: "\n").count == 1)
        let answer = try rig.run(
            "registry", "import", "feedback", "-",
            input: "person,department,month,received,taken_in,identity,from,reason\n"
                + "71,民政,2024-02,2024-03-20,1,低保,2024-04-01,\n")
        #expect(answer.code == 0, "\(answer.complaint)")
        let after = try monitor(server, "after")
        #expect(after.civil.contains("71,near_low_income,18400.00,0,taken_in,2024-02,2024-03-20,low_income,2024-04-01,\n"))
        let file = try monitor(["--ledger", rig.path], "file")
        #expect(file.civil == after.civil && file.rural == after.rural)
        let list = try rig.run("lists", "feedback", "--region", "yantai")
        #expect(list.output.contains("71,civil_affairs,2024-02,2024-03-20,yes,low_income,2024-04-01,\n"))
        #expect(try rig.run("registry", "export", "feedback").code == 2)
    }

    @Test func `YE-6: chronic patients whom institutions report, with Chinese headings, and a workbook`() throws {
        let rig = try LedgerRig(opening: nil)
        let reported = try rig.run(
            "registry", "import", "chronic_reports", "-",
            input: "person,institution,disease,reported,letter\n31,H2,diabetes,2022-11-20,2022-11-25\n")
        #expect(reported.code == 0, "\(reported.complaint)")
        let out = try rig.file("patients.csv")
        func write(_ arguments: String...) throws -> Program.Ended {
            try Program.run(
                [
                    "lists", "chronic-patients", "--region", "chongqing", "--campaign", "2022-10-10..2022-12-31",
                    "--headings", "zh", "--server", rig.server.address,
                ] + arguments)
        }
        #expect(try write("--out", out).code == 0)
        #expect(try rows(out) == ["1,31,,,,diabetes,糖尿病,H2,,2022-11-20,否,2022-11-25,职工单位,职工单位,否,否"])
        let book = try rig.file("patients.xlsx")
        #expect(try write("--xlsx", "--out", book).code == 0)
        #expect(try Data(contentsOf: URL(fileURLWithPath: book)).prefix(2) == Data("PK".utf8))
        #expect(try write("--month", "2022-10").code == 2)
        #expect(try rig.run("lists", "chronic-patients", "--region", "chongqing").code == 2)
        #expect(try rig.run("lists", "poor-results", "--region", "yantai").code == 1)
    }
}
