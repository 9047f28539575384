import RPC
import TestSupport
import Testing

/// Clients that make a server work and ask for nothing: each is stopped, told why, counted, and holds nothing after.
@Suite struct `Floods over HTTP/2` {
    struct Flood: CustomTestStringConvertible {
        let testDescription: String
        /// What comes once.
        var first: [UInt8] = []
        /// What comes again and again.
        let piece: @Sendable (_ index: Int) -> [UInt8]
        let pieces: Int
    }

    private static let open = HTTP2.headers(1, GRPC.fields("Inline"))
    private static let endless = HTTP2.headers(1, GRPC.fields("Inline"), endsHeaders: false)

    static let floods: [Flood] = [
        Flood(
            testDescription: "streams that are reset at once (CVE-2023-44487)",
            piece: { HTTP2.headers(UInt32(2 * $0 + 1), GRPC.fields("Worker")) + HTTP2.reset(UInt32(2 * $0 + 1)) },
            pieces: 2 * Limits.http2ResetsMax),
        Flood(
            testDescription: "whole requests that are reset at once",
            piece: { GRPC.call(UInt32(2 * $0 + 1), "Worker", [1]) + HTTP2.reset(UInt32(2 * $0 + 1)) },
            pieces: 2 * Limits.http2ResetsMax),
        Flood(
            testDescription: "a header block that never ends (CVE-2024-28182)", first: endless,
            piece: { _ in HTTP2.frame(9, stream: 1, HTTP2.block([("x-more", "1")])) },
            pieces: 10 * Limits.http2ContinuationsMax),
        Flood(
            testDescription: "header fields without end", first: endless,
            piece: { _ in HTTP2.frame(9, stream: 1, HTTP2.block([("x-more", String(repeating: "a", count: 16_000))])) },
            pieces: Limits.http2ContinuationsMax),
        Flood(
            testDescription: "fields that cost nothing to send (CVE-2019-9516)", first: endless,
            // One byte each, out of the table that every peer has.
            piece: { _ in HTTP2.frame(9, stream: 1, [UInt8](repeating: 0x90, count: 4_000)) },
            pieces: Limits.http2ContinuationsMax),
        Flood(
            testDescription: "settings (CVE-2019-9515)", piece: { _ in HTTP2.settings([(4, 65_535)]) }, pieces: 2_000),
        Flood(
            testDescription: "pings (CVE-2019-9512)",
            piece: { _ in HTTP2.frame(6, [UInt8](repeating: 1, count: 8)) }, pieces: 10),
        Flood(
            testDescription: "priorities (CVE-2019-9513)",
            piece: { HTTP2.frame(2, stream: UInt32(2 * ($0 % 1_000) + 1), [0, 0, 0, 0, 9]) }, pieces: 40_000),
        Flood(
            testDescription: "resets that the server has to send (CVE-2019-9514)",
            piece: { HTTP2.headers(UInt32(2 * $0 + 1), [("X-UPPER", "1")]) }, pieces: 4_000),
        Flood(
            testDescription: "empty data (CVE-2019-9518)", first: open, piece: { _ in HTTP2.data(1, []) },
            pieces: 40_000),
        Flood(
            testDescription: "data that is padding alone", first: open,
            piece: { _ in HTTP2.frame(0, flags: HTTP2.Flag.padded, stream: 1, [3, 0, 0, 0]) }, pieces: 40_000),
        Flood(
            testDescription: "windows that open by one (CVE-2019-9511, 9517)", first: open,
            piece: { _ in HTTP2.windowUpdate(0, 1) }, pieces: 40_000),
        Flood(
            testDescription: "frames that nobody knows", piece: { _ in HTTP2.frame(0xee, [1]) }, pieces: 40_000),
    ]

    @Test(arguments: floods)
    func `a flood ends with ENHANCE_YOUR_CALM, and what it held is given back`(flood: Flood) throws {
        let toy = try ToyServer()
        defer { toy.server.drain() }
        let peer = try HTTP2Peer(toy)
        peer.send(flood.first)
        var sent = 0
        // In pieces of a read; the server closes in the middle.
        while sent < flood.pieces {
            let next = min(sent + 500, flood.pieces)
            guard peer.send((sent..<next).flatMap(flood.piece)) else { break }
            sent = next
            #expect(toy.server.statistics.heldBytes < 2 << 20)
        }
        #expect(peer.codeAtEnd() ?? HTTP2.Code.calm == HTTP2.Code.calm)
        eventually { toy.server.statistics.connectionsOpen == 0 }
        #expect(toy.server.statistics.closedForFloods == 1)
        eventually { toy.server.statistics.heldBytes == 0 && toy.server.statistics.queuedRequests == 0 }
        #expect(toy.logged(of: peer.peer).count == 1)
        let other = try HTTP2Peer(toy)
        other.send(GRPC.call(1, "Inline", [4]))
        #expect(other.reply(1)?.message == [4])
    }

