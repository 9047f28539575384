import Synchronization

/// Addresses that sent tokens of nobody: after a few of them their tokens are not looked at for a while.
///
/// A token has 256 random bits, so nobody guesses one; what is bounded here is the work and the log of those who try.
/// An honest client behind the same address is told to come again, and a connection that is known already goes on.
final class WrongTokens: Sendable {
    private struct Address {
        var wrong = 0
        /// Monotonic nanoseconds.
        var last: UInt64 = 0
        var waitsUntil: UInt64 = 0
    }

    private let addresses = Mutex<[UInt64: Address]>([:])

    /// The nanoseconds for which tokens of an address are not looked at yet; 0: they are.
    func wait(_ address: UInt64, now: UInt64) -> UInt64 {
        addresses.withLock { addresses in
            guard let known = addresses[address], known.waitsUntil > now else { return 0 }
            return known.waitsUntil - now
        }
    }

    /// Counts a token of nobody.
    func add(_ address: UInt64, now: UInt64) {
        addresses.withLock { addresses in
            if addresses[address] == nil, addresses.count >= Limits.wrongTokenAddressesMax {
                Self.makeRoom(&addresses, now)
            }
            var known = addresses[address] ?? Address()
            if now &- known.last > Limits.wrongTokensForgottenNanoseconds { known.wrong = 0 }
            known.wrong += 1
            known.last = now
            let beyond = known.wrong - Limits.wrongTokensFree
            if beyond >= 0 {
                let seconds = min(1 << min(beyond, 10), Limits.wrongTokenWaitSecondsMax)
                known.waitsUntil = now &+ UInt64(seconds) &* 1_000_000_000
            }
            addresses[address] = known
        }
    }

    /// Drops what is old; where nothing is, everything: a flood of addresses must not make the table slow.
    private static func makeRoom(_ addresses: inout [UInt64: Address], _ now: UInt64) {
        let kept = addresses.filter { now &- $0.value.last <= Limits.wrongTokensForgottenNanoseconds }
        addresses = kept.count < Limits.wrongTokenAddressesMax ? kept : [:]
    }

    var count: Int { addresses.withLock { $0.count } }
}
