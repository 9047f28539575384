import Client
import RPC
import TestSupport
import Testing

/// Rows 8 to 11 of the reliability table, over a real connection.
@Suite struct `Bad input` {
    /// Sends a packet and returns the answer's code and text.
    static func answer(_ packet: [UInt8]) throws -> (Int32, String) {
        let toy = try ToyServer { $0.inflatedBytesMax = 1 << 20 }
        defer { toy.server.drain() }
        let client = try toy.client()
        try client.sendRaw(packet)
        let response = try client.receive()
        #expect(response.correlationID == 77)
        let answer = (response.code, response.errorText)
        // The connection goes on.
        try client.sendRaw(requestPacket(message: [1], correlationID: 78))
        #expect(try client.receive().correlationID == 78)
        return answer
    }

    @Test(arguments: [
        header(magic: "HTTP", body: 4, meta: 2), header(body: 0x8000_0000, meta: 5), header(body: 5, meta: 6),
        packet(meta: [0xff, 0xff, 0xff], payload: []), packet(meta: [0x0a, 5, 1], payload: []),
    ])
    func `what is no packet closes the connection, after the answers before it`(bytes: [UInt8]) throws {
        let toy = try ToyServer()
        defer { toy.server.drain() }
        let client = try toy.client()
        try client.sendRaw(
            requestPacket(method: "Inline", correlationID: 1) + requestPacket(method: "Worker", correlationID: 2)
                + bytes + requestPacket(correlationID: 3))
        #expect(try client.codesUntilClosed() == [0, 0])
        #expect(toy.server.statistics.closedForBadFrames == 1)
        #expect(try toy.client().call("Inline", [1]) == [1])
    }

    @Test func `a header that claims two gibibytes buys no memory`() throws {
        let toy = try ToyServer()
        defer { toy.server.drain() }
        let client = try toy.client()
        try client.sendRaw(header(body: 0x7fff_ffff, meta: 5))
        #expect(try client.codesUntilClosed() == [])
        #expect(toy.server.statistics.heldBytes == 0)
    }

    @Test func `a compression that is none of ours is refused with those that there are`() throws {
        let (code, text) = try Self.answer(requestPacket(correlationID: 77, compressType: 4))
        #expect(code == 1003)
        #expect(text == "RpcMeta.compress_type 4 is not supported; there are: 0 none, 1 snappy, 2 gzip, 3 zlib")
    }

    @Test(arguments: [-1, 4, Int32.max, .min])
    func `an unknown compression is refused with its number`(type: Int32) throws {
        let (code, text) = try Self.answer(requestPacket(correlationID: 77, compressType: type))
        #expect(code == 1003)
        #expect(text.contains("compress_type \(type) is not supported"))
    }

    @Test(arguments: ["Inline", "Worker", "Sharded"], [Int32(2), 3])
    func `a compressed message that is damaged, cut, followed by bytes or too large is refused`(
        method: String, type: Int32
    ) throws {
        let compression = try #require(Compression(rawValue: type))
        let small = try `Compressed messages`.deflated(`Compressed messages`.message, compression)
        let bomb = try `Compressed messages`.deflated([UInt8](repeating: 0, count: 8 << 20), compression)
        let cases: [([UInt8], String)] = [
            ([1, 2, 3], "the compressed message is damaged"),
            (Array(small.dropLast(5)), "the compressed message ends too early"),
            (small + [0, 0], "2 bytes follow the compressed message"),
            (bomb, "the message inflates to more than 1048576 bytes"),
            ([], "the compressed message ends too early"),
        ]
        for (message, expected) in cases {
            let (code, text) = try Self.answer(
                requestPacket(method: method, message: message, correlationID: 77, compressType: type))
            #expect(code == 1003)
            #expect(text == expected)
        }
    }

    @Test func `an attachment is cut off the message`() throws {
        let toy = try ToyServer()
        defer { toy.server.drain() }
        let client = try toy.client()
        try client.sendRaw(requestPacket(message: [1, 2], attachment: (3, [7, 8, 9])))
        #expect(Array(try client.receive().message) == [1, 2])
        try client.sendRaw(requestPacket(message: [], attachment: (3, [7, 8, 9])))
        #expect(try client.receive().message.isEmpty)
    }

    @Test(arguments: [-1, 4, Int32.max, .min])
    func `an attachment size that cannot be is refused`(size: Int32) throws {
        let (code, text) = try Self.answer(requestPacket(correlationID: 77, attachment: (size, [7, 8, 9])))
        #expect(code == 1003)
        #expect(text == "RpcMeta.attachment_size \(size) is not in 0 … 3, what follows the meta")
    }

    @Test func `a request without names is refused by the field`() throws {
        let id: [UInt8] = [0x20, 77]
        let cases: [([UInt8], String)] = [
            (id, "RpcMeta.request is missing"),
            ([0x12, 2, 0x08, 0] + id, "RpcMeta.request is missing"),
            ([0x0a, 0] + id, "RpcMeta.request.service_name is missing"),
            ([0x0a, 3, 0x0a, 1, 65] + id, "RpcMeta.request.method_name is missing"),
        ]
        for (meta, expected) in cases {
            let (code, text) = try Self.answer(packet(meta: meta, payload: []))
            #expect(code == 1003)
            #expect(text == expected)
        }
    }

    @Test func `random bytes after good requests never stop the server`() throws {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededRandom(seed: seed)
        let toy = try ToyServer()
        defer { toy.server.drain() }
        for _ in 0..<50 {
            let client = try toy.client()
            var bytes = requestPacket(message: random.bytes(20), correlationID: 1)
            bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            try client.sendRaw(bytes)
            try client.closeOutput()
            let codes = try client.codesUntilClosed()
            #expect(codes.count <= 1, "seed \(seed)")
        }
        #expect(try toy.client().call("Inline", [1]) == [1], "seed \(seed)")
    }
}
