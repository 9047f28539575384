import Client
import Dispatch
import Glibc
import RPC
import Synchronization
import TestSupport
import Testing

/// Large requests of the sequencer that are worked on in steps, beside others.
@Suite struct `Work in steps` {
    /// A batch of as many steps, large enough to be prepared by a worker; or small.
    static func batch(_ key: UInt8, steps: UInt8, microseconds: UInt8 = 0, isLarge: Bool) -> [UInt8] {
        [key, steps, microseconds] + [UInt8](repeating: 0, count: isLarge ? Limits.preparedHereBytesMax : 0)
    }

    @Test(arguments: [false, true])
    func `alone it is done in one turn and one commit`(isLarge: Bool) throws {
        let toy = try ToySequencer()
        defer { toy.server.drain() }
        let client = try toy.client()
        #expect(try client.call("Batch", Self.batch(1, steps: 200, isLarge: isLarge)).value == 200)
        #expect(toy.store.commits.count == 1 && toy.batches.turns.load(ordering: .relaxed) == 1)
        // Two event loops, two workers, the sequencer.
        #expect(toy.batches.prepared.withLock { $0.map { $0 < 4 } } == [isLarge])
        #expect(try client.call("Batch", Self.batch(1, steps: 0, isLarge: isLarge)).value == 0)
        let failure = #expect(throws: ClientError.self) { try client.call("Batch", [1]) }
        #expect("\(failure!)".contains("a batch has three bytes"))
    }

    @Test(arguments: [false, true])
    func `others have their turn between its steps`(isLarge: Bool) throws {
        let toy = try ToySequencer()
        defer { toy.server.drain() }
        let (heavy, light) = (try toy.client(), try toy.client())
        let stands = DispatchSemaphore(value: 0)
        let goesOn = DispatchSemaphore(value: 0)
        toy.batches.beforeStep.withLock {
            $0 = { step in
                guard step == 3 else { return }
                stands.signal()
                goesOn.wait(for: "the test to let it go on")
            }
        }
        try heavy.ask("Batch", Self.batch(1, steps: 200, microseconds: 250, isLarge: isLarge))
        stands.wait(for: "the step at which it stands")
        try light.ask("Read", [1])
        eventually { toy.server.statistics.queuedRequests == 2 }
        goesOn.signal()
        let seen = try LedgerCaller.answer(Array(try light.client.receive().message)).value
        #expect(seen >= 4 && seen < 100, "it read after \(seen) of 200 steps")
        #expect(try LedgerCaller.answer(Array(try heavy.client.receive().message)).value == 200)
    }

    @Test(arguments: [false, true])
    func `large requests do not cut each other's turns, whether workers prepare them or not`(isLarge: Bool) throws {
        let toy = try ToySequencer()
        defer { toy.server.drain() }
        let (first, clients) = (try toy.client(), try (0..<2).map { _ in try toy.client() })
        try first.ask("Gated")
        toy.gate.waitForArrival()
        // Longer than a turn beside light work, and more bytes than those have.
        let padding = [UInt8](repeating: 0, count: Limits.inlineMessageBytesMax)
        for client in clients {
            try client.ask("Batch", Self.batch(1, steps: 8, microseconds: 250, isLarge: isLarge) + padding)
        }
        eventually {
            toy.server.statistics.queuedRequests == 3
                && (!isLarge || toy.batches.prepared.withLock { $0.count } == clients.count)
        }
        toy.gate.open()
        for client in clients { #expect(try client.client.receive().code == 0) }
        #expect(toy.batches.turns.load(ordering: .relaxed) == clients.count)
    }

    @Test func `a connection's requests keep their order, whether workers prepare them or not`() throws {
        let seed = UInt64.random(in: 0 ... .max)
        print("order of steps: seed \(seed)")
        var random = SeededRandom(seed: seed)
        let toy = try ToySequencer { $0.pendingWritePauseBytes = 100_000 }
        defer { toy.server.drain() }
        let clients = try (0..<3).map { _ in try toy.client() }
        var asked = [[Int64]](repeating: [], count: clients.count)
        for _ in 0..<40 {
            for (index, client) in clients.enumerated() {
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    switch Int.random(in: 0..<5, using: &random) {
                    case 0:
                        let message = Self.batch(UInt8(index), steps: 20, microseconds: 20, isLarge: true)
                        asked[index].append(try client.send("Batch", message))
                    case 1:
                        let message = Self.batch(UInt8(index), steps: 20, isLarge: false)
                        asked[index].append(try client.send("Batch", message, compression: .zlib))
                    case 2:
                        asked[index].append(
                            try client.send("Batch", Self.batch(UInt8(index), steps: 20, isLarge: false)))
                    case 3: asked[index].append(try client.send("Large", little(200_000)))
                    default: asked[index].append(try client.send("Add", [UInt8(index), 1]))
                    }
                }
                try client.client.flush()
            }
        }
        for (index, client) in clients.enumerated() {
            var serials: [Int64: UInt64] = [:]
            for _ in asked[index] {
                let response = try client.client.receive()
                #expect(response.code == 0, "seed \(seed)")
                let offset = response.message.count == 16 ? 8 : 0
                serials[response.correlationID] =
                    response.message.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            }
            let order = asked[index].map { serials[$0]! }
            #expect(order == order.sorted(), "seed \(seed)")
        }
        eventually { toy.server.statistics.queuedRequests == 0 && toy.server.statistics.heldBytes == 0 }
    }

