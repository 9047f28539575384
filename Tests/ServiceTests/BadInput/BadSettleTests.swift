import Client
import Ledger
import Population
import RPC
import Settlement
import Testing

/// Requests to settle that are wrong, one by one: code, field, value and rule.
@Suite struct `Bad requests to settle` {
    /// A good request, field by field, that a test may spoil.
    struct Parts {
        var id = "id-1"
        var person: UInt64 = 101
        var institution = "H2"
        var kind: Int64 = 2
        var date: UInt32 = 2024_06_30
        var total: Int64 = 2_800_00
        var inPolicy: Int64 = 2_800_00
        var disease = ""
        var accountUse: Int64 = 0
        var claim = true
        var cost = true
        var more: (inout WireMessage) -> Void = { _ in }
        var moreOfClaim: (inout WireMessage) -> Void = { _ in }

        var bytes: [UInt8] {
            var message = WireMessage()
            message.text(1, id)
            message.fixed64(2, person)
            message.text(3, institution)
            if claim { message.message(4, claimMessage) }
            more(&message)
            return message.bytes
        }

        private var claimMessage: WireMessage {
            var message = WireMessage()
            message.number(1, kind)
            message.fixed32(2, date)
            if cost {
                var split = WireMessage()
                split.number(1, total)
                split.number(5, inPolicy)
                message.message(3, split)
            }
            message.text(5, disease)
            message.number(8, accountUse)
            moreOfClaim(&message)
            return message
        }
    }

