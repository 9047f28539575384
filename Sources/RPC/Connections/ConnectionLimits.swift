import Synchronization

/// Limits of connections that may change while the server serves; each is read by itself, by any thread.
final class ConnectionLimits: Sendable {
    /// Connections that the server's tables have room for: as many as it was started with.
    let room: Int
    private let max: Atomic<Int>
    private let perAddress: Atomic<Int>
    private let countsOwnMachine: Atomic<Bool>
    private let idle: Atomic<UInt64>

    /// - Parameter room: what the limit of open files leaves of `configuration.connectionsMax`.
    init(_ configuration: ServerConfiguration, room: Int) {
        self.room = room
        max = Atomic(room)
        perAddress = Atomic(Self.perAddress(configuration, of: room))
        countsOwnMachine = Atomic(configuration.connectionsPerAddress != nil)
        idle = Atomic(configuration.idle.wholeNanoseconds)
    }

    /// Connections at once.
    var connectionsMax: Int { max.load(ordering: .relaxed) }
    /// Connections of one address; loopback counts as others do only where `countsLoopback`.
    var perAddressMax: Int { perAddress.load(ordering: .relaxed) }
    var countsLoopback: Bool { countsOwnMachine.load(ordering: .relaxed) }
    /// An idle connection's time, in nanoseconds; 0: it has no end.
    var idleNanoseconds: UInt64 { idle.load(ordering: .relaxed) }

    /// Takes over the limits of a configuration; connections that are open above them stay.
    func take(_ configuration: ServerConfiguration) {
        let most = min(configuration.connectionsMax, room)
        max.store(most, ordering: .relaxed)
        perAddress.store(Self.perAddress(configuration, of: most), ordering: .relaxed)
        countsOwnMachine.store(configuration.connectionsPerAddress != nil, ordering: .relaxed)
        idle.store(configuration.idle.wholeNanoseconds, ordering: .relaxed)
    }

    private static func perAddress(_ configuration: ServerConfiguration, of most: Int) -> Int {
        configuration.connectionsPerAddress ?? most - most / Limits.connectionsReservedPart
    }
}
