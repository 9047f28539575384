import RPC
import TestSupport
import Testing

@Suite struct `Compressed messages` {
    static func deflated(_ bytes: [UInt8], _ compression: Compression) throws -> [UInt8] {
        var deflater = Deflater()
        return try #require(bytes.withUnsafeBytes { deflater.deflate($0, compression).map { Array($0) } })
    }

    /// What a client sends: the message itself where compressing it gains nothing.
    static func deflatedIfSmaller(_ bytes: [UInt8], _ compression: Compression) throws -> [UInt8] {
        var deflater = Deflater()
        return bytes.withUnsafeBytes { deflater.deflate($0, compression).map { Array($0) } } ?? bytes
    }

    static func inflated(
        _ bytes: [UInt8], _ compression: Compression, limit: Int = Limits.inflatedBytesMax
    ) throws(CompressionError) -> [UInt8] {
        var inflater = Inflater(bytesMax: limit)
        let result: Result<[UInt8], CompressionError> = bytes.withUnsafeBytes { bytes in
            do throws(CompressionError) {
                return .success(Array(try inflater.inflate(bytes, compression)))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    static let message = (0..<20_000).map { UInt8(truncatingIfNeeded: $0 / 7) }

    @Test(arguments: [Compression.snappy, .gzip, .zlib])
    func `what is compressed inflates to itself`(compression: Compression) throws {
        let small = try Self.deflated(Self.message, compression)
        #expect(small.count < Self.message.count / 4)
        #expect(try Self.inflated(small, compression) == Self.message)
    }

    @Test(arguments: [Compression.snappy, .gzip, .zlib])
    func `one inflater serves many messages, good and bad in turn`(compression: Compression) throws {
        let small = try Self.deflated(Self.message, compression)
        var inflater = Inflater()
        for round in 0..<20 {
            var bytes = small
            if round % 2 == 1 { bytes.removeLast(10) }
            bytes.withUnsafeBytes { bytes in
                let count = try? inflater.inflate(bytes, compression).count
                #expect(count == (round % 2 == 0 ? Self.message.count : nil))
            }
        }
    }

    @Test(arguments: [Compression.gzip, .zlib])
    func `a message cut anywhere is truncated`(compression: Compression) throws {
        let small = try Self.deflated(Array(Self.message[..<2000]), compression)
        for count in 0..<small.count {
            #expect(throws: CompressionError.truncated) { try Self.inflated(Array(small[..<count]), compression) }
        }
    }

    @Test(arguments: [Compression.gzip, .zlib])
    func `bytes after the message are refused`(compression: Compression) throws {
        let small = try Self.deflated(Self.message, compression)
        #expect(throws: CompressionError.trailingBytes(1)) { try Self.inflated(small + [0], compression) }
        #expect(throws: CompressionError.trailingBytes(small.count)) { try Self.inflated(small + small, compression) }
    }

    @Test(arguments: [Compression.gzip, .zlib])
    func `damage is found`(compression: Compression) throws {
        let small = try Self.deflated(Self.message, compression)
        for at in [0, 1, 2, small.count / 2, small.count - 1] {
            var bytes = small
            bytes[at] ^= 0x55
            #expect(throws: CompressionError.self) { try Self.inflated(bytes, compression) }
        }
    }

    @Test func `one format is not taken for the other`() throws {
        #expect(throws: CompressionError.bad) {
            try Self.inflated(try Self.deflated(Self.message, .gzip), .zlib)
        }
        #expect(throws: CompressionError.bad) {
            try Self.inflated(try Self.deflated(Self.message, .zlib), .gzip)
        }
    }

    @Test(arguments: [Compression.gzip, .zlib])
    func `a bomb of a thousand to one stops at the limit`(compression: Compression) throws {
        let bomb = try Self.deflated([UInt8](repeating: 0, count: 32 << 20), compression)
        #expect(bomb.count < 200_000)
        #expect(throws: CompressionError.tooLarge(limit: 1 << 20)) {
            try Self.inflated(bomb, compression, limit: 1 << 20)
        }
    }

    @Test func `a message of exactly the limit passes and one byte more does not`() throws {
        let small = try Self.deflated(Self.message, .zlib)
        #expect(try Self.inflated(small, .zlib, limit: Self.message.count) == Self.message)
        #expect(throws: CompressionError.tooLarge(limit: Self.message.count - 1)) {
            try Self.inflated(small, .zlib, limit: Self.message.count - 1)
        }
    }

    @Test func `a message that does not shrink stays plain`() {
        var random = SeededRandom(seed: 1)
        var deflater = Deflater()
        let isPlain = random.bytes(2000).withUnsafeBytes { deflater.deflate($0, .gzip) == nil }
        #expect(isPlain)
    }
}