    private func expect(
        _ method: String, _ bytes: [UInt8], _ code: Int32, _ words: [String], _ client: SettlementClient,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let answer = refusal { () throws(ClientError) in
            _ = try client.client.call(service: "SettlementService", method: method, message: bytes)
        }
        guard case .failed(let found, let text)? = answer else {
            Issue.record("\(words) is not refused", sourceLocation: sourceLocation)
            return
        }
        #expect(found == code, "\(text)", sourceLocation: sourceLocation)
        for word in words { #expect(text.contains(word), "\(text)", sourceLocation: sourceLocation) }
    }

    @Test(arguments: ["Settle", "Quote"])
    func `each field's fault is named`(method: String) throws {
        let server = try LedgerServer()
        let client = try server.connect()
        func row(_ code: Int32, _ words: String..., change: (inout Parts) -> Void) {
            var parts = Parts()
            change(&parts)
            expect(method, parts.bytes, code, words, client)
        }
        row(1003, "claim is missing") { $0.claim = false }
        row(1003, "claim.cost is missing") { $0.cost = false }
        row(1003, "claim.institution is what the register says") { parts in
            parts.moreOfClaim = { $0.message(4, WireMessage()) }
        }
        row(1003, "claim.referred_from is what the register says") { parts in parts.moreOfClaim = { $0.number(9, 1) } }
        row(1003, "zero byte") { $0.institution = "H2\0" }
        row(1003, "zero byte") { parts in parts.more = { $0.item(8, "a\0b") } }
        row(1003, "zero byte") { $0.disease = "diabetes\0" }
        row(4002, "FACT_INVALID claim.kind=unspecified") { $0.kind = 0 }
        row(4002, "FACT_INVALID claim.kind=9") { $0.kind = 9 }
        row(4002, "FACT_INVALID claim.account_use=3") { $0.accountUse = 3 }
        row(4002, "FACT_INVALID channel=2:") { parts in parts.more = { $0.number(7, 2) } }
        row(4002, "FACT_INVALID documents=33:") { parts in
            parts.more = { message in for _ in 0..<33 { message.item(8, "d") } }
        }
        row(4002, "FACT_INVALID documents=65 bytes") { parts in
            parts.more = { $0.item(8, String(repeating: "d", count: 65)) }
        }
        row(4002, "FACT_INVALID family_accounts=8:") { parts in
            parts.more = { $0.column(6, [UInt64](1...8)) }
        }
        row(4002, "FACT_INVALID referral=66 bytes") { parts in
            parts.more = { $0.text(10, String(repeating: "转", count: 22)) }
        }
        row(4002, "FACT_INVALID institution=65 bytes") { $0.institution = String(repeating: "H", count: 65) }
        row(4002, "FACT_INVALID claim.disease=flu") { $0.disease = "flu" }
        row(4003, "DATE_INVALID claim.service_date=20240230 [G-4]") { $0.date = 2024_02_30 }
        row(4003, "DATE_INVALID claim.service_date=4294967295 [G-4]") { $0.date = .max }
        row(4004, "AMOUNT_OUT_OF_RANGE claim.cost.total=-1 [G-1]") { $0.total = -1 }
        row(4005, "AMOUNTS_DO_NOT_ADD_UP claim.cost.total=280001 [G-5]") { $0.total += 1 }
        row(4201, "PERSON_UNKNOWN person=999") { $0.person = 999 }
        row(4202, "INSTITUTION_UNKNOWN institution=H9") { $0.institution = "H9" }
        row(4202, "INSTITUTION_UNKNOWN institution=:") { $0.institution = "" }
        row(4211, "RECORD_UNKNOWN referral=R-1:") { parts in parts.more = { $0.text(10, "R-1") } }
        row(4201, "PERSON_UNKNOWN family_accounts=7") { parts in parts.more = { $0.column(6, [UInt64(7)]) } }
        expect(method, [0x0a, 0xff], 1003, ["does not parse"], client)
        #expect(try client.listYear(person: 101, year: 2024).lines.isEmpty)
    }

    @Test(arguments: ["", "with blank", "ä", String(repeating: "7", count: 65)])
    func `an id that is none is refused everywhere`(id: String) throws {
        let server = try LedgerServer()
        let client = try server.connect()
        var parts = Parts()
        parts.id = id
        expect("Settle", parts.bytes, 4101, ["ID_INVALID settlement_id="], client)
        var lookup = WireMessage()
        lookup.text(1, id)
        for method in ["Get", "ExplainSettlement", "Reverse"] {
            expect(method, lookup.bytes, 4101, ["ID_INVALID settlement_id="], client)
        }
    }

    @Test func `an id with a zero byte is not taken for what stands before it`() throws {
        let server = try LedgerServer()
        let client = try server.connect()
        _ = try client.settle(LedgerServer.outpatient("id-1"))
        var parts = Parts()
        parts.id = "id-1\0"
        expect("Settle", parts.bytes, 1003, ["zero byte"], client)
        var lookup = WireMessage()
        lookup.text(1, "id-1\0x")
        for method in ["Get", "ExplainSettlement", "Reverse"] {
            expect(method, lookup.bytes, 1003, ["zero byte"], client)
        }
    }

    @Test func `a manual claim needs its documents (CQ-42), a family account its relation (CQ-31)`() throws {
        let server = try LedgerServer()
        let client = try server.connect()
        var manual = LedgerServer.outpatient("m")
        manual.isManual = true
        manual.documents = ["invoice"]
        #expect(code { () throws(ClientError) in _ = try client.settle(manual) } == 4203)
        var family = LedgerServer.outpatient("f")
        family.familyAccounts = [LedgerServer.active]
        #expect(code { () throws(ClientError) in _ = try client.settle(family) } == 4210)
    }

    @Test func `comparisons, lists and reconciliations name what is wrong`() throws {
        let server = try LedgerServer()
        let client = try server.connect()
        func message(_ fill: (inout WireMessage) -> Void) -> [UInt8] {
            var message = WireMessage()
            fill(&message)
            return message.bytes
        }
        expect("Compare", [], 1003, ["stay is missing"], client)
        expect("Compare", message { $0.blob(1, Parts().bytes) }, 1003, ["both empty"], client)
        expect(
            "Compare",
            message {
                $0.blob(1, Parts().bytes)
                $0.column(3, [UInt8](repeating: 1, count: 65))
            }, 1003,
            ["more than 64"], client)
        expect(
            "Compare",
            message {
                $0.blob(1, Parts().bytes)
                $0.column(3, [UInt8(9)])
            }, 4002,
            ["FACT_INVALID", "=9"], client)
        expect("ReconcileTotals", [], 1003, ["sums is missing"], client)
        let period: (UInt32, UInt32, Int64, String) -> [UInt8] = { from, until, type, place in
            message {
                $0.text(1, place)
                $0.fixed32(2, from)
                $0.fixed32(3, until)
                $0.number(4, type)
            }
        }
        expect("ReconcileDetails", period(2024_07_01, 2024_07_01, 3, "H2"), 4002, ["clearing_type=3"], client)
        expect("ReconcileDetails", period(2024_07_32, 2024_07_01, 0, "H2"), 4003, ["from=20240732"], client)
        expect("ReconcileDetails", period(2024_07_02, 2024_07_01, 0, "H2"), 4108, ["until=20240701"], client)
        expect("ReconcileDetails", period(2024_07_01, .max, 0, "H2"), 4003, ["until=4294967295"], client)
        expect("ReconcileDetails", period(2024_07_01, 2024_07_01, 0, ""), 4202, ["institution="], client)
    }
}
