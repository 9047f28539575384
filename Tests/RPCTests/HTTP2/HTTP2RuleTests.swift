import RPC
import TestSupport
import Testing

/// What breaks HTTP/2's rules, as raw bytes: the connection ends with the code that RFC 9113 names, or the stream does.
@Suite struct `The rules of HTTP/2` {
    struct Breach: CustomTestStringConvertible {
        let testDescription: String
        let bytes: [UInt8]
        let code: UInt32
        /// Sent in place of the preface and the settings.
        var isFirst = false
    }

    private static let open = HTTP2.headers(1, GRPC.fields("Inline"))

    static let breaches: [Breach] = [
        Breach(
            testDescription: "a preface that goes on otherwise", bytes: Array("PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n".utf8),
            code: HTTP2.Code.protocolError, isFirst: true),
        Breach(
            testDescription: "no settings after the preface", bytes: HTTP2.preface + HTTP2.frame(6, [UInt8](repeating: 0, count: 8)),
            code: HTTP2.Code.protocolError, isFirst: true),
        Breach(
            testDescription: "a frame above the announced size",
            bytes: open + HTTP2.data(1, [UInt8](repeating: 0, count: 16_385)), code: HTTP2.Code.frameSize),
        Breach(
            testDescription: "a stream with an even number", bytes: HTTP2.headers(2, GRPC.fields("Inline")),
            code: HTTP2.Code.protocolError),
        Breach(
            testDescription: "header fields on stream 0", bytes: HTTP2.headers(0, GRPC.fields("Inline")),
            code: HTTP2.Code.protocolError),
        Breach(testDescription: "data on stream 0", bytes: HTTP2.data(0, [1]), code: HTTP2.Code.protocolError),
        Breach(testDescription: "data on an idle stream", bytes: HTTP2.data(7, [1]), code: HTTP2.Code.protocolError),
        Breach(testDescription: "a reset of an idle stream", bytes: HTTP2.reset(7), code: HTTP2.Code.protocolError),
        Breach(testDescription: "a reset on stream 0", bytes: HTTP2.reset(0), code: HTTP2.Code.protocolError),
        Breach(
            testDescription: "a reset of three bytes", bytes: open + HTTP2.frame(3, stream: 1, [0, 0, 0]),
            code: HTTP2.Code.frameSize),
        Breach(
            testDescription: "a window of the connection that opens by 0", bytes: HTTP2.windowUpdate(0, 0),
            code: HTTP2.Code.protocolError),
        Breach(
            testDescription: "a window of the connection above 2^31 - 1", bytes: HTTP2.windowUpdate(0, 0x7fff_ffff),
            code: HTTP2.Code.flowControl),
        Breach(
            testDescription: "a window update of three bytes", bytes: HTTP2.frame(8, [0, 0, 1]),
            code: HTTP2.Code.frameSize),
        Breach(
            testDescription: "settings of five bytes", bytes: HTTP2.frame(4, [0, 3, 0, 0, 1]), code: HTTP2.Code.frameSize),
        Breach(
            testDescription: "settings on a stream", bytes: HTTP2.frame(4, stream: 1), code: HTTP2.Code.protocolError),
        Breach(
            testDescription: "an acknowledgement of settings with a payload",
            bytes: HTTP2.frame(4, flags: HTTP2.Flag.ack, [0, 3, 0, 0, 0, 1]), code: HTTP2.Code.frameSize),
        Breach(
            testDescription: "a first window above 2^31 - 1", bytes: HTTP2.settings([(4, 0x8000_0000)]),
            code: HTTP2.Code.flowControl),
        Breach(
            testDescription: "a largest frame below 2^14", bytes: HTTP2.settings([(5, 16_383)]),
            code: HTTP2.Code.protocolError),
        Breach(testDescription: "push that is neither on nor off", bytes: HTTP2.settings([(2, 2)]), code: HTTP2.Code.protocolError),
        Breach(testDescription: "a ping of seven bytes", bytes: HTTP2.frame(6, [1, 2, 3, 4, 5, 6, 7]), code: HTTP2.Code.frameSize),
        Breach(
            testDescription: "a ping on a stream", bytes: HTTP2.frame(6, stream: 1, [1, 2, 3, 4, 5, 6, 7, 8]),
            code: HTTP2.Code.protocolError),
        Breach(
            testDescription: "a header block that goes on without having begun",
            bytes: HTTP2.frame(9, flags: HTTP2.Flag.endHeaders, stream: 1, HTTP2.block([("a", "b")])),
            code: HTTP2.Code.protocolError),
        Breach(
            testDescription: "another frame inside a header block",
            bytes: HTTP2.headers(1, GRPC.fields("Inline"), endsHeaders: false) + HTTP2.frame(6, [UInt8](repeating: 0, count: 8)),
            code: HTTP2.Code.protocolError),
        Breach(
            testDescription: "a header block that goes on in another stream",
            bytes: HTTP2.headers(1, GRPC.fields("Inline"), endsHeaders: false)
                + HTTP2.frame(9, flags: HTTP2.Flag.endHeaders, stream: 3, HTTP2.block([("a", "b")])),
            code: HTTP2.Code.protocolError),
        Breach(
            testDescription: "more padding than frame",
            bytes: open + HTTP2.frame(0, flags: HTTP2.Flag.padded, stream: 1, [9, 1, 2]), code: HTTP2.Code.protocolError),
        Breach(
            testDescription: "a header block that names what no table has",
            bytes: HTTP2.frame(1, flags: HTTP2.Flag.endHeaders, stream: 1, [0xff, 0xff, 0x7f]), code: HTTP2.Code.compression),
        Breach(
            testDescription: "a header block that ends inside a field",
            bytes: HTTP2.frame(1, flags: HTTP2.Flag.endHeaders, stream: 1, [0, 9, 65]), code: HTTP2.Code.compression),
        Breach(
            testDescription: "a promise of a push", bytes: HTTP2.frame(5, flags: 4, stream: 1, HTTP2.bytes(2)),
            code: HTTP2.Code.protocolError),
        Breach(testDescription: "a priority of four bytes", bytes: HTTP2.frame(2, stream: 1, [0, 0, 0, 0]), code: HTTP2.Code.frameSize),
        Breach(testDescription: "a GOAWAY of seven bytes", bytes: HTTP2.frame(7, [0, 0, 0, 0, 0, 0, 0]), code: HTTP2.Code.frameSize),
    ]

