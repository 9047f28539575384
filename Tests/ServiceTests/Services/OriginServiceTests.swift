import Client
import Foundation
import TestSupport
import Testing

/// In whose name records are made, as callers say it and see it.
@Suite struct `Records name their operator` {
    private static func json(_ answer: HTTPAnswer?) throws -> [String: Any] {
        let body = try #require(answer?.body)
        return try #require(try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any])
    }

    private static func claim(_ id: String) -> String {
        """
        {"settlementId": "\(id)", "person": \(LedgerServer.active), "institution": "H2", "claim": {"kind": "CLAIM_KIND_OUTPATIENT",
         "service_date": 20240630, "cost": {"total": "30000", "inPolicy": 30000}}}
        """
    }

    private static func by(_ code: String) -> String { "X-Operator: \(code)\r\n" }

    @Test func `the first call's, with the settlement and with its reversal; who asks again has the recorded answer`() throws {
        let server = try LedgerServer()
        defer { server.stop() }
        let http = try HTTPSocket(port: server.port)
        let first = try #require(http.call("/SettlementService/Settle", Self.claim("A"), fields: Self.by("0017")))
        #expect(first.status == 200, "\(first.text)")
        let again = http.call("/SettlementService/Settle", Self.claim("A"), fields: Self.by("0018"))
        #expect(again?.body == first.body)
        let other = http.call(
            "/SettlementService/Settle", Self.claim("A").replacing("\"H2\"", with: "\"H3\""), fields: Self.by("0018"))
        #expect(try Self.json(other)["name"] as? String == "ID_REUSED_WITH_OTHER_CONTENT")
        let got = try Self.json(http.call("/SettlementService/Get", "{\"settlementId\": \"A\"}"))
        #expect(got["recordedBy"] as? [String: String] == ["operatorCode": "0017"])
        #expect(got["reversalRecordedBy"] == nil)
        let reversal = "{\"settlementId\": \"A\", \"reason\": \"a test\"}"
        #expect(http.call("/SettlementService/Reverse", reversal, fields: Self.by("0019"))?.status == 200)
        let reversed = try Self.json(http.call("/SettlementService/Get", "{\"settlementId\": \"A\"}"))
        #expect(reversed["recordedBy"] as? [String: String] == ["operatorCode": "0017"])
        #expect(reversed["reversalRecordedBy"] as? [String: String] == ["operatorCode": "0019"])
    }

    @Test func `of a call that names nobody there is none, also behind one that names somebody`() throws {
        let server = try LedgerServer()
        defer { server.stop() }
        let http = try HTTPSocket(port: server.port)
        #expect(http.call("/SettlementService/Settle", Self.claim("A"), fields: Self.by("0017"))?.status == 200)
        #expect(http.call("/SettlementService/Settle", Self.claim("B"))?.status == 200)
        let got = try Self.json(http.call("/SettlementService/Get", "{\"settlementId\": \"B\"}"))
        #expect(got["recordedBy"] == nil && got["answer"] != nil)
    }
}
