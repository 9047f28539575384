import Foundation
import Testing

/// An office's work by the command line alone.
@Suite struct `Persons are corrected from the command line` {
    @Test func `register, retire, correct a birth month to and fro, end an identity, settle, refund`() throws {
        let rig = try LedgerRig(opening: nil)
        #expect(try rig.run("person", "register", "60", "--region", "chongqing", "--birth-month", "1964-05").code == 0)
        let enrolled = try rig.run(
            "registry", "put", "enrolments", "person=60", "insurance=employee", "membership=employer", "status=active",
            "covered_from=2020-01-01", "contribution_base=8000")
        #expect(enrolled.output == "recorded: record 2, 参保 enrolment employee employer active, 2020-01-01 …\n")
        // CQ-15: a retired person's deductible is 100 yuan, CQ-16: 70 % at L2.
        let retired = try rig.run("person", "retire", "60", "--on", "2024-05-01")
        #expect(retired.code == 0 && retired.output.contains("employee employer retired, 2024-05-01 …"))
        #expect(try rig.run("person", "retire", "60", "--on", "2024-05-01").output.hasPrefix("unchanged: "))
        // CQ-30: 105 yuan, and from the 70th birthday on 115.
        for (month, amount) in [("1950-01", 115_00), ("1964-05", 105_00)] {
            let corrected = try rig.run("person", "register", "60", "--region", "chongqing", "--birth-month", month)
            #expect(corrected.output.contains("recorded: record"), "\(corrected.complaint)")
            let credit = try rig.run(
                "account", "credit", "60", "--id", month, "--month", month == "1950-01" ? "2024-06" : "2024-07", "--json")
            #expect((try object(credit.output)["changes"] as? [[String: Any]])?.first?["amount"] as? Int == amount)
        }
        let given = try rig.run(
            "registry", "put", "identities", "person=60", "identity=low_income", "given=2024-01-10",
            "department=civil_affairs")
        #expect(given.code == 0, "\(given.complaint)")
        let records = try object(try rig.run("person", "60", "--json").output)["records"] as? [[String: Any]]
        let identity = try #require(records?.first { $0["kind"] as? String == "identity" }?["number"] as? Int)
        let ended = try rig.run("person", "end", "60", "\(identity)", "--on", "2024-05-10")
        #expect(ended.output.contains("in the place of \(identity)"), "\(ended.complaint)")
        #expect(try rig.run("person", "60").output.contains("low_income, 2024-01-10 … 2024-05-10"))
        let settled = try rig.settle("S60", "1000", person: "60")
        // (1,000 − 100) × 70 %.
        #expect(settled.code == 0 && settled.output.contains("630.00"), "\(settled.complaint)")
        #expect(try rig.run("reverse", "S60", "--reason", "paid back").code == 0)
        #expect(try rig.run("account", "balance", "60").output.contains("220.00"))
    }

    @Test func `a record is corrected by its number and what is named; the rest stays`() throws {
        let rig = try LedgerRig(opening: nil)
        let corrected = try rig.run("person", "correct", "32", "2", "covered_until=2024-06-30", "status=retired", "--json")
        #expect(corrected.code == 0, "\(corrected.complaint)")
        let exported = try rig.run("registry", "list", "enrolments", "--person", "32", "--json").output
        let rows = try #require(try JSONSerialization.jsonObject(with: Data(exported.utf8)) as? [[String: Any]])
        #expect(rows.count == 1 && rows[0]["number"] as? Int == 3)
        #expect(rows[0]["contribution_base"] as? String == "8000.00" && rows[0]["status"] as? String == "retired")
        #expect(try rig.run("person", "correct", "32", "3", "covered_until=").output.contains("2020-01-01 …\n"))
        #expect(try rig.run("person", "correct", "32", "3", "status=active").complaint.contains("no standing record 3"))
        let wrong = try rig.run("person", "correct", "32", "4", "statut=active")
        #expect(wrong.code == 2 && wrong.complaint.contains("statut: no such column"))
        let value = try rig.run("person", "correct", "32", "4", "covered_until=2024-02-30")
        #expect(value.code == 2 && value.complaint.contains("covered_until=2024-02-30"))
        #expect(try rig.run("person", "end", "32", "1", "--on", "2024-01-01").code == 2, "a registration has no end")
        let withdrawn = try rig.run("person", "withdraw", "32", "4")
        #expect(withdrawn.code == 1 && withdrawn.complaint.contains("whole"))
        #expect(try rig.run("person", "withdraw", "32", "4", "--whole").code == 0)
        #expect(try rig.run("registry", "list", "enrolments", "--person", "32", "--json").output == "[]\n")
    }

