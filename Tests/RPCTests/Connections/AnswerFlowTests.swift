import Client
import Glibc
import RPC
import Testing

/// Answers far larger than their requests, asked for faster than they are read.
@Suite struct `Answers that do not leave at once` {
    /// Four bytes that ask for an answer of 4,000,000.
    static let large: [UInt8] = [0x00, 0x09, 0x3d, 0x00]
    static let largeBytes = 4_000_000

    static func toy(_ configure: (inout ServerConfiguration) -> Void = { _ in }) throws -> ToyServer {
        try ToyServer {
            $0.pendingWritePauseBytes = 100_000
            configure(&$0)
        }
    }

    /// Asks for `count` large answers and waits until the server stands still for want of a reader.
    static func ask(_ toy: ToyServer, _ client: Client, _ count: Int) throws {
        for _ in 0..<count { try client.send("Large", large) }
        try client.flush()
        eventually { toy.server.statistics.requests == UInt64(count) && toy.server.statistics.queuedRequests == 0 }
    }

    @Test func `a reader who reads steadily gets every answer, and what waits is bounded`() throws {
        let toy = try Self.toy()
        defer { toy.server.drain() }
        let client = try toy.client()
        try Self.ask(toy, client, 60)
        #expect(toy.server.statistics.workPauses > 0)
        eventually { toy.server.statistics.heldBytes > 0 }
        var ids: Set<Int64> = []
        var heldBytesMax = 0
        for _ in 0..<60 {
            heldBytesMax = max(heldBytesMax, toy.server.statistics.heldBytes)
            let response = try client.receive()
            #expect(response.code == 0 && response.message.count == Self.largeBytes)
            ids.insert(response.correlationID)
        }
        #expect(ids.count == 60)
        // Twice the pause, and an answer of each worker that was just being made, before and after.
        #expect(heldBytesMax <= 2 * 100_000 + 4 * Self.largeBytes)
        #expect(try client.call("Inline", [1]) == [1])
        #expect(toy.server.statistics.slowReaders == 0 && toy.server.statistics.answersDropped == 0)
        eventually { toy.server.statistics.queuedBytes == 0 && toy.server.statistics.heldBytes == 0 }
        #expect(toy.log.messages == [])
    }

    @Test func `compressed requests of one person wait like others`() throws {
        let toy = try Self.toy()
        defer { toy.server.drain() }
        let client = try toy.client()
        try Self.ask(toy, client, 20)
        let message = [UInt8](repeating: 0, count: 2000)
        for _ in 0..<20 {
            try message.withUnsafeBytes {
                _ = try client.send(ToyServer.method("Sharded"), $0, compression: .zlib)
            }
        }
        try client.flush()
        var sizes: [Int: Int] = [:]
        for _ in 0..<40 { sizes[try client.receive().message.count, default: 0] += 1 }
        #expect(sizes == [Self.largeBytes: 20, 1: 20])
    }

    @Test func `work that waits is still answered to a client that has said its last`() throws {
        let toy = try Self.toy()
        defer { toy.server.drain() }
        let client = try toy.client()
        try Self.ask(toy, client, 20)
        try client.closeOutput()
        #expect(try client.codesUntilClosed() == [Int32](repeating: 0, count: 20))
    }

    @Test func `work that waits leaves the workers to others`() throws {
        let toy = try Self.toy {
            $0.workers = 1
            $0.workerQueueRequestsMax = 20
        }
        defer { toy.server.drain() }
        let waiting = try toy.client()
        try Self.ask(toy, waiting, 20)
        let other = try toy.client()
        for id in UInt8(0)..<20 { #expect(try other.call("Worker", [id]) == [id]) }
        for _ in 0..<20 { #expect(try waiting.receive().code == 0) }
        #expect(toy.server.statistics.errors == [:])
    }

    @Test func `a client that goes away takes the work that waits with it`() throws {
        let toy = try Self.toy()
        defer { toy.server.drain() }
        do {
            let client = try toy.client()
            try Self.ask(toy, client, 20)
            client.reset()
        }
        // A worker may still be making an answer when the connection goes.
        eventually {
            let statistics = toy.server.statistics
            return statistics.connectionsOpen == 0 && statistics.queuedRequests == 0 && statistics.heldBytes == 0
                && statistics.answersDropped > 0
        }
        #expect(toy.server.statistics.answersByWorkers < 20)
        #expect(try toy.client().call("Inline", [1]) == [1])
    }
}
