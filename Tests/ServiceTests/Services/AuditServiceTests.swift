import Audit
import Foundation
import Ledger
import LedgerStore
import Logging
import RPC
import Service
import TestSupport
import Testing

/// What a server has its audit log say.
@Suite struct `Calls are in the audit log` {
    /// A server with a ledger and an audit log.
    private final class Rig {
        let scratch = ScratchFolder(inMemory: true)
        let folder: String
        let log: AuditLog
        let ledger: LedgerServer
        let server: RPC.Server
        let http: HTTPSocket

        init(hasReads: Bool = false) throws {
            folder = scratch.file("audit")
            log = try AuditLog(folder, fileBytesMax: 1) { _ in }
            // For its ledger; it serves nobody any more.
            ledger = try LedgerServer()
            ledger.stop()
            let lane = SequencerLane()
            let access = LedgerAccess(
                try Ledger(store: ledger.store, library: Packs.library, clock: ledger.clock, directory: nil),
                Packs.regions, lane: lane)
            let trail = AuditTrail(log, hasReads: hasReads)
            let methods = Services.methods(Packs.regions, ledger: access, audit: trail)
            var configuration = ServerConfiguration()
            configuration.tellErrors(of: Packs.regions)
            configuration.eventLoopThreads = 1
            configuration.workers = 1
            configuration.drain = .milliseconds(0)
            server = try RPC.Server(
                configuration: configuration, methods: methods, barrier: access.barrier, lane: lane,
                makeState: { _ in Services.makeState() },
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            http = try HTTPSocket(port: try server.start())
        }

        deinit {
            server.drain()
            log.end()
        }

        func settle(_ id: String, total: Int = 30_000) -> HTTPAnswer? {
            http.call(
                "/SettlementService/Settle",
                """
                {"settlementId": "\(id)", "person": \(LedgerServer.active), "institution": "H2", "claim":
                 {"kind": "CLAIM_KIND_OUTPATIENT", "service_date": 20240630, "cost": {"total": "\(total)", "inPolicy": \(total)}}}
                """, fields: "X-Operator: 0017\r\n")
        }

        /// The lines of calls, once there are so many.
        func calls(_ count: Int) throws -> [[String: Any]] {
            var found: [[String: Any]] = []
            Patience.until("\(count) lines") {
                found = []
                try? AuditVerifier.forEachLine(folder) { line in
                    let fields = try? JSONSerialization.jsonObject(with: Data(line)) as? [String: Any]
                    if let fields, fields["call"] != nil { found.append(fields) }
                    return true
                }
                return found.count >= count
            }
            return found
        }
    }

    @Test func `that write, with who, what and how it ended, and without amounts and diseases`() throws {
        let rig = try Rig()
        #expect(rig.settle("A")?.status == 200)
        #expect(rig.settle("A", total: 40_000)?.status == 409)
        #expect(rig.http.call("/SettlementService/Get", "{\"settlementId\": \"A\"}")?.status == 200)
        #expect(rig.http.call("/SettlementService/Reverse", "{\"settlementId\": \"A\"}")?.status == 200)
        let calls = try rig.calls(3)
        #expect(calls.map { $0["call"] as? String } == ["SettlementService/Settle", "SettlementService/Settle", "SettlementService/Reverse"])
        #expect(calls.map { $0["decision"] as? String } == ["done", "refused", "done"])
        let record = ["settlement": "A", "institution": "H2", "person": "\(LedgerServer.active)"]
        #expect(calls.first?["record"] as? [String: String] == record)
        #expect(calls.first?["operator"] as? String == "0017" && calls.last?["operator"] == nil)
        #expect((calls.first?["peer"] as? String)?.hasPrefix("127.0.0.1:") == true)
        let text = try calls.map { String(decoding: try JSONSerialization.data(withJSONObject: $0), as: UTF8.self) }.joined()
        #expect(!text.contains("30000"))
    }

    @Test func `that only read, where that is asked for`() throws {
        let rig = try Rig(hasReads: true)
        #expect(rig.http.call("/SettlementService/Get", "{\"settlementId\": \"none\"}")?.status == 404)
        #expect(rig.http.call("/PolicyService/List", "{}")?.status == 200)
        #expect(rig.settle("A")?.status == 200)
        let calls = try rig.calls(2)
        #expect(calls.map { $0["call"] as? String } == ["SettlementService/Get", "SettlementService/Settle"])
        #expect(calls.first?["code"] as? Int == 4103)
    }

    @Test func `a batch is one line, with how many rows it has`() throws {
        let rig = try Rig()
        let batch = """
            {"settlementIds": "\(Data("AABB".utf8).base64EncodedString())", "idBytes": 2, "person": ["102", "102"], "institutions": ["H2"],
             "institution": [0, 0], "serviceDate": [20240630, 20240630], "kind": "\(Data([2, 2]).base64EncodedString())",
             "total": ["100", "200"], "inPolicy": ["100", "200"]}
            """
        let answer = rig.http.call("/SettlementService/SettleBatch", batch)
        #expect(answer?.status == 200, "\(answer?.text ?? "")")
        let calls = try rig.calls(1)
        #expect(calls.first?["record"] as? [String: String] == ["institution": "H2", "rows": "2"])
    }

    @Test func `nothing is done that could not be in it, and reading goes on`() throws {
        let rig = try Rig()
        #expect(rig.settle("A")?.status == 200)
        _ = try rig.calls(1)
        let away = rig.folder + "-away"
        try FileManager.default.moveItem(atPath: rig.folder, toPath: away)
        // The first one is under way before the log finds out.
        _ = rig.settle("B")
        Patience.until("the log finds out") { rig.log.failure != nil }
        let refused = try #require(rig.settle("C"))
        #expect(refused.status == 503 && refused.text.contains("the audit log takes nothing now"))
        #expect(rig.http.call("/SettlementService/Get", "{\"settlementId\": \"C\"}")?.status == 404)
        #expect(rig.http.call("/SettlementService/Get", "{\"settlementId\": \"A\"}")?.status == 200)
        try FileManager.default.moveItem(atPath: away, toPath: rig.folder)
        Patience.until("the log is written again") { rig.log.failure == nil }
        #expect(rig.settle("C")?.status == 200)
        #expect(try rig.calls(3).count == 3)
    }
}
