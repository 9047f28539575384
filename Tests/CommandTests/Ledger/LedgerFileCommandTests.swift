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
        #expect(exported.code == 0 && exported.complaint == "", "\(exported.complaint)")
        #expect(exported.output == "\(csv): 2 settlements, 1 reversal, 0 entries besides, 3 persons\n")
        #expect(try Program.run("ledger", "export", rig.path, "--sqlite", sqlite).code == 0)
        let names = try FileManager.default.contentsOfDirectory(atPath: csv).sorted()
        #expect(
            names
                == [
                    "account_payment", "accumulator_change", "adjustment", "applications", "areas", "cards",
                    "clock_acceptance", "departures", "enrolments", "family", "fund_change", "identities", "institutions", "layer", "persons", "purchases",
                    "qualifications", "recognition_part", "recognition_payment", "recorded_by", "referrals", "reversal", "second_round",
                    "settlement", "special",
                ].map { $0 + ".csv" })
        // Python's own CSV and SQLite readers: yuan there, fen here.
        let script = """
            import csv, pathlib, sqlite3, sys
            rows = {}
            for path in pathlib.Path(sys.argv[1]).glob("*.csv"):
                with path.open(encoding="utf-8-sig", newline="") as file:
                    rows[path.stem] = list(csv.DictReader(file))
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

    @Test func `an export has what a year's end booked, and the register with what was corrected (G-13)`() throws {
        let rig = try LedgerRig(opening: nil)
        for (id, date, place, yuan) in [("L1", "2024-06-30", "H2", "300"), ("L2", "2024-05-10", "H3", "1000")] {
            let ended = try rig.run(
                "settle", id, "--person", "32", "--institution", place, "--kind", "outpatient", "--service-date", date,
                "--in-policy", yuan)
            #expect(ended.code == 0, "\(ended.complaint)")
        }
        let filed = try rig.run(
            "call", "RegistryService/PutIdentity",
            """
            {"person": "34", "identity":
              {"identity": "IDENTITY_LOW_INCOME", "given": 20230101, "department": "DEPARTMENT_CIVIL_AFFAIRS"}}
            """)
        #expect(filed.code == 0, "\(filed.complaint)")
        #expect(rig.server.stop() == 0)
        let closed = try Program.run("year-end", "--year", "2024", "--ledger", rig.path, "--out", try rig.file("year"))
        #expect(closed.code == 0, "\(closed.complaint)")
        let (csv, sqlite) = (try rig.file("csv"), try rig.file("rows.db"))
        #expect(try Program.run("ledger", "export", rig.path, "--csv", csv).code == 0)
        #expect(try Program.run("ledger", "export", rig.path, "--sqlite", sqlite).code == 0)
        let script = """
            import csv, pathlib, sqlite3, sys
            base = sqlite3.connect(sys.argv[2])
            for path in pathlib.Path(sys.argv[1]).glob("*.csv"):
                with path.open(encoding="utf-8-sig", newline="") as file:
                    count = len(list(csv.DictReader(file)))
                assert base.execute(f"SELECT count(*) FROM {path.stem}").fetchone() == (count,), path.stem
            # What the funds pay more, persons and accounts bear less (G-7).
            print(base.execute(
                "SELECT s.settlement_id, a.cash, a.recoverable, "
                "(SELECT sum(amount) FROM fund_change f WHERE f.sequence = a.sequence) FROM adjustment a "
                "JOIN settlement s ON s.sequence = a.settlement_sequence ORDER BY 1").fetchall())
            print(base.execute("SELECT person, region, birth_month FROM persons ORDER BY person").fetchall())
            print(base.execute("SELECT person, contribution_base FROM enrolments WHERE contribution_base > 0").fetchall())
            print(base.execute("SELECT person, identity, given, superseded_by FROM identities").fetchall())
            print(base.execute("SELECT code, level FROM institutions ORDER BY code").fetchall())
            """
        let read = try python(script, [csv, sqlite])
        #expect(read.code == 0, "\(read.complaint)")
        #expect(
            read.output == """
                [('L1', -12000, 0, 12000), ('L2', 0, 10000, -10000)]
                [(31, 'chongqing', '196205'), (32, 'chongqing', '199201'), (34, 'chongqing', '194801')]
                [(32, 800000)]
                [(34, 'low_income', '2023-01-01', None)]
                [('H2', '2'), ('H3', '3'), ('P0', None)]

                """)
    }

    private func python(_ script: String, _ arguments: [String]) throws -> Program.Ended {
        try Program.run(
            URL(fileURLWithPath: "/usr/bin/python3"), ["-c", script] + arguments)
    }
}
