import Glibc
import RPC
import Testing

@Suite struct `Frame decoder` {
    struct Parts: Equatable {
        let meta: [UInt8]
        let payload: [UInt8]
    }

    /// Three packets: an ordinary one, one without a payload, one without anything.
    static let parts = [
        Parts(meta: Array(1...9), payload: Array(100...140)), Parts(meta: [7], payload: []),
        Parts(meta: [], payload: []),
        Parts(meta: Array(1...30), payload: Array(0...255)),
    ]
    static let stream = parts.flatMap { packet(meta: $0.meta, payload: $0.payload) }

    /// Feeds the pieces one by one; returns the packets that came out.
    static func decode(_ pieces: [[UInt8]], limit: Int = Limits.frameBodyBytesMax) throws(FrameError) -> [Parts] {
        var decoder = FrameDecoder(bodyBytesMax: limit)
        var found: [Parts] = []
        for piece in pieces {
            // A copy that is gone afterwards: the decoder must not keep pointers into it.
            let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: piece.count, alignment: 1)
            bytes.copyBytes(from: piece)
            defer { bytes.deallocate() }
            var input = UnsafeRawBufferPointer(bytes)
            loop: while true {
                switch decoder.next(&input) {
                case .frame(let frame): found.append(Parts(meta: Array(frame.meta), payload: Array(frame.payload)))
                case .needMore: break loop
                case .bad(let error): throw error
                }
            }
            #expect(input.isEmpty)
        }
        return found
    }

    @Test func `a stream split at any two bytes decodes the same`() throws {
        let stream = Self.stream
        for first in 0...stream.count {
            for second in first...stream.count {
                let pieces = [Array(stream[..<first]), Array(stream[first..<second]), Array(stream[second...])]
                let found = try Self.decode(pieces)
                guard found == Self.parts else {
                    Issue.record("split at \(first) and \(second)")
                    return
                }
            }
        }
    }

    @Test(arguments: [1, 2, 3, 5, 7, 11, 12, 13, 64])
    func `a stream fed in pieces of one size decodes the same`(size: Int) throws {
        let stream = Self.stream
        let pieces = stride(from: 0, to: stream.count, by: size).map {
            Array(stream[$0..<min($0 + size, stream.count)])
        }
        #expect(try Self.decode(pieces) == Self.parts)
    }

    @Test func `a wrong header is refused as soon as its twelve bytes are there`() {
        let cases: [([UInt8], FrameError)] = [
            (header(magic: "HTTP", body: 4, meta: 2), .notPRPC(firstBytes: 0x4854_5450)),
            (header(body: 101, meta: 2), .bodyTooLarge(claimed: 101, limit: 100)),
            (header(body: 0xffff_ffff, meta: 2), .bodyTooLarge(claimed: 0xffff_ffff, limit: 100)),
            (header(body: 10, meta: 11), .metaLargerThanBody(meta: 11, body: 10)),
            (header(body: 10, meta: 0xffff_ffff), .metaLargerThanBody(meta: 0xffff_ffff, body: 10)),
        ]
        for (bytes, error) in cases {
            #expect(throws: error) { try Self.decode([bytes], limit: 100) }
            #expect(throws: error) { try Self.decode(bytes.map { [$0] }, limit: 100) }
        }
    }

    @Test func `the header's eleven bytes alone are no verdict`() throws {
        #expect(try Self.decode([Array("HTTP/1.1 20".utf8)]).isEmpty)
    }

    @Test func `a body of exactly the limit passes`() throws {
        let bytes = packet(meta: [1], payload: [UInt8](repeating: 2, count: 99))
        #expect(try Self.decode([bytes], limit: 100).count == 1)
    }

    @Test func `after a wrong header nothing is decoded any more`() {
        var decoder = FrameDecoder(bodyBytesMax: 100)
        for bytes in [header(magic: "HTTP", body: 4, meta: 2), Self.stream, [1], Self.stream] {
            bytes.withUnsafeBytes {
                var input = $0
                guard case .bad(.notPRPC) = decoder.next(&input) else {
                    Issue.record("decoded after a wrong header")
                    return
                }
            }
        }
    }

    @Test func `memory grows with what has come and not with what is claimed`() {
        let limit = Limits.frameBodyBytesMax
        var decoder = FrameDecoder(bodyBytesMax: limit)
        var received = 0
        func feed(_ bytes: [UInt8]) {
            received += bytes.count
            bytes.withUnsafeBytes {
                var input = $0
                guard case .needMore = decoder.next(&input) else {
                    Issue.record("a packet that is not complete came out")
                    return
                }
            }
        }
        feed(header(body: UInt32(limit), meta: 10))
        let piece = [UInt8](repeating: 1, count: 1000)
        for _ in 0..<2000 {
            feed(piece)
            #expect(decoder.heldBytes == received)
            #expect(decoder.heldCapacity <= max(64, 2 * received))
        }
    }

    @Test func `memory for one packet ends at header and limit`() {
        var decoder = FrameDecoder(bodyBytesMax: 1000)
        let bytes = packet(meta: [], payload: [UInt8](repeating: 1, count: 1000))
        var largest = 0
        for byte in bytes {
            [byte].withUnsafeBytes {
                var input = $0
                _ = decoder.next(&input)
            }
            largest = max(largest, decoder.heldCapacity)
        }
        #expect(largest == FrameDecoder.headerBytes + 1000)
    }

    @Test func `a held packet can be taken over whole`() throws {
        var decoder = FrameDecoder()
        let bytes = packet(meta: [1, 2], payload: [3, 4, 5])
        var taken: UnsafeMutableRawPointer?
        for piece in [bytes[..<5], bytes[5...]] {
            Array(piece).withUnsafeBytes {
                var input = $0
                if case .frame = decoder.next(&input) { taken = decoder.detach() }
            }
        }
        let memory = try #require(taken)
        #expect(Array(UnsafeRawBufferPointer(start: memory, count: bytes.count)) == bytes)
        #expect(decoder.heldCapacity == 0)
        free(memory)
        Self.stream.withUnsafeBytes {
            var input = $0
            guard case .frame = decoder.next(&input) else {
                Issue.record("nothing decoded afterwards")
                return
            }
        }
    }
}
