import Foundation
import Testing

@Suite struct `Reconciling from the command line` {
    private static let header = "settlement_id,is_reversal,total,fund_total,account_total,cash\n"

    private func reconcile(_ rig: LedgerRig, _ rows: String? = nil, _ more: String...) throws -> Program.Ended {
        let days = ["--from", LedgerRig.today, "--until", LedgerRig.today]
        var file: [String] = []
        if let rows { file = ["--rows", try rig.file("rows.csv", Self.header + rows)] }
        return try Program.run(
            ["reconcile", "--institution", "H2"] + days + file + more + ["--server", rig.server.address])
    }

    /// Two settlements and a reversal at H2, one settlement elsewhere.
    private func rig() throws -> LedgerRig {
        let rig = try LedgerRig()
        try rig.settle("a")
        #expect(try rig.run("reverse", "a").code == 0)
        try rig.settle("b", "1000", person: "32")
        try rig.settle("elsewhere", "10", person: "32", at: "H3")
        return rig
    }

    private static let books = "a,0,2800.00,1890.00,910.00,0\na,1,2800.00,1890.00,910.00,0\nb,,1000,480,0,520.00\n"

    @Test func `an institution's own books balance with the ledger`() throws {
        let rig = try rig()
        let balanced = try reconcile(rig, Self.books)
        #expect(balanced.code == 0, "\(balanced.output)")
        #expect(balanced.output.contains("相符 equal") && balanced.output.contains("平 The books balance."))
        let json = try object(try reconcile(rig, Self.books, "--json").output)
        #expect(json["balanced"] as? Bool == true && json["equal"] as? Int == 3)
        let totals = try object(try reconcile(rig, nil, "--json").output)
        #expect(totals["settlements"] as? Int == 2 && totals["reversals"] as? Int == 1)
        #expect(totals["total"] as? Int == 100_000 && totals["fund_total"] as? Int == 48_000)
        #expect(totals["cash"] as? Int == 52_000 && totals["account_total"] as? Int == 0)
        // Of inpatients there is nothing; the rows of outpatients are no rows of theirs.
        let inpatients = try object(try reconcile(rig, nil, "--type", "21", "--json").output)
        #expect(inpatients["settlements"] as? Int == 0)
    }

    @Test func `rows only there, only here and differing are shown`() throws {
        let rig = try rig()
        let rows = "a,0,2800.00,1890.00,910.00,0\nb,0,1000,480,0,520.01\nghost,0,1,0,0,1\n"
        let ended = try reconcile(rig, rows)
        #expect(ended.code == 1)
        #expect(ended.complaint.contains("the books do not balance"))
        let lines = ended.output.split(separator: "\n").map(String.init)
        #expect(lines.contains { $0.hasPrefix("only there  ghost") })
        #expect(lines.contains { $0.hasPrefix("only here   a") && $0.contains("撤销 reversal") })
        #expect(lines.contains { $0.hasPrefix("theirs      b") && $0.hasSuffix("520.01") })
        #expect(lines.contains { $0.hasPrefix("ours        b") && $0.hasSuffix("520.00") })
        let json = try object(try reconcile(rig, rows, "--json").output)
        #expect(json["balanced"] as? Bool == false && json["equal"] as? Int == 1)
        #expect(((json["only_there"] as? [[String: Any]])?.first?["settlement_id"] as? String) == "ghost")
        #expect(((json["only_here"] as? [[String: Any]])?.first?["is_reversal"] as? Bool) == true)
        let pair = try #require((json["differing"] as? [[String: [String: Any]]])?.first)
        #expect(pair["theirs"]?["cash"] as? Int == 52_001 && pair["ours"]?["cash"] as? Int == 52_000)
    }

    /// A row of the institution's file, and what the complaint must name.
    static let faults: [(row: String, named: [String])] = [
        ("a,2,1,0,0,1\n", ["line 2", "column is_reversal", "\"2\""]),
        ("a,0,1,000,0,0,1\n", ["line 2", "7 values"]),
        ("a,0,28x,0,0,1\n", ["line 2", "column total", "\"28x\""]),
        (",0,1,0,0,1\n", ["line 2", "column settlement_id", "is empty"]),
        ("5.00101E+29,0,1,0,0,1\n", ["line 2", "column settlement_id", "spreadsheet has shortened"]),
    ]

    @Test func `a wrong row, period, institution or file is told by line, column and value`() throws {
        let rig = try LedgerRig(opening: nil)
        for fault in Self.faults {
            let ended = try reconcile(rig, fault.row)
            #expect(ended.code == 1 && ended.output.contains("无法读取 cannot be read"))
            #expect(ended.output.contains("The books do NOT balance"))
            for part in fault.named { #expect(ended.complaint.contains(part), "\(ended.complaint)") }
        }
        let months = try rig.run("reconcile", "--institution", "H2", "--from", "2024-01-31", "--until", "2024-02-01")
        #expect(months.code == 1 && months.complaint.contains("until=20240201"))
        let nowhere = try rig.run("reconcile", "--institution", "H9", "--from", "2024-01-31", "--until", "2024-01-31")
        #expect(nowhere.code == 1 && nowhere.complaint.contains("institution=H9"))
        let file = try rig.file("short.csv", "settlement_id,total\n")
        let short = try rig.run(
            "reconcile", "--institution", "H2", "--from", "2024-01-31", "--until", "2024-01-31", "--rows", file)
        #expect(short.code == 3 && short.complaint.contains("\"is_reversal\" (撤销) is missing"))
    }
}
