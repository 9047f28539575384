import CAllocationCounter
import RPC
import TestSupport
import Testing

/// Calls over gRPC, by hand: what comes back for what is sent.
@Suite struct `gRPC calls` {
    static func call(_ bytes: [UInt8], stream: UInt32 = 1) throws -> HTTP2Peer.Reply {
        let toy = try ToyServer {
            $0.inflatedBytesMax = 1 << 20
            $0.errorNaming = ErrorNaming(
                domain: "toy", name: { $0 == 4001 ? "TOY_TOO_SMALL" : nil }, grpcStatus: { _ in .failedPrecondition })
        }
        defer { toy.server.drain() }
        let peer = try HTTP2Peer(toy)
        peer.send(bytes)
        let reply = try #require(peer.reply(stream))
        // The connection goes on.
        peer.send(GRPC.call(stream + 2, "Inline", [1, 2]))
        #expect(peer.reply(stream + 2)?.message == [1, 2])
        return reply
    }

    @Test(arguments: [0, 1, 5, 60, 4_095, 16_379, 16_384, 65_535, 65_536, 300_000, 3 << 20], ["Inline", "Worker"])
    func `a message of any size comes back`(size: Int, method: String) throws {
        var random = SeededRandom(seed: UInt64(size))
        let message = random.bytes(size)
        let toy = try ToyServer()
        defer { toy.server.drain() }
        let peer = try HTTP2Peer(toy)
        peer.send(HTTP2.headers(1, GRPC.fields(method)))
        peer.sendData(1, GRPC.message(message))
        let reply = try #require(peer.reply(1))
        // Not compared in the expectation, which would look for the differences of millions of bytes.
        let isSame = reply.message == message
        #expect(isSame)
        #expect(reply.fields == [":status": "200", "content-type": "application/grpc", "grpc-status": "0"])
        eventually { toy.server.statistics.heldBytes == 0 }
    }

