import Client
import Dispatch
import Glibc
import RPC
import Testing

/// Answers that wait until what they tell of is durable.
@Suite struct `The barrier` {
    /// A server whose commits wait for the test.
    private static func blocked(_ configure: (inout ServerConfiguration) -> Void = { _ in }) throws -> ToySequencer {
        try ToySequencer(store: ToyStore(gate: Gate()), configure)
    }

    @Test func `an answer does not leave before its commit`() throws {
        let toy = try Self.blocked()
        defer { toy.server.drain() }
        let client = try toy.client()
        try client.ask("Add", [1, 7])
        toy.store.gate!.waitForArrival()
        #expect(toy.server.statistics.uncommittedRequests == 1 && toy.server.statistics.uncommittedBytes > 0)
        usleep(50_000)
        #expect(toy.server.statistics.bytesWritten == 0)
        toy.store.gate!.open()
        let response = try client.client.receive()
        #expect(try LedgerCaller.answer(Array(response.message)).value == 7)
        #expect(toy.store.commits == [1])
        eventually { toy.server.statistics.uncommittedRequests == 0 && toy.server.statistics.uncommittedBytes == 0 }
    }

    @Test func `what comes while a commit runs shares the next one`() throws {
        let toy = try Self.blocked()
        defer { toy.server.drain() }
        let clients = try (0..<20).map { _ in try toy.client() }
        try clients[0].ask("Add", [1, 1])
        toy.store.gate!.waitForArrival()
        for client in clients { for _ in 0..<10 { try client.ask("Add", [1, 1]) } }
        eventually { toy.server.statistics.uncommittedRequests == 201 }
        #expect(toy.store.commits == [])
        toy.store.gate!.open(2)
        var values: Set<UInt64> = []
        for (index, client) in clients.enumerated() {
            for _ in 0..<(index == 0 ? 11 : 10) {
                values.insert(try LedgerCaller.answer(Array(try client.client.receive().message)).value)
            }
        }
        #expect(values == Set(1...201))
        #expect(toy.server.statistics.commits == 2 && toy.store.commits.count == 2)
    }