    @Test func `CQ-32: a death, the heirs, a move of the account, and cash on deregistration`() throws {
        let rig = try LedgerRig()
        let early = try rig.run("account", "inherit", "31", "--id", "i0", "--heir", "32=1260", "--reason", "公证书")
        #expect(early.code == 1 && early.complaint.contains("CQ-32"))
        #expect(try rig.run("person", "died", "31", "--on", "2024-07-01").code == 0)
        #expect(try rig.run("person", "died", "31", "--on", "2024-07-02").complaint.contains("RECORD_CONFLICT"))
        #expect(try rig.run("person", "died", "31", "--on", "2024-07-02", "--corrects", "3").code == 0)
        let credit = try rig.run("account", "credit", "32", "--id", "c", "--month", "2024-06")
        #expect(credit.code == 0, "\(credit.complaint)")
        let left = try rig.run(
            "account", "inherit", "31", "--id", "i1", "--heir", "32=1200.00", "--in-cash", "60.00", "--reason", "公证书")
        #expect(left.code == 0 && left.output.contains("60.00"), "\(left.complaint)")
        // 2 % of 8,000 a month, and what was inherited.
        #expect(try rig.run("account", "balance", "32").output.contains("1,360.00"))
        #expect(try rig.run("account", "transfer", "32", "--id", "t1", "--to", "370600").code == 0)
        let back = try rig.run("account", "transfer", "32", "--id", "t2", "--from", "370600", "--amount", "1360.00")
        #expect(back.code == 0 && back.output.contains("1,360.00"))
        let cash = try rig.run("account", "deregister", "32", "--id", "d1", "--reason", "abroad")
        #expect(cash.code == 1 && cash.complaint.contains("CQ-31"), "registered yet")
        #expect(try rig.run("person", "deregister", "32", "--on", LedgerRig.today).code == 0)
        let paid = try rig.run("account", "deregister", "32", "--id", "d1", "--reason", "abroad")
        #expect(paid.code == 0 && paid.output.contains("1,360.00"), "\(paid.complaint)")
    }

    @Test func `CQ-32: a person moves, and the move is corrected`() throws {
        let rig = try LedgerRig(opening: nil)
        #expect(try rig.run("person", "move", "32", "--to", "yantai", "--on", "2024-07-01").code == 0)
        #expect(try rig.run("person", "correct", "32", "3", "since=2024-08-01").code == 0)
        let list = try rig.run("registry", "list", "persons", "--region", "yantai").output
        #expect(list.contains("32") && list.contains("2024-08-01") && !list.contains("31"))
    }

    @Test func `tables are listed with aligned columns and as JSON, institutions with their history`() throws {
        let rig = try LedgerRig(opening: nil)
        let put = try rig.run("registry", "put", "institutions", "code=H2", "region=chongqing", "kind=hospital", "level=3")
        #expect(put.output == "机构 institution H2 (number 1): recorded\n", "\(put.complaint)")
        let list = try rig.run("registry", "list", "institutions").output.split(separator: "\n")
        #expect(list.count == 5 && list[2].hasPrefix("H2  ") && list[2].contains("hospital"))
        let shown = try rig.run("registry", "show", "H2").output
        #expect(shown.contains("已更正 corrected") && shown.contains("等级 level"))
        let json = try rig.run("registry", "show", "H2", "--json").output
        let versions = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[String: Any]])
        #expect(versions.map { $0["level"] as? String } == ["2", "3"])
        let some = try rig.run("registry", "list", "persons", "--limit", "2")
        #expect(some.output.split(separator: "\n").count == 4 && some.complaint.contains("more rows"))
        // What stands is exported, what was corrected is not, so that the file changes nothing where it came from.
        let file = try rig.file("institutions.csv")
        #expect(try rig.run("registry", "export", "institutions", "--out", file).output.contains("3 rows"))
        #expect(try rig.run("registry", "import", "institutions", file).output.contains("0 recorded, 3 unchanged"))
    }

    @Test func `a month's retirements and deaths come in as files`() throws {
        let rig = try LedgerRig(opening: nil)
        func imported(_ table: String, _ text: String) throws -> Program.Ended {
            try Program.run(["registry", "import", table, "-", "--server", rig.server.address], input: text)
        }
        #expect(try imported("changes", "person,date,status\n32,2024-05-01,retired\n").code == 0)
        #expect(try imported("departures", "person,reason,date\n34,death,2024-06-01\n").code == 0)
        #expect(try rig.run("person", "32").output.contains("employee employer retired, 2024-05-01 …"))
        let dead = try rig.run(
            "quote", "--person", "34", "--institution", "H2", "--kind", "outpatient", "--service-date", "2024-06-02",
            "--in-policy", "100")
        #expect(dead.code == 1, "nothing is settled after a death")
        #expect(try rig.run("registry", "export", "departures").output.contains("34,death,2024-06-01"))
        #expect(try rig.run("registry", "export", "changes").code == 2)
    }
}
