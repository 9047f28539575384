import Client
import RPC
import TestSupport
import Testing

@Suite struct `Calls` {
    @Test(arguments: ["Inline", "Worker"], [0, 1, 2, 150, 5000, 100_000, 3_000_000])
    func `a message of any size comes back`(method: String, count: Int) throws {
        let toy = try ToyServer()
        defer { toy.server.drain() }
        var random = SeededRandom(seed: UInt64(count))
        let message = random.bytes(count)
        #expect(try toy.client().call(method, message) == message)
    }

    @Test(arguments: ["toy.v1.EchoService", "EchoService"])
    func `a service is found by its full name and by its short one`(service: String) throws {
        let toy = try ToyServer()
        defer { toy.server.drain() }
        #expect(try toy.client().call(service: service, method: "Inline", message: [1, 2, 3]) == [1, 2, 3])
    }

    @Test func `an unknown service is answered ENOSERVICE with what there is`() throws {
        let toy = try ToyServer()
        defer { toy.server.drain() }
        guard case .failed(1001, let text)? = try toy.client().failure(of: "Inline", service: "toy.v1.Nobody") else {
            Issue.record("not ENOSERVICE")
            return
        }
        #expect(text == "no service \"toy.v1.Nobody\"; there are: toy.v1.EchoService")
    }

