import Client
import Glibc
import RPC
import Testing

/// Rows 12, 13, 18, 19 and 23 of the reliability table.
@Suite struct `Overload and shutdown` {
    @Test func `work whose deadline has passed is not done`() throws {
        let toy = try ToyServer { $0.workers = 1 }
        defer { toy.server.drain() }
        let client = try toy.client()
        let blocking = try client.send("Gated", [1])
        try client.flush()
        toy.gate.waitForArrival()
        let late = try client.send("Gated", [2], timeoutMilliseconds: 1)
        let patient = try client.send("Worker", [3], timeoutMilliseconds: 60_000)
        try client.flush()
        eventually { toy.server.statistics.queuedRequests == 3 }
        usleep(5000)
        toy.gate.open()
        var codes: [Int64: Int32] = [:]
        for _ in 0..<3 {
            let response = try client.receive()
            codes[response.correlationID] = response.code
            if response.correlationID == late { #expect(response.errorText.contains("the deadline of 1 ms passed")) }
        }
        #expect(codes == [blocking: 0, late: 1008, patient: 0])
    }

    @Test func `a client stops waiting at its deadline and goes on afterwards`() throws {
        let toy = try ToyServer { $0.workers = 1 }
        defer { toy.server.drain() }
        let client = try toy.client()
        #expect(throws: ClientError.timedOut(milliseconds: 20)) {
            try client.call("Gated", [1], timeoutMilliseconds: 20)
        }
        toy.gate.open()
        #expect(try client.call("Worker", [2]) == [2])
    }

    @Test func `a full worker answers ELIMIT at once, pauses reading, and goes on when there is room`() throws {
        let toy = try ToyServer {
            $0.workers = 1
            $0.workerQueueRequestsMax = 10
        }
        defer { toy.server.drain() }
        let blocker = try toy.client()
        try blocker.send("Gated", [1])
        try blocker.flush()
        toy.gate.waitForArrival()

        let client = try toy.client()
        var packets: [UInt8] = []
        for id in 1...20 { packets += requestPacket(method: "Worker", message: [UInt8(id)], correlationID: Int64(id)) }
        try client.sendRaw(packets)
        for _ in 0..<11 {
            let response = try client.receive()
            #expect(response.code == 2004)
            #expect(
                response.errorText
                    == "the server has all the work it takes; nothing was done: try again in 1 ms")
        }
        // Nothing of this is read while the queue is full.
        let read = toy.server.statistics.bytesRead
        try client.sendRaw(requestPacket(method: "Inline", message: [99], correlationID: 99))
        usleep(50_000)
        #expect(toy.server.statistics.bytesRead == read)
        #expect(toy.server.statistics.queuedRequests == 10)

