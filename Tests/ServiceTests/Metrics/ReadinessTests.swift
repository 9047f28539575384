import Client
import ClientTesting
import LedgerFormat
import Logging
import RPC
import Service
import TestSupport
import Testing

@Suite struct `A server's readiness` {
    private func get(_ path: String, _ port: Int) throws -> (status: Int, text: String) {
        let socket = try HTTPSocket(port: port)
        socket.send("GET \(path) HTTP/1.1\r\nHost: balancer.example\r\n\r\n")
        let answer = try #require(socket.receive())
        return (answer.status, answer.text)
    }

    @Test func `the process is alive and ready; a failing store or clock makes it not ready, and says why`() throws {
        let server = try WatchedServer()
        #expect(try get("/readyz", server.port) == (200, "READY\n"))
        #expect(try get("/healthz", server.port) == (200, "OK\n"))
        let troubles: [(down: LedgerIncident.Kind, up: LedgerIncident.Kind, reason: String)] = [
            (.commitFailed, .recovered, "store: "), (.clockBehind, .clockRight, "clock: "),
        ]
        for (down, up, reason) in troubles {
            server.condition.note(down)
            let answer = try get("/readyz", server.port)
            #expect(answer.status == 503 && answer.text.hasPrefix("NOT READY " + reason), "\(answer)")
            #expect(try get("/healthz", server.port) == (200, "OK\n"), "a restart would not help")
            #expect(try get("/health", server.port) == (503, "NOT SERVING\n"))
            server.condition.note(up)
            #expect(try get("/readyz", server.port) == (200, "READY\n"))
        }
        server.health.beginDrain()
        let draining = try get("/readyz", server.port)
        #expect(draining.status == 503 && draining.text.hasPrefix("NOT READY draining: "))
    }

    @Test func `the port is there while the ledger opens, and no connection is lost when the server takes it over`() throws {
        var configuration = ServerConfiguration()
        configuration.drainQuiet = .milliseconds(20)
        let readiness = Readiness()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let socket = try ListeningSocket(configuration)
        let opening = try OpeningServer(configuration, readiness, logger: logger)
        try opening.start(on: socket)
        readiness.opening("block 5 of 100")

        let early = try Client.connect(host: "127.0.0.1", port: socket.port)
        for (service, method) in [(Services.calculation, "Calculate"), (Services.settlement, "Settle")] {
            let refused = refusal { () throws(ClientError) in
                _ = try early.call(service: service, method: method, message: [])
            }
            let text = "opening: the ledger is read, block 5 of 100; nothing was done: try again"
            #expect(refused == .failed(code: 2003, text: text))
        }
        #expect(try early.call(service: HealthService.name, method: "Check", message: []) == [8, 2])
        let page = try get("/readyz", socket.port)
        #expect(page == (503, "NOT READY opening: the ledger is read, block 5 of 100\n"))
        #expect(try get("/healthz", socket.port) == (200, "OK\n"))

        let handed = try #require(opening.handOver())
        // Connects while nobody accepts: it waits with the kernel.
        let patient = try HTTPSocket(port: handed.port)
        patient.send("GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        let server = try WatchedServer(on: handed)
        #expect(server.port == socket.port)
        let answer = try #require(patient.receive())
        #expect(answer.status == 200)
        opening.end()
        #expect(throws: ClientError.self, "it was let go") {
            try early.call(service: HealthService.name, method: "Check", message: [])
        }
        #expect(try server.connect().settle(LedgerServer.outpatient("A")).sequence > 0)
    }

    @Test func `while the ledger opens it says how far that is`() {
        let readiness = Readiness()
        #expect(readiness.whyNotServing == "opening: the ledger is read")
        readiness.opening("block 5 of 100")
        #expect(readiness.whyNotServing == "opening: the ledger is read, block 5 of 100")
        let health = ServerHealth(services: [])
        readiness.begin(health)
        #expect(readiness.whyNotServing == nil)
        health.beginDrain()
        #expect(readiness.whyNotServing?.hasPrefix("draining") == true)
    }
}
