import Glibc
import Logging
import NIOCore
import Synchronization

/// An accepted socket that has no `Connection` yet.
struct AcceptedSocket: Sendable {
    let descriptor: Int32
    let peer: PeerAddress
}

/// Connection limits: counts connections, in all and by address, and chooses the one that gives way to a new one.
///
/// At the server's limit the connection that has been idle longest is closed for the new one; at an address's limit,
/// one of that address. If none is idle, one whose packet has been unfinished for a second is closed; if there is none,
/// the new one is refused.
final class ConnectionLimiter: @unchecked Sendable {
    // Safe to share: `shards` is set once, before the first connection; the rest is behind the mutex, or constant.

    private struct Book {
        var open = 0
        /// As many entries as there are addresses with a connection.
        var openByGroup: [UInt64: Int] = [:]
    }

    private enum Full { case server, address }

    let limits: ConnectionLimits
    private let counters = RefusalCounters()
    private let logger: Logger
    private let book = Mutex(Book())
    /// Bounds the sockets that wait for a connection to close, and with them the descriptors above the limit.
    private let evictions = ConcurrencyLimit(Limits.givingWayMax)
    private(set) var shards: [Shard] = []

    init(configuration: ServerConfiguration, connectionsMax: Int, logger: Logger) {
        limits = ConnectionLimits(configuration, room: connectionsMax)
        self.logger = logger
    }

    /// Slots that one event loop may need: all connections and the sockets let in while others close.
    var slotsMax: Int { limits.room + 2 * Limits.givingWayMax }

    var connectionsMax: Int { limits.connectionsMax }

    func open(to shards: [Shard]) { self.shards = shards }

    var connectionsOpen: Int { book.withLock { $0.open } }

    /// Connections that were not let in; all, and those of an address that had its share.
    var refused: (all: UInt64, forAddress: UInt64) {
        (counters.refused.load(ordering: .relaxed), counters.refusedForAddress.load(ordering: .relaxed))
    }

    // MARK: Coming in

    /// Lets a socket in at `shard`, or refuses it. Called on the accepting thread, which blocks while many new sockets
    /// wait for connections to close.
    func receive(_ accepted: AcceptedSocket, at shard: Shard) {
        let group = accepted.peer.group
        let isCounted = limits.countsLoopback || !accepted.peer.isLoopback
        let (perAddressMax, connectionsMax) = (limits.perAddressMax, limits.connectionsMax)
        let full: Full? = book.withLock { book in
            let ofGroup = book.openByGroup[group, default: 0]
            let full: Full? =
                isCounted && ofGroup >= perAddressMax ? .address : book.open >= connectionsMax ? .server : nil
            book.open += 1
            book.openByGroup[group] = ofGroup + 1
            return full
        }
        let permit = ConnectionPermit(group: group, limiter: self)
        guard let full else { return shard.begin(accepted, permit) }
        evictions.acquire()
        makeRoom(WaitingSocket(accepted: accepted, permit: permit, shard: shard, full: full), tries: 0)
    }

    private struct WaitingSocket: Sendable {
        let accepted: AcceptedSocket
        let permit: ConnectionPermit
        let shard: Shard
        let full: Full
    }

    /// Has the connection that was idle longest closed, then lets the socket in; on any thread.
    private func makeRoom(_ waiting: WaitingSocket, tries: Int) {
        let group = waiting.full == .address ? waiting.accepted.peer.group : nil
        guard tries < Limits.givingWayTries, let (other, slot, since, isIdle) = connectionToEvict(group) else {
            return refuse(waiting)
        }
        let why: CloseReason =
            !isIdle ? .unfinishedGaveWay : waiting.full == .address ? .gaveWayToAddress : .gaveWay
        other.eventLoop.execute { [self] in
            guard other.giveWay(slot, since, why) else { return makeRoom(waiting, tries: tries + 1) }
            // The other one's permit is given back in the next task of this event loop.
            other.eventLoop.execute { [self] in
                waiting.shard.begin(waiting.accepted, waiting.permit)
                evictions.release()
            }
        }
    }

    private typealias Found = (shard: Shard, slot: Int, since: UInt64)

    /// The connection that gives way, claimed: the one idle longest in the whole limiter, or else the one whose packet
    /// has been unfinished longest.
    private func connectionToEvict(_ group: UInt64?) -> (shard: Shard, slot: Int, since: UInt64, isIdle: Bool)? {
        for _ in 0..<Limits.givingWayTries {
            if let idle = longest({ $0.longestIdle(group: group) }) {
                if idle.shard.table.claimIdle(idle.slot, since: idle.since) {
                    return (idle.shard, idle.slot, idle.since, true)
                }
                continue
            }
            let now = MonotonicClock.nanoseconds()
            guard let unfinished = longest({ $0.longestUnfinished(group: group) }), now > unfinished.since,
                now - unfinished.since >= Limits.stalledNanoseconds
            else { return nil }
            if unfinished.shard.table.claimUnfinished(unfinished.slot, since: unfinished.since) {
                return (unfinished.shard, unfinished.slot, unfinished.since, false)
            }
        }
        return nil
    }

    /// The one that has been it longest, over all event loops.
    private func longest(_ ofTable: (ConnectionTable) -> (slot: Int, since: UInt64)?) -> Found? {
        var found: Found?
        for shard in shards {
            guard let here = ofTable(shard.table), here.since < found?.since ?? .max else { continue }
            found = (shard, here.slot, here.since)
        }
        return found
    }

    private func refuse(_ waiting: WaitingSocket) {
        close(waiting.accepted.descriptor)
        waiting.permit.release()
        evictions.release()
        counters.refused.add(1, ordering: .relaxed)
        let why: String
        switch waiting.full {
        case .server: why = "\(connectionsMax) connections are open, the limit, and all of them are in use"
        case .address:
            counters.refusedForAddress.add(1, ordering: .relaxed)
            why = "its address has \(limits.perAddressMax) connections, the limit for one, and all of them are in use"
        }
        let peer = waiting.accepted.peer
        logger.notice(
            "refusing a connection of \(peer): \(why)",
            metadata: ["event": "refusing_connection", "peer": "\(peer)"])
    }

    fileprivate func left(_ group: UInt64) {
        book.withLock { book in
            book.open -= 1
            let ofGroup = book.openByGroup[group, default: 1] - 1
            book.openByGroup[group] = ofGroup > 0 ? ofGroup : nil
        }
    }
}

/// A connection's permit in the limiter; given back once, however often it is said.
final class ConnectionPermit: Sendable {
    let group: UInt64
    private let limiter: ConnectionLimiter
    private let isTaken = Atomic<Bool>(true)

    fileprivate init(group: UInt64, limiter: ConnectionLimiter) {
        self.group = group
        self.limiter = limiter
    }

    func release() {
        if isTaken.exchange(false, ordering: .relaxed) { limiter.left(group) }
    }
}

/// What the limiter counts; from any thread.
private final class RefusalCounters: Sendable {
    let refused = Atomic<UInt64>(0)
    let refusedForAddress = Atomic<UInt64>(0)
}
