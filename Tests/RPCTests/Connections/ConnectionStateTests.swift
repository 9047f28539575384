import RPC
import Testing

@Suite struct `Connection state` {
    typealias Action = ConnectionState.Action

    static let second: UInt64 = 1_000_000_000

    static func state(inFlightMax: Int = 4) -> Subject {
        Subject(
            ConnectionState(
                times: .init(
                    partialFrame: 30 * second, slowReader: 20 * second, drainQuiet: second / 5, linger: 2 * second),
                inFlightMax: inFlightMax, windowBytes: 1000, now: 0))
    }

    /// The state behind a reference: `#expect` cannot call what mutates a variable.
    final class Subject {
        private var state: ConnectionState

        init(_ state: ConnectionState) { self.state = state }

        var acceptsRequests: Bool { state.acceptsRequests }
        func readOffered() -> Bool { state.readOffered() }
        func readEnded(packets: Int, heldBytes: Int, now: UInt64) {
            state.readEnded(packets: packets, heldBytes: heldBytes, now: now)
        }
        func badFrame(now: UInt64) -> Action { state.finish(.badFrame, now: now) }
        func inputClosed(now: UInt64) -> Action { state.inputClosed(now: now) }
        func queued(_ count: Int) { state.queued(count) }
        func refusedForRoom() { state.refusedForRoom() }
        func roomAgain(now: UInt64) -> Action { state.roomAgain(now: now) }
        func answered(_ count: Int, now: UInt64) -> Action { state.answered(count, now: now) }
        func writabilityChanged(_ isWritable: Bool, now: UInt64) -> Action {
            state.writabilityChanged(isWritable, now: now)
        }
        func allSent(now: UInt64) -> Action { state.allSent(now: now) }
        func drain() { state.drain() }
        var idleSince: UInt64 { state.idleSince }
        var unfinishedSince: UInt64 { state.unfinishedSince }
        func closeUnfinished(since: UInt64) -> Action { state.closeUnfinished(since: since) }
        var isHeldUp: Bool { state.isHeldUp }
        func closeIdle(since: UInt64, _ reason: CloseReason) -> Action { state.closeIdle(since: since, reason) }
        func tick(now: UInt64, sentWhileUnsent sent: UInt64?) -> Action { state.tick(now: now, sentWhileUnsent: sent) }
    }

    @Test func `a connection that behaves is read on and on`() {
        let state = Self.state()
        for round in 1...100 {
            #expect(state.readOffered())
            state.readEnded(packets: 1, heldBytes: 0, now: UInt64(round) * Self.second)
            #expect(state.tick(now: UInt64(round) * Self.second, sentWhileUnsent: nil) == .none)
        }
    }

    @Test func `too many in flight pause reading until an answer leaves`() {
        let state = Self.state(inFlightMax: 2)
        state.queued(2)
        #expect(!state.readOffered())
        #expect(state.answered(1, now: 1) == .read)
        #expect(state.answered(1, now: 2) == .none)
    }

    @Test func `a channel that is not writable pauses reading`() {
        let state = Self.state()
        #expect(state.writabilityChanged(false, now: 1) == .none)
        #expect(!state.readOffered())
        #expect(state.writabilityChanged(true, now: 2) == .read)
    }

    @Test func `a full worker pauses reading until it has room`() {
        let state = Self.state()
        state.refusedForRoom()
        #expect(!state.readOffered())
        #expect(state.answered(0, now: 1) == .none)
        #expect(state.roomAgain(now: 2) == .read)
    }

    @Test func `all reasons to pause must be gone before reading goes on`() {
        let state = Self.state(inFlightMax: 1)
        state.queued(1)
        state.refusedForRoom()
        #expect(state.writabilityChanged(false, now: 1) == .none)
        #expect(!state.readOffered())
        #expect(state.answered(1, now: 2) == .none)
        #expect(state.roomAgain(now: 3) == .none)
        #expect(state.writabilityChanged(true, now: 4) == .read)
    }

    @Test func `a frame that drips is closed at its time however often bytes come`() {
        let state = Self.state()
        for second in 0..<30 {
            #expect(state.readOffered())
            state.readEnded(packets: 0, heldBytes: second + 1, now: UInt64(second) * Self.second)
            #expect(state.tick(now: UInt64(second) * Self.second, sentWhileUnsent: nil) == .none)
            #expect(state.readOffered())
        }
        #expect(state.tick(now: 30 * Self.second, sentWhileUnsent: nil) == .close(.partialFrame))
        #expect(state.tick(now: 31 * Self.second, sentWhileUnsent: nil) == .none)
    }

    @Test func `each packet that ends gives the next one its own time`() {
        let state = Self.state()
        for second in 0..<100 {
            state.readEnded(packets: 1, heldBytes: 5, now: UInt64(second) * Self.second)
            #expect(state.tick(now: UInt64(second) * Self.second, sentWhileUnsent: nil) == .none)
        }
    }

    @Test func `time in which we did not read is not held against a frame`() {
        let state = Self.state()
        state.readEnded(packets: 0, heldBytes: 5, now: 0)
        state.refusedForRoom()
        #expect(!state.readOffered())
        #expect(state.tick(now: 100 * Self.second, sentWhileUnsent: nil) == .none)
        #expect(state.roomAgain(now: 101 * Self.second) == .read)
        #expect(state.tick(now: 130 * Self.second, sentWhileUnsent: nil) == .none)
        #expect(state.tick(now: 131 * Self.second, sentWhileUnsent: nil) == .close(.partialFrame))
    }

