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
    // Safe to share: the places are atomic, and their memory lives as long as the table.
    private let places: UnsafeMutablePointer<AtomicLazyReference<Member>>
    private let count: Int

    init(count: Int) {
        self.count = count
        places = .allocate(capacity: count)
        for index in 0..<count { (places + index).initialize(to: AtomicLazyReference()) }
    }

    deinit { places.deinitialize(count: count).deallocate() }

    func member(_ index: Int, make: () -> Member) -> Member {
        precondition(index < count)
        return places[index].load() ?? places[index].storeIfNil(make())
    }

    /// Those that were made.
    func forEach(_ body: (Int, Member) -> Void) {
        for index in 0..<count {
            if let member = places[index].load() { body(index, member) }
        }
    }
}
