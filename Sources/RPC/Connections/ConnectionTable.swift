import Synchronization

/// One event loop's connections as other threads may read them, by slot: since when each is idle, and the bytes it
/// holds.
///
/// Choosing a connection to close scans a column: 10,000 connections are 80 KB, about 10 µs. The result is a hint; the
/// event loop checks the connection itself before it closes it.
/// Times are monotonic nanoseconds.
package final class ConnectionTable: @unchecked Sendable {
    // Safe to share: the event loop writes, others read or claim; all values are atomic, their memory never moves.

    private typealias Column = UnsafeMutablePointer<Atomic<UInt64>>

    private let capacity: Int
    /// 0: the slot is empty, or something is under way there, or somebody has claimed it.
    private let idleTimes: Column
    /// The same of a connection that only an unfinished packet keeps from being idle: since when it has been that.
    private let unfinishedTimes: Column
    private let groups: Column
    /// Multiples of `Limits.heldBytesFree`; the lowest bit says that somebody has claimed it.
    private let heldBytes: Column
    private let heldTimes: Column
    /// When what it holds last grew or shrank by a step.
    private let progressTimes: Column
    private let slots = Atomic<Int>(0)

    private static let claimed: UInt64 = 1

    /// - Parameter capacity: connections at most; memory is touched as slots come into use.
    package init(capacity: Int) {
        self.capacity = capacity
        func column() -> Column { Column.allocate(capacity: capacity) }
        (idleTimes, unfinishedTimes, groups) = (column(), column(), column())
        (heldBytes, heldTimes, progressTimes) = (column(), column(), column())
    }

    deinit {
        for column in columns {
            column.deinitialize(count: slots.load(ordering: .relaxed))
            column.deallocate()
        }
    }

    private var columns: [Column] { [idleTimes, unfinishedTimes, groups, heldBytes, heldTimes, progressTimes] }

    // MARK: On the event loop

    /// A connection of `group` has this slot now; slots come into use one after the other.
    package func open(_ slot: Int, group: UInt64) {
        if slot == slots.load(ordering: .relaxed) {
            precondition(slot < capacity, "more connections than the limiter lets in")
            for column in columns { (column + slot).initialize(to: Atomic(0)) }
            slots.store(slot + 1, ordering: .releasing)
        }
        groups[slot].store(group, ordering: .relaxed)
    }

    package func close(_ slot: Int) {
        setIdle(slot, since: 0)
        setUnfinished(slot, since: 0)
        heldBytes[slot].store(0, ordering: .relaxed)
    }

    /// - Parameter since: 0: something is under way.
    @inline(__always)
    package func setIdle(_ slot: Int, since: UInt64) { idleTimes[slot].store(since, ordering: .relaxed) }

    /// - Parameter since: 0: no packet is unfinished, or something else is under way too.
    package func setUnfinished(_ slot: Int, since: UInt64) { unfinishedTimes[slot].store(since, ordering: .relaxed) }

    @inline(__always)
    package func idleSince(_ slot: Int) -> UInt64 { idleTimes[slot].load(ordering: .relaxed) }

    /// - Parameter bytes: a multiple of `Limits.heldBytesFree`.
    package func setHeld(_ slot: Int, _ bytes: Int, now: UInt64) {
        if heldBytes[slot].load(ordering: .relaxed) == 0 { heldTimes[slot].store(now, ordering: .relaxed) }
        progressTimes[slot].store(now, ordering: .relaxed)
        heldBytes[slot].store(UInt64(bytes), ordering: .relaxed)
    }

    /// What it holds has not changed, and that is not its peer's fault.
    package func setProgress(_ slot: Int, now: UInt64) { progressTimes[slot].store(now, ordering: .relaxed) }

    /// What a connection holds.
    package func holding(_ slot: Int) -> Holding {
        Holding(
            bytes: Int(heldBytes[slot].load(ordering: .relaxed) & ~Self.claimed),
            since: heldTimes[slot].load(ordering: .relaxed), progress: progressTimes[slot].load(ordering: .relaxed))
    }

    /// Whether it still holds what it has held since then.
    package func isHeld(_ slot: Int, since: UInt64) -> Bool {
        let holding = holding(slot)
        return holding.bytes > 0 && holding.since == since
    }

    /// What it would hold with so many bytes, which come now.
    package func holding(_ slot: Int, bytes: Int, now: UInt64) -> Holding {
        let holding = holding(slot)
        return Holding(bytes: bytes, since: holding.bytes > 0 ? holding.since : now, progress: now)
    }

    // MARK: On any thread

    /// The connection idle longest, of one group or of all.
    package func longestIdle(group: UInt64?) -> (slot: Int, since: UInt64)? { longest(idleTimes, group) }

    /// The connection whose packet has been unfinished longest, and nothing else is under way.
    package func longestUnfinished(group: UInt64?) -> (slot: Int, since: UInt64)? { longest(unfinishedTimes, group) }

    private func longest(_ times: Column, _ group: UInt64?) -> (slot: Int, since: UInt64)? {
        var found: (slot: Int, since: UInt64)?
        for slot in 0..<slots.load(ordering: .acquiring) {
            let since = times[slot].load(ordering: .relaxed)
            guard since != 0, since < found?.since ?? .max else { continue }
            if let group, groups[slot].load(ordering: .relaxed) != group { continue }
            found = (slot, since)
        }
        return found
    }

    /// Keeps others from choosing the same one; false: it is not as it was.
    package func claimIdle(_ slot: Int, since: UInt64) -> Bool { claim(idleTimes, slot, since) }

    package func claimUnfinished(_ slot: Int, since: UInt64) -> Bool { claim(unfinishedTimes, slot, since) }

    private func claim(_ times: Column, _ slot: Int, _ since: UInt64) -> Bool {
        times[slot].compareExchange(expected: since, desired: 0, ordering: .relaxed).exchanged
    }

    /// The connection that has to go first when memory is short.
    ///
    /// - Parameter includingClaimed: also those that were told to go and have not gone.
    package func greatestHolder(now: UInt64, includingClaimed: Bool) -> (slot: Int, holding: Holding)? {
        var found: (slot: Int, holding: Holding)?
        for slot in 0..<slots.load(ordering: .acquiring) {
            let bytes = heldBytes[slot].load(ordering: .relaxed)
            guard bytes != 0, includingClaimed || bytes & Self.claimed == 0 else { continue }
            let holding = holding(slot)
            if let best = found?.holding, !best.isBefore(holding, now: now) { continue }
            found = (slot, holding)
        }
        return found
    }

    /// Keeps others from choosing the same one; false: it is not as it was.
    package func claimHolder(_ slot: Int, bytes: Int) -> Bool {
        let bytes = UInt64(bytes)
        return heldBytes[slot].compareExchange(expected: bytes, desired: bytes | Self.claimed, ordering: .relaxed)
            .exchanged
    }

    /// Takes a claim back, where nothing has changed since.
    package func unclaimHolder(_ slot: Int, bytes: Int) {
        let bytes = UInt64(bytes)
        _ = heldBytes[slot].compareExchange(expected: bytes | Self.claimed, desired: bytes, ordering: .relaxed)
    }
}

/// What one connection holds of the memory that all share.
package struct Holding {
    package let bytes: Int
    /// Since when it holds something, and when that last grew or shrank by a step; monotonic nanoseconds.
    package let since: UInt64
    package let progress: UInt64

    package init(bytes: Int, since: UInt64, progress: UInt64) {
        (self.bytes, self.since, self.progress) = (bytes, since, progress)
    }

    /// Whether another one has to go before this one: what makes no progress goes first, then what has held most for
    /// longest (bytes × time).
    package func isBefore(_ other: Holding, now: UInt64) -> Bool {
        let (stalled, othersStalled) = (isStalled(now), other.isStalled(now))
        guard stalled == othersStalled else { return othersStalled }
        return weight(now) < other.weight(now)
    }

    private func isStalled(_ now: UInt64) -> Bool {
        now > progress && now - progress >= Limits.stalledNanoseconds
    }

    /// Steps × milliseconds: no product of what there is passes 64 bits.
    private func weight(_ now: UInt64) -> UInt64 {
        UInt64(bytes / Limits.heldBytesFree) &* ((now > since ? now - since : 0) / 1_000_000 + 1)
    }
}