    @Test func `a reader that takes nothing, or drips, is closed at its time`() {
        for drip in [UInt64(0), 10] {
            let state = Self.state()
            for second in 0..<20 {
                let sent = 500 + UInt64(second) * drip
                #expect(state.tick(now: UInt64(second) * Self.second, sentWhileUnsent: sent) == .none)
            }
            #expect(state.tick(now: 20 * Self.second, sentWhileUnsent: 500 + 20 * drip) == .close(.slowReader))
        }
    }

    @Test func `a reader that is slow but takes its share is kept`() {
        let state = Self.state()
        for second in 0..<100 {
            let sent = UInt64(second) * 60
            #expect(state.tick(now: UInt64(second) * Self.second, sentWhileUnsent: sent) == .none)
        }
    }

    @Test func `after a bad frame what is in flight is answered and then the connection closes`() {
        let state = Self.state()
        state.queued(2)
        #expect(state.badFrame(now: 1) == .none)
        #expect(!state.acceptsRequests)
        #expect(!state.readOffered())
        #expect(state.answered(1, now: 2) == .none)
        #expect(state.answered(1, now: 3) == .flush)
        #expect(state.allSent(now: 4) == .closeOutput)
        #expect(state.readOffered())
        #expect(state.tick(now: 4 + 2 * Self.second, sentWhileUnsent: nil) == .close(.badFrame))
    }

    @Test func `a peer that has said its last gets the answers it waits for`() {
        let state = Self.state()
        state.queued(1)
        #expect(state.inputClosed(now: 1) == .none)
        #expect(state.answered(1, now: 2) == .flush)
        #expect(state.allSent(now: 3) == .close(.peerClosed))
    }

    @Test func `a drained connection closes when it is idle and silent`() {
        let state = Self.state()
        state.queued(1)
        state.drain()
        #expect(state.tick(now: 10 * Self.second, sentWhileUnsent: nil) == .none)
        state.readEnded(packets: 1, heldBytes: 0, now: 11 * Self.second)
        #expect(state.answered(1, now: 11 * Self.second) == .none)
        #expect(state.tick(now: 11 * Self.second + 1, sentWhileUnsent: nil) == .none)
        #expect(state.tick(now: 12 * Self.second, sentWhileUnsent: nil) == .flush)
        #expect(state.allSent(now: 12 * Self.second) == .closeOutput)
        #expect(state.inputClosed(now: 13 * Self.second) == .close(.peerClosed))
    }

    @Test func `a connection is idle since its last bytes or its last answer, and never with a request under way`() {
        let state = Self.state()
        state.readEnded(packets: 1, heldBytes: 0, now: 5)
        #expect(state.idleSince == 5)
        state.queued(2)
        state.readEnded(packets: 2, heldBytes: 0, now: 7)
        #expect(state.idleSince == 0)
        #expect(state.answered(1, now: 8) == .none)
        #expect(state.idleSince == 0)
        #expect(state.answered(1, now: 9 * Self.second) == .none)
        #expect(state.idleSince == 9 * Self.second)
        #expect(state.closeIdle(since: 7, .idle) == .none)
        #expect(state.closeIdle(since: 9 * Self.second, .idle) == .close(.idle))
        #expect(state.idleSince == 0)
        #expect(state.closeIdle(since: 0, .idle) == .none)
    }

    @Test func `a connection is not idle inside a packet, with answers unsent, or while we do not read it`() {
        let half = Self.state()
        half.readEnded(packets: 0, heldBytes: 3, now: 1)
        #expect(half.idleSince == 0 && half.unfinishedSince == 1)
        half.queued(1)
        #expect(half.unfinishedSince == 0)
        #expect(half.closeUnfinished(since: 1) == .none)
        #expect(half.answered(1, now: 1) == .none)
        #expect(half.unfinishedSince == 1)
        half.readEnded(packets: 1, heldBytes: 0, now: 2)
        #expect(half.idleSince == 2 && half.unfinishedSince == 0)
        half.readEnded(packets: 0, heldBytes: 1, now: 3)
        #expect(half.closeUnfinished(since: 3) == .close(.unfinishedGaveWay))

        let unsent = Self.state()
        unsent.readEnded(packets: 1, heldBytes: 0, now: 1)
        #expect(unsent.tick(now: 2, sentWhileUnsent: 10) == .none)
        #expect(unsent.idleSince == 0)
        #expect(unsent.tick(now: 3, sentWhileUnsent: nil) == .none)
        #expect(unsent.idleSince == 1)
        #expect(unsent.writabilityChanged(false, now: 4) == .none)
        #expect(unsent.idleSince == 0)

        let paused = Self.state()
        paused.refusedForRoom()
        #expect(paused.idleSince == 0)

        #expect(paused.isHeldUp && !half.isHeldUp && !unsent.isHeldUp)

        let leaving = Self.state()
        #expect(leaving.badFrame(now: 1) == .flush)
        #expect(leaving.idleSince == 0)
    }

    @Test func `the last answers too must be taken in time`() {
        let state = Self.state()
        #expect(state.badFrame(now: 0) == .flush)
        #expect(state.tick(now: 20 * Self.second, sentWhileUnsent: 0) == .close(.slowReader))
    }
}
