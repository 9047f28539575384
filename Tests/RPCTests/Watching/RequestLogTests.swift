import Client
import RPC
import TestSupport
import Testing

@Suite struct `Slow and failed requests in the log` {
    private func slowToy(_ milliseconds: Int = 5) throws -> ToyServer {
        try ToyServer { $0.log = LogControl(slowMilliseconds: milliseconds) }
    }

    /// A call that takes 20 ms, by any bytes.
    private func dawdle(_ toy: ToyServer, _ send: () throws -> Void) throws {
        try send()
        toy.gate.waitForArrival()
        let start = MonotonicClock.nanoseconds()
        while MonotonicClock.nanoseconds() - start < 20_000_000 {}
        toy.gate.open()
    }

    private func line(_ toy: ToyServer, _ begin: String) -> String? { toy.log.messages.first { $0.hasPrefix(begin) } }

    @Test func `natively it has the call's number and the caller's log_id`() throws {
        let toy = try slowToy()
        defer { toy.server.drain() }
        let client = try toy.client()
        var meta = requestMeta(service: "toy.v1.EchoService", method: "Gated", correlationID: 77)
        // log_id = 4711 within the request's part, which comes first.
        let logID = [0x18] + varint(4_711)
        meta[1] += UInt8(logID.count)
        meta.insert(contentsOf: logID, at: 2 + Int(meta[1]) - logID.count)
        try dawdle(toy) { try client.sendRaw(packet(meta: meta, payload: [1])) }
        _ = try client.receive()
        let found = try #require(line(toy, "slow request 77 log_id 4711 of 127.0.0.1:"))
        #expect(found.contains(": toy.v1.EchoService/Gated, took "))
        #expect(toy.log.messages.count == 1)
    }

    @Test func `over HTTP it has the caller's X-Request-Id`() throws {
        let toy = try slowToy()
        defer { toy.server.drain() }
        let http = try HTTPSocket(port: toy.port)
        let head = HTTPSocket.head(
            "/EchoService/Gated", bytes: 1, type: "application/proto", fields: "X-Request-Id: ward-7/12\r\n")
        try dawdle(toy) { http.send(Array(head.utf8) + [1]) }
        #expect(http.receive()?.status == 200)
        #expect(line(toy, "slow request ward-7/12 of 127.0.0.1:")?.contains("/Gated, took ") == true)
    }

    @Test func `over gRPC it has the caller's x-request-id`() throws {
        let toy = try slowToy()
        defer { toy.server.drain() }
        let peer = try HTTP2Peer(toy)
        try dawdle(toy) {
            peer.send(HTTP2.headers(1, GRPC.fields("Gated") + [("x-request-id", "ward-8")]))
            peer.sendData(1, GRPC.message([1]))
        }
        #expect(peer.reply(1)?.message == [1])
        #expect(line(toy, "slow request ward-8 of 127.0.0.1:")?.contains("/Gated, took ") == true)
    }

    @Test func `what the server failed is told, what the caller did wrong is not, and a flood is counted`() throws {
        let toy = try ToyServer { $0.http.status = { $0 == 4001 ? 422 : 500 } }
        defer { toy.server.drain() }
        let client = try toy.client()
        #expect(code(client, "Fail") == 4001)
        #expect(toy.log.messages.isEmpty)
        for _ in 0..<100 { #expect(code(client, "Unfinished") == 2001) }
        let lines = toy.log.messages.filter { $0.hasPrefix("failed request ") }
        #expect(lines.count >= 10 && lines.count < 100)
        #expect(lines[0].contains(" of 127.0.0.1:") && lines[0].hasSuffix(": toy.v1.EchoService/Unfinished, error 2001"))
    }

    private func code(_ client: Client, _ method: String) -> Int32 {
        guard case .failed(let code, _)? = client.failure(of: method) else { return 0 }
        return code
    }

    @Test func `the limit is changed while the server runs, and 0 is no limit`() throws {
        let control = LogControl(slowMilliseconds: 0)
        let toy = try ToyServer { $0.log = control }
        defer { toy.server.drain() }
        let client = try toy.client()
        try dawdle(toy) {
            try client.send("Gated", [1])
            try client.flush()
        }
        _ = try client.receive()
        #expect(toy.log.messages.isEmpty)
        control.slowMilliseconds = 5
        try dawdle(toy) {
            try client.send("Gated", [1])
            try client.flush()
        }
        _ = try client.receive()
        #expect(toy.log.messages.count == 1)
    }
}
