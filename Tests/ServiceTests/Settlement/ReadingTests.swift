import Client
import Ledger
import Population
import Records
import Registry
import Settlement
import Testing

@Suite struct `Questions that are read beside the sequencer` {
    @Test func `tell a client of everything that any client was told is settled`() throws {
        let server = try LedgerServer()
        defer { server.stop() }
        let (settling, asking) = (try server.connect(), try server.connect())
        let day = CalendarDate(2024_07_01)
        let period = RemotePeriod(institution: "H2", from: day, until: day)
        for number in 1...100 {
            _ = try settling.settle(LedgerServer.outpatient("S\(number)", 1_00))
            let year = try asking.listYear(person: LedgerServer.retired, year: 2024, limit: 1_000)
            #expect(year.lines.count == number && year.lines.last?.id == "S\(number)")
            if number % 10 == 0 {
                #expect(try asking.reconcile(period, rows: []).onlyHere.count == number)
                _ = try asking.explain("S\(number)")
            }
        }
        _ = try settling.reverse("S100", reason: "wrong person")
        let year = try asking.listYear(person: LedgerServer.retired, year: 2024, limit: 1_000)
        #expect(year.lines.last?.isReversal == true && year.lines.count == 101)
    }

    @Test func `ask for no more than there is: an unknown institution, person or settlement is refused or empty`() throws {
        let server = try LedgerServer()
        defer { server.stop() }
        let client = try server.connect()
        let day = CalendarDate(2024_07_01)
        #expect(
            code { () throws(ClientError) in
                _ = try client.reconcile(RemotePeriod(institution: "nobody", from: day, until: day), rows: [])
            } == Int32(DomainCode.institutionUnknown.rawValue))
        #expect(
            code { () throws(ClientError) in _ = try client.explain("nothing") }
                == Int32(DomainCode.settlementUnknown.rawValue))
        #expect(try client.listYear(person: 999, year: 2024, limit: 10).lines.isEmpty)
    }
}
