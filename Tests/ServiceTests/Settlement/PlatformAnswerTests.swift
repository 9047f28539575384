import Accounts
import Client
import ClientTesting
import Population
import Registry
import Settlement
import TestSupport
import Testing

/// Answers in the national platform's words (setlinfo, setldetail).
@Suite struct `An answer in the platform's words` {
    private static func asked(_ request: SettlementRequest) -> SettlementRequest {
        var request = request
        request.withPlatform = true
        return request
    }

    @Test func `the worked example 003-1 as 2207 gives it: 1,890 yuan of the pool at 70 percent`() throws {
        let server = try LedgerServer()
        let client = try server.connect()
        let answer = try client.settle(Self.asked(LedgerServer.outpatient("500101000001-1")))
        let found = try #require(answer.platform)
        #expect(found.text("setl_id") == "500101000001-1" && found.text("medins_setl_id") == "500101000001-1")
        #expect(found.text("setl_time") == "2024-07-01 00:00:00")
        #expect(found.text("insutype") == "310" && found.text("psn_type") == "12")
        #expect(found.text("med_type") == "11" && found.text("clr_type") == "11")
        let outcome = answer.outcome.outcome
        #expect(found.amount("medfee_sumamt") == 2_800_00 && found.amount("inscp_scp_amt") == 2_800_00)
        #expect(found.amount("fulamt_ownpay_amt") == 0 && found.amount("preselfpay_amt") == 0)
        #expect(found.amount("hifp_pay") == 1_890_00 && found.amount("act_pay_dedc") == 100_00)
        #expect(found.amount("fund_pay_sumamt") == 1_890_00 && found.amount("psn_part_amt") == 910_00)
        #expect(found.amount("psn_cash_pay") == outcome.cash)
        #expect(found.poolRatio == 7_000)
        let pool = try #require(found.rows.first)
        #expect(pool.code == "310100" && pool.name == "职工基本医疗保险统筹基金" && pool.fund == "pool")
        #expect(pool.inScope == 2_800_00 && pool.paid == 1_890_00)
        #expect(pool.limitLeft != nil)
    }

    @Test func `asked for, it stands behind the answer as it was; not asked for, nothing is different`() throws {
        let server = try LedgerServer()
        let client = try server.connect()
        let plain = try client.settleBytes(LedgerServer.outpatient("a"))
        let asked = try client.settleBytes(Self.asked(LedgerServer.outpatient("a")))
        #expect(asked.count > plain.count && Array(asked.prefix(plain.count)) == plain)
        #expect(try client.settleBytes(LedgerServer.outpatient("a")) == plain)
        #expect(try client.settleBytes(Self.asked(LedgerServer.outpatient("a"))) == asked)
        // What is recorded is the request without the wish.
        let record = try client.get("a")
        #expect(record.request == LedgerServer.outpatient("a") && record.answer.platform == nil)
        _ = try client.reverse("a", reason: "wrong")
        let before = try #require(record.platform)
        let after = try #require(try client.get("a").platform)
        #expect(before.rows == after.rows && before.amounts.map(\.amount) == after.amounts.map(\.amount))
        #expect(before.words.map(\.text) == after.words.map(\.text))
    }

    @Test func `a quote has no id and no time of settling`() throws {
        let server = try LedgerServer()
        let found = try #require(try server.connect().quote(Self.asked(LedgerServer.outpatient("q"))).platform)
        #expect(found.text("setl_id") == "" && found.text("medins_setl_id") == "" && found.text("setl_time") == "")
        #expect(found.amount("hifp_pay") == 1_890_00)
    }

    @Test func `re-assistance is oth_pay and a row 610102; what was paid outside has no code and no ratio`() throws {
        let server = try LedgerServer()
        var request = LedgerServer.outpatient("y", 200_000_00, person: LedgerServer.destitute, at: "Y2")
        request.claim.claim.kind = .inpatient
        request.claim.claim.externalBasic = 60_000_00
        let answer = try server.connect().settle(Self.asked(request))
        let found = try #require(answer.platform)
        let outcome = answer.outcome.outcome
        #expect(outcome[.reassistance] > 0 && found.amount("oth_pay") == outcome[.reassistance])
        #expect(found.rows.first { $0.code == "610102" }?.paid == outcome[.reassistance])
        #expect(found.rows.first { $0.fund == "basic" }?.code == "")
        #expect(found.text("insutype") == "390" && found.text("psn_type") == "" && found.poolRatio == 0)
        #expect(found.text("med_type") == "21" && found.text("clr_type") == "21")
    }

    @Test func `the account has a row of its own, with what it paid and the balance after`() throws {
        let server = try LedgerServer()
        let accounts = AccountClient(try Client.connect(host: "127.0.0.1", port: server.port))
        _ = try accounts.credit(
            "o", person: PersonName(LedgerServer.retired), kind: .openingBalance, amount: 500_00, reason: "brought")
        let answer = try server.connect().settle(Self.asked(LedgerServer.outpatient("a", 1_000_00)))
        let found = try #require(answer.platform)
        let row = try #require(found.rows.last)
        #expect(row.code == "310200" && row.fund == "" && row.limitLeft == nil)
        #expect(row.paid > 0 && row.paid == found.amount("acct_pay"))
        #expect(found.amount("balc") == 500_00 - row.paid)
    }

    @Test func `amounts add up in bills of all kinds`() throws {
        var random = SeededRandom(seed: 14_03)
        let server = try LedgerServer()
        let client = try server.connect()
        var settled = 0
        for number in 0..<300 {
            let isPoor = number % 3 == 0
            var request = LedgerServer.outpatient(
                "r\(number)", 0, person: isPoor ? LedgerServer.destitute : LedgerServer.retired,
                at: isPoor ? "Y2" : ["H1", "H2", "H3"].randomElement(using: &random)!)
            let kind: ClaimKind = isPoor || Bool.random(using: &random) ? .inpatient : .outpatient
            func part() -> Fen { Bool.random(using: &random) ? 0 : Fen.random(in: 1...2_000_000, using: &random) }
            let split = (part(), part(), part(), Fen.random(in: 1...20_000_000, using: &random))
            request.claim.claim.kind = kind
            request.claim.claim.cost = CostSplit(
                total: split.0 + split.1 + split.2 + split.3, outOfCatalog: split.0, overLimit: split.1,
                firstSelfPay: split.2, inPolicy: split.3)
            guard let answer = try? client.settle(Self.asked(request)), let found = answer.platform else { continue }
            settled += 1
            func sum(_ names: String...) -> Fen { names.reduce(0) { $0 + (found.amount($1) ?? .min / 100) } }
            #expect(
                sum("medfee_sumamt")
                    == sum("fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt", "inscp_scp_amt"), "seed 1403: \(number)")
            #expect(
                sum("fund_pay_sumamt") == sum("hifp_pay", "hifes_pay", "hifmi_pay", "hifob_pay", "maf_pay", "oth_pay"))
            #expect(sum("medfee_sumamt") == sum("fund_pay_sumamt", "psn_part_amt"), "seed 1403: \(number)")
            #expect(sum("psn_part_amt") == sum("acct_pay", "acct_mulaid_pay", "psn_cash_pay"))
            let funds = found.rows.filter { $0.code != "310200" }
            #expect(funds.reduce(0) { $0 + $1.paid } == sum("fund_pay_sumamt"), "seed 1403: \(number)")
            #expect(Set(funds.map(\.fund)).count == funds.count, "a fund has two rows; seed 1403: \(number)")
            #expect(found.poolRatio <= 10_000)
        }
        #expect(settled > 200)
    }
}
