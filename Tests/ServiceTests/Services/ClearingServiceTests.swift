import Accounts
import Client
import ClientTesting
import Ledger
import Population
import Records
import Registry
import Service
import Settlement
import Testing

/// `ClearingService` over TCP (G-18, YE-3).
@Suite struct `ClearingService` {
    private func served() throws -> (LedgerServer, ClearingClient) {
        let server = try LedgerServer()
        try server.access.ledger.record([
            .institution(
                .registered(InstitutionRecord(code: "F2", level: .three, isOutOfCity: true, isNetworked: false)))
        ])
        return (server, ClearingClient(try Client.connect(host: "127.0.0.1", port: server.port)))
    }

    private func manual(_ id: String) -> SettlementRequest {
        var request = LedgerServer.outpatient(id, 200_00, at: "F2")
        request.claim.claim.accountUse = .none
        request.isManual = true
        request.documents = ["identity", "receipt", "cost_list", "medical_record", "bank_account"]
        return request
    }

    private func order(_ id: String, _ month: Int32, institutions: Bool = true) -> RemotePayOrder {
        RemotePayOrder(batch: id, day: CalendarDate(2024_08_02), isOfInstitutions: institutions, month: month)
    }

    @Test func `YE-3, G-18: a month by institution and fund, persons by entry, and what was handed over`() throws {
        let (server, clearing) = try served()
        let settlements = try server.connect()
        _ = try settlements.settle(LedgerServer.outpatient("a"))
        _ = try settlements.settle(manual("m"))
        let july = try clearing.month(2024_07, RemoteClearingFilter())
        #expect(!july.isOver && july.lines.map(\.institution) == ["H2"])
        #expect(july.lines.map(\.fund) == ["pool"] && july.lines.map(\.owed) == [1_890_00])
        #expect(july.lines[0].name == "职工基本医疗保险统筹基金" && july.counts.map(\.settlements) == [1])
        let owed = try clearing.owed(0, RemoteClearingFilter())
        #expect(owed.map(\.kind) == ["MANUAL"] && owed[0].settlementID == "m" && owed[0].toPerson > 0)
        var early = order("B", 2024_07)
        early.day = CalendarDate(2024_07_01)
        #expect(code { () throws(ClientError) in _ = try clearing.pay(early) } == 4208)
        server.clock.moment = Moment(startOf: CalendarDate(2024_08_02))
        #expect(try clearing.month(2024_07, RemoteClearingFilter()).isOver)
        var wrong = order("B", 2024_07)
        wrong.expected = 1_890_01
        #expect(code { () throws(ClientError) in _ = try clearing.pay(wrong) } == 4212)
        let paid = try clearing.pay(order("B", 2024_07))
        #expect(paid.batch.total == 1_890_00 && !paid.wasPaidBefore)
        #expect(try clearing.pay(order("B", 2024_07)).wasPaidBefore)
        #expect(code { () throws(ClientError) in _ = try clearing.pay(order("C", 2024_07)) } == 4212)
        var unpaid = RemoteClearingFilter()
        unpaid.isUnpaid = true
        #expect(try clearing.month(2024_07, unpaid).lines.isEmpty)
        #expect(try clearing.month(2024_07, RemoteClearingFilter()).lines.map(\.batch) == ["B"])
        _ = try clearing.pay(order("P", 2024_07, institutions: false))
        #expect(try clearing.owed(2024_07, unpaid).isEmpty)
        #expect(try clearing.batches().map(\.id) == ["B", "P"])
    }

    @Test func `G-18: a region, an institution or a list that there is not is refused, not empty`() throws {
        let (server, clearing) = try served()
        var filter = RemoteClearingFilter()
        filter.region = "chonqing"
        #expect(code { () throws(ClientError) in _ = try clearing.month(2024_07, filter) } == 4206)
        #expect(code { () throws(ClientError) in _ = try clearing.owed(0, filter) } == 4206)
        filter = RemoteClearingFilter()
        filter.institution = "H9"
        #expect(code { () throws(ClientError) in _ = try clearing.month(2024_07, filter) } == 4202)
        #expect(code { () throws(ClientError) in _ = try clearing.month(2024_13, RemoteClearingFilter()) } == 4003)
        var person = order("B", 2024_06)
        person.filter.person = 1
        #expect(code { () throws(ClientError) in _ = try clearing.pay(person) } == 4002)
        #expect(code { () throws(ClientError) in _ = try clearing.pay(order("a b", 2024_06)) } == 4101)
        // Not of today, and nothing is owed for May.
        #expect(code { () throws(ClientError) in _ = try clearing.pay(order("B", 2024_05)) } == 4016)
        server.clock.moment = Moment(startOf: CalendarDate(2024_08_02))
        #expect(code { () throws(ClientError) in _ = try clearing.pay(order("B", 2024_05)) } == 4211)
    }

    @Test func `CQ-31: account use over RPC stands in 3201 and 3202, a refund names it`() throws {
        let (server, clearing) = try served()
        let client = try Client.connect(host: "127.0.0.1", port: server.port)
        let accounts = AccountClient(client)
        let retired = LedgerServer.retired
        _ = try accounts.credit("o", person: PersonName(retired), kind: .openingBalance, amount: 100_00, reason: "brought in")
        let use = UseCommand(
            owner: retired, amount: 30_00, purpose: .institution, beneficiary: retired, institution: "H1")
        _ = try accounts.use("u", use)
        _ = try accounts.credit("r", person: PersonName(retired), kind: .refund, amount: 10_00, reason: "退费", use: "u")
        let day = CalendarDate(2024_07_01)
        let period = RemotePeriod(institution: "H1", from: day, until: day, clearingType: 11)
        let settlements = SettlementClient(client)
        let totals = try settlements.reconcile(period, sums: RemoteSums())
        #expect(totals.ours.uses == 1 && totals.ours.refunds == 1 && totals.ours.accountTotal == 20_00)
        let rows = [
            RemoteRow(id: "u", person: retired, total: 30_00, fundTotal: 0, accountTotal: 30_00, cash: 0),
            RemoteRow(
                id: "r", isReversal: true, person: retired, total: 10_00, fundTotal: 0, accountTotal: 10_00, cash: 0),
        ]
        let details = try settlements.reconcile(period, rows: rows)
        #expect(details.isBalanced && details.equal == 2)
        #expect(try clearing.month(2024_07, RemoteClearingFilter()).lines.map(\.owed) == [20_00])
        let statement = try accounts.statement(StatementQuery(owner: retired))
        #expect(statement.entries.map(\.kind) == ["OPENING_BALANCE", "USE", "REFUND"])
    }
}
