import RPC
import TestSupport
import Testing
import WireMessages

@Suite struct `Meta` {
    /// Compares the hand-written reader with protobuf-c's; returns whether protobuf-c accepted the bytes.
    @discardableResult
    static func compare(_ bytes: [UInt8]) -> Bool { bytes.withUnsafeBytes(metaReadersAgree) }

    @Test func `the meta of a request is read as it was written`() throws {
        let bytes = requestMeta(
            service: "toy.v1.EchoService", method: "Echo", correlationID: -5, timeoutMilliseconds: 250, compressType: 2)
        #expect(Self.compare(bytes))
        try bytes.withUnsafeBytes {
            let meta = try #require(RPCMeta.read($0))
            #expect(meta.hasRequest && !meta.hasResponse)
            #expect(meta.service.map { String(decoding: $0, as: UTF8.self) } == "toy.v1.EchoService")
            #expect(meta.method.map { String(decoding: $0, as: UTF8.self) } == "Echo")
            #expect(meta.correlationID == -5)
            #expect(meta.timeoutMilliseconds == 250)
            #expect(meta.compressType == 2)
        }
    }

    @Test func `a meta with every field and unknown ones is read as protobuf-c does`() {
        let inner: [UInt8] =
            [0x0a, 1, 65, 0x12, 1, 66, 0x18, 5, 0x20, 6, 0x28, 7, 0x30, 8, 0x3a, 2, 67, 68, 0x40] + varint(1000)
            + [0x49, 1, 2, 3, 4, 5, 6, 7, 8] + [0x55, 1, 2, 3, 4] + [0x5a, 1, 9]
        let bytes: [UInt8] =
            [0x0a, UInt8(inner.count)] + inner + [0x12, 4, 0x08, 5, 0x12, 0] + [0x18, 3] + [0x20] + varint(.max)
            + [0x28] + varint(UInt64(bitPattern: -1)) + [0x3a, 1, 1] + [0xf8, 0xff, 0xff, 0xff, 0x7f, 1]
        #expect(Self.compare(bytes))
    }

    @Test func `a request without its names is read by both, for it has an id to answer to`() {
        #expect(Self.compare([0x0a, 0]))
        #expect(Self.compare([0x0a, 3, 0x0a, 1, 65]))
        #expect(Self.compare([0x0a, 3, 0x12, 1, 65]))
        #expect(Self.compare([0x0a, 6, 0x0a, 1, 65, 0x12, 1, 66]))
        #expect(Self.compare([]))
    }

    @Test func `the two readers agree on a hundred thousand damaged metas`() {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededRandom(seed: seed)
        var accepted = 0
        for _ in 0..<100_000 {
            var bytes = requestMeta(
                service: "a.b", method: "c", correlationID: Int64(random.next() >> 40), timeoutMilliseconds: 10,
                compressType: 2)
            if Bool.random(using: &random) { bytes += [0x12, 5, 0x08, 0x85, 0x20, 0x12, 0] }
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let at = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[at] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.insert(UInt8.random(in: 0...255, using: &random), at: at)
                case 2: bytes.remove(at: at)
                default: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                }
                if bytes.isEmpty { bytes = [0] }
            }
            if Self.compare(bytes) { accepted += 1 }
        }
        // Both kinds must occur, or the comparison says nothing.
        #expect(accepted > 1000 && accepted < 99_000, "seed \(seed)")
    }
}
