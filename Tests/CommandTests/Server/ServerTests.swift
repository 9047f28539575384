import Foundation
import Testing

@Suite struct `The server and the command line` {
    @Test func `a file settles the same in process and over TCP, its refusals too`() throws {
        try Program.withFolder { folder in
            func file(_ name: String) -> String { folder.appendingPathComponent(name).path }
            func text(_ name: String) throws -> String { try String(contentsOfFile: file(name), encoding: .utf8) }
            let claims = file("claims.csv")
            #expect(try Program.run("generate", "--claims", "40000", "--seed", "8", "--faulty", "0.01", "--out", claims).code == 0)
            let local = try Program.run(
                "calculate", claims, "--json", "--out", file("local.csv"), "--errors", file("local-errors.csv"))
            let server = try Server()
            let remote = try Program.run(
                "calculate", claims, "--json", "--out", file("remote.csv"), "--errors", file("remote-errors.csv"),
                "--server", server.address)
            #expect(local.code == 1 && remote.code == 1)
            #expect(local.output == remote.output)
            #expect(try text("local.csv") == text("remote.csv"))
            #expect(try text("local-errors.csv") == text("remote-errors.csv"))
            #expect(try text("local-errors.csv").split(separator: "\n").count > 300)
            #expect(server.stop() == 0, "SIGTERM drains and ends with 0")
        }
    }

    @Test func `a person whose facts change between two lines keeps the year over TCP (rule G-8)`() throws {
        let header = "region,person,insurance,membership,status,kind,service_date,level,total,in_policy,accounts\n"
        let person = "chongqing,1,employee,employer"
        let rows = [
            "\(person),active,outpatient,2024-01-05,2,150.00,150.00,self:1000.00",
            "\(person),retired,outpatient,2024-02-05,2,500.00,500.00,",
            "\(person),active,outpatient,2024-03-05,2,500.00,500.00,self:1000.00",
        ]
        let input = header + rows.joined(separator: "\n") + "\n"
        let server = try Server()
        let local = try Program.run("calculate", "-", "--out", "-", input: input)
        let remote = try Program.run("calculate", "-", "--out", "-", "--server", server.address, input: input)
        #expect(local.code == 0)
        #expect(local.output == remote.output)
        #expect(local.output.split(separator: "\n").count == 4)
    }

    /// Every way to be refused on the row that opens a year, and a good row of the same person after it.
    @Test func `a refused row opens the year with its accounts, in process and over TCP alike (rule CQ-31)`() throws {
        let header =
            "region,person,insurance,membership,status,kind,service_date,level,total,in_policy,external_basic,disease,"
            + "filings,product,covered_from,accounts\n"
        let columns = [
            "chongqing", "", "employee", "employer", "retired", "outpatient", "2024-01-05", "2", "2800.00", "2800.00", "",
            "", "", "", "", "",
        ]
        let faults: [[Int: String]] = [
            [11: "no_such_disease"], [12: "no_such_disease:2024-01-01.."], [13: "no_such_product"], [8: "2800.01"],
            [6: "2024-02-30"], [6: "1999-01-05"], [2: ""], [14: "2999-01-01"], [10: "0.01"], [10: "2900.00"], [7: ""],
            [0: "atlantis"], [5: "special"], [8: "2800.01", 11: "no_such_disease"],
            [11: "no_such_disease", 13: "no_such_product"], [12: "no_such_disease:2024-01-01..", 13: "no_such_product"],
            [11: "no_such_disease", 12: "no_such_disease:2024-01-01.."], [2: "", 11: "no_such_disease"],
            [6: "2024-02-30", 13: "no_such_product"], [8: "9999999999999.00"], [15: "self:0.001"],
        ]
        var input = header
        for (person, fault) in faults.enumerated() {
            for part in [fault.merging([15: "self:100.00"]) { old, _ in old }, [:], [15: "self:7.00"], [6: "2024-03-01"]] {
                var cells = columns
                cells[1] = "\(person + 1)"
                for (column, text) in part { cells[column] = text }
                input += cells.joined(separator: ",") + "\n"
            }
        }
        try Program.withFolder { folder in
            let server = try Server()
            var files: [[String]] = []
            for arguments in [[], ["--server", server.address]] {
                let (out, errors) = (folder.appendingPathComponent("out"), folder.appendingPathComponent("errors"))
                let ended = try Program.run(
                    ["calculate", "-", "--out", out.path, "--errors", errors.path, "--json"] + arguments, input: input)
                #expect(ended.code == 1)
                files.append(
                    [ended.output] + (try [out, errors].map { try String(contentsOf: $0, encoding: .utf8) }))
            }
            #expect(files[0] == files[1])
            let first = try #require(files[0][1].split(separator: "\n").dropFirst().first)
            #expect(first.contains(",100.00,") && first.contains(",810.00,"), "the account of the refused row pays")
            // Each fault, and each contradiction of a balance once stated: but for the rows that open no year at all.
            #expect(files[0][2].split(separator: "\n").count > 1 + faults.count + faults.count / 2)
        }
    }

    @Test func `a port that is taken ends with 4`() throws {
        let server = try Server()
        let port = try #require(server.address.split(separator: ":").last).description
        let ended = try Program.run("serve", "--port", port)
        #expect(ended.code == 4)
        #expect(ended.complaint.contains(port))
    }

    @Test func `the demonstration holds and leaves neither a server nor a ledger behind`() throws {
        let ended = try Program.run("demo", "--claims", "20000")
        #expect(ended.code == 0, "\(ended.complaint)")
        #expect(ended.output.contains("All of it held; the server has stopped."))
        #expect(ended.output.components(separatedBy: "  agrees").count == 10)
        #expect(ended.output.contains("9 of 9 worked examples, durably, each to the fen as Calculate answered"))
        #expect(ended.output.contains("the stored answer, byte for byte"))
        #expect(ended.output.contains("平 balanced") && ended.output.contains(": 0 differences"))
        let lines = ended.output.split(separator: "\n").map(String.init)
        let start = try #require(lines.firstIndex { $0.hasPrefix("The ledger (") })
        let table = lines[start...].prefix { !$0.hasPrefix("A generated") }
        #expect(table.count(where: { $0.hasSuffix("有效 stands") }) == 8)
        #expect(table.count(where: { $0.hasSuffix("已撤销 reversed") }) == 1)
        for line in table {
            // Chinese characters take two columns.
            #expect(line.unicodeScalars.map { $0.value > 0x2E80 ? 2 : 1 }.reduce(0, +) <= 100, "\(line)")
        }
    }

    @Test func `the demonstration's ledger can be kept, and is never written over`() throws {
        try Program.withFolder { folder in
            let path = folder.appendingPathComponent("demo.db").path
            let ended = try Program.run("demo", "--claims", "1000", "--ledger", path, "--json")
            #expect(ended.code == 0, "\(ended.complaint)")
            let found = try object(ended.output)["ledger"] as? [String: Any]
            #expect((found?["settlements"] as? [Any])?.count == 9 && found?["balanced"] as? Bool == true)
            #expect(found?["differences"] as? Int == 0 && found?["reversed"] as? String == "003-2")
            #expect(try Program.run("ledger", "verify", path).code == 0)
            #expect(try Program.run("get", "003-5", "--ledger", path).output.contains("1,527.55"))
            let again = try Program.run("demo", "--claims", "1000", "--ledger", path)
            #expect(again.code == 3 && again.complaint.contains("demo.db exists already"))
        }
    }
}
