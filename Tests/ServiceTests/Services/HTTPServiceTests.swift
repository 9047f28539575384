import Client
import Foundation
import ProtoJSON
import RPC
import Service
import TestSupport
import Testing

/// The services over HTTP: the same answers and refusals as natively, in JSON or protobuf.
@Suite struct `Services over HTTP` {
    private static func json(_ answer: HTTPAnswer?) throws -> [String: Any] {
        let body = try #require(answer?.body)
        return try #require(try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any])
    }

    @Test func `a claim is worked out as natively, in both forms`() throws {
        let server = try LocalServer()
        let http = try HTTPSocket(port: server.port)
        let method = try MethodCatalog.find("CalculationService/Calculate")
        for sample in [Sample.plain, Sample.example("003-1")] {
            let native = try server.connect().call(
                service: Services.calculation, method: "Calculate", message: sample.request)
            let proto = http.call("/CalculationService/Calculate", sample.request, type: "application/proto")
            #expect(proto?.status == 200 && proto?.body == native)
            let text = try sample.request.withUnsafeBytes {
                try MessageDecoder.decode($0, as: method.request, indents: false)
            }
            let answer = try #require(http.call("/CalculationService/Calculate", text))
            #expect(answer.status == 200)
            let message = try answer.body.withUnsafeBytes { try MessageEncoder.encode($0, as: method.response) }
            let shown = try native.withUnsafeBytes { try MessageDecoder.decode($0, as: method.response, indents: false) }
            #expect(answer.body == shown)
            #expect(try message.withUnsafeBytes { try MessageDecoder.decode($0, as: method.response, indents: false) } == shown)
        }
    }

    @Test func `a claim that is settled again under its id has the recorded answer, and is looked up and taken back`() throws {
        let server = try LedgerServer()
        defer { server.stop() }
        let http = try HTTPSocket(port: server.port)
        let claim = """
            {"settlementId": "A", "person": \(LedgerServer.active), "institution": "H2", "claim": {"kind": "CLAIM_KIND_OUTPATIENT",
             "service_date": 20240630, "cost": {"total": "30000", "inPolicy": 30000}}}
            """
        let first = try #require(http.call("/SettlementService/Settle", claim))
        #expect(first.status == 200, "\(first.text)")
        let again = http.call("/jiesuan.v1.SettlementService/Settle", claim)
        #expect(again?.body == first.body)
        let other = http.call("/SettlementService/Settle", claim.replacing("30000", with: "40000"))
        #expect(other?.status == 409)
        #expect(try Self.json(other)["name"] as? String == "ID_REUSED_WITH_OTHER_CONTENT")
        #expect(http.call("/SettlementService/Get", "{\"settlementId\": \"A\"}")?.status == 200)
        #expect(http.call("/SettlementService/Reverse", "{\"settlementId\": \"A\", \"reason\": \"a test\"}")?.status == 200)
    }

    @Test func `a batch is settled from JSON in steps`() throws {
        let server = try LedgerServer()
        defer { server.stop() }
        let http = try HTTPSocket(port: server.port)
        let batch = """
            {"settlementIds": "QQ==", "idBytes": 1, "person": ["\(LedgerServer.active)"], "institutions": ["H2"],
             "institution": [0], "serviceDate": [20240630], "kind": "Ag==", "total": [30000], "inPolicy": ["30000"]}
            """
        let answer = http.call("/SettlementService/SettleBatch", batch)
        #expect(answer?.status == 200, "\(answer?.text ?? "")")
        #expect(http.call("/SettlementService/Get", "{\"settlementId\": \"A\"}")?.status == 200)
        let wrong = http.call("/SettlementService/SettleBatch", "{\"person\": 5}")
        #expect(wrong?.status == 400)
        #expect(try Self.json(wrong)["field"] as? String == "person")
    }

    @Test(
        arguments: [
            ("RegistryService/GetPerson", "{\"person\": 99}", 404, "person", "99"),
            ("RegistryService/GetPerson", "{\"person\": -1}", 400, "person", "-1"),
            ("RegistryService/GetPerson", "{\"persn\": 1}", 400, nil, nil),
            ("SettlementService/Get", "{", 400, nil, nil),
            ("SettlementService/Get", "{} {}", 400, nil, nil),
            ("SettlementService/Get", "{\"settlementId\": \"none: [such]\"}", 422, nil, nil),
            ("SettlementService/Get", "{\"settlementId\": \"none\"}", 404, "settlement_id", "none"),
        ] as [(String, String, Int, String?, String?)])
    func `what is refused is told with its parts`(path: String, body: String, status: Int, field: String?, value: String?)
        throws
    {
        let server = try LedgerServer()
        defer { server.stop() }
        let answer = try HTTPSocket(port: server.port).call("/" + path, body)
        #expect(answer?.status == status, "\(answer?.text ?? "")")
        let json = try Self.json(answer)
        if let field { #expect(json["field"] as? String == field) }
        if let value { #expect(json["value"] as? String == value) }
        #expect((json["message"] as? String)?.isEmpty == false)
    }

    @Test func `the pages say what the server has`() throws {
        let methods = Services.methods(Packs.regions)
        let pages = ServerPages(methods: methods, health: ServerHealth(services: []), version: "1.2.3").all
        func page(_ path: String) throws -> HTTPPage.Answer {
            try #require(pages.first { $0.path == path }).answer(HTTPPage.Request(isDraining: false))
        }
        let welcome = String(decoding: try page("/").body, as: UTF8.self)
        for method in methods { #expect(welcome.contains("data-path=\"\(method.service)/\(method.name)\"")) }
        #expect(welcome.contains("1.2.3") && !welcome.contains("SettlementService/Settle\""))
        let description = try JSONSerialization.jsonObject(with: Data(try page("/openapi.json").body)) as? [String: Any]
        #expect((description?["paths"] as? [String: Any])?.count == methods.count)
        #expect(try page("/protos.zip").body.starts(with: Array("PK".utf8)))
        #expect(try page("/health").status == 200)
        let health = try #require(pages.first { $0.path == "/health" })
        #expect(health.answer(HTTPPage.Request(isDraining: true)).status == 503)
    }
}
