import Client
import ClientTesting
import RPC
import Testing

@Suite struct `Client errors` {
    @Test func `a port without a server is named`() throws {
        let port: Int
        do {
            let toy = try ToyServer()
            port = toy.port
            toy.server.drain()
        }
        do {
            _ = try Client.connect(host: "127.0.0.1", port: port)
            Issue.record("connected")
        } catch {
            #expect("\(error)" == "cannot connect to 127.0.0.1:\(port): Connection refused")
        }
    }

    @Test func `a call among outstanding answers is refused`() throws {
        let toy = try ToyServer()
        defer { toy.server.drain() }
        let client = try toy.client()
        try client.send("Inline", [1])
        guard case .misuse? = client.failure(of: "Inline") else {
            Issue.record("not refused")
            return
        }
        #expect(Array(try client.receive().message) == [1])
        #expect(try client.call("Inline", [2]) == [2])
    }

    @Test func `an answer above the client's limit is refused`() throws {
        let toy = try ToyServer()
        defer { toy.server.drain() }
        let client = try Client.connect(host: "127.0.0.1", port: toy.port, answerBytesMax: 1000)
        guard case .badAnswer? = client.failure(of: "Large", [0, 16, 0, 0]) else {
            Issue.record("not refused")
            return
        }
    }

    @Test func `more in flight than all buffers hold does not lock the two sides`() throws {
        let toy = try ToyServer()
        defer { toy.server.drain() }
        let client = try toy.client()
        let message = [UInt8](repeating: 3, count: 100_000)
        for _ in 0..<200 { try client.send("Inline", message) }
        for _ in 0..<200 { #expect(try client.receive().message.count == message.count) }
    }

    @Test func `a server on a taken port says so`() throws {
        let toy = try ToyServer()
        defer { toy.server.drain() }
        do {
            _ = try ToyServer { $0.port = toy.port }
            Issue.record("started")
        } catch {
            #expect("\(error)".contains("cannot listen on 127.0.0.1:\(toy.port)"))
        }
    }

    @Test func `a configuration that cannot work does not start`() {
        #expect(throws: ServerStartError.self) { try ToyServer { $0.workers = 0 } }
    }

    @Test func `a server that does not answer is given up where the client has patience, with a call or without`() throws {
        let toy = try ToyServer()
        defer { toy.server.drain() }
        let client = try toy.client()
        client.patience = 20_000_000
        try client.send("Gated", [1])
        #expect(throws: ClientError.timedOut(milliseconds: 20)) { try client.receive() }
        // Whoever says how long gives up then.
        let soon = MonotonicClock.nanoseconds() + 1_000_000
        #expect(throws: ClientError.timedOut(milliseconds: 0)) { try client.receive(until: soon) }
        let caller = try toy.client()
        caller.patience = 20_000_000
        #expect(caller.failure(of: "Gated") == .timedOut(milliseconds: 20))
        toy.gate.open(2)
        client.patience = .max
        #expect(Array(try client.receive().message) == [1])
    }
}
