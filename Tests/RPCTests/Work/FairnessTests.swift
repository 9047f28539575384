import Client
import Dispatch
import Glibc
import RPC
import Synchronization
import TestSupport
import Testing

/// One connection's much or heavy work beside another's little.
@Suite struct `Shares of the server` {
    static func toy(_ configure: (inout ServerConfiguration) -> Void = { _ in }) throws -> ToySequencer {
        try ToySequencer {
            $0.linger = .milliseconds(5)
            configure(&$0)
        }
    }

    @Test(arguments: ["Add", "Batch"])
    func `a light request waits for one piece of another's work, not for all that it has queued`(
        method: String
    ) throws {
        let toy = try Self.toy()
        defer { toy.server.drain() }
        let (heavy, light) = (try toy.client(), try toy.client())
        for _ in 0..<200 { try heavy.send("Slow", [2]) }
        try heavy.client.flush()
        eventually { toy.server.statistics.queuedRequests > 100 }
        for number in 0..<10 {
            let before = toy.server.statistics.queuedRequests
            _ = try light.call(method, [1, 1, 0])
            let after = toy.server.statistics.queuedRequests
            // First come, first served would have let all of them go before it.
            #expect(after > 0 && before - after < 20, "request \(number): \(before), then \(after) waited")
        }
        for _ in 0..<200 { #expect(try heavy.client.receive().code == 0) }
    }

    @Test func `many connections of light work wait for no more than the heavy ones' turns`() throws {
        let seed = UInt64.random(in: 0 ... .max)
        print("turns: seed \(seed)")
        var random = SeededRandom(seed: seed)
        let toy = try Self.toy()
        defer { toy.server.drain() }
        let heavy = try (0..<2).map { _ in try toy.client() }
        for client in heavy {
            for _ in 0..<60 { try client.send("Slow", [3]) }
            try client.client.flush()
        }
        let light = try (0..<8).map { _ in try toy.client() }
        var sent = [Int](repeating: 0, count: light.count)
        for _ in 0..<5 {
            for (index, client) in light.enumerated() {
                let count = Int.random(in: 1...30, using: &random)
                for _ in 0..<count { try client.send("Add", [UInt8(index), 1]) }
                try client.client.flush()
                sent[index] += count
            }
            for (index, client) in light.enumerated() {
                while sent[index] > 0 {
                    #expect(try client.client.receive().code == 0, "seed \(seed)")
                    sent[index] -= 1
                }
            }
        }
        // All of the light work was done before a quarter of the heavy.
        #expect(toy.server.statistics.queuedRequests > 90, "seed \(seed)")
        for client in heavy { for _ in 0..<60 { #expect(try client.client.receive().code == 0) } }
    }

    @Test func `what one connection may have waiting is bounded by its time, and the refusal says when to try again`()
        throws
    {
        let toy = try Self.toy { $0.backlogPerConnection = .milliseconds(10) }
        defer { toy.server.drain() }
        let (heavy, light) = (try toy.client(), try toy.client())
        var codes: [Int32: Int] = [:]
        // The first ones teach what the others will take.
        for _ in 0..<3 { for _ in 0..<100 { try heavy.send("Slow", [5]) } }
        try heavy.client.flush()
        #expect(try light.call("Add", [1, 1]).value == 1)
        for _ in 0..<300 {
            let response = try heavy.client.receive()
            codes[response.code, default: 0] += 1
            guard response.code != 0 else { continue }
            #expect(response.code == 2004)
            let text = response.errorText
            #expect(text.contains("of work wait for this connection"), "\(text)")
            #expect(text.firstMatch(of: /try again in [1-9][0-9]* ms/) != nil, "\(text)")
        }
        #expect(codes[0]! >= 3 && codes[2004]! > 50, "\(codes)")
        // A single one is always taken, however long it takes.
        #expect(try heavy.call("Slow", [60]).value == 0)
        #expect(try heavy.call("Slow", [60]).value == 0)
        #expect(try light.call("Add", [1, 1]).value == 2)
    }

    @Test func `light work in any number is not refused`() throws {
        let toy = try Self.toy { $0.backlogPerConnection = .milliseconds(Limits.backlogPerConnectionMilliseconds) }
        defer { toy.server.drain() }
        let client = try toy.client()
        for _ in 0..<20_000 { try client.send("Add", [1, 1]) }
        for _ in 0..<20_000 { #expect(try client.client.receive().code == 0) }
    }

    @Test func `work of a client that is gone is dropped before it begins`() throws {
        let toy = try Self.toy()
        defer { toy.server.drain() }
        let light = try toy.client()
        do {
            let heavy = try toy.client()
            for _ in 0..<300 { try heavy.send("Slow", [20]) }
            try heavy.client.flush()
            eventually { toy.server.statistics.queuedRequests > 200 }
            heavy.client.reset()
        }
        eventually { toy.server.statistics.connectionsOpen == 1 }
        eventually { toy.server.statistics.queuedRequests == 0 }
        // Everything that ran has a serial number: a few of six seconds' work.
        #expect(try light.call("Read", [1]).serial < 100)
        // Its event loop counts them, when it comes to that.
        eventually { toy.server.statistics.answersDropped >= 200 }
    }

    @Test func `reading stops when its deadline passes or its client goes, and never holds up the sequencer`() throws {
        let toy = try Self.toy()
        defer { toy.server.drain() }
        let client = try toy.client()
        try client.send("Reading", [250], timeoutMilliseconds: 30)
        try client.client.flush()
        #expect(try toy.client().call("Add", [1, 1]).value == 1)
        let response = try client.client.receive()
        #expect(response.code == 1008)
        do {
            let gone = try toy.client()
            for _ in 0..<10 { try gone.send("Reading", [250]) }
            try gone.client.flush()
            eventually { toy.server.statistics.queuedRequests > 0 }
            gone.client.reset()
        }
        eventually { toy.server.statistics.queuedRequests == 0 }
        #expect(toy.batches.steps.load(ordering: .relaxed) == 0, "no reading came to its end")
        #expect(try client.call("Reading", [1]).value == 0)
    }

    @Test func `one connection's reading leaves a thread to others`() throws {
        let toy = try Self.toy()
        defer { toy.server.drain() }
        let (heavy, light) = (try toy.client(), try toy.client())
        for _ in 0..<4 { try heavy.send("Reading", [250]) }
        try heavy.client.flush()
        eventually { toy.server.statistics.queuedRequests == 4 }
        for _ in 0..<5 { #expect(try light.call("Reading", [1]).value == 0) }
        #expect(toy.server.statistics.queuedRequests >= 3)
        heavy.client.reset()
    }

    @Test func `a drain answers all that is queued: what it cannot finish with ELOGOFF`() throws {
        let toy = try Self.toy { $0.drain = .seconds(2) }
        let clients = try (0..<4).map { _ in try toy.client() }
        for client in clients {
            for _ in 0..<100 { try client.send("Slow", [20]) }
            try client.send("Reading", [250])
            try client.client.flush()
        }
        eventually { toy.server.statistics.queuedRequests > 380 }
        let cutOff = Drain(toy.server)
        var codes: [Int32: Int] = [:]
        for client in clients {
            for _ in 0..<101 { codes[try client.client.receive().code, default: 0] += 1 }
            #expect(try client.client.codesUntilClosed() == [])
        }
        _ = cutOff.wait()
        #expect(codes[0]! > 0 && codes[2003]! > 200 && codes.count == 2, "\(codes)")
        #expect(toy.server.waitForSequencer())
    }

    @Test func `waiting for the last work ends in its time, and says that it did not see the end`() throws {
        let toy = try ToySequencer(store: ToyStore(gate: Gate())) { $0.drain = .milliseconds(50) }
        let client = try toy.client()
        try client.ask("Add", [1, 1])
        toy.store.gate!.waitForArrival()
        #expect(withExtendedLifetime(client) { toy.server.drain() } == 1)
        #expect(!toy.server.waitForSequencer(limit: .milliseconds(20)))
        toy.store.gate!.open()
        #expect(toy.server.waitForSequencer())
    }

    @Test func `a message larger than any of its method is refused before it is read, compressed or not`() throws {
        let toy = try Self.toy()
        defer { toy.server.drain() }
        let client = try toy.client()
        let large = [UInt8](repeating: 0, count: Limits.sequencedMessageBytesMax + 1)
        for compression in [Compression.none, .gzip, .zlib] {
            try client.send("Read", large, compression: compression)
            try client.client.flush()
            #expect(try client.client.receive().code == 1003)
            try client.send("Read", Array(large.dropLast()), compression: compression)
            try client.client.flush()
            #expect(try client.client.receive().code == 0)
        }
    }
}
