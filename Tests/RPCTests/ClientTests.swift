import Client
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
}
