import Synchronization

/// How often something may happen: so many times a second on average, and so many at once after a rest.
///
/// One number, changed by compare-and-swap: any thread may ask, nothing is allocated, nobody waits for a lock. It is
/// the time at which everything taken so far would have been earned; what is taken moves it forward, and it may be
/// ahead of the clock by the burst's worth.
package final class RateMeter: Sendable {
    package let perSecond: Int
    package let burst: Int
    /// Nanoseconds in which one is earned.
    private let interval: UInt64
    private let tolerance: UInt64
    private let earned = Atomic<UInt64>(0)

    /// The most that either number may be: with more, a unit would take less than the clock's step.
    package static let most = 100_000_000

    /// - Parameters:
    ///   - perSecond: 1 … `most`.
    ///   - burst: 1 … `most`.
    package init(perSecond: Int, burst: Int) {
        precondition((1...Self.most).contains(perSecond) && (1...Self.most).contains(burst), "a rate without bounds")
        self.perSecond = perSecond
        self.burst = burst
        interval = 1_000_000_000 / UInt64(perSecond)
        tolerance = interval * UInt64(burst)
    }

    /// Takes `count` at `now`, in monotonic nanoseconds.
    ///
    /// A count above the burst is taken when the meter has rested, and paid for afterwards: what comes whole cannot be
    /// split by who sends it.
    ///
    /// - Returns: 0 where they were taken, else the nanoseconds after which they will be.
    package func take(_ count: Int = 1, now: UInt64) -> UInt64 {
        let cost = interval &* UInt64(count)
        let room = max(tolerance, cost)
        var before = earned.load(ordering: .relaxed)
        while true {
            let end = max(before, now) &+ cost
            let ahead = end &- now
            guard ahead <= room else { return ahead - room }
            let (isTaken, seen) = earned.compareExchange(expected: before, desired: end, ordering: .relaxed)
            if isTaken { return 0 }
            before = seen
        }
    }
}
