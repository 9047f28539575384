import Client
import Dispatch
import Foundation
import Glibc
import RPC
import Synchronization
import TestSupport
import Testing

/// The server's own work on the sequencer.
@Suite struct `The lane to the sequencer` {
    @Test func `a piece is durable when it returns, and says why where it is not`() throws {
        let toy = try ToySequencer()
        defer { toy.server.drain() }
        #expect(try toy.lane.perform { toy.store.record() }?.text == nil)
        #expect(toy.store.commits == [1])
        // One that records nothing waits for nothing.
        #expect(try toy.lane.perform {}?.text == nil)
        #expect(toy.store.commits == [1])
        toy.store.fail(2)
        #expect(try toy.lane.perform { toy.store.record() }?.code == 4107)
        #expect(try toy.lane.perform { toy.store.record() }?.text == nil)
    }

    @Test func `pieces and requests go on beside each other, one at a time and none lost`() throws {
        let toy = try ToySequencer()
        defer { toy.server.drain() }
        // Touched on the sequencer only: two at once would lose some.
        let count = Count()
        let threads = 4
        let pieces = 500
        let answered = Atomic(0)
        DispatchQueue.concurrentPerform(iterations: 2 * threads) { thread in
            do {
                if thread < threads {
                    for _ in 0..<pieces {
                        let failure = try toy.lane.perform {
                            count.value += 1
                            toy.store.record()
                        }
                        #expect(failure?.text == nil)
                    }
                } else {
                    // Always some in flight, so that requests wait all the time.
                    let client = try toy.client()
                    for _ in 0..<20 {
                        for _ in 0..<200 { try client.send("Add", [UInt8(thread), 1]) }
                        for _ in 0..<200 where try client.client.receive().code == 0 {
                            answered.add(1, ordering: .relaxed)
                        }
                    }
                }
            } catch { Issue.record("\(error)") }
        }
        #expect(count.value == threads * pieces)
        let all = answered.load(ordering: .relaxed)
        #expect(all == threads * 20 * 200)
        for thread in threads..<(2 * threads) {
            #expect(try toy.client().call("Read", [UInt8(thread)]).value == 20 * 200)
        }
    }

    @Test func `a piece comes in its turn where requests never end`() throws {
        let toy = try ToySequencer()
        defer { toy.server.drain() }
        let stop = Atomic(false)
        let group = DispatchGroup()
        group.enter()
        Thread.detachNewThread {
            defer { group.leave() }
            guard let client = try? toy.client() else { return }
            while !stop.load(ordering: .relaxed) {
                for _ in 0..<100 { _ = try? client.send("Add", [0, 1]) }
                for _ in 0..<100 { _ = try? client.client.receive() }
            }
        }
        for _ in 0..<100 { #expect(try toy.lane.perform { toy.store.record() }?.text == nil) }
        stop.store(true, ordering: .relaxed)
        group.wait(for: "the pieces and the callers")
    }

    @Test func `a piece that was handed over is done when the server drains, a later one refused`() throws {
        let toy = try ToySequencer()
        let client = try toy.client()
        try client.ask("Gated")
        toy.gate.waitForArrival()
        let done = Atomic(false)
        let group = DispatchGroup()
        group.enter()
        Thread.detachNewThread {
            defer { group.leave() }
            do throws(SequencerLane.Closed) {
                let failure = try toy.lane.perform {
                    done.store(true, ordering: .sequentiallyConsistent)
                    toy.store.record()
                }
                #expect(failure?.text == nil)
            } catch { Issue.record("it was refused") }
        }
        // The piece waits behind the gate: it was handed over before the drain begins.
        eventually { toy.lane.isWaiting }
        toy.gate.open()
        toy.server.drain()
        toy.server.waitForSequencer()
        group.wait(for: "the pieces and the callers")
        let isDone = done.load(ordering: .sequentiallyConsistent)
        #expect(isDone)
        #expect(throws: SequencerLane.Closed.self) { try toy.lane.perform {} }
    }
}

private final class Count: @unchecked Sendable {
    // Unchecked: touched on the sequencer, and by the test when that is done.
    var value = 0
}