    @Test(arguments: breaches)
    func `a breach of the connection's rules ends it with the code of RFC 9113`(breach: Breach) throws {
        let toy = try ToyServer()
        defer { toy.server.drain() }
        let peer = try HTTP2Peer(toy, isSilent: breach.isFirst)
        peer.send(breach.bytes)
        #expect(peer.codeAtEnd() == breach.code)
        eventually { toy.server.statistics.connectionsOpen == 0 }
        #expect(toy.server.statistics.closedForBadFrames == 1)
        #expect(toy.logged(of: peer.peer).count == 1)
        // Others go on.
        let other = try HTTP2Peer(toy)
        other.send(GRPC.call(1, "Inline", [1, 2]))
        #expect(other.reply(1)?.message == [1, 2])
    }

    @Test(arguments: [
        ("an upper-case name", [("X-Upper", "1")]), ("a name of the connection", [("connection", "keep-alive")]),
        ("a pseudo-field behind others", [(":path", "/")]), ("an empty name", [("", "x")]),
        ("a line break in a value", [("x", "a\r\nb")]),
    ])
    func `a request with malformed fields is reset, and the connection goes on`(
        _ what: String, _ more: [(String, String)]
    ) throws {
        let toy = try ToyServer()
        defer { toy.server.drain() }
        let peer = try HTTP2Peer(toy)
        peer.send(GRPC.call(1, "Inline", [1], more: more))
        let reply = try #require(peer.reply(1))
        #expect(reply.reset == HTTP2.Code.protocolError)
        peer.send(GRPC.call(3, "Inline", [3]))
        #expect(peer.reply(3)?.message == [3])
    }

    @Test func `data behind the end of a request is a fault of the connection`() throws {
        let toy = try ToyServer()
        defer { toy.server.drain() }
        let peer = try HTTP2Peer(toy)
        peer.send(GRPC.call(1, "Gated", [1]) + HTTP2.data(1, [2]))
        toy.gate.open()
        let reply = peer.reply(1)
        #expect(reply == nil)
        #expect(peer.codeAtEnd() == HTTP2.Code.streamClosed)
    }

    @Test func `a stream below an earlier one counts as closed: what is sent on it is passed over`() throws {
        let toy = try ToyServer()
        defer { toy.server.drain() }
        let peer = try HTTP2Peer(toy)
        peer.send(GRPC.call(5, "Inline", [5]) + GRPC.call(3, "Inline", [3]) + GRPC.call(7, "Inline", [7]))
        #expect(peer.reply(7)?.message == [7])
        #expect(peer.reply(5)?.message == [5])
        eventually { toy.server.statistics.requests == 2 }
    }

