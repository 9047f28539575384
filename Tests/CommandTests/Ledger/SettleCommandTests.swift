import Foundation
import Testing

@Suite struct `Settling from the command line` {
    @Test func `a claim is settled once, and asked again answers the same, also after a restart`() throws {
        let rig = try LedgerRig()
        let first = try rig.settle("003-1")
        #expect(first.code == 0, "\(first.complaint)")
        #expect(first.output.contains("1,890.00") && first.output.contains("910.00"))
        #expect(first.output.contains("账户余额 balance, account 31") && first.output.contains("350.00"))
        // The same answer, behind a line that it was settled before.
        for _ in 1...2 {
            let again = try rig.settle("003-1").output
            #expect(again.contains("was settled before, at ") && again.hasSuffix(first.output), "\(again)")
            try rig.restart()
        }
        let json = try object(try rig.settle("003-1", json: true).output)
        #expect(json["pool_fund"] as? Int == 189_000 && json["account_paid"] as? Int == 91_000)
        #expect(json["cash"] as? Int == 0 && json["settlement_id"] as? String == "003-1")
        // The id decides: another content under it is refused, and nothing changes.
        let other = try rig.settle("003-1", "2801")
        #expect(other.code == 1)
        #expect(other.complaint.contains("4102") && other.complaint.contains("settlement_id=003-1"))
        #expect(try object(try rig.run("account", "balance", "31", "--json").output)["balance"] as? Int == 35_000)
    }

    /// Arguments after `settle`, and what the complaint must name.
    static let faults: [(arguments: [String], code: Int32, named: [String])] = [
        (["x", "--person", "999", "--institution", "H2"], 1, ["PERSON_UNKNOWN", "person=999"]),
        (["x", "--person", "31", "--institution", "H9"], 1, ["INSTITUTION_UNKNOWN", "institution=H9"]),
        (["", "--person", "31", "--institution", "H2"], 1, ["ID_INVALID", "settlement_id="]),
        (
            ["x", "--person", "31", "--institution", "H2", "--total", "2801"], 1,
            ["AMOUNTS_DO_NOT_ADD_UP", "total=280100", "G-5"]
        ),
        (["x", "--person", "31", "--institution", "H2", "--over-limit", "1,5"], 2, ["--over-limit", "1,5"]),
        (["x", "--person", "31", "--institution", "H2", "--account-use", "some"], 2, ["--account-use", "some"]),
    ]

