import CShims
import Client
import RPC
import TestSupport
import Testing

/// Clients in Go flush a gzip writer and do not close it: no last block, no checksum.
@Suite struct `Streams that were flushed and left open` {
    /// What such a client sends: `pieces`, each flushed; closed or not.
    static func flushed(_ pieces: [[UInt8]], _ compression: Compression, isClosed: Bool = false) throws -> [UInt8] {
        var stream = z_stream()
        try #require(shim_deflate_init(&stream, 6, compression == .gzip ? 31 : 15) == Z_OK)
        defer { deflateEnd(&stream) }
        var out = [UInt8](repeating: 0, count: 1 << 20)
        let size = out.count
        return out.withUnsafeMutableBytes { room in
            stream.next_out = room.baseAddress!.assumingMemoryBound(to: UInt8.self)
            stream.avail_out = UInt32(size)
            for (index, piece) in pieces.enumerated() {
                var piece = piece
                piece.withUnsafeMutableBytes { bytes in
                    stream.next_in = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
                    stream.avail_in = UInt32(bytes.count)
                    _ = deflate(&stream, isClosed && index == pieces.count - 1 ? Z_FINISH : Z_SYNC_FLUSH)
                }
            }
            return Array(room[..<(size - Int(stream.avail_out))])
        }
    }

    @Test(arguments: [Compression.gzip, .zlib])
    func `one is read when it is whole`(compression: Compression) throws {
        let message = `Compressed messages`.message
        let bytes = try Self.flushed([message], compression)
        #expect(bytes.suffix(4) == [0, 0, 0xff, 0xff])
        #expect(try `Compressed messages`.inflated(bytes, compression) == message)
        let pieces = try Self.flushed([Array(message[..<300]), Array(message[300...])], compression)
        #expect(try `Compressed messages`.inflated(pieces, compression) == message)
        #expect(try `Compressed messages`.inflated(Self.flushed([[]], compression), compression) == [])
        // Of every size, so that the room for it ends with it, too.
        for count in [1, 4095, 4096, 4097, 8192, 16_384] {
            let part = Array(message[..<count])
            #expect(try `Compressed messages`.inflated(Self.flushed([part], compression), compression) == part)
        }
    }

    @Test(arguments: [Compression.gzip, .zlib])
    func `one that is cut or has more behind it is refused`(compression: Compression) throws {
        let bytes = try Self.flushed([Array(`Compressed messages`.message[..<2_000])], compression)
        for count in 0..<bytes.count {
            #expect(throws: CompressionError.truncated) {
                try `Compressed messages`.inflated(Array(bytes[..<count]), compression)
            }
        }
        for more: [UInt8] in [[0], [0xff], [1, 2, 3], [0, 0, 0xff, 0xff], Array(bytes)] {
            #expect(throws: CompressionError.self, "\(more.count) more") {
                try `Compressed messages`.inflated(bytes + more, compression)
            }
        }
    }

    @Test(arguments: [Compression.gzip, .zlib])
    func `the limit holds for one`(compression: Compression) throws {
        let bytes = try Self.flushed([[UInt8](repeating: 0, count: 100_000)], compression)
        #expect(try `Compressed messages`.inflated(bytes, compression, limit: 100_000).count == 100_000)
        #expect(throws: CompressionError.tooLarge(limit: 99_999)) {
            try `Compressed messages`.inflated(bytes, compression, limit: 99_999)
        }
    }

    @Test(arguments: [Compression.gzip, .zlib])
    func `one that was flushed on its way and closed is checked to its end`(compression: Compression) throws {
        let message = `Compressed messages`.message
        let bytes = try Self.flushed([Array(message[..<500]), Array(message[500...])], compression, isClosed: true)
        #expect(try `Compressed messages`.inflated(bytes, compression) == message)
        var damaged = bytes
        damaged[damaged.count - 1] ^= 1
        #expect(throws: CompressionError.bad) { try `Compressed messages`.inflated(damaged, compression) }
    }

    @Test(arguments: [Int32(2), 3]) func `a server answers it`(type: Int32) throws {
        let compression = try #require(Compression(rawValue: type))
        let toy = try ToyServer()
        defer { toy.server.drain() }
        let client = try toy.client()
        for method in ["Inline", "Worker"] {
            let message = `Compressed messages`.message
            try client.sendRaw(
                requestPacket(method: method, message: Self.flushed([message], compression), compressType: type))
            #expect(Array(try client.receive().message) == message)
        }
    }
}
