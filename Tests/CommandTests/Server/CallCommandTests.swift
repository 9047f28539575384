import Foundation
import Testing

@Suite struct `jiesuan call` {
    @Test func `settles, looks up and takes back with proto3 JSON, at a server and on a file (rule G-12)`() throws {
        let rig = try LedgerRig()
        let claim = """
            {"settlementId": "J1", "person": 31, "institution": "H2",
             "claim": {"kind": "CLAIM_KIND_OUTPATIENT", "service_date": 20240630,
                       "cost": {"total": "280000", "inPolicy": 280000}}}
            """
        let settled = try rig.run("call", "SettlementService/Settle", "-", "--compact", input: claim)
        #expect(settled.code == 0 && settled.complaint == "", "\(settled.complaint)")
        #expect(settled.output.hasSuffix("}\n") && settled.output.split(separator: "\n").count == 1)
        let answer = try object(settled.output)
        // The source's example 003-1: the pool pays 1,890 yuan; 64-bit numbers are strings.
        let outcome = try #require(answer["outcome"] as? [String: Any])
        #expect(outcome["poolFund"] as? String == "189000" && outcome["total"] as? String == "280000", "\(outcome)")
        #expect(answer["settlementId"] as? String == "J1" && (answer["sequence"] as? String) != nil)

        let file = try rig.file("get.json", #"{"settlement_id": "J1"}"#)
        let found = try rig.run("call", "jiesuan.v1.SettlementService/Get", "@" + file)
        #expect(found.code == 0 && found.output.contains("\n  \""), "a value a line: \(found.output)")
        let reversed = try rig.run(
            "call", "SettlementService/Reverse", #"{"settlementId": "J1", "reason": "wrong person"}"#)
        #expect(reversed.code == 0, "\(reversed.complaint)")

        #expect(rig.server.stop() == 0)
        let listed = try Program.run(
            "call", "SettlementService/ListYear", #"{"person": "31", "year": 2024}"#, "--ledger", rig.path)
        let lines = try #require(try object(listed.output)["entries"] as? [[String: Any]])
        #expect(lines.map { $0["settlementId"] as? String } == ["J1", "J1"], "\(listed.output)")
    }

    @Test func `names what is wrong: the method, the field, the value, the domain's refusal`() throws {
        let rig = try LedgerRig(opening: nil)
        let cases: [(arguments: [String], code: Int32, says: String)] = [
            (["SettlementService/Setle", "{}"], 2, "the nearest is SettlementService/Settle"),
            (
                ["SettlementService/Get", #"{"setlementId": "x"}"#], 2,
                #"has no field "setlementId"; the nearest is settlementId"#
            ),
            (["SettlementService/Settle", #"{"claim": {"cost": {"total": 1.5}}}"#], 2, "claim.cost.total=1.5: not a whole number"),
            (["SettlementService/Get", "@/no/such/file"], 3, "/no/such/file: cannot be read"),
            (["SettlementService/Get", #"{"settlementId": "none"}"#], 1, "SETTLEMENT_UNKNOWN"),
            (["RegistryService/GetPerson", #"{"person": "99"}"#], 1, "PERSON_UNKNOWN person=99"),
        ]
        for (arguments, code, says) in cases {
            let ended = try Program.run(["call"] + arguments + ["--server", rig.server.address])
            #expect(ended.code == code && ended.complaint.contains(says), "\(arguments): \(ended.complaint)")
            #expect(ended.output.isEmpty)
        }
    }

    @Test func `lists every method, and describes the messages of one`() throws {
        let list = try Program.run("call", "--list")
        #expect(list.code == 0 && list.output.split(separator: "\n").count > 50)
        #expect(list.output.contains("SettlementService/Settle  (SettleRequest) → SettleResponse\n"), "\(list.output)")
        let description = try Program.run("call", "SettlementService/Settle", "--describe")
        #expect(description.code == 0)
        for line in [
            "  settlementId: text\n", "  claim: Claim\n", "  familyAccounts: [whole number from 0, 64 bits]\n",
            "\nClaim\n", "CLAIM_KIND_INPATIENT",
        ] {
            #expect(description.output.contains(line), "\(line) in \(description.output)")
        }
        #expect(try Program.run("call").code == 2)
        #expect(try Program.run("call", "SettlementService/Settle", "{}").code == 2, "no server is named")
    }
}
