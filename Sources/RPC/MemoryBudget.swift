import Synchronization

/// A count of bytes that many threads share, with a limit.
final class MemoryBudget: Sendable {
    private let limit: Int
    private let used = Atomic<Int>(0)

    init(limit: Int) { self.limit = limit }

    /// Exchanges what somebody held for what they hold now; false, and nothing changed, when that passes the limit.
    func change(from old: Int, to new: Int) -> Bool {
        let after = used.add(new - old, ordering: .relaxed).newValue
        guard after > limit, new > old else { return true }
        used.subtract(new - old, ordering: .relaxed)
        return false
    }

    var usedBytes: Int { used.load(ordering: .relaxed) }
}
