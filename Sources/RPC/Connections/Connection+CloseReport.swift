import Logging

/// What is counted and logged when a connection is closed for a reason of ours: who, why, what it held.
extension Connection {
    /// Before what it holds is given back.
    func report(_ reason: CloseReason, unsent: Int) {
        let counters = shard.context.counters
        let configuration = shard.shared.configuration
        switch reason {
        case .slowReader:
            counters.add(.slowReaders)
            logClosing("its answers did not leave within \(configuration.slowReader); \(unsent) bytes are unsent")
        case .partialFrame:
            counters.add(.partialFrameTimeouts)
            logClosing(
                "a packet did not end within \(configuration.partialFrame); \(decoder.heldBytes) bytes of it came")
        case .overBudget:
            counters.add(.overBudget)
            let holding = shard.table.holding(token.slot)
            logClosing(
                """
                it held \(holding.bytes) bytes for \(seconds(since: holding.since)), the most for longest, and \
                all connections together may hold \(configuration.heldBytesMax)
                """)
        case .idle:
            counters.add(.idleTimeouts)
            logClosing("nothing was under way for \(configuration.idle)")
        case .gaveWay:
            counters.add(.gaveWay)
            let most = shard.shared.limiter.connectionsMax
            logClosing("it was idle longest, and a new one needs its place; \(most) are open")
        case .gaveWayToAddress:
            counters.add(.gaveWay)
            logClosing(
                """
                it was idle longest of its address, and a new one of that address needs its place; \
                \(shard.shared.limiter.limits.perAddressMax) are open
                """)
        case .unfinishedGaveWay:
            counters.add(.gaveWay)
            logClosing("its packet was unfinished longest, none is idle, and a new one needs its place")
        case .cutOff:
            logClosing("the drain time is over; \(state.inFlight) of its requests are under way")
        case .handshake:
            // One that failed was reported when it did.
            guard isHandshaking else { break }
            counters.add(.handshakeFailures)
            logClosing("its TLS handshake was not done within \(configuration.handshake)")
        case .handshakeGaveWay:
            counters.add(.handshakeFailures)
            logClosing(
                """
                its TLS handshake is not done, began first of all, and a new one needs its place; \
                \(configuration.handshakesMax) are under way
                """)
        // Bad bytes were reported when they came.
        case .badFrame, .flood, .plainBytes, .unwantedTLS, .drained, .finished, .peerClosed: break
        }
    }

    /// The peer has not answered the kernel's questions.
    func reportVanished() {
        shard.context.counters.add(.vanished)
        logClosing("its peer is gone without a word, after \(seconds(since: began))")
    }

    func logClosing(_ why: String) {
        shard.shared.logger.notice(
            "closing the connection of \(peer): \(why)",
            metadata: ["event": "closing_connection", "peer": "\(peer)"])
    }

    private func seconds(since then: UInt64) -> String {
        "\(Double((MonotonicClock.nanoseconds() &- then) / 100_000_000) / 10) s"
    }
}

extension CloseReason {
    /// What counts bytes that are refused for this reason.
    var counter: Counters.Name {
        switch self {
        case .flood: .floods
        case .handshake: .handshakeFailures
        case .plainBytes: .plainBytes
        case .unwantedTLS: .unwantedTLS
        default: .badFrames
        }
    }
}
