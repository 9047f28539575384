import Foundation
import Testing

/// A front end's work by the platform's number of a person (psn_no) alone.
@Suite struct `Persons are named by the platform's number` {
    private static let no = "50010000000000000000000117"

    @Test func `register, enrol, credit, settle, look up and export by it`() throws {
        let rig = try LedgerRig(opening: nil)
        let registered = try rig.run("person", "register", Self.no, "--region", "chongqing", "--birth-month", "1964-05")
        #expect(
            registered.output == "recorded: record 1, 登记 person chongqing, born 196405, person_no \(Self.no)\n",
            "\(registered.complaint)")
        let enrolled = try rig.run(
            "registry", "put", "enrolments", "person_no=\(Self.no)", "insurance=employee", "membership=employer",
            "status=active", "covered_from=2020-01-01", "contribution_base=8000", "--json")
        #expect(try object(enrolled.output)["person_no"] as? String == Self.no, "\(enrolled.complaint)")
        let credit = try rig.run("account", "credit", Self.no, "--id", "c", "--month", "2024-06")
        #expect(credit.code == 0, "\(credit.complaint)")
        #expect(try rig.run("account", "balance", "no:\(Self.no)@chongqing").output.contains("160.00"))
        let settled = try rig.settle("S1", "1000", person: Self.no)
        #expect(settled.code == 0, "\(settled.complaint)")
        let shown = try object(try rig.run("person", Self.no, "--year", "2024", "--json").output)
        #expect(shown["person_no"] as? String == Self.no && (shown["settlements"] as? [Any])?.count == 1)
        let exported = try rig.run("registry", "export", "enrolments").output
        #expect(exported.contains(",\(Self.no)\t,"), "\(exported)")
        let unknown = try rig.settle("S2", "1000", person: "no:9")
        #expect(unknown.code == 1 && unknown.complaint.contains("PERSON_UNKNOWN person_no=9"), "\(unknown.complaint)")
        #expect(try rig.run("person", "A17").code == 2, "neither a number nor marked as the platform's")
    }

    @Test func `accounts, books and what is owed name the person by it too`() throws {
        let rig = try LedgerRig(opening: nil)
        #expect(try rig.run("person", "register", Self.no, "--region", "chongqing", "--birth-month", "1964-05").code == 0)
        let enrolled = try rig.run(
            "registry", "put", "enrolments", "person_no=\(Self.no)", "insurance=employee", "membership=employer",
            "status=active", "covered_from=2020-01-01", "contribution_base=8000")
        #expect(enrolled.code == 0, "\(enrolled.complaint)")
        let credited = try object(
            try rig.run("account", "credit", Self.no, "--id", "c", "--month", "2024-06", "--json").output)
        let change = try #require((credited["changes"] as? [[String: Any]])?.first)
        #expect(change["person_no"] as? String == Self.no && change["person"] as? UInt64 ?? 0 > 9_000_000_000_000_000_000)
        let words = ["account", "use", Self.no, "--id", "u", "--amount", "35.50", "--purpose", "institution"]
        func use() throws -> Program.Ended {
            try Program.run(words + ["--institution", "H2", "--server", rig.server.address], input: "")
        }
        let used = try use()
        #expect(used.output.contains("(\(Self.no))"), "\(used.output)\(used.complaint)")
        // The institution's books name the owner so; a number of nobody's is a row that is only there.
        let header = "settlement_id,is_reversal,total,fund_total,account_total,person_no\n"
        func reconcile(_ rows: String, _ more: String...) throws -> Program.Ended {
            let file = try rig.file("books.csv", header + rows)
            let days = ["--from", LedgerRig.today, "--until", LedgerRig.today]
            return try Program.run(
                ["reconcile", "--institution", "H2", "--rows", file] + days + more
                    + ["--server", rig.server.address])
        }
        let balanced = try reconcile("u,0,35.50,0,35.50,\(Self.no)\n")
        #expect(balanced.code == 0, "\(balanced.output)\(balanced.complaint)")
        let (other, result) = (try reconcile("u,0,35.50,0,35.50,A9\n", "--json"), try rig.file("result.txt"))
        let json = try object(other.output)
        #expect((json["only_there"] as? [[String: Any]])?.first?["person_no"] as? String == "A9", "\(other.output)")
        #expect((json["only_here"] as? [[String: Any]])?.first?["person_no"] as? String == Self.no, "\(other.output)")
        #expect(try reconcile("", "--result", result).code == 1)
        #expect(try String(contentsOfFile: result, encoding: .utf8).hasPrefix("\(Self.no)\t"))
        // Sent again after the number was corrected it is the same use, and not done for who has the number then.
        #expect(try rig.run("person", "register", "\(change["person"] ?? "")", "--region", "chongqing", "--birth-month", "1964-05", "--person-no", "N2").code == 0)
        let again = try use()
        #expect(again.code == 0 && again.output.contains("(N2)"), "\(again.output)\(again.complaint)")
        #expect(try rig.run("account", "balance", "no:N2").output.contains("124.50"), "used once")
        #expect(try rig.run("person", "register", "61", "--region", "chongqing", "--birth-month", "1964-05", "--person-no", Self.no).code == 0)
        #expect(try use().complaint.contains("ID_REUSED_WITH_OTHER_CONTENT request_id=u"))
    }

    @Test func `it is registered beside our number, corrected, and taken away`() throws {
        let rig = try LedgerRig(opening: nil)
        func register(_ more: String...) throws -> String {
            let words = ["person", "register", "60", "--region", "chongqing", "--birth-month", "1964-05"] + more
            return try Program.run(words + ["--server", rig.server.address], input: "").output
        }
        #expect(try register("--person-no", "A17").contains("person_no A17"))
        #expect(try register().hasPrefix("unchanged"))
        #expect(try rig.run("person", "correct", "60", "1", "person_no=A18").output.contains("person_no A18"))
        #expect(try rig.run("person", "no:A17").code == 1 && rig.run("person", "no:A18").code == 0)
        #expect(try !register("--person-no", "-").contains("person_no"))
        #expect(try rig.run("person", "no:A18").code == 1)
    }
}