    @Test func `a claim that cannot be settled is told with its field and value`() throws {
        let rig = try LedgerRig(opening: nil)
        let claim = ["--kind", "outpatient", "--service-date", "2024-06-30", "--in-policy", "2800"]
        for fault in Self.faults {
            for command in ["settle", "quote"] {
                // A quote has no id.
                if command == "quote", fault.arguments[0].isEmpty { continue }
                let own = command == "settle" ? fault.arguments : Array(fault.arguments.dropFirst())
                let ended = try Program.run([command] + own + claim + ["--server", rig.server.address])
                #expect(ended.code == fault.code, "\(command): \(ended.complaint)")
                #expect(ended.output.isEmpty)
                for part in fault.named { #expect(ended.complaint.contains(part), "\(command): \(ended.complaint)") }
            }
        }
        let ended = try rig.run(
            "settle", "x", "--person", "31", "--institution", "H2", "--kind", "outpatient", "--service-date",
            "2024-02-30", "--in-policy", "1")
        #expect(ended.code == 2)
        #expect(ended.complaint.contains("--service-date 2024-02-30"))
    }

    @Test func `a quote answers as settling would and leaves no trace`() throws {
        let rig = try LedgerRig()
        let claim = [
            "--person", "31", "--institution", "H2", "--kind", "outpatient", "--service-date", "2024-06-30",
            "--in-policy", "2800", "--json", "--server", rig.server.address,
        ]
        let quote = try object(try Program.run(["quote"] + claim).output)
        let year = try object(try rig.run("person", "31", "--year", "2024", "--json").output)
        #expect((year["settlements"] as? [Any])?.isEmpty == true)
        let settled = try object(try Program.run(["settle", "003-1"] + claim).output)
        for key in ["total", "pool_fund", "account_paid", "cash"] {
            #expect(quote[key] as? Int == settled[key] as? Int, "\(key)")
        }
        #expect(quote["sequence"] as? Int == 0 && settled["sequence"] as? Int != 0)
    }

    @Test func `what is taken back gives the account back and stays reversed (rule G-12)`() throws {
        let rig = try LedgerRig()
        try rig.settle("a", "300")
        try rig.settle("b", "400")
        let early = try rig.run("reverse", "a", "--reason", "wrong person")
        #expect(early.code == 1)
        #expect(early.complaint.contains("LATER_SETTLEMENT_STANDS") && early.complaint.contains("b"))
        #expect(try rig.run("reverse", "b").code == 0)
        let reversed = try rig.run("reverse", "a", "--reason", "wrong person")
        #expect(reversed.code == 0, "\(reversed.complaint)")
        #expect(reversed.output.contains("余额 balance") && reversed.output.contains("1,260.00"))
        let twice = try rig.run("reverse", "a").output
        #expect(twice.contains("was reversed before, at ") && twice.hasSuffix(reversed.output), "the same answer")
        let again = try rig.settle("a", "300")
        #expect(again.code == 1 && again.complaint.contains("4105"))
        let shown = try rig.run("get", "a")
        #expect(shown.output.contains("已撤销 reversed") && shown.output.contains("wrong person"))
        let unknown = try rig.run("reverse", "nowhere")
        #expect(unknown.code == 1 && unknown.complaint.contains("settlement_id=nowhere"))
        let json = try object(try rig.run("reverse", "a", "--json").output)
        #expect(((json["accounts"] as? [[String: Any]])?.first?["balance"] as? Int) == 126_000)
    }

    @Test func `a recorded settlement is shown and explained, in a file as at a server`() throws {
        let rig = try LedgerRig()
        try rig.settle("003-1")
        let shown = try rig.run("get", "003-1")
        #expect(shown.code == 0)
        for part in ["有效 stands", "H2", "2024-06-30", "employee.pooling.paid", "0.00 → 1,890.00"] {
            #expect(shown.output.contains(part), "\(part)")
        }
        let json = try rig.run("get", "003-1", "--json").output
        let record = try object(json)
        #expect(record["person"] as? Int == 31 && record["reversed_by"] as? Int == 0)
        #expect((record["answer"] as? [String: Any])?["pool_fund"] as? Int == 189_000)
        let bill = try rig.run("explain", "003-1")
        #expect(bill.code == 0)
        for part in ["[CQ-16]", "2,700.00 × 70 %", "1,890.00"] { #expect(bill.output.contains(part), "\(part)") }
        #expect(try !object(try rig.run("explain", "003-1", "--json").output).isEmpty)
        for command in ["get", "explain"] {
            let unknown = try rig.run(command, "nowhere")
            #expect(unknown.code == 1 && unknown.output.isEmpty)
            #expect(unknown.complaint.contains("settlement_id=nowhere"))
        }
        // A file that a server has open is not opened a second time.
        let taken = try Program.run("get", "003-1", "--ledger", rig.path)
        #expect(taken.code == 4 && taken.complaint.contains("ledger.db.lock"), "\(taken.complaint)")
        #expect(rig.server.stop() == 0)
        let local = try Program.run("get", "003-1", "--ledger", rig.path, "--json")
        #expect(local.output == json)
        #expect(local.complaint.isEmpty, "the server that it starts for itself is not heard: \(local.complaint)")
    }

    @Test func `a ledger's file that is not there is not made by asking it`() throws {
        try Program.withFolder { folder in
            let path = folder.appendingPathComponent("slip.db").path
            for arguments in [
                ["get", "a"], ["explain", "a"], ["person", "1"], ["account", "balance", "1"], ["filing", "show", "1"],
                ["reverse", "a"], ["registry", "export", "persons"],
            ] {
                let ended = try Program.run(arguments + ["--ledger", path])
                #expect(ended.code == 3 && ended.complaint.contains("slip.db: there is no ledger"), "\(ended.complaint)")
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
            let text = "person,region,birth_month\n1,chongqing,1990-01\n"
            #expect(try Program.run("registry", "import", "persons", "-", "--ledger", path, input: text).code == 0)
            #expect(try Program.run("person", "1", "--ledger", path).code == 0)
        }
    }

    @Test func `a server that is not there ends with 4`() throws {
        let server = try Server()
        let address = server.address
        #expect(server.stop() == 0)
        let ended = try Program.run("get", "a", "--server", address)
        #expect(ended.code == 4 && ended.complaint.contains(address), "\(ended.complaint)")
    }

    @Test func `a server without a ledger says that it keeps none`() throws {
        let server = try Server()
        let ended = try Program.run("get", "a", "--server", server.address)
        #expect(ended.code != 0 && ended.complaint.contains("SettlementService"), "\(ended.complaint)")
    }
}
