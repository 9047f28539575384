import Synchronization

/// Whether a derived file of a ledger was found damaged.
///
/// One flag for all indexes, set by whoever finds the damage, on any thread: the ledger reads it before every
/// settlement, in line, where asking each index would be a call and three reads.
package final class DamageFlag: Sendable {
    package let isSet = Atomic(false)

    package init() {}

    func set() { isSet.store(true, ordering: .releasing) }

    /// Clears the flag, unless `isDamaged` says after it that something was found meanwhile.
    func clear(unless isDamaged: () -> Bool) {
        isSet.store(false, ordering: .sequentiallyConsistent)
        if isDamaged() { set() }
    }
}
