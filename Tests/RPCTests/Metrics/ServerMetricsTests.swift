import Client
import RPC
import TestSupport
import Testing

@Suite struct `Metrics of a server` {
    /// The histogram of one method.
    private func durations(_ name: String, _ server: Server) throws -> HistogramCounts {
        try #require(server.metrics.methods.first { $0.name == name }).durations
    }

    @Test func `every answer is in its method's histogram, whoever made it, and refusals are too`() throws {
        let toy = try ToyServer()
        defer { toy.server.drain() }
        let client = try toy.client()
        for _ in 0..<7 { _ = try client.call("Inline", [1]) }
        for _ in 0..<5 { _ = try client.call("Worker", [1, 2]) }
        for _ in 0..<3 { #expect(throws: ClientError.self) { try client.call("Fail", [1]) } }
        let expected: [(name: String, count: UInt64)] = [("Inline", 7), ("Worker", 5), ("Fail", 3), ("Gated", 0)]
        for (name, count) in expected {
            // What the event loop answers it counts when the answer has left.
            eventually { (try? durations(name, toy.server).count) == count }
        }
        let metrics = toy.server.metrics
        #expect(metrics.statistics.errors == [4001: 3])
        #expect(metrics.statistics.requests == 15 && metrics.statistics.requestsOfHTTP == 0)
        let workers = try #require(metrics.queues.first { $0.name == "worker" })
        #expect(workers.waits.count == 5 && workers.threads == 2 && workers.requests == 0)
    }

    @Test func `a request that waits is as long in the histogram as it waited`() throws {
        let toy = try ToyServer()
        defer { toy.server.drain() }
        let client = try toy.client()
        try client.send("Gated", [1])
        try client.flush()
        toy.gate.waitForArrival()
        let start = MonotonicClock.nanoseconds()
        while MonotonicClock.nanoseconds() - start < 20_000_000 {}
        #expect(try durations("Gated", toy.server).count == 0, "it is under way")
        toy.gate.open()
        _ = try client.receive()
        let counts = try durations("Gated", toy.server)
        #expect(counts.count == 1 && counts.sum >= 20_000_000)
        // The buckets up to 10 ms have nothing.
        #expect(counts.buckets.prefix(8).allSatisfy { $0 == 0 })
    }

    @Test func `without recording nothing has a histogram, and calls are counted as ever`() throws {
        let toy = try ToyServer { $0.recordsMetrics = false }
        defer { toy.server.drain() }
        for _ in 0..<3 { _ = try toy.client().call("Inline", [1]) }
        eventually { toy.server.metrics.statistics.requests == 3 }
        #expect(toy.server.metrics.methods.isEmpty)
    }

    @Test func `bounds that do not ascend or are too many are no bounds of a histogram`() {
        #expect(HistogramBounds.durations.values == HistogramBounds.durations.values.sorted())
        #expect(HistogramBounds.sizes.values.count < 16)
    }
}
