import Foundation
import Testing

/// Files that an office or a hospital hands over.
@Suite struct `Files of operators` {
    /// A file's text with the mark that it begins with.
    private func bytes(_ path: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
    }

    @Test func `an institution's code that a spreadsheet has shortened is not registered`() throws {
        let rig = try LedgerRig(opening: nil)
        let ended = try rig.run(
            "registry", "import", "institutions", "-", input: "code,region,kind,level\n5.00101E+11,chongqing,hospital,3\n")
        #expect(ended.code == 1 && ended.output == "institutions: 0 recorded, 0 unchanged, 1 refused\n")
        #expect(ended.complaint.contains("line 2, column code, value \"5.00101E+11\""))
        #expect(ended.complaint.contains("spreadsheet has shortened"))
    }

    @Test func `a person who stands twice with other facts is refused naming both lines`() throws {
        let rig = try LedgerRig(opening: nil)
        let text = "person,region,birth_month\n51,chongqing,1990-01\n52,chongqing,1990/2\n51 ,chongqing,1991-01\n51,chongqing,1990-01\n"
        let errors = try rig.file("errors.csv")
        let ended = try rig.run("registry", "import", "persons", "-", "--errors", errors, "--headings", "zh", input: text)
        #expect(ended.code == 1 && ended.output == "persons: 2 recorded, 1 unchanged, 1 refused\n", "\(ended.complaint)")
        let told = try bytes(errors)
        #expect(told.hasPrefix("\u{FEFF}行号,编号,列,内容,错误代码,规则,原因\n4,,person,51,RECORD_CONFLICT,,\"line 2 has the same person"))
        #expect(try rig.run("person", "51").output.contains("born 199001"))
        #expect(try rig.run("person", "52").output.contains("born 199002"))
        // Who moves has a row for each region.
        let moved = "person,region,birth_month,since\n53,chongqing,1990-01,\n53,yantai,1990-01,2024-05-01\n"
        #expect(try rig.run("registry", "import", "persons", "-", input: moved).output.hasPrefix("persons: 2 recorded"))
    }

    @Test func `a register is exported as a workbook, and as a file with Chinese headings that can be imported`() throws {
        let rig = try LedgerRig(opening: nil)
        let long = "code,region,kind,level,designated_from\n500101000000,chongqing,hospital,3,2024-01-01\n"
        #expect(try rig.run("registry", "import", "institutions", "-", input: long).code == 0)
        let (csv, xlsx) = (try rig.file("places.csv"), try rig.file("places.xlsx"))
        #expect(try rig.run("registry", "export", "institutions", "--out", csv, "--headings", "zh").code == 0)
        let text = try bytes(csv)
        #expect(text.hasPrefix("\u{FEFF}机构编号,统筹区,机构类别,") && text.contains("\n500101000000\t,chongqing,"))
        let again = try rig.run("registry", "import", "institutions", csv)
        #expect(again.output == "institutions: 0 recorded, 4 unchanged, 0 refused\n", "\(again.complaint)")
        let made = try rig.run("registry", "export", "institutions", "--out", xlsx, "--xlsx", "--headings", "zh")
        #expect(made.code == 0 && made.output == "\(xlsx): 4 rows\n", "\(made.complaint)")
        let script = """
            import sys, openpyxl
            sheet = openpyxl.load_workbook(sys.argv[1]).active
            rows = list(sheet.iter_rows())
            heads = [cell.value for cell in rows[0]]
            place = {row[0].value: row for row in rows[1:]}["500101000000"]
            print(sheet.title, sheet.freeze_panes, heads[0], place[0].data_type, place[heads.index("协议期起")].value.date())
            """
        let read = try Program.run(URL(fileURLWithPath: "/usr/bin/python3"), ["-c", script, xlsx])
        #expect(read.output == "institutions A2 机构编号 s 2024-01-01\n", "\(read.complaint)")
        #expect(try rig.run("registry", "export", "institutions", "--xlsx").code == 2)
    }

    private static let header = "settlement_id,is_reversal,total,fund_total,account_total,cash\n"

    @Test func `what a hospital booked twice is only there the second time, and the rest is compared`() throws {
        let rig = try LedgerRig(opening: nil)
        try rig.settle("S1", "1234.50", person: "32", at: "H3")
        try rig.settle("S2", "1234.50", person: "32", at: "H3")
        let books = try rig.file(
            "books.csv",
            Self.header + "S1\t,0,1234.50,517.25,0.00,717.25\nS2,0,1234.50,617.25,0.00,617.25\nS1,0,1234.50,517.25,0,717.25\n")
        let out = try rig.file("out.csv")
        func reconcile(_ rows: String, _ more: String...) throws -> Program.Ended {
            try Program.run(
                [
                    "reconcile", "--institution", "H3", "--from", LedgerRig.today, "--until", LedgerRig.today, "--rows",
                    rows, "--server", rig.server.address,
                ] + more)
        }
        let ended = try reconcile(books, "--json", "--out", out, "--headings", "zh")
        #expect(ended.code == 1)
        let found = try object(ended.output)
        #expect(found["equal"] as? Int == 2 && found["balanced"] as? Bool == false)
        #expect((found["only_there"] as? [[String: Any]])?.map { $0["settlement_id"] as? String } == ["S1"])
        #expect((found["only_here"] as? [Any])?.isEmpty == true && (found["differing"] as? [Any])?.isEmpty == true)
        #expect(
            try bytes(out)
                == "\u{FEFF}情况,结算编号,类型,医疗费总额,基金支付,个人账户支付,现金支付,人员编号\n机构有医保无,S1,结算,1234.50,517.25,0.00,717.25,\n")
        // Of two rows the one that agrees is the one that is booked.
        let wrong = try rig.file(
            "wrong.csv", Self.header + "S1,0,1,1,0,0\nS1,0,1234.50,517.25,0,717.25\nS2,0,1234.50,617.25,0.00,617.25\n")
        let other = try object(try reconcile(wrong, "--json").output)
        #expect(other["equal"] as? Int == 2 && (other["only_there"] as? [[String: Any]])?.first?["total"] as? Int == 100)
        // A row that cannot be read is told; the others are compared.
        let errors = try rig.file("errors.csv")
        let shortened = try rig.file("short.csv", Self.header + "5.00101E+29,0,1,1,0,0\nS1,0,1234.50,517.25,0.00,717.25\n")
        let told = try reconcile(shortened, "--json", "--errors", errors)
        #expect(told.code == 1 && told.complaint.contains("1 row cannot be read"))
        #expect(try object(told.output)["equal"] as? Int == 1)
        #expect(
            try bytes(errors)
                .contains("2,,settlement_id,5.00101E+29\t,MALFORMED,,\"a long number that a spreadsheet has shortened"))
        let xlsx = try rig.file("out.xlsx")
        #expect(try reconcile(books, "--out", xlsx, "--xlsx").code == 1)
        #expect(try Data(contentsOf: URL(fileURLWithPath: xlsx)).starts(with: Array("PK".utf8)))
    }
}
