import Client
import ClientTesting
import Foundation
import LedgerFormat
import LedgerStore
import RPC
import Service
import TestSupport
import Testing

@Suite struct `The status of a server` {
    @Test func `it tells what was done, what waits and what is wrong`() throws {
        let server = try WatchedServer()
        let client = try server.connect()
        for id in ["a", "b"] { _ = try client.settle(LedgerServer.outpatient(id)) }
        #expect(code { () throws(ClientError) in _ = try client.get("nobody") } == 4103)
        let watcher = StatusClient(try Client.connect(host: "127.0.0.1", port: server.port))
        let status = try watcher.status()
        #expect(status.version == "1.2.3" && status.commit == "abc" && status.notReady.isEmpty)
        #expect(status.requests >= 3 && status.connections == 2)
        #expect(status.now >= status.startedAt && status.residentBytes > 1_048_576)
        let settle = try #require(status.methods.first { $0.name == "Settle" })
        #expect(settle.answers == 2 && settle.nanoseconds > 0)
        #expect(settle.buckets.reduce(0, +) == 2 && settle.buckets.count == status.durationBounds.count + 1)
        #expect(!status.methods.contains { $0.answers == 0 })
        #expect(status.errors.map(\.code) == [4103] && status.errors.map(\.answers) == [1])
        #expect(Set(status.queues.map(\.name)) == ["worker", "reader", "sequencer"])
        let ledger = try #require(status.ledger)
        #expect(ledger.settlements == 2 && ledger.settled == 2 && ledger.commits >= 1 && ledger.lastCommitAt > 0)

        server.condition.note(.commitFailed)
        #expect(try watcher.status().notReady.hasPrefix("store: "))
    }

    @Test func `the log is changed while the server runs, and what is no level is refused`() throws {
        let server = try WatchedServer()
        let watcher = StatusClient(try Client.connect(host: "127.0.0.1", port: server.port))
        #expect(try watcher.setLog(level: "debug", slowMilliseconds: 250) == ("debug", 250))
        #expect(server.log.levelName == "debug" && server.log.slowMilliseconds == 250)
        #expect(try watcher.setLog(level: nil, slowMilliseconds: 0) == ("debug", 0))
        #expect(try watcher.setLog(level: "error", slowMilliseconds: nil) == ("error", 0))
        let refused: [(level: String?, slow: UInt32?)] = [("loud", nil), ("trace", 5), (nil, 3_600_001), ("Debug", nil)]
        for (level, slow) in refused {
            #expect(code { () throws(ClientError) in _ = try watcher.setLog(level: level, slowMilliseconds: slow) } == 4002)
        }
        #expect(try watcher.status().logLevel == "error" && watcher.status().slowMilliseconds == 0)
    }

    @Test func `it is asked by JSON too, and while the ledger takes nothing`() throws {
        let server = try WatchedServer()
        server.condition.note(.commitFailed)
        let http = try HTTPSocket(port: server.port)
        let answer = try #require(http.call("/StatusService/GetStatus", "{}"))
        #expect(answer.status == 200)
        let json = try #require(try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any])
        #expect(json["version"] as? String == "1.2.3")
        #expect((json["notReady"] as? String)?.hasPrefix("store: ") == true)
    }
}
