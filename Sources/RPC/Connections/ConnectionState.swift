/// Why a connection was closed by us before its peer closed it.
package enum CloseReason: String, Sendable {
    case badFrame, slowReader, partialFrame, overBudget, idle, gaveWay, gaveWayToAddress, drained, cutOff, peerClosed
    /// Closed for a new connection too, but because its packet was unfinished, not because it was idle.
    case unfinishedGaveWay
    /// What it sent makes work and asks for nothing: more of it than a client has reason to send.
    case flood
    /// Its protocol says that this was the last request.
    case finished
    /// The TLS handshake failed, or was not done in time.
    case handshake
    /// Its handshake began first of too many, and a new one needs its place.
    case handshakeGaveWay
    /// Bytes without TLS where TLS is asked for.
    case plainBytes
    /// TLS where there is none.
    case unwantedTLS
}

/// The life of one connection: when to read, when to close. Times are monotonic nanoseconds.
///
/// ```
/// open ──(bad frame, peer's end, drained)──> finishing ──(nothing in flight)──> flushing
///      ──(all sent)──> lingering ──(peer's end, time)──> closed
/// ```
/// Any of them goes to closed when the peer does not read, or stops inside a frame.
package struct ConnectionState {
    package enum Action: Equatable {
        case none
        /// Ask the socket for the next read.
        case read
        /// Write out everything, then report `allSent`.
        case flush
        /// Close our direction; what comes is dropped.
        case closeOutput
        /// Close at once.
        case close(CloseReason)
    }

    package struct Times {
        package var partialFrame: UInt64
        package var slowReader: UInt64
        package var drainQuiet: UInt64
        package var linger: UInt64

        package init(partialFrame: UInt64, slowReader: UInt64, drainQuiet: UInt64, linger: UInt64) {
            self.partialFrame = partialFrame
            self.slowReader = slowReader
            self.drainQuiet = drainQuiet
            self.linger = linger
        }
    }

    private enum Phase { case open, finishing, flushing, lingering, closed }

    private let times: Times
    private let inFlightMax: Int
    /// Bytes a peer must accept per `slowReader` interval not to be closed as slow.
    private let windowBytes: UInt64

    private var phase = Phase.open
    private var phaseSince: UInt64
    private var reason = CloseReason.peerClosed
    package private(set) var inFlight = 0
    private var isWritable = true
    private var waitsForRoom = false
    /// Its backlog is above the limit of reading ahead.
    package private(set) var isOverworked = false
    private var wantsRead = false
    private var isInputClosed = false
    private var isDraining = false
    private var lastRead: UInt64
    /// When the last bytes came or the last answer was made.
    private var lastActive: UInt64
    private var partialSince: UInt64?
    /// Since when answers have been unsent, and how many bytes had left by then.
    private var unsentSince: UInt64?
    private var sentThen: UInt64 = 0

    package init(times: Times, inFlightMax: Int, windowBytes: Int, now: UInt64) {
        self.times = times
        self.inFlightMax = inFlightMax
        self.windowBytes = UInt64(windowBytes)
        phaseSince = now
        lastRead = now
        lastActive = now
    }

    /// Whether requests are taken; otherwise what comes is dropped.
    package var acceptsRequests: Bool { phase == .open }

    /// Whether reading goes on; otherwise what does not come is no fault of the peer's.
    package var mayRead: Bool {
        guard !isInputClosed else { return false }
        switch phase {
        case .open: return isWritable && !waitsForRoom && !isOverworked && inFlight < inFlightMax
        case .lingering: return true
        case .finishing, .flushing, .closed: return false
        }
    }

    // MARK: Reading

    /// The socket offers to read: whether to take the offer. A refused one is remembered.
    package mutating func readOffered() -> Bool {
        guard mayRead else {
            wantsRead = true
            return false
        }
        wantsRead = false
        return true
    }

    /// Bytes came; `heldBytes` of a packet are left over, `packets` ended in this read.
    package mutating func readEnded(packets: Int, heldBytes: Int, now: UInt64) {
        lastRead = now
        lastActive = now
        if heldBytes == 0 {
            partialSince = nil
        } else if partialSince == nil || packets > 0 {
            partialSince = now
        }
    }

    /// The bytes are no packets, or the protocol says that they were the last: nothing more is read, what is in flight
    /// is answered, then the connection closes.
    package mutating func finish(_ reason: CloseReason, now: UInt64) -> Action { finish(reason, now) }

    /// The peer will send nothing more; it gets the answers it waits for.
    package mutating func inputClosed(now: UInt64) -> Action {
        isInputClosed = true
        if phase == .lingering { return close(.peerClosed) }
        return finish(.peerClosed, now)
    }

    // MARK: Work

    package mutating func queued(_ count: Int) { inFlight += count }

    /// A worker was full: reading waits until `roomAgain`.
    package mutating func refusedForRoom() { waitsForRoom = true }

    /// Whether so much of its work waits that reading waits too, until an answer comes.
    package mutating func overworked(_ isOverworked: Bool) { self.isOverworked = isOverworked && inFlight > 0 }

    package mutating func roomAgain(now: UInt64) -> Action {
        waitsForRoom = false
        return proceed(now)
    }

    package mutating func answered(_ count: Int, now: UInt64) -> Action {
        precondition(count <= inFlight, "more answers than requests")
        inFlight -= count
        lastActive = now
        return proceed(now)
    }

    // MARK: Writing

    package mutating func writabilityChanged(_ isWritable: Bool, now: UInt64) -> Action {
        self.isWritable = isWritable
        return proceed(now)
    }

    /// After `.flush`: everything is with the kernel.
    package mutating func allSent(now: UInt64) -> Action {
        guard phase == .flushing else { return .none }
        if isInputClosed { return close(reason) }
        enter(.lingering, now)
        return .closeOutput
    }

    // MARK: Time

    /// The server shuts down: closes when nothing is in flight and the peer has been silent.
    package mutating func drain() { isDraining = true }

    /// Called every `Limits.sweepMilliseconds`; `sent` is the count of bytes that have left when some have not.
    package mutating func tick(now: UInt64, sentWhileUnsent sent: UInt64?) -> Action {
        switch phase {
        case .closed: return .none
        case .lingering: return now - phaseSince >= times.linger ? close(reason) : .none
        case .flushing: if now - phaseSince >= times.slowReader { return close(.slowReader) }
        case .open, .finishing: break
        }
        if isSlow(now, sent) { return close(.slowReader) }
        if phase == .open, let since = partialSince {
            // Time during which we did not read is not the peer's fault.
            if !mayRead {
                partialSince = now
            } else if now - since >= times.partialFrame {
                return close(.partialFrame)
            }
        }
        // While we do not read, silence proves nothing: what the peer has sent must still be answered with ELOGOFF.
        if !mayRead { lastRead = now }
        if isDraining, phase == .open, inFlight == 0, now - lastRead >= times.drainQuiet {
            return finish(.drained, now)
        }
        return .none
    }

    /// All connections together hold too much, and this one most for longest.
    package mutating func overBudget() -> Action { close(.overBudget) }

    /// Whether reading is paused by other clients' load, which is not the peer's fault.
    package var isHeldUp: Bool { waitsForRoom || inFlight >= inFlightMax }

    // MARK: Idleness

    /// Since when nothing has been under way: no request, no piece of one, no answer on its way; 0: something is.
    @inline(__always)
    package var idleSince: UInt64 {
        phase == .open && inFlight == 0 && partialSince == nil && unsentSince == nil && isWritable && !waitsForRoom
            ? lastActive : 0
    }

    /// Since when a packet has been unfinished and nothing else under way; 0: no packet is, or something is.
    package var unfinishedSince: UInt64 {
        phase == .open && inFlight == 0 && unsentSince == nil && isWritable && !waitsForRoom ? partialSince ?? 0 : 0
    }

    /// Closes the connection when it is idle, and has been since then.
    package mutating func closeIdle(since: UInt64, _ reason: CloseReason) -> Action {
        since > 0 && idleSince == since ? close(reason) : .none
    }

    /// Closes the connection when its packet has been unfinished since then.
    package mutating func closeUnfinished(since: UInt64) -> Action {
        since > 0 && unfinishedSince == since ? close(.unfinishedGaveWay) : .none
    }

    /// The server ends and waits no longer.
    package mutating func cutOff() -> Action { close(.cutOff) }

    private mutating func isSlow(_ now: UInt64, _ sent: UInt64?) -> Bool {
        guard let sent else {
            unsentSince = nil
            return false
        }
        guard let since = unsentSince, sent - sentThen < windowBytes else {
            unsentSince = now
            sentThen = sent
            return false
        }
        return now - since >= times.slowReader
    }

    private mutating func finish(_ reason: CloseReason, _ now: UInt64) -> Action {
        guard phase == .open else { return .none }
        self.reason = reason
        enter(.finishing, now)
        return proceed(now)
    }

    private mutating func proceed(_ now: UInt64) -> Action {
        if phase == .finishing, inFlight == 0 {
            enter(.flushing, now)
            return .flush
        }
        guard wantsRead, mayRead else { return .none }
        wantsRead = false
        if partialSince != nil { partialSince = now }
        // Bytes may wait in the kernel since reading stopped, so the peer has not been silent.
        lastRead = now
        return .read
    }

    /// At once, whatever is under way.
    package mutating func close(_ reason: CloseReason) -> Action {
        guard phase != .closed else { return .none }
        phase = .closed
        return .close(reason)
    }

    private mutating func enter(_ phase: Phase, _ now: UInt64) {
        self.phase = phase
        phaseSince = now
    }
}
