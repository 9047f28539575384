import Dispatch
import RPC
import Synchronization
import TestSupport
import Testing

/// The end of a server as gRPC's clients see it, and calls that are streams.
@Suite struct `gRPC's end and streams` {
    @Test func `the end is told twice, and what was sent before the client knew is answered`() throws {
        let toy = try ToyServer { $0.drain = .seconds(60) }
        let peer = try HTTP2Peer(toy)
        peer.send(GRPC.call(1, "Gated", [1]))
        toy.gate.waitForArrival()
        let ended = DispatchGroup()
        let cutOff = Atomic<Int>(-1)
        DispatchQueue.global().async(group: ended) { cutOff.store(toy.server.drain(), ordering: .relaxed) }
        let ping = try #require(peer.wait(for: HTTP2.Kind.ping))
        #expect(peer.goAways.map(\.last) == [0x7fff_ffff])
        #expect(peer.goAways.map(\.code) == [HTTP2.Code.none])
        // It was on its way.
        peer.send(GRPC.call(3, "Inline", [3]))
        #expect(peer.reply(3)?.message == [3])
        peer.send(HTTP2.frame(HTTP2.Kind.ping, flags: HTTP2.Flag.ack, ping.payload))
        let last = try #require(peer.wait(for: HTTP2.Kind.goAway))
        #expect(last.number() == 3)
        // It was not: the client can ask another server.
        peer.send(GRPC.call(5, "Inline", [5]))
        toy.gate.open()
        #expect(peer.reply(1)?.message == [1])
        #expect(peer.codeAtEnd() == HTTP2.Code.none)
        #expect(peer.reply(5) == nil)
        ended.wait(for: "the server's end")
        #expect(cutOff.load(ordering: .relaxed) == 0)
    }

    @Test func `a client that acknowledges nothing is told again after a second`() throws {
        let toy = try ToyServer { $0.drain = .seconds(60) }
        let peer = try HTTP2Peer(toy)
        peer.send(GRPC.call(1, "Inline", [1]))
        #expect(peer.reply(1)?.message == [1])
        let ended = DispatchGroup()
        DispatchQueue.global().async(group: ended) { toy.server.drain() }
        #expect(peer.codeAtEnd() == HTTP2.Code.none)
        #expect(peer.goAways.map(\.last) == [0x7fff_ffff, 1])
        ended.wait(for: "the server's end")
    }

    @Test func `an idle connection is told that it goes`() throws {
        let toy = try ToyServer { $0.idle = .milliseconds(200) }
        defer { toy.server.drain() }
        let peer = try HTTP2Peer(toy)
        peer.send(GRPC.call(1, "Inline", [1]))
        #expect(peer.reply(1)?.message == [1])
        #expect(peer.codeAtEnd() == HTTP2.Code.none)
        #expect(peer.goAways.map(\.last) == [1])
        #expect(toy.server.statistics.idleTimeouts == 1)
    }

    /// Counts its ticks, echoes, and says at the drain that it ends.
    final class Echo: StreamCall {
        private var ticks = 0

        func received(_ message: UnsafeRawBufferPointer, _ answers: inout StreamAnswers) {
            if message.first == 0xff { return answers.finish(.failed(.badRequest, "255 is no number")) }
            answers.send(Array(message))
        }

        func clientEnded(_ answers: inout StreamAnswers) { answers.finish(.ok) }

        func tick(isDraining: Bool, _ answers: inout StreamAnswers) {
            ticks += 1
            if ticks == 1 || isDraining { answers.send([isDraining ? 200 : 100]) }
        }
    }

    static func streaming() throws -> (ToyServer, HTTP2Peer) {
        let toy = try ToyServer {
            $0.streams = [StreamMethod(service: "toy.v1.Watch", name: "Echo", begin: { Echo() })]
        }
        return (toy, try HTTP2Peer(toy))
    }

    static func open(_ stream: UInt32) -> [UInt8] { HTTP2.headers(stream, GRPC.fields("Echo", service: "toy.v1.Watch")) }

    @Test func `a stream answers message by message, by itself too, and ends with its client`() throws {
        let (toy, peer) = try Self.streaming()
        defer { toy.server.drain() }
        peer.send(Self.open(1) + HTTP2.data(1, GRPC.message([1]) + GRPC.message([2, 2])))
        #expect(peer.wait(for: HTTP2.Kind.data)?.payload == GRPC.message([1]) + GRPC.message([2, 2]))
        // Of its own.
        #expect(peer.wait(for: HTTP2.Kind.data)?.payload == GRPC.message([100]))
        // Another call beside it.
        peer.send(GRPC.call(3, "Inline", [3]))
        #expect(peer.reply(3)?.message == [3])
        peer.send(HTTP2.data(1, GRPC.message([4]), isLast: true))
        let reply = try #require(peer.reply(1))
        #expect(reply.body == [[1], [2, 2], [100], [4]].flatMap { GRPC.message($0) })
        #expect(reply.status == 0)
    }

    @Test func `a stream's own error ends it, and the others go on`() throws {
        let (toy, peer) = try Self.streaming()
        defer { toy.server.drain() }
        peer.send(Self.open(1) + HTTP2.data(1, GRPC.message([1]) + GRPC.message([0xff])))
        let reply = try #require(peer.reply(1))
        #expect(reply.status == 3)
        #expect(reply.text == "255 is no number")
        #expect(reply.body == GRPC.message([1]))
        peer.send(GRPC.call(3, "Inline", [3]))
        #expect(peer.reply(3)?.message == [3])
    }

    @Test func `more streams than a connection may watch are refused`() throws {
        let (toy, peer) = try Self.streaming()
        defer { toy.server.drain() }
        let streams = (0...Limits.streamCallsMax).map { UInt32(2 * $0 + 1) }
        for stream in streams { peer.send(Self.open(stream)) }
        #expect(peer.reply(streams.last!)?.status == 8)
        // One that ends makes room.
        peer.send(HTTP2.data(1, [], isLast: true))
        #expect(peer.reply(1)?.status == 0)
        peer.send(Self.open(101) + HTTP2.data(101, GRPC.message([1]), isLast: true))
        #expect(peer.reply(101)?.status == 0)
    }

    @Test func `the server's end is told to streams, which end`() throws {
        let (toy, peer) = try Self.streaming()
        peer.send(Self.open(1))
        #expect(peer.wait(for: HTTP2.Kind.data)?.payload == GRPC.message([100]))
        let ended = DispatchGroup()
        DispatchQueue.global().async(group: ended) { toy.server.drain() }
        let reply = try #require(peer.reply(1))
        #expect(reply.body == GRPC.message([100]) + GRPC.message([200]))
        #expect(reply.status == 14)
        #expect(peer.codeAtEnd() == HTTP2.Code.none)
        ended.wait(for: "the server's end")
    }

    @Test func `a door that is shut takes gRPC for what it is no packet`() throws {
        let toy = try ToyServer { $0.doors = [.http1] }
        defer { toy.server.drain() }
        let peer = try HTTP2Peer(toy)
        #expect(peer.codeAtEnd() == nil)
        eventually { toy.server.statistics.closedForBadFrames == 1 }
    }
}
