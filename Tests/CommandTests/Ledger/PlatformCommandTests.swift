import Foundation
import Testing

/// `--platform`: settlements in the national platform's words.
@Suite struct `A settlement in the platform's words from the command line` {
    @Test func `quote, settle and get say setlinfo and setldetail, in yuan`() throws {
        let rig = try LedgerRig()
        let claim = [
            "--person", "31", "--institution", "H2", "--kind", "outpatient", "--service-date", "2024-06-30",
            "--in-policy", "2800", "--platform", "--server", rig.server.address,
        ]
        let quoted = try Program.run(["quote"] + claim)
        #expect(quoted.output.contains("\"hifp_pay\": 1890.00,\n    \"pool_prop_selfpay\": 0.7000,"), "\(quoted.output)")
        #expect(!quoted.output.contains("setl_id"))
        let settled = try Program.run(["settle", "S1"] + claim)
        #expect(settled.code == 0, "\(settled.complaint)")
        let answer = try object(settled.output)
        let info = try #require(answer["setlinfo"] as? [String: Any])
        #expect(info["setl_id"] as? String == "S1" && info["insutype"] as? String == "310")
        #expect(info["medfee_sumamt"] as? Double == 2800 && info["acct_pay"] as? Double == 910)
        #expect(info["balc"] as? Double == 350)
        let rows = try #require(answer["setldetail"] as? [[String: Any]])
        try #require(rows.map { $0["fund_pay_type"] as? String } == ["310100", "310200"])
        #expect(rows[0]["fund_payamt"] as? Double == 1890 && rows[1]["crt_payb_lmt_amt"] == nil)
        #expect(try Program.run("get", "S1", "--platform", "--server", rig.server.address).output == settled.output)
    }
}