        toy.gate.open()
        #expect(try blocker.receive().code == 0)
        var ids: Set<Int64> = []
        for _ in 0..<10 { ids.insert(try client.receive().correlationID) }
        #expect(ids == Set((1...9).map { Int64($0) } + [99]))
        #expect(toy.server.statistics.errors == [2004: 11])
        eventually { toy.server.statistics.queuedRequests == 0 }
    }

    @Test func `a queue is bounded in bytes as well`() throws {
        let toy = try ToyServer {
            $0.workers = 1
            $0.frameBodyBytesMax = 20_000
            $0.workerQueueBytesMax = 20_000
        }
        defer { toy.server.drain() }
        let client = try toy.client()
        try client.send("Gated", [1])
        try client.flush()
        toy.gate.waitForArrival()
        let message = [UInt8](repeating: 1, count: 9000)
        for _ in 0..<3 { try client.send("Worker", message) }
        #expect(try client.receive().code == 2004)
        toy.gate.open()
        for _ in 0..<3 { #expect(try client.receive().code == 0) }
    }

    @Test func `a connection with too much in flight is not read until answers leave`() throws {
        let toy = try ToyServer {
            $0.workers = 1
            $0.inFlightPerConnectionMax = 4
        }
        defer { toy.server.drain() }
        let client = try toy.client()
        for _ in 0..<4 { try client.send("Gated", [1]) }
        try client.flush()
        toy.gate.waitForArrival()
        eventually { toy.server.statistics.queuedRequests == 4 }
        try client.send("Inline", [2])
        try client.flush()
        usleep(50_000)
        #expect(toy.server.statistics.requests == 4)
        toy.gate.open(4)
        for _ in 0..<5 { #expect(try client.receive().code == 0) }
    }

    @Test func `a reader that stops is closed and what it holds is bounded`() throws {
        let toy = try ToyServer {
            $0.slowReader = .milliseconds(300)
            $0.pendingWritePauseBytes = 100_000
        }
        defer { toy.server.drain() }
        let client = try toy.client()
        let answer = [UInt8]([0x40, 0x42, 0x0f, 0])  // 1,000,000 bytes
        for _ in 0..<40 { try client.send("Large", answer) }
        try client.flush()
        withExtendedLifetime(client) {
            eventually { toy.server.statistics.slowReaders == 1 }
            eventually { toy.server.statistics.connectionsOpen == 0 }
        }
        #expect(toy.server.statistics.heldBytes == 0)
        let log = toy.log.messages
        #expect(log.count == 1 && log[0].hasPrefix("closing the connection of 127.0.0.1:"))
        #expect(log[0].contains(": its answers did not leave within 0.3 seconds; "))
        // Requests that waited for the answers before them to leave have no room anywhere any more.
        eventually { toy.server.statistics.queuedRequests == 0 }
        eventually { toy.server.statistics.answersDropped > 0 }
        #expect(try toy.client().call("Inline", [1]) == [1])
    }

    @Test func `a frame that never ends is closed at its time, an idle connection is not`() throws {
        let toy = try ToyServer { $0.partialFrame = .milliseconds(200) }
        defer { toy.server.drain() }
        let idle = try toy.client()
        #expect(try idle.call("Inline", [1]) == [1])
        let dripping = try toy.client()
        let bytes = requestPacket(message: [1, 2, 3])
        try dripping.sendRaw(Array(bytes.dropLast()))
        #expect(try dripping.codesUntilClosed() == [])
        #expect(toy.server.statistics.partialFrameTimeouts == 1)
        let log = toy.log.messages
        #expect(log.count == 1 && log[0].hasPrefix("closing the connection of 127.0.0.1:"))
        #expect(log[0].hasSuffix(": a packet did not end within 0.2 seconds; \(bytes.count - 1) bytes of it came"))
        #expect(try idle.call("Inline", [1]) == [1])
    }

    @Test func `a client that says its last still gets its answers`() throws {
        let toy = try ToyServer()
        defer { toy.server.drain() }
        let client = try toy.client()
        for _ in 0..<3 { try client.send("Gated", [1]) }
        try client.closeOutput()
        toy.gate.waitForArrival()
        toy.gate.open(3)
        #expect(try client.codesUntilClosed() == [0, 0, 0])
    }

    @Test func `answers to a connection that has gone are dropped and counted`() throws {
        let toy = try ToyServer { $0.workers = 1 }
        defer { toy.server.drain() }
        do {
            let client = try toy.client()
            try client.send("Gated", [1])
            // Wrong bytes and unread answers: the client's end is a reset.
            try client.flush()
            toy.gate.waitForArrival()
            client.reset()
        }
        eventually { toy.server.statistics.connectionsOpen == 0 }
        toy.gate.open()
        eventually { toy.server.statistics.answersDropped == 1 }
    }

    @Test func `draining answers what is in flight, refuses what is new, and closes`() throws {
        let toy = try ToyServer { $0.workers = 1 }
        let client = try toy.client()
        let inFlight = try client.send("Gated", [1])
        try client.flush()
        toy.gate.waitForArrival()
        let cutOff = Drain(toy.server)
        // Whether the drain has begun shows in the answers.
        var sawRefusal = false
        while !sawRefusal {
            let id = try client.send("Inline", [2])
            let response = try client.receive()
            #expect(response.correlationID == id)
            sawRefusal = response.code == 2003
            if sawRefusal { #expect(response.errorText.contains("shutting down")) }
        }
        #expect(throws: ClientError.self) { try toy.client().call("Inline", [1]) }
        toy.gate.open()
        let response = try client.receive()
        #expect(response.correlationID == inFlight && response.code == 0)
        #expect(try client.codesUntilClosed() == [])
        #expect(cutOff.wait() == 0)
    }

    @Test func `draining ends at its time even when work does not`() throws {
        let toy = try ToyServer {
            $0.workers = 1
            $0.drain = .milliseconds(200)
        }
        let client = try toy.client()
        try client.send("Gated", [1])
        try client.flush()
        toy.gate.waitForArrival()
        let cutOff = withExtendedLifetime(client) { toy.server.drain() }
        #expect(cutOff == 1)
        toy.gate.open()
        eventually { toy.server.statistics.answersDropped == 1 }
        #expect(toy.server.drain() == 0)
    }
}
