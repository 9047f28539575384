import Accounts
import Client
import ClientTesting
import Population
import Records
import Registry
import Settlement
import Testing

/// Pharmacies' claims over the wire (CQ-16).
@Suite struct `Pharmacies over the wire` {
    /// A server with a pharmacy for outpatient pooling.
    private func server() throws -> LedgerServer {
        let server = try LedgerServer()
        var record = InstitutionRecord(code: "P1", region: "chongqing", kind: .pharmacy, level: .unspecified)
        record.isPoolingPharmacy = true
        record.pooling = DateRange(from: CalendarDate(2024_01_01), until: CalendarDate(2024_12_31))
        let registry = RegistryClient(try Client.connect(host: "127.0.0.1", port: server.port))
        _ = try registry.put(.institution(record))
        #expect(try registry.institution(code: "P1") == [record])
        return server
    }

    private func claim(_ id: String, _ number: String, of person: UInt64 = LedgerServer.active) -> SettlementRequest {
        var request = LedgerServer.outpatient(id, 1_000_00, person: person, at: "P1")
        request.prescribingInstitution = "H2"
        request.prescriptionNumber = number
        request.prescriptionDate = CalendarDate(2024_06_28)
        return request
    }

    @Test func `CQ-16: a stay at a pharmacy is refused; 8,500 yuan were paid once`() throws {
        let server = try server()
        let client = try server.connect()
        var request = LedgerServer.outpatient("a", 10_000_00, person: LedgerServer.active, at: "P1")
        request.claim.claim.kind = .inpatient
        for call in [client.quote, client.settle] {
            guard case .failed(let code, let text)? = refusal({ () throws(ClientError) in _ = try call(request) }) else {
                Issue.record("it is not refused")
                continue
            }
            #expect(code == 4214 && text.contains("INSTITUTION_KIND_NOT_ALLOWED institution=P1 [CQ-16]"))
        }
    }