    @Test func `however bytes are cut into frames and reads, the calls are the same`() throws {
        let toy = try ToyServer()
        defer { toy.server.drain() }
        var random = SeededRandom.printed()
        for _ in 0..<10 {
            let peer = try HTTP2Peer(toy)
            var bytes: [UInt8] = []
            var messages: [UInt32: [UInt8]] = [:]
            for number in 0..<20 {
                let stream = UInt32(2 * number + 1)
                let message = (0..<random.number(0...2_000)).map { UInt8(truncatingIfNeeded: $0) }
                messages[stream] = message
                bytes += HTTP2.headers(stream, GRPC.fields(["Inline", "Worker", "Sharded"][number % 3]))
                var rest = GRPC.message(message)[...]
                repeat {
                    let count = min(rest.count, random.number(1...2_000))
                    bytes += HTTP2.data(stream, Array(rest.prefix(count)), isLast: count == rest.count)
                    rest = rest.dropFirst(count)
                } while !rest.isEmpty
            }
            var sent = 0
            while sent < bytes.count {
                let count = min(bytes.count - sent, random.number(1...5_000))
                peer.send(Array(bytes[sent..<(sent + count)]))
                sent += count
            }
            for (stream, message) in messages {
                let reply = try #require(peer.reply(stream))
                #expect(reply.status == 0)
                let isSame = reply.message == message
                if (stream / 2) % 3 != 2 { #expect(isSame) }
            }
        }
    }

    @Test(arguments: [
        ("Nope", GRPC.service, "no method \"Nope\" in \"toy.v1.EchoService\"; there are: Inline"),
        ("Inline", "toy.v1.NoService", "no service \"toy.v1.NoService\"; there are: toy.v1.EchoService"),
    ])
    func `what is not there is UNIMPLEMENTED, naming what there is`(
        _ method: String, _ service: String, _ text: String
    ) throws {
        let reply = try Self.call(GRPC.call(1, method, service: service))
        #expect(reply.status == 12)
        #expect(reply.text.hasPrefix(text))
    }

    @Test func `a service is found by its short name too`() throws {
        #expect(try Self.call(GRPC.call(1, "Inline", [5], service: "EchoService")).message == [5])
    }

    @Test func `an error of the services is told by status, text and details`() throws {
        let reply = try Self.call(GRPC.call(1, "Fail", [5]))
        #expect(reply.status == 9)
        #expect(reply.text.hasPrefix("total -1 is negative (rule G-5): 额额"))
        #expect(reply.body.isEmpty)
        let details = try #require(reply.fields["grpc-status-details-bin"])
        let expected = GRPCErrorDetails.message(
            status: .failedPrecondition, text: reply.text, reason: "TOY_TOO_SMALL", domain: "toy",
            metadata: [("code", "4001")])
        #expect(details == String(decoding: GRPCEncoding.base64(expected), as: UTF8.self))
    }

    @Test(
        arguments: [
            ("no message", HTTP2.headers(1, GRPC.fields("Inline"), isLast: true), 12),
            (
                "two messages",
                HTTP2.headers(1, GRPC.fields("Inline")) + HTTP2.data(1, GRPC.message([1]) + GRPC.message([2]), isLast: true),
                12
            ),
            ("a message that ends early", HTTP2.headers(1, GRPC.fields("Inline")) + HTTP2.data(1, [0, 0, 0, 0, 9, 1], isLast: true), 13),
            ("a prefix that ends early", HTTP2.headers(1, GRPC.fields("Inline")) + HTTP2.data(1, [0, 0], isLast: true), 13),
            ("a flag that is none", HTTP2.headers(1, GRPC.fields("Inline")) + HTTP2.data(1, GRPC.message([1], flag: 2), isLast: true), 13),
            (
                "a length of four gibibytes",
                HTTP2.headers(1, GRPC.fields("Inline")) + HTTP2.data(1, [0, 0xff, 0xff, 0xff, 0xff, 1], isLast: true), 8
            ),
            (
                "a compressed message without a name",
                HTTP2.headers(1, GRPC.fields("Inline")) + HTTP2.data(1, GRPC.message([1], flag: 1), isLast: true), 13
            ),
            (
                "a compression that is not known",
                HTTP2.headers(1, GRPC.fields("Inline", more: [("grpc-encoding", "br")]))
                    + HTTP2.data(1, GRPC.message([1], flag: 1), isLast: true), 12
            ),
            (
                "a compressed message that is damaged",
                HTTP2.headers(1, GRPC.fields("Inline", more: [("grpc-encoding", "gzip")]))
                    + HTTP2.data(1, GRPC.message([1, 2, 3], flag: 1), isLast: true), 3
            ),
            ("a deadline that is none", GRPC.call(1, "Inline", more: [("grpc-timeout", "5")]), 3),
            ("a deadline with nine digits", GRPC.call(1, "Inline", more: [("grpc-timeout", "123456789S")]), 3),
            ("a deadline of nothing", GRPC.call(1, "Inline", more: [("grpc-timeout", "0n")]), 4),
            ("more metadata than is taken", GRPC.call(1, "Inline", more: [("x", String(repeating: "a", count: 9_000))]), 8),
        ] as [(String, [UInt8], Int)])
    func `a call that is not as it should be gets its status`(_ what: String, _ bytes: [UInt8], _ status: Int) throws {
        let reply = try Self.call(bytes)
        #expect(reply.status == status, "\(reply.text)")
        #expect(!reply.text.isEmpty)
        if what == "a compression that is not known" {
            #expect(reply.fields["grpc-accept-encoding"] == "identity,gzip,deflate")
        }
    }

    @Test func `what is not gRPC is told so by HTTP's status`() throws {
        let html = GRPC.fields("Inline").map { $0.0 == "content-type" ? ($0.0, "text/html") : $0 }
        #expect(try Self.call(HTTP2.headers(1, html, isLast: true)).fields[":status"] == "415")
        let get = GRPC.fields("Inline").map { $0.0 == ":method" ? ($0.0, "GET") : $0 }
        #expect(try Self.call(HTTP2.headers(1, get, isLast: true)).fields[":status"] == "405")
    }

    @Test func `a refusal before the request's end stops the client's sending`() throws {
        let toy = try ToyServer()
        defer { toy.server.drain() }
        let peer = try HTTP2Peer(toy)
        peer.send(HTTP2.headers(1, GRPC.fields("Inline")) + HTTP2.data(1, [0, 0xff, 0xff, 0xff, 0xff]))
        let end = try #require(peer.wait(for: HTTP2.Kind.reset))
        #expect(end.stream == 1)
        #expect(end.number() == HTTP2.Code.none)
        #expect(peer.reply(1)?.status == 8)
    }

    @Test(arguments: ["gzip", "deflate"])
    func `a compressed call is answered compressed where the client takes it`(_ name: String) throws {
        let plain = [UInt8](repeating: 7, count: 5_000)
        var deflater = Deflater()
        let compressed = plain.withUnsafeBytes { bytes in
            deflater.deflate(bytes, name == "gzip" ? .gzip : .zlib).map { Array($0) }
        }
        let body = GRPC.message(try #require(compressed), flag: 1)
        let encoded = [("grpc-encoding", name)]
        let taken = try Self.call(
            HTTP2.headers(1, GRPC.fields("Worker", more: encoded + [("grpc-accept-encoding", "identity, \(name)")]))
                + HTTP2.data(1, body, isLast: true))
        #expect(taken.fields["grpc-encoding"] == name)
        #expect(taken.body.first == 1)
        var inflater = Inflater()
        let inflated = try taken.message.withUnsafeBytes { bytes in
            Array(try inflater.inflate(bytes, name == "gzip" ? .gzip : .zlib))
        }
        #expect(inflated == plain)
        let untaken = try Self.call(
            HTTP2.headers(1, GRPC.fields("Worker", more: encoded)) + HTTP2.data(1, body, isLast: true))
        #expect(untaken.fields["grpc-encoding"] == nil)
        #expect(untaken.message == plain)
    }

    @Test(
        arguments: [
            ("1H", 3_600_000), ("99999999H", 86_400_000), ("2M", 120_000), ("3S", 3_000), ("250m", 250), ("1u", 1),
            ("1001u", 2), ("1n", 1), ("0m", 0), ("m", nil), ("1", nil), ("-1m", nil), ("1x", nil), ("", nil),
        ] as [(String, Int32?)])
    func `a deadline is read in any of its units, rounded up`(_ text: String, _ milliseconds: Int32?) {
        #expect(Array(text.utf8).withUnsafeBytes { GRPCTimeout.milliseconds($0) } == milliseconds)
    }

    @Test func `a request waits no longer than its deadline, and nothing of it is done`() throws {
        let toy = try ToyServer { $0.workers = 1 }
        defer { toy.server.drain() }
        let peer = try HTTP2Peer(toy)
        peer.send(GRPC.call(1, "Gated"))
        toy.gate.waitForArrival()
        let other = try HTTP2Peer(toy)
        other.send(GRPC.call(1, "Gated", more: [("grpc-timeout", "20m")]))
        eventually { toy.server.statistics.queuedRequests == 2 }
        let since = MonotonicClock.nanoseconds()
        eventually { MonotonicClock.nanoseconds() - since > 30_000_000 }
        toy.gate.open()
        #expect(other.reply(1)?.status == 4)
        #expect(peer.reply(1)?.status == 0)
    }

    @Test func `a call that its client gives up is over, running or waiting`() throws {
        let toy = try ToyServer { $0.workers = 1 }
        defer { toy.server.drain() }
        let peer = try HTTP2Peer(toy)
        peer.send(GRPC.call(1, "Endless"))
        toy.gate.waitForArrival()
        // It waits behind the other, in the one worker's queue.
        peer.send(GRPC.call(3, "Gated"))
        eventually { toy.server.statistics.queuedRequests == 2 }
        peer.send(HTTP2.reset(3) + HTTP2.reset(1))
        toy.gate.open()
        // The first one noticed; the second one never came to the gate.
        toy.gate.waitForArrival()
        eventually { toy.server.statistics.queuedRequests == 0 }
        peer.send(GRPC.call(5, "Worker", [5]))
        #expect(peer.reply(5)?.message == [5])
    }

    @Test func `a call costs few allocations, from its bytes to its answer's`() throws {
        let toy = try ToyServer { $0.eventLoopThreads = 1 }
        defer { toy.server.drain() }
        let peer = try HTTP2Peer(toy)
        var stream: UInt32 = 1
        func mallocs() throws -> UInt64 {
            peer.send(GRPC.call(stream, "Mallocs", [1, 2, 3]))
            let reply = try #require(peer.reply(stream))
            stream += 2
            return reply.message.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }
        }
        for _ in 0..<50 { _ = try mallocs() }
        let before = try mallocs()
        for _ in 0..<99 { _ = try mallocs() }
        let perCall = Double(try mallocs() - before) / 100
        #expect(perCall <= 8)
        #expect(perCall >= 0)
    }
}
