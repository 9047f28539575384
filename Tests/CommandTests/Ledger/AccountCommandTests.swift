import Foundation
import Testing

@Suite struct `Accounts from the command line` {
    private func balance(_ rig: LedgerRig, _ person: String) throws -> Int? {
        try object(try rig.run("account", "balance", person, "--json").output)["balance"] as? Int
    }

    @Test func `a month is credited to everybody once (rule CQ-30)`() throws {
        let rig = try LedgerRig()
        let run = ["account", "run-credits", "--region", "chongqing", "--month", "2024-06", "--json"]
        let first = try object(try Program.run(run + ["--server", rig.server.address]).output)
        // Retired under 70, from 70, and 2 % of 8,000.00.
        #expect(first["credited"] as? Int == 3 && first["credited_fen"] as? Int == 105_00 + 115_00 + 160_00)
        let second = try Program.run(run + ["--details", "--server", rig.server.address])
        #expect(second.code == 0)
        let sums = try object(second.output)
        #expect(sums["credited"] as? Int == 0 && sums["already_fen"] as? Int == 380_00)
        #expect(second.complaint.contains("person 32: 160.00 credited before"))
        // One person's month, by an id of its own.
        let month = ["account", "credit", "32", "--id", "c-1", "--month", "2024-07", "--server", rig.server.address]
        let credited = try Program.run(month)
        #expect(credited.code == 0 && credited.output.contains("160.00"))
        #expect(try Program.run(month).output == credited.output)
        #expect(try balance(rig, "32") == 320_00)
        let again = try rig.run("account", "credit", "32", "--id", "c-2", "--month", "2024-07")
        #expect(again.code == 1 && again.complaint.contains("PERIOD_ALREADY_CREDITED"), "\(again.complaint)")
        let nowhere = try rig.run("account", "run-credits", "--region", "atlantis", "--month", "2024-06")
        #expect(nowhere.code == 1 && nowhere.complaint.contains("region=atlantis"))
        let noMonth = try rig.run("account", "run-credits", "--region", "chongqing", "--month", "2024-13")
        #expect(noMonth.code == 2 && noMonth.complaint.contains("2024-13"))
    }

    @Test func `an account pays for what the rules allow, and never more than it has (rule CQ-31)`() throws {
        let rig = try LedgerRig()
        func use(_ id: String, _ amount: String, _ purpose: String, _ more: String...) throws -> Program.Ended {
            try Program.run(
                ["account", "use", "31", "--id", id, "--amount", amount, "--purpose", purpose] + more
                    + ["--server", rig.server.address])
        }
        let paid = try use("u-1", "60.50", "pharmacy", "--institution", "P0")
        #expect(paid.code == 0 && paid.output.contains("1,199.50"), "\(paid.complaint)")
        #expect(try use("u-1", "60.50", "pharmacy", "--institution", "P0").output == paid.output)
        let faults: [(ended: Program.Ended, code: Int32, named: [String])] = [
            (try use("u-1", "60.51", "pharmacy", "--institution", "P0"), 1, ["4102", "request_id=u-1"]),
            (try use("u-2", "5", "pharmacy", "--institution", "H2"), 1, ["INSTITUTION_NOT_DESIGNATED", "institution=H2"]),
            (try use("u-3", "1199.51", "premium.resident"), 1, ["BALANCE_TOO_LOW", "amount=119951"]),
            (try use("u-4", "1", "fitness"), 1, ["PURPOSE_NOT_ALLOWED", "purpose=fitness", "CQ-31"]),
            (try use("u-5", "1.005", "pharmacy"), 2, ["--amount", "1.005"]),
            (try rig.run("account", "balance", "999"), 1, ["PERSON_UNKNOWN", "person=999"]),
            (try rig.run("account", "statement", "999"), 1, ["person=999"]),
            (try rig.run("account", "statement", "31", "--from", "2024-02-30"), 2, ["--from", "2024-02-30"]),
            (
                try rig.run("account", "credit", "999", "--id", "c", "--kind", "opening", "--amount", "1", "--reason", "x"),
                1, ["person=999"]
            ),
        ]
        for fault in faults {
            #expect(fault.ended.code == fault.code && fault.ended.output.isEmpty, "\(fault.ended.complaint)")
            for part in fault.named { #expect(fault.ended.complaint.contains(part), "\(fault.ended.complaint)") }
        }
        #expect(try balance(rig, "31") == 119_950, "what is refused changes nothing")
    }

    @Test func `a statement has every entry, and its sums are the balance`() throws {
        let rig = try LedgerRig()
        try rig.settle("003-1")
        #expect(try rig.run("reverse", "003-1").code == 0)
        try rig.settle("003-1b")
        let shown = try rig.run("account", "statement", "31")
        #expect(shown.code == 0)
        for part in ["OPENING_BALANCE", "brought in", "SETTLEMENT", "-910.00", "REVERSAL", "003-1b", "350.00"] {
            #expect(shown.output.contains(part), "\(part)")
        }
        let json = try object(
            try rig.run("account", "statement", "31", "--from", LedgerRig.today, "--until", LedgerRig.today, "--json").output)
        let entries = try #require(json["entries"] as? [[String: Any]])
        #expect(entries.compactMap { $0["amount"] as? Int } == [126_000, -91_000, 91_000, -91_000])
        #expect(entries.last?["balance"] as? Int == 35_000 && json["closing"] as? Int == 35_000)
        #expect(json["credits"] as? Int == 217_000 && json["uses"] as? Int == 182_000)
        let third = try #require(entries[2]["sequence"] as? Int)
        let before = try object(try rig.run("account", "statement", "31", "--before", "\(third)", "--json").output)
        #expect((before["entries"] as? [Any])?.count == 2)
        #expect(try balance(rig, "31") == 35_000)
        #expect(try rig.run("account", "balance", "31").output.contains("350.00"))
    }
}