    @Test func `a window of a stream above the limit resets the stream alone`() throws {
        let toy = try ToyServer()
        defer { toy.server.drain() }
        let peer = try HTTP2Peer(toy)
        peer.send(HTTP2.headers(1, GRPC.fields("Inline")) + HTTP2.windowUpdate(1, 0x7fff_ffff))
        #expect(peer.reply(1)?.reset == HTTP2.Code.flowControl)
        peer.send(GRPC.call(3, "Inline", [3]))
        #expect(peer.reply(3)?.message == [3])
    }

    @Test func `padding, priorities, unknown frames and settings, split header blocks and trailers change nothing`() throws {
        let toy = try ToyServer()
        defer { toy.server.drain() }
        let peer = try HTTP2Peer(toy)
        let block = HTTP2.block(GRPC.fields("Inline"))
        let message = GRPC.message([7, 8, 9])
        var bytes = HTTP2.frame(0xbe, stream: 0, [1, 2, 3]) + HTTP2.settings([(0x77, 1)])
        bytes += HTTP2.frame(2, stream: 1, [0, 0, 0, 0, 15])
        bytes += HTTP2.frame(1, flags: 0, stream: 1, Array(block[..<10]))
        bytes += HTTP2.frame(9, flags: 0, stream: 1, Array(block[10..<20]))
        bytes += HTTP2.frame(9, flags: HTTP2.Flag.endHeaders, stream: 1, Array(block[20...]))
        bytes += HTTP2.frame(0, flags: HTTP2.Flag.padded, stream: 1, [3] + message + [0, 0, 0])
        bytes += HTTP2.headers(1, [("x-checksum", "1")], isLast: true)
        peer.send(bytes)
        let reply = try #require(peer.reply(1))
        #expect(reply.message == [7, 8, 9])
        #expect(reply.status == 0)
    }

    @Test func `a client with a shut window gets its answer piece by piece as it opens it`() throws {
        let toy = try ToyServer()
        defer { toy.server.drain() }
        let peer = try HTTP2Peer(toy, window: 0)
        let message = (0..<100).map { UInt8($0) }
        peer.send(GRPC.call(1, "Inline", message))
        let head = try #require(peer.wait(for: HTTP2.Kind.headers))
        #expect(!head.has(HTTP2.Flag.endStream))
        var got: [UInt8] = []
        while got.count < 105 {
            peer.send(HTTP2.windowUpdate(1, 10))
            let frame = try #require(peer.wait(for: HTTP2.Kind.data))
            #expect(frame.payload.count <= 10)
            got += frame.payload
        }
        #expect(got == GRPC.message(message))
        #expect(peer.reply(1)?.status == 0)
    }

    @Test func `what is announced is what is kept to`() throws {
        let toy = try ToyServer()
        defer { toy.server.drain() }
        let peer = try HTTP2Peer(toy)
        // One stream more than is taken, from a client that does not know the limit yet.
        let streams = (0...Limits.http2StreamsMax).map { UInt32(2 * $0 + 1) }
        peer.send(streams.flatMap { HTTP2.headers($0, GRPC.fields("Inline")) })
        let settings = try #require(peer.wait(for: HTTP2.Kind.settings)).payload
        var values: [UInt8: UInt32] = [:]
        for start in stride(from: 0, to: settings.count, by: 6) {
            values[settings[start + 1]] = settings[(start + 2)..<(start + 6)].reduce(0) { $0 << 8 | UInt32($1) }
        }
        #expect(values[3] == UInt32(Limits.http2StreamsMax))
        #expect(values[4] == UInt32(Limits.http2StreamWindowBytes))
        #expect(values[6] == UInt32(Limits.http2HeaderBytesMax))
        let window = try #require(peer.wait(for: HTTP2.Kind.windowUpdate))
        #expect(window.stream == 0)
        #expect(window.number() == UInt32(Limits.http2ConnectionWindowBytes - 65_535))
        // It is refused, and the others are answered.
        #expect(peer.reply(streams.last!)?.reset == HTTP2.Code.refusedStream)
        for stream in streams.dropLast() { peer.send(HTTP2.data(stream, GRPC.message([5]), isLast: true)) }
        for stream in streams.dropLast() { #expect(peer.reply(stream)?.message == [5]) }
    }

    @Test func `a stream too many of a client that knows the limit ends its connection`() throws {
        let toy = try ToyServer()
        defer { toy.server.drain() }
        let peer = try HTTP2Peer(toy)
        peer.send(GRPC.call(1, "Inline", [1]))
        // Its settings are acknowledged before what comes next.
        #expect(peer.reply(1)?.message == [1])
        let streams = (1...Limits.http2StreamsMax + 1).map { UInt32(2 * $0 + 1) }
        peer.send(streams.flatMap { HTTP2.headers($0, GRPC.fields("Inline")) })
        #expect(peer.codeAtEnd() == HTTP2.Code.protocolError)
    }
}
