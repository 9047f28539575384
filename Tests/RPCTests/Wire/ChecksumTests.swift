import CShims
import Client
import RPC
import TestSupport
import Testing

@Suite struct `Checksums` {
    /// Vectors of RFC 3720 (iSCSI), B.4, and the usual one of nine digits.
    static let vectors: [([UInt8], UInt32)] = [
        ([], 0), (Array("123456789".utf8), 0xe306_9283), ([UInt8](repeating: 0, count: 32), 0x8a91_36aa),
        ([UInt8](repeating: 0xff, count: 32), 0x62a8_ab43), (Array(0..<32), 0x46dd_794e),
        (Array((0..<32).reversed()), 0x113f_db5c),
    ]

    @Test(arguments: vectors) func `a CRC-32C is that of its standard`(bytes: [UInt8], crc: UInt32) {
        #expect(shim_crc32c(0, bytes, bytes.count) == crc)
        #expect(shim_crc32c_by_table(0, bytes, bytes.count) == crc)
    }

    @Test func `the processor's instruction and the table agree, in one piece or in two`() {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededRandom(seed: seed)
        for _ in 0..<2_000 {
            let bytes = random.bytes(Int.random(in: 0...100, using: &random))
            let cut = Int.random(in: 0...bytes.count, using: &random)
            let crc = shim_crc32c(0, bytes, bytes.count)
            #expect(shim_crc32c_by_table(0, bytes, bytes.count) == crc, "seed \(seed)")
            let halves = shim_crc32c(shim_crc32c(0, Array(bytes[..<cut]), cut), Array(bytes[cut...]), bytes.count - cut)
            #expect(halves == crc, "seed \(seed)")
        }
    }

    /// LevelDB's mask: turned right by 15 bits, and 0xa282ead8 added.
    @Test func `a checksum value is masked and in network order, as brpc writes it`() {
        #expect(checksum(of: Array("123456789".utf8)) == [0xc7, 0x8a, 0xb0, 0xe5])
        #expect(checksum(of: []) == [0xa2, 0x82, 0xea, 0xd8])
        #expect(checksum(of: Array("1234".utf8), attachment: Array("56789".utf8)) == [0xc7, 0x8a, 0xb0, 0xe5])
    }

    @Test(arguments: [Int32(0), 1, 2, 3], ["Inline", "Worker", "Sharded", "Large"])
    func `a request with a checksum that fits is answered with one that fits`(type: Int32, method: String) throws {
        let compression = try #require(Compression(rawValue: type))
        let plain = method == "Large" ? [0x00, 0x20, 0, 0] : [UInt8](repeating: 5, count: 4_000)
        let message = compression == .none ? plain : try `Compressed messages`.deflatedIfSmaller(plain, compression)
        let toy = try ToyServer()
        defer { toy.server.drain() }
        let peer = try Peer(toy)
        peer.send(
            requestPacket(
                method: method, message: message, compressType: message == plain ? 0 : type,
                fields: checksumFields(checksum(of: message))))
        let answer = try #require(peer.receivePacket())
        try answer.withUnsafeBytes { bytes in
            var decoder = FrameDecoder()
            var input = bytes
            guard case .frame(let frame) = decoder.next(&input) else { throw Unreadable() }
            let meta = try #require(RPCMeta.read(frame.meta))
            #expect(meta.correlationID == 77 && meta.errorCode == 0)
            #expect(meta.features.checksumType == 1 && meta.features.checksumBytes == 4)
            #expect(meta.features.checksumValue == Checksum.masked(of: frame.payload))
            #expect(meta.compressType == (method == "Sharded" || message == plain ? 0 : type))
        }
        // A client of ours looks, too.
        let client = try toy.client()
        try client.sendRaw(requestPacket(message: [1, 2, 3], fields: checksumFields(checksum(of: [1, 2, 3]))))
        #expect(Array(try client.receive().message) == [1, 2, 3])
    }

    private struct Unreadable: Error {}

    @Test func `a request without a checksum, or with brpc's empty one, is answered without one`() throws {
        let toy = try ToyServer()
        defer { toy.server.drain() }
        let peer = try Peer(toy)
        peer.send(requestPacket(message: [9], fields: checksumFields(type: 0, []) + [0x50, 0, 0x3a, 0, 0x68, 0]))
        let answer = try #require(peer.receivePacket())
        #expect(answer.count == 12 + 6 + 1, "header, an answer's meta with its id, the message")
        #expect(answer.last == 9)
    }

    @Test func `the attachment is in the checksum when the request says so`() throws {
        let toy = try ToyServer()
        defer { toy.server.drain() }
        let client = try toy.client()
        for (isIn, sum) in [(true, checksum(of: [1], attachment: [2, 3])), (false, checksum(of: [1]))] {
            try client.sendRaw(
                requestPacket(
                    message: [1], attachment: [2, 3], fields: checksumFields(sum) + (isIn ? [0x68, 1] : [])))
            #expect(Array(try client.receive().message) == [1])
            try client.sendRaw(
                requestPacket(
                    message: [1], attachment: [2, 3], fields: checksumFields(sum) + (isIn ? [] : [0x68, 1])))
            #expect(try client.receive().code == 1003)
        }
    }

    /// Every bit of a message, its checksum and the sizes beside them.
    @Test func `a message with one bit turned is refused`() throws {
        let toy = try ToyServer()
        defer { toy.server.drain() }
        let client = try toy.client()
        let message: [UInt8] = [0x08, 0x96, 0x01]
        for bit in 0..<(8 * message.count) {
            var damaged = message
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            try client.sendRaw(requestPacket(message: damaged, fields: checksumFields(checksum(of: message))))
            let answer = try client.receive()
            #expect(answer.code == 1003 && answer.message.isEmpty)
            #expect(answer.errorText.contains("RpcMeta.checksum_value is not the CRC-32C of the message"))
        }
    }

    @Test(arguments: [
        (checksumFields(type: 2, [1, 2, 3, 4]), "RpcMeta.checksum_type 2 is not supported; there are: 0 none, 1 CRC-32C"),
        (checksumFields([1, 2, 3]), "RpcMeta.checksum_value has 3 bytes, a CRC-32C has 4"),
        (checksumFields([]), "RpcMeta.checksum_value has 0 bytes, a CRC-32C has 4"),
        (
            checksumFields(type: 0, [1, 2, 3, 4]),
            "RpcMeta.checksum_value has 4 bytes and checksum_type is 0: say of which kind it is; "
                + "there are: 0 none, 1 CRC-32C"
        ),
    ])
    func `a checksum that cannot be looked at is refused, not passed over`(fields: [UInt8], expected: String) throws {
        let (code, text) = try `Bad input`.answer(requestPacket(message: [1], fields: fields))
        #expect(code == 1003)
        #expect(text == expected)
    }
}
