import Foundation
import Testing

@Suite struct `The clearing from the command line` {
    private static var month: String { String(LedgerRig.today.prefix(7)) }

    @Test func `YE-3: a month is shown, as JSON, as a file for a spreadsheet, with Chinese headings`() throws {
        let rig = try LedgerRig()
        try rig.settle("003-1")
        let used = try rig.run(
            "account", "use", "31", "--id", "u-1", "--amount", "35.50", "--purpose", "pharmacy", "--institution", "P0")
        #expect(used.code == 0, "\(used.complaint)")
        let shown = try rig.run("clearing", "--month", Self.month)
        #expect(shown.code == 0 && shown.output.contains("1,890.00") && shown.output.contains("35.50"))
        #expect(shown.output.contains("not over"))
        let json = try object(try rig.run("clearing", "--month", Self.month, "--institution", "P0", "--json").output)
        let lines = try #require(json["lines"] as? [[String: Any]])
        #expect(lines.map { $0["owed"] as? Int } == [3550] && lines.map { $0["fund"] as? String } == ["account"])
        let path = try rig.file("month.csv")
        let written = try rig.run("clearing", "--month", Self.month, "--out", path, "--headings", "zh")
        #expect(written.code == 0, "\(written.complaint)")
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect(bytes.prefix(3) == Data([0xEF, 0xBB, 0xBF]))
        let rows = String(decoding: bytes.dropFirst(3), as: UTF8.self).split(separator: "\n")
        #expect(rows.first?.hasPrefix("机构编号,清算月份,服务年度") == true && rows.count == 4, "\(rows)")
        let book = try rig.file("month.xlsx")
        #expect(try rig.run("clearing", "--month", Self.month, "--out", book, "--xlsx").code == 0)
        #expect(try Data(contentsOf: URL(fileURLWithPath: book)).prefix(2) == Data("PK".utf8))
    }

    @Test func `G-18: a month that is not over is not handed over, nor one in which nothing is owed`() throws {
        let rig = try LedgerRig()
        try rig.settle("003-1")
        let early = try rig.run("clearing", "pay", "--batch", "B", "--day", LedgerRig.today, "--month", Self.month)
        #expect(early.code == 1 && early.complaint.contains("not over"), "\(early.complaint)")
        let none = try rig.run(
            "clearing", "pay", "--persons", "--batch", "B", "--day", LedgerRig.today, "--month", Self.month)
        #expect(none.code == 1 && none.complaint.contains("nothing is owed"), "\(none.complaint)")
        #expect(try rig.run("clearing", "batches").output.contains("No batch"))
        #expect(try rig.run("clearing", "persons").output.contains("Nothing is owed"))
        let mixed = try rig.run(
            "clearing", "pay", "--batch", "B", "--day", LedgerRig.today, "--month", Self.month, "--person", "31")
        #expect(mixed.code == 2)
    }

    @Test func `CQ-31: a refund names its use at the command line`() throws {
        let rig = try LedgerRig()
        let use = ["account", "use", "31", "--id", "u-1", "--amount", "35.50", "--purpose", "pharmacy"]
        #expect(try Program.run(use + ["--institution", "P0", "--server", rig.server.address]).code == 0)
        func refund(_ arguments: String...) throws -> Int32 {
            try Program.run(
                ["account", "credit", "31", "--id", "r-1", "--kind", "refund", "--reason", "given back"] + arguments
                    + ["--server", rig.server.address]
            ).code
        }
        #expect(try refund("--amount", "5.50") == 2)
        #expect(try refund("--amount", "35.51", "--use", "u-1") == 1)
        #expect(try refund("--amount", "5.50", "--use", "u-1") == 0)
        let totals = try object(
            try rig.run(
                "reconcile", "--institution", "P0", "--from", LedgerRig.today, "--until", LedgerRig.today, "--type",
                "41", "--json"
            ).output)
        #expect(totals["account_total"] as? Int == 3000 && totals["uses"] as? Int == 1)
    }
}
