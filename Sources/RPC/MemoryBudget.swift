import NIOCore
import Synchronization

/// A count of bytes that many threads share, with a limit.
///
/// Above seven eighths of the limit, connections that hold most for longest are closed, on any event loop, until the
/// rest is below it. The last eighth serves requests that arrive meanwhile.
final class MemoryBudget: Sendable {
    private let limit: Int
    /// Room is made above this.
    private let comfortable: Int
    private let used = Atomic<Int>(0)
    /// Bytes of connections that were told to close and have not closed yet.
    private let leaving = Atomic<Int>(0)
    private let limiter: ConnectionLimiter
    private let makingRoom = Mutex(())

    init(limit: Int, limiter: ConnectionLimiter) {
        self.limit = limit
        self.limiter = limiter
        comfortable = limit - limit / Limits.heldBytesReservedPart
    }

    /// Replaces one holder's count by a new one; false, and nothing changed, when that would pass the limit.
    ///
    /// Any thread may call it. Count in large steps, since all threads write one counter.
    func change(from old: Int, to new: Int) -> Bool {
        let after = used.add(new - old, ordering: .relaxed).newValue
        guard new > old else { return true }
        if after - leaving.load(ordering: .relaxed) > comfortable { makeRoom() }
        guard after > limit else { return true }
        used.subtract(new - old, ordering: .relaxed)
        return false
    }

    var usedBytes: Int { used.load(ordering: .relaxed) }

    private var isShort: Bool { usedBytes - leaving.load(ordering: .relaxed) > comfortable }

    /// Tells connections to close until the rest is below the threshold; returns at once if another thread is doing so.
    private func makeRoom() {
        _ = makingRoom.withLockIfAvailable { _ in
            let now = MonotonicClock.nanoseconds()
            for _ in 0..<Limits.evictionsMax where isShort {
                guard let (shard, slot, holding) = greatestHolder(now) else { return }
                guard shard.table.claimHolder(slot, bytes: holding.bytes) else { continue }
                leaving.add(holding.bytes, ordering: .relaxed)
                shard.eventLoop.execute { [self] in
                    shard.evict(slot, holding)
                    leaving.subtract(holding.bytes, ordering: .relaxed)
                }
            }
        }
    }

    private func greatestHolder(_ now: UInt64) -> (shard: Shard, slot: Int, holding: Holding)? {
        var found: (shard: Shard, slot: Int, holding: Holding)?
        for shard in limiter.shards {
            guard let (slot, holding) = shard.table.greatestHolder(now: now, includingClaimed: false) else { continue }
            if let best = found?.holding, !best.isBefore(holding, now: now) { continue }
            found = (shard, slot, holding)
        }
        return found
    }
}