    /// The store fails at the commit of each part of a batch in turn; whatever is answered must be true.
    @Test(arguments: [false, true])
    func `a batch of which any part is lost claims nothing`(isLarge: Bool) throws {
        for lost in 0..<6 {
            let toy = try ToySequencer { $0.linger = .milliseconds(5) }
            defer { toy.server.drain() }
            let (heavy, light) = (try toy.client(), try toy.client())
            let arrived = DispatchSemaphore(value: 0)
            let goesOn = DispatchSemaphore(value: 0)
            // Somebody waits at each of six steps, so that each is sealed by itself.
            toy.batches.beforeStep.withLock {
                $0 = { _ in
                    arrived.signal()
                    goesOn.wait(for: "the test to let it go on")
                }
            }
            try heavy.ask("Batch", Self.batch(1, steps: 6, microseconds: 0, isLarge: isLarge))
            for step in 0...lost {
                arrived.wait(for: "the next step")
                if step == lost { toy.store.failNext() }
                try light.ask("Read", [2])
                eventually { toy.server.statistics.queuedRequests >= 2 }
                // The turn is over.
                usleep(1200)
                goesOn.signal()
                if step < lost { _ = try light.client.receive() }
            }
            // Whether the loss is known before the next step is chance: both must end the same.
            if lost % 2 == 0 { usleep(3000) }
            for _ in 0..<6 { goesOn.signal() }
            let response = try heavy.client.receive()
            #expect(response.code == 4107, "part \(lost)")
            if lost > 0 { #expect(response.errorText.contains("broken off"), "part \(lost): \(response.errorText)") }
        }
    }

    @Test func `steps that have begun go on when the client is gone, what has not begun is dropped`() throws {
        let toy = try ToySequencer()
        defer { toy.server.drain() }
        let stands = DispatchSemaphore(value: 0)
        let goesOn = DispatchSemaphore(value: 0)
        toy.batches.beforeStep.withLock {
            $0 = { step in
                guard step == 0 else { return }
                stands.signal()
                goesOn.wait(for: "the test to let it go on")
            }
        }
        let other = try toy.client()
        do {
            let client = try toy.client()
            try client.ask("Batch", Self.batch(1, steps: 100, microseconds: 50, isLarge: true))
            stands.wait(for: "the step at which it stands")
            for _ in 0..<5 { try client.ask("Batch", Self.batch(1, steps: 100, isLarge: true)) }
            eventually { toy.server.statistics.queuedRequests == 6 }
            client.client.reset()
        }
        eventually { toy.server.statistics.connectionsOpen == 1 }
        goesOn.signal()
        eventually { toy.server.statistics.queuedRequests == 0 }
        #expect(try other.call("Read", [1]).value == 100)
        eventually { toy.server.statistics.answersDropped == 6 && toy.server.statistics.heldBytes == 0 }
    }
}
