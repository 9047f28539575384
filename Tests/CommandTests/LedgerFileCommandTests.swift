import Foundation
import Testing

@Suite struct `A ledger's file from the command line` {
    /// Example 003-1 settled and taken back, and another one that stands; the server goes on.
    private func rig() throws -> LedgerRig {
        let rig = try LedgerRig()
        try rig.settle("003-1")
        #expect(try rig.run("reverse", "003-1").code == 0)
        try rig.settle("other, \"quoted\"".filter { $0 != " " }, "1000", person: "32")
        return rig
    }

    @Test func `a ledger and its backup verify, also while a server has it open`() throws {
        let rig = try rig()
        let verified = try Program.run("ledger", "verify", rig.path)
        #expect(verified.code == 0, "\(verified.output)")
        #expect(verified.output.contains("The ledger verifies"))
        let json = try object(try Program.run("ledger", "verify", rig.path, "--json").output)
        #expect(json["settlements"] as? Int == 2 && json["reversals"] as? Int == 1)
        #expect(json["account_rows"] as? Int == 1 && json["registry_rows"] as? Int == 9)
        #expect(json["difference_count"] as? Int == 0)
        let copy = try rig.file("copy.db")
        let backed = try Program.run("ledger", "backup", rig.path, copy)
        #expect(backed.code == 0 && backed.output.hasPrefix("\(copy): "), "\(backed.complaint)")
        // What comes later is not in it.
        try rig.settle("later", "10", person: "32")
        let older = try object(try Program.run("ledger", "verify", copy, "--json").output)
        #expect(older["settlements"] as? Int == 2 && older["difference_count"] as? Int == 0)
        let found = try Program.run("get", "003-1", "--ledger", copy)
        #expect(found.code == 0 && found.output.contains("已撤销 reversed"))
    }

    @Test func `what is no ledger, is not there or is there already is told by its name`() throws {
        let rig = try rig()
        let (none, text) = (try rig.file("none.db"), try rig.file("text.db", "person,region\n"))
        for arguments in [
            ["verify", none], ["verify", text], ["backup", none, try rig.file("a.db")],
            ["backup", text, try rig.file("a.db")], ["backup", rig.path, text], ["export", none, "--csv", try rig.file("csv")],
            ["export", rig.path, "--sqlite", text],
        ] {
            let ended = try Program.run(["ledger"] + arguments)
            #expect(ended.code == 3, "\(arguments): \(ended.complaint)")
            #expect(ended.complaint.contains(".db"), "\(ended.complaint)")
        }
        #expect(try String(contentsOfFile: text, encoding: .utf8) == "person,region\n", "it is left untouched")
        #expect(!FileManager.default.fileExists(atPath: none), "reading makes no file")
    }

    @Test func `a block that was changed does not verify`() throws {
        let rig = try rig()
        #expect(rig.server.stop() == 0)
        var bytes = try Data(contentsOf: URL(fileURLWithPath: rig.path))
        // The id of a settlement in the journal.
        let place = try #require(bytes.range(of: Data("003-1".utf8)))
        bytes[place.lowerBound] = UInt8(ascii: "9")
        let changed = try rig.file("changed.db")
        try bytes.write(to: URL(fileURLWithPath: changed))
        let ended = try Program.run("ledger", "verify", changed)
        #expect(ended.code == 1 || ended.code == 3, "\(ended.output)\(ended.complaint)")
        #expect((ended.output + ended.complaint).contains("block"), "\(ended.output)\(ended.complaint)")
    }

    @Test func `exports as CSV and as SQLite have the same rows and sums`() throws {
        let rig = try rig()
        let (csv, sqlite) = (try rig.file("csv"), try rig.file("rows.db"))
        let exported = try Program.run("ledger", "export", rig.path, "--csv", csv)
        #expect(exported.code == 0 && exported.output == "\(csv): 2 settlements, 1 reversals\n", "\(exported.complaint)")
        #expect(try Program.run("ledger", "export", rig.path, "--sqlite", sqlite).code == 0)
        let names = try FileManager.default.contentsOfDirectory(atPath: csv).sorted()
        #expect(
            names == ["account_payment.csv", "accumulator_change.csv", "layer.csv", "reversal.csv", "settlement.csv"])
        // Python's own CSV and SQLite readers: yuan there, fen here.
        let script = """
            import csv, sqlite3, sys
            rows = {}
            for name in ("settlement", "reversal", "layer", "account_payment", "accumulator_change"):
                with open(f"{sys.argv[1]}/{name}.csv", encoding="utf-8-sig", newline="") as file:
                    rows[name] = list(csv.DictReader(file))
            base = sqlite3.connect(sys.argv[2])
            assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            for name, read in rows.items():
                assert base.execute(f"SELECT count(*) FROM {name}").fetchone() == (len(read),), name
            fen = lambda text: round(float(text) * 100)
            for column in ("total", "pool_fund", "account_paid", "cash"):
                (sum_here,) = base.execute(f"SELECT sum({column}) FROM settlement").fetchone()
                assert sum_here == sum(fen(row[column]) for row in rows["settlement"]), column
                print(column, sum_here)
            print("ids", sorted(row[0] for row in base.execute("SELECT settlement_id FROM settlement")))
            print("account", base.execute("SELECT sum(paid) FROM account_payment").fetchone()[0])
            print("reversed", base.execute("SELECT s.settlement_id FROM reversal r JOIN settlement s "
                                           "ON s.sequence = r.settlement_sequence").fetchall())
            """
        let read = try python(script, [csv, sqlite])
        #expect(read.code == 0, "\(read.complaint)")
        #expect(
            read.output == """
                total 380000
                pool_fund 237000
                account_paid 91000
                cash 52000
                ids ['003-1', 'other,"quoted"']
                account 0
                reversed [('003-1',)]

                """)
        for again in [["--csv", csv], ["--sqlite", sqlite]] {
            #expect(try Program.run(["ledger", "export", rig.path] + again).code == 3)
        }
    }

    private func python(_ script: String, _ arguments: [String]) throws -> Program.Ended {
        try Program.run(
            URL(fileURLWithPath: "/usr/bin/python3"), ["-c", script] + arguments)
    }
}