    @Test func `pings between answers are a client's measuring, and too many without are named as gRPC does`() throws {
        let toy = try ToyServer()
        defer { toy.server.drain() }
        let peer = try HTTP2Peer(toy)
        let ping = HTTP2.frame(6, [UInt8](repeating: 1, count: 8))
        for number in 0..<20 {
            let stream = UInt32(2 * number + 1)
            peer.send(ping + GRPC.call(stream, "Inline", [UInt8(number)]) + ping)
            #expect(peer.reply(stream)?.message == [UInt8(number)])
        }
        for _ in 0..<4 { peer.send(ping) }
        #expect(peer.codeAtEnd() == HTTP2.Code.calm)
        #expect(peer.goAways.last?.text == "too_many_pings")
    }

    @Test func `who calls and gives up at a client's pace is served`() throws {
        let toy = try ToyServer()
        defer { toy.server.drain() }
        let peer = try HTTP2Peer(toy)
        for number in 0..<200 {
            let stream = UInt32(4 * number + 1)
            peer.send(GRPC.call(stream, "Inline", [1]) + HTTP2.reset(stream) + GRPC.call(stream + 2, "Inline", [2]))
            #expect(peer.reply(stream + 2)?.message == [2])
        }
        #expect(toy.server.statistics.closedForFloods == 0)
    }

    @Test func `a bucket gives what it has and what time brings, and no more`() {
        var random = SeededRandom.printed()
        for _ in 0..<50 {
            let (capacity, rate) = (random.number(1...100), random.number(1...1000))
            var now: UInt64 = 5
            var bucket = TokenBucket(capacity, perSecond: rate, now: now)
            var taken = 0
            for _ in 0..<300 {
                now += UInt64(random.number(0...20_000_000))
                if bucket.take(now: now) { taken += 1 }
                #expect(taken <= capacity + Int(now) * rate / 1_000_000_000 + 1)
            }
            now += 1_000_000_000 * UInt64(capacity)
            var full = 0
            while bucket.take(now: now) { full += 1 }
            #expect(full == capacity)
        }
    }

    @Test func `a client that opens no window for its answers is cut off like any that does not read`() throws {
        let toy = try ToyServer { $0.slowReader = .milliseconds(300) }
        defer { toy.server.drain() }
        let peer = try HTTP2Peer(toy, window: 0)
        peer.send(GRPC.call(1, "Inline", [UInt8](repeating: 1, count: 1000)))
        while peer.next() != nil {}
        #expect(toy.server.statistics.slowReaders == 1)
    }

    @Test func `answers that the windows hold back stop the workers, and are counted`() throws {
        let toy = try ToyServer { $0.pendingWritePauseBytes = 1 << 20 }
        defer { toy.server.drain() }
        let peer = try HTTP2Peer(toy, window: 0)
        let size = withUnsafeBytes(of: UInt32(700_000)) { Array($0) }
        for number in 0..<40 { peer.send(GRPC.call(UInt32(2 * number + 1), "Large", size)) }
        eventually { toy.server.statistics.workPauses > 0 }
        #expect(toy.server.statistics.heldBytes < 8 << 20)
        // The windows open, and everything comes.
        peer.send(HTTP2.settings([(4, 1 << 20)]) + HTTP2.windowUpdate(0, 64 << 20))
        for number in 0..<40 { #expect(peer.reply(UInt32(2 * number + 1))?.message.count == 700_000) }
    }

    @Test func `a request that does not end in time is refused, and its connection goes on`() throws {
        let toy = try ToyServer { $0.partialFrame = .milliseconds(300) }
        defer { toy.server.drain() }
        let peer = try HTTP2Peer(toy)
        peer.send(HTTP2.headers(1, GRPC.fields("Inline")) + HTTP2.data(1, [0, 0, 0]))
        let reply = try #require(peer.reply(1))
        #expect(reply.status == 4)
        #expect(reply.text.hasPrefix("the request was not whole within"))
        peer.send(GRPC.call(3, "Inline", [3]))
        #expect(peer.reply(3)?.message == [3])
    }
}
