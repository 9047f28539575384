import Synchronization

/// One client address and its turn in every queue; exists while the address has a connection with requests.
final class PeerHost: Sendable {
    private let turns: TurnTable<AddressTurn>

    init(queues: Int) { turns = TurnTable(count: queues) }

    func turn(in queue: Int) -> AddressTurn { turns.member(queue) { AddressTurn() } }
}

/// The client addresses of a server: all connections of one address share a turn.
final class PeerHosts: Sendable {
    private struct Known {
        var host: PeerHost
        var connections = 0
    }

    private let queues: Int
    private let known = Mutex<[UInt64: Known]>([:])

    init(queues: Int) { self.queues = queues }

    /// The host of an address, for one more connection; call `leave` when the connection closes.
    func enter(_ address: UInt64) -> PeerHost {
        known.withLock { known in
            known[address, default: Known(host: PeerHost(queues: queues))].connections += 1
            return known[address]!.host
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
    // Safe to share: the slots are atomic; their memory and their members live as long as the table.
    // `AtomicLazyReference` is not used: it looks the type's metadata up at every access, five times a request.
    private let slots: UnsafeMutablePointer<Atomic<UnsafeRawPointer?>>
    private let count: Int

    init(count: Int) {
        self.count = count
        slots = .allocate(capacity: count)
        for index in 0..<count { (slots + index).initialize(to: Atomic(nil)) }
    }

    deinit {
        for index in 0..<count {
            if let held = slots[index].load(ordering: .acquiring) { Unmanaged<Member>.fromOpaque(held).release() }
        }
        slots.deinitialize(count: count).deallocate()
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
        guard let held = slots[index].load(ordering: .acquiring) else { return nil }
        return Unmanaged<Member>.fromOpaque(held).takeUnretainedValue()
    }

    /// Fills an empty slot; returns `member`, or the one that another thread stored first.
    private func add(_ member: Member, _ index: Int) -> Member {
        let own = Unmanaged.passRetained(member)
        let (isFirst, other) = slots[index].compareExchange(
            expected: nil, desired: UnsafeRawPointer(own.toOpaque()), ordering: .acquiringAndReleasing)
        if isFirst { return member }
        own.release()
        return Unmanaged<Member>.fromOpaque(other!).takeUnretainedValue()
    }
}
