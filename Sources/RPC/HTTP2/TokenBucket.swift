/// So many things at once, and so many more each second.
package struct TokenBucket {
    private let capacity: UInt64
    private let perSecond: UInt64
    private var tokens: UInt64
    private var filled: UInt64

    /// Full at `now`, in monotonic nanoseconds.
    package init(_ capacity: Int, perSecond: Int, now: UInt64) {
        self.capacity = UInt64(capacity)
        self.perSecond = UInt64(perSecond)
        tokens = self.capacity
        filled = now
    }

    /// Takes tokens; false: there are not so many.
    package mutating func take(_ count: Int = 1, now: UInt64) -> Bool {
        fill(now)
        let count = UInt64(count)
        guard tokens >= count else { return false }
        tokens -= count
        return true
    }

    /// Puts some in that were earned.
    package mutating func add(_ count: Int) { tokens = min(capacity, tokens + UInt64(count)) }

    private mutating func fill(_ now: UInt64) {
        guard now > filled else { return }
        // A longer rest fills it in any case.
        let longest = 1_000_000_000 * (capacity / perSecond + 1)
        if now - filled >= longest {
            (tokens, filled) = (capacity, now)
            return
        }
        let earned = (now - filled) * perSecond / 1_000_000_000
        tokens = min(capacity, tokens + earned)
        // What is left of a token's time counts for the next one.
        filled += earned * 1_000_000_000 / perSecond
    }
}
