import Synchronization

/// One address from which connections come, as long as it has any.
final class Caller: Sendable {
    private let turns: TurnTable<AddressTurn>

    init(queues: Int) { turns = TurnTable(count: queues) }

    func turn(in queue: Int) -> AddressTurn { turns.member(queue) { AddressTurn() } }
}

/// The callers of a server by their address: connections of one address share a turn.
final class Callers: Sendable {
    private struct Known {
        var caller: Caller
        var connections = 0
    }

    private let queues: Int
    private let known = Mutex<[UInt64: Known]>([:])

    init(queues: Int) { self.queues = queues }

    /// The caller at an address, for one more connection; give it back with `leave`.
    func enter(_ address: UInt64) -> Caller {
        known.withLock { known in
            known[address, default: Known(caller: Caller(queues: queues))].connections += 1
            return known[address]!.caller
        }
    }

    func leave(_ address: UInt64) {
        known.withLock { known in
            known[address]?.connections -= 1
            if known[address]?.connections == 0 { known[address] = nil }
        }
    }

    var count: Int { known.withLock { $0.count } }
}

/// One turn for every queue, made when it is first asked for; from any thread.
final class TurnTable<Member: Turn & Sendable>: @unchecked Sendable {
    // Safe to share: the places are atomic; their memory, and what they hold, lives as long as the table. Not the
    // library's lazy references: those look the type's metadata up at every access, five times a request.
    private let places: UnsafeMutablePointer<Atomic<UnsafeRawPointer?>>
    private let count: Int

    init(count: Int) {
        self.count = count
        places = .allocate(capacity: count)
        for index in 0..<count { (places + index).initialize(to: Atomic(nil)) }
    }

    deinit {
        for index in 0..<count {
            if let held = places[index].load(ordering: .acquiring) { Unmanaged<Member>.fromOpaque(held).release() }
        }
        places.deinitialize(count: count).deallocate()
    }

    func member(_ index: Int, make: () -> Member) -> Member { made(index) ?? add(make(), index) }

    /// Those that were made.
    @inline(__always)
    func forEach(_ body: (Int, Member) -> Void) {
        for index in 0..<count {
            if let member = made(index) { body(index, member) }
        }
    }

    @inline(__always)
    private func made(_ index: Int) -> Member? {
        precondition(index < count)
        guard let held = places[index].load(ordering: .acquiring) else { return nil }
        return Unmanaged<Member>.fromOpaque(held).takeUnretainedValue()
    }

    /// The one in a place that was empty: this one, or what another thread put there meanwhile.
    private func add(_ member: Member, _ index: Int) -> Member {
        let own = Unmanaged.passRetained(member)
        let (isFirst, other) = places[index].compareExchange(
            expected: nil, desired: UnsafeRawPointer(own.toOpaque()), ordering: .acquiringAndReleasing)
        if isFirst { return member }
        own.release()
        return Unmanaged<Member>.fromOpaque(other!).takeUnretainedValue()
    }
}