    @Test func `an unknown method is answered ENOMETHOD with what there is`() throws {
        let toy = try ToyServer()
        defer { toy.server.drain() }
        let failure = try toy.client().failure(of: "Settle\u{1b}[31m\"", service: "EchoService")
        guard case .failed(1002, let text)? = failure else {
            Issue.record("not ENOMETHOD")
            return
        }
        #expect(
            text
                == "no method \"Settle?[31m?\" in \"EchoService\"; "
                + "there are: Inline, Worker, Sharded, Gated, GatedHere, Fail, Endless, Mallocs, "
                + "Who, WhoWorks, Store, Unfinished, Named, Large")
    }

    @Test func `a name of any length is quoted in a short text`() throws {
        let toy = try ToyServer()
        defer { toy.server.drain() }
        let failure = try toy.client().failure(of: "y", service: String(repeating: "x", count: 100_000))
        guard case .failed(1001, let text)? = failure else {
            Issue.record("not ENOSERVICE")
            return
        }
        #expect(text.utf8.count < 300)
    }

    @Test func `a handler's failure arrives with its code and a text cut between characters`() throws {
        let toy = try ToyServer()
        defer { toy.server.drain() }
        let client = try toy.client()
        guard case .failed(4001, let text)? = client.failure(of: "Fail", [1, 2, 3]) else {
            Issue.record("not 4001")
            return
        }
        #expect(text.hasPrefix("total -1 is negative (rule G-5): 额"))
        #expect(text.hasSuffix("额") && text.utf8.count <= Limits.errorTextBytesMax)
        #expect(toy.server.statistics.errors == [4001: 1])
        #expect(try client.call("Inline", [9]) == [9])
    }

    @Test func `many in flight on many connections are all answered, in any order`() throws {
        let toy = try ToyServer()
        defer { toy.server.drain() }
        let methods = ["Inline", "Worker", "Sharded", "Large"]
        let clients = try (0..<4).map { _ in try toy.client() }
        var waiting: [[Int64: (String, [UInt8])]] = Array(repeating: [:], count: clients.count)
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededRandom(seed: seed)
        for _ in 0..<2000 {
            let at = Int.random(in: 0..<clients.count, using: &random)
            let method = methods.randomElement(using: &random)!
            let size = Int.random(in: 4...300, using: &random)
            let message = method == "Large" ? [UInt8(size % 256), 1, 0, 0] : random.bytes(size)
            waiting[at][try clients[at].send(method, message)] = (method, message)
        }
        for (at, client) in clients.enumerated() {
            while client.outstanding > 0 {
                let response = try client.receive()
                let asked = waiting[at].removeValue(forKey: response.correlationID)
                let (method, message) = try #require(asked)
                #expect(response.code == 0, "seed \(seed)")
                switch method {
                case "Sharded": #expect(response.message.count == 1, "seed \(seed)")
                case "Large": #expect(response.message.count == 256 + Int(message[0]), "seed \(seed)")
                default: #expect(Array(response.message) == message, "seed \(seed)")
                }
            }
            #expect(waiting[at].isEmpty)
        }
        #expect(toy.server.statistics.requests == 2000)
    }

    @Test func `requests of one key meet one worker, compressed or not`() throws {
        let toy = try ToyServer { $0.workers = 4 }
        defer { toy.server.drain() }
        let client = try toy.client()
        var seen: Set<UInt8> = []
        for key in UInt8(0)..<32 {
            let message = [key] + [UInt8](repeating: 0, count: 2000)
            let plain = try client.call("Sharded", message)
            #expect(try client.call("Sharded", [key]) == plain)
            #expect(try client.call("Sharded", message, compression: .gzip) == plain)
            #expect(try client.call("Sharded", message, compression: .zlib) == plain)
            seen.insert(plain[0])
        }
        // Contexts 0 and 1 are the event loops'.
        #expect(seen == [2, 3, 4, 5])
        #expect(toy.server.statistics.queuedRequests == 0)
        #expect(toy.server.statistics.queuedBytes == 0)
    }

    @Test(arguments: ["Inline", "Worker"], [Compression.gzip, .zlib])
    func `a compressed request has a compressed answer`(method: String, compression: Compression) throws {
        let toy = try ToyServer()
        defer { toy.server.drain() }
        let client = try toy.client()
        let message = [UInt8](repeating: 5, count: 50_000)
        #expect(try client.call(method, message, compression: compression) == message)
        let statistics = toy.server.statistics
        #expect(statistics.bytesRead < 1000 && statistics.bytesWritten < 1000)
        // An answer too small to be worth it stays plain, and is understood.
        #expect(try client.call("Sharded", message, compression: compression).count == 1)
    }

    @Test func `an answer above the limit is refused and the next one served`() throws {
        let toy = try ToyServer { $0.replyBytesMax = 10_000 }
        defer { toy.server.drain() }
        let client = try toy.client()
        #expect(try client.call("Large", [0x10, 0x27, 0, 0]).count == 10_000)
        guard case .failed(2002, let text)? = client.failure(of: "Large", [0x11, 0x27, 0, 0]) else {
            Issue.record("not ERESPONSE")
            return
        }
        #expect(text == "the answer needs 10001 bytes, the limit is 10000: ask for less in one call")
        #expect(try client.call("Inline", [1]) == [1])
    }

    @Test(arguments: [Compression.gzip, .zlib])
    func `a compressed request never holds up the thread that read it`(compression: Compression) throws {
        let toy = try ToyServer()
        defer { toy.server.drain() }
        let client = try toy.client()
        let message = [UInt8](repeating: 5, count: 500)
        #expect(try client.call("Inline", message) == message)
        // An answer may be here before it is counted.
        eventually { toy.server.statistics.answersInline == 1 }
        #expect(toy.server.statistics.answersByWorkers == 0)
        #expect(try client.call("Inline", message, compression: compression) == message)
        eventually { toy.server.statistics.answersByWorkers == 1 }
        #expect(toy.server.statistics.answersInline == 1)
    }

    @Test func `a burst above the inline limit is answered whole`() throws {
        let toy = try ToyServer { $0.inlineBurstMax = 4 }
        defer { toy.server.drain() }
        let client = try toy.client()
        var packets: [UInt8] = []
        for id in 1...100 { packets += requestPacket(message: [UInt8(id)], correlationID: Int64(id)) }
        try client.sendRaw(packets)
        var ids: Set<Int64> = []
        for _ in 0..<100 {
            let response = try client.receive()
            #expect(Array(response.message) == [UInt8(response.correlationID)])
            ids.insert(response.correlationID)
        }
        #expect(ids.count == 100)
        let statistics = toy.server.statistics
        #expect(statistics.answersByWorkers > 0 && statistics.answersInline + statistics.answersByWorkers == 100)
    }

    @Test func `requests that come byte by byte are answered`() throws {
        let toy = try ToyServer()
        defer { toy.server.drain() }
        let client = try toy.client()
        for id in 1...3 {
            for byte in requestPacket(message: [UInt8(id), 2, 3], correlationID: Int64(id)) {
                try client.sendRaw([byte])
            }
            let response = try client.receive()
            #expect(response.correlationID == Int64(id) && Array(response.message) == [UInt8(id), 2, 3])
        }
    }
}