    @Test func `CQ-16, I-37: settled with its prescription, shown again, and used once`() throws {
        let server = try server()
        let client = try server.connect()
        #expect(
            code { () throws(ClientError) in
                _ = try client.settle(LedgerServer.outpatient("none", 1_000_00, person: LedgerServer.active, at: "P1"))
            } == 4013)
        let request = claim("a", "RX-1")
        #expect(try client.settle(request).outcome.outcome.fundTotal == 480_00)
        #expect(try client.get("a").request == request)
        guard
            case .failed(let code, let text)? = refusal({ () throws(ClientError) in
                _ = try client.settle(claim("b", "RX-1", of: LedgerServer.retired))
            })
        else {
            Issue.record("it is not refused")
            return
        }
        #expect(code == 4215 && text.contains("PRESCRIPTION_USED prescription_number=RX-1") && text.contains("settlement a "))
        _ = try client.reverse("a", reason: "wrong drug")
        #expect(try client.settle(claim("b", "RX-1", of: LedgerServer.retired)).outcome.outcome.fundTotal == 630_00)
    }

    @Test func `clr_type: a claim at a pharmacy is of clearing type 41, in its answer and in 3201 and 3202`() throws {
        let server = try server()
        let client = try server.connect()
        var request = claim("a", "RX-1")
        request.withPlatform = true
        let answer = try client.settle(request)
        #expect(answer.platform?.text("clr_type") == "41")
        let day = server.clock.moment.date
        let outcome = answer.outcome.outcome
        let row = RemoteRow(
            id: "a", total: 1_000_00, fundTotal: outcome.fundTotal, accountTotal: outcome.accountTotal,
            cash: outcome.cash)
        for (type, count) in [(0, 1), (41, 1), (11, 0)] as [(UInt32, UInt32)] {
            let period = RemotePeriod(institution: "P1", from: day, until: day, clearingType: type)
            #expect(try client.reconcile(period, sums: RemoteSums()).ours.settlements == count, "type \(type)")
            #expect(try client.reconcile(period, rows: [row]).equal == Int(count), "type \(type)")
        }
    }

    @Test func `CQ-16: a batch carries who prescribed, the number and the day in columns`() throws {
        let server = try server()
        let client = try server.connect()
        var rows = [
            LedgerServer.outpatient("r0"), claim("r1", "RX-1"), claim("r2", "RX-1", of: LedgerServer.active + 1),
            LedgerServer.outpatient("r3", 100_00), claim("r4", "RX-4", of: LedgerServer.active + 2),
            claim("r5", "RX-5", of: LedgerServer.active + 3), claim("r6", "RX-6", of: LedgerServer.active + 4),
        ]
        rows[4].prescriptionDate = CalendarDate(2024_07_01)
        rows[5].prescribingInstitution = "H9"
        let batch = SettleBatch()
        for row in rows { batch.add(row) }
        let answer = try client.settle(batch)
        let errors = (0..<answer.errorCount).map(answer.error)
        #expect(errors.map(\.item) == [2, 4, 5])
        #expect(errors.map(\.code) == [4215, 4003, 4202])
        #expect(errors.map(\.field) == ["prescription_number", "prescription_date", "prescribing_institution"])
        #expect(errors.map(\.value) == ["RX-1", "2024-07-01", "H9"])
        #expect(answer.outcome(1).fundTotal == 480_00 && answer.outcome(6).fundTotal == 480_00)
        #expect(try client.get("r1").request == rows[1] && client.get("r6").request == rows[6])
        // The next batch has none, and nothing of this one is left behind.
        batch.clear()
        for row in ["s0", "s1", "s2"] { batch.add(LedgerServer.outpatient(row, 100_00)) }
        #expect(try client.settle(batch).errorCount == 0)
        #expect(try client.get("s1").request.prescriptionNumber.isEmpty)
        // The same batch again is what was answered then.
        let again = SettleBatch()
        for row in rows { again.add(row) }
        let second = try client.settle(again)
        #expect((0..<rows.count).map(second.exists) == [true, true, false, true, false, false, true])
    }

    @Test func `CQ-16: columns of a batch that are no columns are refused whole`() throws {
        let server = try server()
        let client = try server.connect()
        var message = WireMessage()
        message.text(1, "id-0")
        message.number(2, 4)
        message.column(4, [LedgerServer.active])
        message.column(23, [1] as [UInt32])
        let answer = refusal { () throws(ClientError) in
            _ = try client.client.call(service: "SettlementService", method: "SettleBatch", message: message.bytes)
        }
        guard case .failed(1003, let text)? = answer else {
            Issue.record("\(String(describing: answer))")
            return
        }
        #expect(text.contains("prescription_number"))
    }

    @Test func `G-18, CQ-31: a manual claim takes nothing from accounts; all of it is refused`() throws {
        let server = try LedgerServer()
        let client = try server.connect()
        let accounts = AccountClient(try Client.connect(host: "127.0.0.1", port: server.port))
        _ = try accounts.credit(
            "o", person: PersonName(LedgerServer.retired), kind: .openingBalance, amount: 2_000_00, reason: "start")
        var request = LedgerServer.outpatient("a")
        request.isManual = true
        request.documents = ["identity", "receipt", "cost_list", "medical_record", "bank_account"]
        let settled = try client.settle(request)
        #expect(settled.outcome.outcome.fundTotal == 1_890_00 && settled.outcome.outcome.accountPaid == 0)
        #expect(settled.outcome.outcome.cash == 910_00)
        #expect(try client.settle(request).sequence == settled.sequence)
        request.id = "b"
        request.claim.claim.accountUse = .all
        guard case .failed(4002, let text)? = refusal({ () throws(ClientError) in _ = try client.settle(request) }) else {
            Issue.record("it is not refused")
            return
        }
        #expect(text.contains("claim.account_use=all [CQ-31]"))
    }
}
