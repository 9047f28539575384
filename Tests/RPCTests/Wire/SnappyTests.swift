import Client
import RPC
import TestSupport
import Testing

@Suite struct `Snappy` {
    private static func inflated(_ bytes: [UInt8], limit: Int = 1 << 20) throws(CompressionError) -> [UInt8] {
        try `Compressed messages`.inflated(bytes, .snappy, limit: limit)
    }

    /// By hand, from the format's description: the length as a varint, literals (00), copies with one (01) or two (10)
    /// bytes of distance.
    @Test(
        arguments: [
            ([0], ""), ([1, 0x00, 0x61], "a"), ([3, 0x08, 0x61, 0x62, 0x63], "abc"),
            // "ab", then eight bytes from two back; "a", then 64 from one back.
            ([10, 0x04, 0x61, 0x62, 0x11, 2], "ababababab"),
            ([65, 0x00, 0x61, 0xfe, 1, 0], String(repeating: "a", count: 65)),
        ] as [([UInt8], String)])
    func `raw snappy is read as its description says`(bytes: [UInt8], text: String) throws {
        #expect(try Self.inflated(bytes) == Array(text.utf8))
    }

    @Test(
        arguments: [
            ([], .truncated), ([3, 0x08, 0x61, 0x62], .bad), ([2, 0x08, 0x61, 0x62, 0x63], .bad),
            ([3, 0x08, 0x61, 0x62, 0x63, 0], .bad), ([0x80], .bad), ([0xff, 0xff, 0xff, 0xff, 0xff, 0x7f], .bad),
            // A copy from before the beginning, and from nowhere.
            ([6, 0x04, 0x61, 0x62, 0x01, 3], .bad), ([6, 0x04, 0x61, 0x62, 0x01, 0], .bad),
            // It claims two gibibytes, and a mebibyte that seven bytes cannot be.
            ([0x80, 0x80, 0x80, 0x80, 0x08, 0, 0x61], .tooLarge(limit: 1 << 20)), ([0x80, 0x80, 0x40, 0, 0x61], .bad),
        ] as [([UInt8], CompressionError)])
    func `what is no message is refused by its reason`(bytes: [UInt8], reason: CompressionError) {
        #expect(throws: reason) { try Self.inflated(bytes) }
    }

    @Test func `a message of exactly the limit passes and one byte more does not`() throws {
        let message = `Compressed messages`.message
        let small = try `Compressed messages`.deflated(message, .snappy)
        #expect(try Self.inflated(small, limit: message.count) == message)
        #expect(throws: CompressionError.tooLarge(limit: message.count - 1)) {
            try Self.inflated(small, limit: message.count - 1)
        }
    }

    @Test func `a message cut anywhere, or with bytes behind it, is damaged`() throws {
        let small = try `Compressed messages`.deflated(Array(`Compressed messages`.message[..<2_000]), .snappy)
        for count in 1..<small.count {
            #expect(throws: CompressionError.bad) { try Self.inflated(Array(small[..<count])) }
        }
        #expect(throws: CompressionError.bad) { try Self.inflated(small + [0]) }
    }

    @Test func `random messages come back, and random damage never passes a limit`() throws {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededRandom(seed: seed)
        for _ in 0..<500 {
            let piece = random.bytes(Int.random(in: 1...40, using: &random))
            let copies = Int.random(in: 1...200, using: &random)
            let message = Array((0..<copies).map { _ in piece }.joined())
            let small = try `Compressed messages`.deflatedIfSmaller(message, .snappy)
            guard small.count < message.count else { continue }
            #expect(try Self.inflated(small) == message, "seed \(seed)")
            var damaged = small
            damaged[Int.random(in: 0..<damaged.count, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            if let other = try? Self.inflated(damaged, limit: 10_000) { #expect(other.count <= 10_000, "seed \(seed)") }
        }
    }

    @Test func `a call in snappy is answered in snappy`() throws {
        let toy = try ToyServer()
        defer { toy.server.drain() }
        let client = try toy.client()
        for method in ["Inline", "Worker"] {
            #expect(try client.call(method, `Compressed messages`.message, compression: .snappy) == `Compressed messages`.message)
        }
        let peer = try Peer(toy)
        let message = try `Compressed messages`.deflated(`Compressed messages`.message, .snappy)
        peer.send(requestPacket(message: message, compressType: 1))
        let answer = try #require(peer.receivePacket())
        #expect(answer.count < `Compressed messages`.message.count / 4)
    }
}
