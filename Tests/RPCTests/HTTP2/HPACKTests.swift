import RPC
import TestSupport
import Testing

/// Header blocks (RFC 7541), held against nghttp2's coder.
@Suite struct `Header blocks` {
    private static func fields(_ random: inout SeededRandom) -> [HeaderField] {
        let names = [":path", ":authority", "content-type", "grpc-timeout", "x-trace", "user-agent", "te"]
        return (0..<random.number(0...9)).map { _ in
            let name = random.number(0...3) == 0 ? "x-\(random.number(0...40))" : names[random.number(0...6)]
            // Few values, so that tables are used, and now and then one that fills a table by itself.
            let count = random.number(0...30) == 0 ? random.number(0...5_000) : random.number(0...30)
            let kind = random.number(0...2)
            let value = String(
                decoding: (0..<count).map { kind == 0 ? 0x61 : kind == 1 ? UInt8($0 % 94 + 33) : UInt8($0 & 127) },
                as: Unicode.ASCII.self)
            return HeaderField(name, value)
        }
    }

    private static func pieces(_ bytes: [UInt8], _ random: inout SeededRandom) -> [[UInt8]] {
        var rest = bytes[...]
        var pieces: [[UInt8]] = []
        repeat {
            let piece = rest.prefix(random.number(0...3) == 0 ? random.number(0...9) : rest.count)
            pieces.append(Array(piece))
            rest = rest.dropFirst(piece.count)
        } while !rest.isEmpty
        return pieces
    }

    @Test func `what nghttp2 writes is read, through tables that fill, shrink and grow`() {
        var random = SeededRandom.printed()
        for _ in 0..<30 {
            let writer = ReferenceDeflater()
            var reader = HPACKDecoder()
            for _ in 0..<60 {
                if random.number(0...9) == 0 { writer.resize(random.number(0...4096)) }
                let fields = Self.fields(&random)
                let block = writer.block(fields, isKept: random.number(0...4) > 0)
                #expect(reader.fields(Self.pieces(block, &random)) == fields)
            }
        }
    }

    @Test func `bytes that nghttp2 refuses are refused, and those that it takes mean the same`() {
        var random = SeededRandom.printed()
        var (taken, refused) = (0, 0)
        for _ in 0..<3_000 {
            let writer = ReferenceDeflater()
            let reference = ReferenceInflater()
            var reader = HPACKDecoder()
            // Blocks of one connection, until one cannot be read.
            for _ in 0..<4 {
                var block = writer.block(Self.fields(&random).filter { $0.value.utf8.count < 200 })
                for _ in 0..<random.number(0...3) where !block.isEmpty {
                    let place = random.number(0...(block.count - 1))
                    switch random.number(0...3) {
                    case 0: block[place] = UInt8(random.number(0...255))
                    case 1: block[place] ^= 1 << UInt8(random.number(0...7))
                    case 2: block.remove(at: place)
                    default: block.insert(UInt8(random.number(0...255)), at: place)
                    }
                }
                let expected = reference.fields(block)
                let found = reader.fields([block])
                #expect(found == expected, "\(block)")
                guard expected != nil else {
                    refused += 1
                    break
                }
                taken += 1
            }
        }
        // Neither is what it shows by itself.
        #expect(taken > 1_000)
        #expect(refused > 500)
    }

    @Test func `every byte has its code, and half a code, wrong padding and the end's code are refused`() {
        let writer = ReferenceDeflater()
        var reader = HPACKDecoder()
        for byte in UInt8(0)...127 {
            // Three times 'e', so that most bytes are shorter coded than plain.
            let field = HeaderField("x", String(decoding: [byte] + Array(repeating: 0x65, count: 20), as: Unicode.ASCII.self))
            #expect(reader.fields([writer.block([field], isKept: false)]) == [field])
        }
        // 'e' is 00101, and three ones follow.
        #expect(reader.fields([[0, 1, 0x78, 0x81, 0x2f]]) == [HeaderField("x", "e")])
        for coded: [UInt8] in [[0x2e], [0x28], [0x2f, 0xff], [0xff, 0xff, 0xff, 0xff], [0xff, 0xff, 0xff, 0xfc]] {
            #expect(reader.fields([[0, 1, 0x78, 0x80 | UInt8(coded.count)] + coded]) == nil)
        }
    }

    @Test func `answers' fields are read by nghttp2, whatever sizes a client gives its table`() {
        var random = SeededRandom.printed()
        for _ in 0..<50 {
            let reader = ReferenceInflater()
            var writer = GRPCAnswerFields()
            for _ in 0..<100 {
                if random.number(0...7) == 0 {
                    let size = [0, 100, 255, 256, 4096, 65_536][random.number(0...5)]
                    writer.resize(size)
                    reader.resize(min(size, 4096))
                }
                let (block, expected) = Self.answer(&writer, &random)
                #expect(reader.fields(block) == expected)
            }
        }
    }

    private static func answer(
        _ writer: inout GRPCAnswerFields, _ random: inout SeededRandom
    ) -> ([UInt8], [HeaderField]) {
        let head = [HeaderField(":status", "200"), HeaderField("content-type", "application/grpc")]
        let room = UnsafeMutableRawBufferPointer.allocate(byteCount: GRPCAnswerFields.bytesMax, alignment: 1)
        defer { room.deallocate() }
        switch random.number(0...4) {
        case 0:
            let fields = [HeaderField("grpc-status", "5"), HeaderField("grpc-message", String(repeating: "a", count: 300))]
            return (writer.block(fields.map { (Array($0.name.utf8), Array($0.value.utf8)) }), fields)
        case 1:
            let count = writer.head(.gzip, to: room.baseAddress!)
            return (Array(room[..<count]), head + [HeaderField("grpc-encoding", "gzip")])
        case 2:
            let count = writer.head(.none, to: room.baseAddress!)
            return (Array(room[..<count]), head)
        default:
            let count = writer.ok(to: room.baseAddress!)
            return (Array(room[..<count]), [HeaderField("grpc-status", "0")])
        }
    }
}
