import RPC
import Testing

@Suite struct `All limits` {
    typealias L = Limits

    @Test func `the largest things fit into each other`() {
        #expect(L.inflatedBytesMax <= L.frameBodyBytesMax)
        #expect(L.replyBytesMax + L.errorTextBytesMax < L.frameBodyBytesMax)
        #expect(L.workerQueueBytesMax >= L.frameBodyBytesMax)
        #expect(L.arenaBytesMax >= 2 * L.frameBodyBytesMax)
        #expect(L.heldBytesMax >= 4 * (L.frameBodyBytesMax + L.replyBytesMax))
        #expect(L.frameBodyBytesMax <= Int(UInt32.max) / 8)
        // Two largest packets come while those who hold most go.
        #expect(L.heldBytesMax / L.heldBytesReservedPart >= 2 * L.frameBodyBytesMax)
    }

    @Test func `what is kept is less than what is allowed`() {
        #expect(L.arenaFirstBytes <= L.arenaKeptBytes && L.arenaKeptBytes <= L.arenaBytesMax)
        #expect(L.scratchKeptBytes <= L.handoverBytes)
        #expect(L.heldBytesFree * L.connectionsMax <= L.heldBytesMax)
        #expect(L.readBytesMin <= L.readBytesFirst && L.readBytesFirst <= L.readBytesMax)
        #expect(L.burstsKept * L.scratchKeptBytes <= 64 << 20)
    }

    @Test func `small is smaller than large`() {
        #expect(L.inlineMessageBytesMax <= L.readBytesMax)
        #expect(L.inFlightPerConnectionMax <= L.workerQueueRequestsMax)
        #expect(L.handoverRequests <= L.inFlightPerConnectionMax && L.groupRequests <= L.handoverRequests)
        #expect(L.handoverRequests <= L.uncommittedRequestsMax && L.uncommittedRequestsMax <= L.workerQueueRequestsMax)
        #expect(L.replyBytesMax <= L.uncommittedBytesMax)
        #expect(L.handoverBytes <= L.pendingWritePauseBytes)
        #expect(L.heldBytesFree < L.pendingWritePauseBytes)
        #expect(L.quotedNameBytesMax * 4 < L.errorTextBytesMax)
    }

    @Test func `clocks are looked at often enough for the times they serve`() {
        #expect(L.sweepMilliseconds * 10 <= L.partialFrameSeconds * 1000)
        #expect(L.sweepMilliseconds * 10 <= L.slowReaderSeconds * 1000)
        #expect(L.sweepMilliseconds <= L.drainQuietMilliseconds)
        #expect(L.drainQuietMilliseconds + L.lingerSeconds * 1000 < L.drainSeconds * 1000)
        #expect(L.timeoutMillisecondsMax <= 86_400_000)
        #expect(L.idleMinutes * 60 > 2 * L.partialFrameSeconds && L.idleMinutes * 60 > 2 * L.slowReaderSeconds)
        #expect(L.keepAliveIdleSeconds + L.keepAliveIntervalSeconds * L.keepAliveProbes <= 120)
        #expect(L.stalledNanoseconds < UInt64(L.partialFrameSeconds) * 1_000_000_000)
    }

    @Test func `accepted sockets that wait for others to close have descriptors`() {
        // Their own, and those that were just closed.
        #expect(2 * L.givingWayMax <= L.descriptorsReserved)
        #expect(L.connectionsReservedPart > 1)
    }

    @Test func `the defaults have no problems`() {
        #expect(ServerConfiguration().problems == [])
    }

    @Test func `a setting that cannot work is named with its value`() {
        var configuration = ServerConfiguration()
        configuration.port = 70_000
        configuration.eventLoopThreads = 65
        configuration.workers = 0
        configuration.workerQueueBytesMax = 5
        configuration.connectionsPerAddress = 0
        configuration.idle = .seconds(-1)
        #expect(configuration.problems.count == 6)
        #expect(configuration.problems[0].contains("70000"))
    }
}
