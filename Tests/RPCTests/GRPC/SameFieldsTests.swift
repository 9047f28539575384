import RPC
import TestSupport
import Testing

/// A client that sends the same header block again is not read again: where the table has changed meanwhile, it is.
@Suite struct `The same header fields again` {
    /// A literal with a name of the static table, which both tables remember.
    private static func kept(_ name: UInt8, _ value: String) -> [UInt8] {
        [0x40 | name, UInt8(value.utf8.count)] + Array(value.utf8)
    }

    private static func call(_ stream: UInt32, _ block: [UInt8], _ message: [UInt8]) -> [UInt8] {
        HTTP2.frame(HTTP2.Kind.headers, flags: HTTP2.Flag.endHeaders, stream: stream, block)
            + HTTP2.data(stream, GRPC.message(message), isLast: true)
    }

    // ":method: POST", ":scheme: http", and of the table the path and the content type, which came last.
    private static let path: UInt8 = 4
    private static let type: UInt8 = 31
    private static let again: [UInt8] = [0x83, 0x86, 0xbf, 0xbe]

    @Test func `they mean what the table says now, not what they meant`() throws {
        let toy = try ToyServer()
        defer { toy.server.drain() }
        let peer = try HTTP2Peer(toy)
        let inline = Self.kept(Self.path, "/toy.v1.EchoService/Inline")
        let start: [UInt8] = [0x83, 0x86]
        let type = Self.kept(Self.type, "application/grpc")
        peer.send(Self.call(1, start + inline + type, [1]))
        #expect(peer.reply(1)?.message == [1])
        for number in UInt8(1)...5 {
            let stream = UInt32(2 * number + 1)
            peer.send(Self.call(stream, Self.again, [number]))
            #expect(peer.reply(stream)?.message == [number])
        }
        // The same bytes, and the path is another.
        let nowhere = Self.kept(Self.path, "/toy.v1.EchoService/Nowhere")
        peer.send(Self.call(13, start + nowhere + type, [1]))
        #expect(peer.reply(13)?.status == 12)
        peer.send(Self.call(15, Self.again, [1]))
        #expect(peer.reply(15)?.status == 12)
        // The table is emptied, and what the bytes name is not there.
        peer.send(Self.call(17, [0x20] + start + type, [1]))
        #expect(peer.reply(17)?.reset == HTTP2.Code.protocolError)
        peer.send(Self.call(19, Self.again, [1]))
        #expect(peer.codeAtEnd() == HTTP2.Code.compression)
    }

    @Test func `many calls in one read, with the same fields and a deadline of their own now and then`() throws {
        let toy = try ToyServer()
        defer { toy.server.drain() }
        let peer = try HTTP2Peer(toy)
        let writer = ReferenceDeflater()
        var random = SeededRandom.printed()
        let fields = GRPC.fields("Inline").map { HeaderField($0.0, $0.1) }
        for round in 0..<20 {
            let streams = (0..<60).map { UInt32(2 * (60 * round + $0) + 1) }
            var bytes: [UInt8] = []
            for stream in streams {
                let more = random.chance(10) ? [HeaderField("grpc-timeout", "\(random.number(1...99))S")] : []
                bytes += Self.call(stream, writer.block(fields + more), HTTP2.bytes(stream))
            }
            peer.send(bytes)
            for stream in streams { #expect(peer.reply(stream)?.message == HTTP2.bytes(stream)) }
        }
    }
}
