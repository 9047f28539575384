import Client
import RPC
import TestSupport
import Testing

/// A request names the person who acts at its caller's (经办人), by a code.
@Suite struct `The operator of a request` {
    private static func named(_ code: String?, _ id: Int64) -> [UInt8] {
        requestPacket(
            method: "Named", message: [], correlationID: id, fields: code.map { userField("x-operator", $0) } ?? [])
    }

    private static func text(_ message: some Collection<UInt8>) -> String { String(decoding: message, as: UTF8.self) }

    @Test func `comes with each request of its own, whatever others of the same read and connection have`() throws {
        let toy = try ToyServer()
        defer { toy.server.drain() }
        let client = try toy.client()
        var random = SeededRandom.printed()
        let codes = ["", "0017", "0018", "ops/3@shift:2", String(repeating: "a", count: Limits.operatorBytesMax)]
        for _ in 0..<20 {
            let sent = (0..<30).map { _ in codes[random.number(0...4)] }
            // One write, so that one read has requests of many operators.
            try client.sendRaw(
                sent.enumerated().flatMap { Self.named($1.isEmpty ? nil : $1, Int64($0)) })
            var answers = [String](repeating: "-", count: sent.count)
            for _ in sent {
                let answer = try client.receive()
                answers[Int(answer.correlationID)] = Self.text(Array(answer.message))
            }
            #expect(answers == sent)
        }
    }

    @Test(arguments: [
        "王芳", "a b", "=SUM(A1)", "-1", "", "a\"b", "a,b", "a\nb", String(repeating: "a", count: Limits.operatorBytesMax + 1),
    ]) func `is a code that logs and spreadsheets can hold; what is none is refused and not repeated`(code: String) throws {
        let toy = try ToyServer()
        defer { toy.server.drain() }
        let client = try toy.client()
        try client.sendRaw(Self.named(code, 1))
        let answer = try client.receive()
        guard !code.isEmpty else {
            #expect(answer.code == 0 && answer.message.isEmpty)
            return
        }
        #expect(answer.code == 1003 && answer.errorText.hasPrefix("x-operator is no operator's code"))
        #expect(!answer.errorText.contains(code))
        // The connection goes on.
        try client.sendRaw(Self.named("0017", 2))
        #expect(Self.text(Array(try client.receive().message)) == "0017")
    }

    @Test func `comes over HTTP and over gRPC too`() throws {
        let toy = try ToyServer()
        defer { toy.server.drain() }
        let http = try HTTPSocket(port: toy.port)
        func called(_ fields: String) -> HTTPAnswer? {
            http.call("/EchoService/Named", [], type: "application/proto", fields: fields)
        }
        #expect(called("X-Operator: 0017\r\n").map { Self.text($0.body) } == "0017")
        #expect(called("").map { Self.text($0.body) } == "")
        #expect(called("x-operator: a b\r\n")?.status == 400)
        let peer = try HTTP2Peer(toy)
        func asked(_ stream: UInt32, _ fields: [(String, String)]) -> HTTP2Peer.Reply? {
            peer.send(GRPC.call(stream, "Named", more: fields))
            return peer.reply(stream)
        }
        #expect(asked(1, [("x-operator", "0018")]).map { Self.text($0.message) } == "0018")
        #expect(asked(3, []).map { Self.text($0.message) } == "")
        #expect(asked(5, [("x-operator", "a b")])?.status == 3)
    }
}