    @Test func `lone requests are committed one by one`() throws {
        let toy = try ToySequencer()
        defer { toy.server.drain() }
        let client = try toy.client()
        for number in 1...50 { #expect(try client.call("Add", [1, 1]).value == UInt64(number)) }
        #expect(toy.store.commits == Array(1...50))
    }

    @Test func `who asks one by one is committed where it is read, but not by a slow store, nor beside others`() throws {
        let toy = try ToySequencer()
        defer { toy.server.drain() }
        let client = try toy.client()
        let loop = try client.call("ReadingThread").value
        var calls: UInt64 = 0
        func ask(_ count: Int, _ clients: [LedgerCaller]) throws {
            for index in 0..<count {
                calls += 1
                #expect(try clients[index % clients.count].call("Add", [1, 1]).value == calls)
            }
        }
        // Commits here take no time, but the machine may: it shows in some of many.
        while !toy.store.takeThreads().contains(loop), calls < 100_000 { try ask(100, [client]) }
        #expect(calls < 100_000)
        toy.store.delay(3_000)
        try ask(2, [client])
        _ = toy.store.takeThreads()
        try ask(100, [client])
        #expect(!toy.store.takeThreads().contains(loop))
        toy.store.delay(0)
        let clients = try [client, toy.client(), toy.client()]
        try ask(3, clients)
        _ = toy.store.takeThreads()
        try ask(900, clients)
        #expect(!toy.store.takeThreads().contains(loop))
        while !toy.store.takeThreads().contains(loop), calls < 200_000 { try ask(100, [client]) }
        #expect(calls < 200_000)
        #expect(toy.server.statistics.commits == calls)
    }

    @Test func `a reading request waits only while something is on its way`() throws {
        let toy = try Self.blocked()
        defer { toy.server.drain() }
        let client = try toy.client()
        #expect(try client.call("Read", [1]).value == 0)
        #expect(toy.server.statistics.commits == 0)
        let writer = try toy.client()
        try writer.ask("Add", [1, 1])
        toy.store.gate!.waitForArrival()
        // It has seen what is not durable yet.
        try client.ask("Read", [1])
        eventually { toy.server.statistics.uncommittedRequests == 2 }
        let deadline = MonotonicClock.nanoseconds() + 50_000_000
        #expect(throws: ClientError.self) { try client.client.receive(until: deadline) }
        toy.store.gate!.open(2)
        #expect(try LedgerCaller.answer(Array(try client.client.receive().message)).value == 1)
        #expect(try writer.client.receive().code == 0)
        #expect(try client.call("Read", [1]).value == 1)
    }

    @Test func `a failed commit fails every answer that waits for it, and no other`() throws {
        let toy = try Self.blocked()
        defer { toy.server.drain() }
        let gate = toy.store.gate!
        let (first, second, reader) = (try toy.client(), try toy.client(), try toy.client())
        try first.ask("Add", [1, 1])
        gate.waitForArrival()
        toy.store.fail(2)
        var failing: [Int64] = []
        for _ in 0..<3 { failing.append(try second.send("Add", [2, 1])) }
        try second.client.flush()
        eventually { toy.server.statistics.uncommittedRequests == 4 }
        let read = try reader.ask("Read", [1])
        eventually { toy.server.statistics.uncommittedRequests == 5 }
        try first.ask("Add", [1, 1])
        eventually { toy.server.statistics.uncommittedRequests == 6 }
        gate.open(2)
        #expect(try first.client.receive().code == 0)
        for _ in 0..<3 {
            let response = try second.client.receive()
            #expect(response.code == 4107 && response.errorText == "the disk is full (ticket 2)")
            #expect(response.message.count == 0)
            failing.removeAll { $0 == response.correlationID }
        }
        #expect(failing == [])
        let answer = try reader.client.receive()
        #expect(answer.code == 4107 && answer.correlationID == read)
        #expect(try first.client.receive().code == 0)
        #expect(toy.server.statistics.answersReplaced == 4 && toy.server.statistics.errors == [4107: 4])
    }

    @Test func `a failure takes the place of a large answer too, and the connection goes on`() throws {
        let toy = try ToySequencer { $0.pendingWritePauseBytes = 100_000 }
        defer { toy.server.drain() }
        let client = try toy.client()
        for ticket in 1...200 where ticket % 2 == 0 { toy.store.fail(UInt64(ticket)) }
        var codes: [Int32: Int] = [:]
        for _ in 0..<100 {
            try client.send("Add", [1, 1])
            try client.send("Large", [0, 0, 8, 0])  // 512 KiB
            try client.client.flush()
            for _ in 0..<2 { codes[try client.client.receive().code, default: 0] += 1 }
        }
        #expect(codes[0, default: 0] > 0 && codes[4107, default: 0] > 0 && codes.count == 2)
        #expect(toy.server.statistics.answersReplaced == UInt64(codes[4107]!))
        eventually { toy.server.statistics.queuedRequests == 0 && toy.server.statistics.uncommittedBytes == 0 }
    }

    @Test func `draining waits for the commit and delivers its answers`() throws {
        let toy = try Self.blocked()
        let client = try toy.client()
        let id = try client.ask("Add", [1, 1])
        toy.store.gate!.waitForArrival()
        let cutOff = Drain(toy.server)
        usleep(20_000)
        toy.store.gate!.open()
        let response = try client.client.receive()
        #expect(response.code == 0 && response.correlationID == id)
        #expect(try client.client.codesUntilClosed() == [])
        #expect(cutOff.wait() == 0)
        toy.server.waitForSequencer()
        #expect(toy.store.commits == [1])
    }

    @Test func `after the drain's time the sequencer still finishes what it has, and can be waited for`() throws {
        let toy = try Self.blocked { $0.drain = .milliseconds(100) }
        let client = try toy.client()
        try client.ask("Add", [1, 1])
        toy.store.gate!.waitForArrival()
        #expect(withExtendedLifetime(client) { toy.server.drain() } == 1)
        #expect(toy.store.commits == [])
        toy.store.gate!.open()
        toy.server.waitForSequencer()
        #expect(toy.store.commits == [1])
        #expect(toy.server.statistics.answersDropped == 1 && toy.server.statistics.uncommittedRequests == 0)
    }

    @Test func `answers to a connection that has gone are dropped after the commit`() throws {
        let toy = try Self.blocked()
        defer { toy.server.drain() }
        do {
            let client = try toy.client()
            try client.ask("Add", [1, 1])
            toy.store.gate!.waitForArrival()
            client.client.reset()
        }
        eventually { toy.server.statistics.connectionsOpen == 0 }
        toy.store.gate!.open()
        eventually { toy.server.statistics.answersDropped == 1 && toy.server.statistics.uncommittedRequests == 0 }
        #expect(try toy.client().call("Read", [1]).value == 1)
    }

    @Test func `what waits for a commit is bounded in requests, the sequencer waits above it`() throws {
        let toy = try Self.blocked { $0.uncommittedRequestsMax = 4 }
        defer { toy.server.drain() }
        let clients = try (0..<20).map { _ in try toy.client() }
        for client in clients { try client.ask("Add", [1, 1]) }
        toy.store.gate!.waitForArrival()
        eventually { toy.server.statistics.uncommittedRequests == 5 }
        usleep(50_000)
        // A lone one that is committed, up to four sealed or gathered, and the one that passed the limit.
        #expect(toy.server.statistics.uncommittedRequests == 5)
        #expect(toy.server.statistics.queuedRequests == 15)
        toy.store.gate!.open(1000)
        var values: Set<UInt64> = []
        for client in clients { values.insert(try LedgerCaller.answer(Array(try client.client.receive().message)).value) }
        #expect(values == Set(1...20))
    }

    @Test func `what waits for a commit is bounded in bytes`() throws {
        let toy = try Self.blocked { $0.uncommittedBytesMax = 1 << 20 }
        defer { toy.server.drain() }
        let clients = try (0..<8).map { _ in try toy.client() }
        try clients[0].ask("Add", [1, 1])
        toy.store.gate!.waitForArrival()
        for client in clients { try client.ask("Large", [0, 0, 8, 0]) }  // 512 KiB
        eventually { toy.server.statistics.uncommittedBytes > 1 << 20 }
        usleep(50_000)
        #expect(toy.server.statistics.uncommittedBytes < 2 << 20)
        #expect(toy.server.statistics.queuedRequests > 0)
        toy.store.gate!.open(1000)
        for (index, client) in clients.enumerated() {
            for _ in 0..<(index == 0 ? 2 : 1) { #expect(try client.client.receive().code == 0) }
        }
    }
}
