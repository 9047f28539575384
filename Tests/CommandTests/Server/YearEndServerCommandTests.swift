import Foundation
import Testing

@Suite struct `A year's end at a server, from the command line` {
    /// Person 32's deductible was absorbed by the later visit first, so that the year's end has something to adjust.
    private func rig() throws -> LedgerRig {
        let rig = try LedgerRig(opening: nil)
        for (id, date, place, yuan) in [("L1", "2024-06-30", "H2", "300"), ("L2", "2024-05-10", "H3", "1000")] {
            let ended = try rig.run(
                "settle", id, "--person", "32", "--institution", place, "--kind", "outpatient", "--service-date", date,
                "--in-policy", yuan)
            guard ended.code == 0 else { throw LedgerRig.Failure(description: ended.complaint) }
        }
        return rig
    }

    @Test func `YE-7: brings every file here with its digest, and again only what is missing`() throws {
        let rig = try rig()
        let out = try rig.file("year")
        let ended = try rig.run("year-end", "--year", "2024", "--out", out)
        #expect(ended.code == 0, "\(ended.complaint)")
        let names = try FileManager.default.contentsOfDirectory(atPath: out)
        for name in ["result.json", "report.html", "adjustments.csv", "clearing.csv", "funds.csv"] {
            #expect(names.contains(name), "\(name) in \(names)")
        }
        #expect(!names.contains { $0.hasSuffix(".partial") || $0 == "posts.bin" || $0 == "run.json" })
        // What the report names stands beside it.
        let result = try object(try String(contentsOfFile: out + "/result.json", encoding: .utf8))
        let files = try #require(result["files"] as? [[String: Any]]).compactMap { $0["name"] as? String }
        #expect(!files.isEmpty && files.allSatisfy(names.contains), "\(files)")

        // A part that came before a connection broke, a part of something else, and a file that was changed.
        func read(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: out + "/" + name)) }
        let whole = try names.map { ($0, try read($0)) }
        let report = try read("report.html")
        try FileManager.default.removeItem(atPath: out + "/report.html")
        try report.prefix(1_000).write(to: URL(fileURLWithPath: out + "/report.html.partial"))
        try FileManager.default.removeItem(atPath: out + "/clearing.csv")
        try Data("something else".utf8).write(to: URL(fileURLWithPath: out + "/clearing.csv.partial"))
        try Data("changed".utf8).write(to: URL(fileURLWithPath: out + "/funds.csv"))
        let fetched = try rig.run("year-end-runs", "fetch", "year-2024", "--out", out)
        #expect(fetched.code == 0, "\(fetched.complaint)")
        for (name, bytes) in whole { #expect(try read(name) == bytes, "\(name)") }
        #expect(try Set(FileManager.default.contentsOfDirectory(atPath: out)) == Set(names))
        // Workbooks are made here of what came.
        #expect(try rig.run("year-end-runs", "fetch", "year-2024", "--out", out, "--xlsx").code == 0)
        let script = """
            import sys, openpyxl
            sheet = openpyxl.load_workbook(sys.argv[1] + "/funds.xlsx").active
            print(sheet["A1"].value, sheet["A2"].value, sheet["H2"].data_type)
            """
        let opened = try Program.run(URL(fileURLWithPath: "/usr/bin/python3"), ["-c", script, out])
        #expect(opened.output == "region chongqing n\n", "\(opened.complaint)")
    }

    @Test func `YE-3: yearly totals, Chinese headings and workbooks go with a server, too`() throws {
        let rig = try rig()
        let totals = try rig.file("totals.csv", "institution,total\nH2,100.00\n")
        let out = try rig.file("year")
        let ended = try rig.run(
            "year-end", "--year", "2024", "--out", out, "--institution-totals", totals, "--headings", "zh", "--xlsx",
            "--campaign", "2024-01-01..2024-03-31", "--run", "all")
        #expect(ended.code == 0, "\(ended.complaint)")
        let result = try object(try String(contentsOfFile: out + "/result.json", encoding: .utf8))
        let options = try #require(result["options"] as? [String: Any])
        #expect((options["institutionTotals"] as? [String: Int]) == ["H2": 100_00] && options["campaign"] != nil)
        #expect(try String(contentsOfFile: out + "/clearing.csv", encoding: .utf8).contains("机构"))
        let workbook = try Data(contentsOf: URL(fileURLWithPath: out + "/clearing.xlsx"))
        #expect(workbook.starts(with: Data("PK".utf8)))
        // What the server refuses before it begins may be asked otherwise under the same name.
        let wrong = ["year-end", "--year", "2024", "--out", out, "--run", "again", "--surplus"]
        let refused = try Program.run(wrong + ["chongqing=5", "--server", rig.server.address])
        #expect(refused.code == 3 && refused.complaint.contains("SY-4"), "\(refused.complaint)")
        let right = try rig.run("year-end", "--year", "2024", "--out", try rig.file("right"), "--run", "again")
        #expect(right.code == 0, "\(right.complaint)")
    }

    @Test func `YE-7: a run is listed, also after a restart, and taken up by its name`() throws {
        let rig = try rig()
        let started = try rig.run("year-end", "--year", "2024", "--out", try rig.file("a"), "--run", "first")
        #expect(started.code == 0, "\(started.complaint)")
        try rig.restart()
        let listed = try rig.run("year-end-runs", "list", "--json")
        let runs = try #require(try object(listed.output)["runs"] as? [[String: Any]])
        #expect(runs.map { $0["name"] as? String } == ["first"] && runs[0]["stage"] as? String == "done")
        #expect(runs[0]["posted"] as? Int == 2 && runs[0]["year"] as? Int == 2024, "\(runs)")
        #expect(try rig.run("year-end-runs", "list").output.contains("first"))
        // Its files are there still; taken up again it posts nothing twice.
        #expect(try rig.run("year-end-runs", "fetch", "first", "--out", try rig.file("b")).code == 0)
        let again = try rig.run("year-end-runs", "resume", "first")
        #expect(again.code == 0 && again.output.contains("first: done, 2 posted"), "\(again)")
        #expect(try rig.run("year-end-runs", "stop", "first").output.contains("done"))
        let other = try rig.run("year-end", "--year", "2023", "--out", try rig.file("c"), "--run", "first")
        #expect(other.code == 1 && other.complaint.contains("other options"), "\(other.complaint)")
        for arguments in [["stop", "none"], ["resume", "none"], ["fetch", "none", "--out", try rig.file("d")]] {
            let ended = try Program.run(["year-end-runs"] + arguments + ["--server", rig.server.address])
            #expect(ended.code == 1 && ended.complaint.contains("RECORD_UNKNOWN name=none"), "\(ended.complaint)")
        }
    }
}
