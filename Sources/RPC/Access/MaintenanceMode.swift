import Glibc
import Synchronization

/// Whether a server takes writes; changed while it serves, from any thread.
package final class MaintenanceMode: Sendable {
    private let readOnly: Atomic<Bool>
    private let changed = Atomic<Int64>(0)

    package init(isReadOnly: Bool = false) { readOnly = Atomic(isReadOnly) }

    /// Whether methods that write are refused, from the next read of a connection on.
    @inline(__always)
    package var isReadOnly: Bool { readOnly.load(ordering: .relaxed) }

    /// When it was last changed, in milliseconds since 1970-01-01 UTC; 0: never.
    package var since: Int64 { changed.load(ordering: .relaxed) }

    /// Changes it; false: it was so before.
    @discardableResult
    package func set(isReadOnly: Bool) -> Bool {
        guard readOnly.exchange(isReadOnly, ordering: .sequentiallyConsistent) != isReadOnly else { return false }
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        changed.store(Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000, ordering: .relaxed)
        return true
    }
}
