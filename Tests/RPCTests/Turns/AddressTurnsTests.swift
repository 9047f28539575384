import Client
import RPC
import Synchronization
import Testing

/// Connections of one address share its turns.
@Suite struct `Turns of addresses` {
    private static let requests = 30
    /// Of a core's time, so that a busy machine makes nobody's request longer than another's.
    private static let milliseconds: UInt8 = 4

    @Test func `an address with two connections has no more of the sequencer than one with a single connection`()
        throws
    {
        let toy = try `Shares of the server`.toy()
        defer { toy.server.drain() }
        let first = try toy.client()
        try first.ask("Gated")
        toy.gate.waitForArrival()
        let (one, other, single): (UInt8, UInt8, UInt8) = (1, 2, 3)
        let peers = try [(one, "127.0.0.2"), (other, "127.0.0.2"), (single, "127.0.0.3")].map { name, address in
            let peer = try Peer(port: toy.port, from: address)
            for _ in 0..<Self.requests {
                peer.send(
                    requestPacket(
                        service: ToySequencer.service, method: "Work", message: [Self.milliseconds, name]))
            }
            return peer
        }
        eventually { toy.server.statistics.queuedRequests == 1 + 3 * Self.requests }
        toy.gate.open()
        eventually { toy.batches.worked.withLock { $0.count } == 3 * Self.requests }
        let order = toy.batches.worked.withLock { $0 }
        let end = try #require(order.lastIndex(of: single))
        let before = [one, other].map { name in order[..<end].count { $0 == name } }
        // By connections each of the two would be done by then, first come, first served, one or both of them.
        let together = before[0] + before[1]
        #expect(together > Self.requests / 2 && together < Self.requests * 3 / 2, "\(before) went before: \(order)")
        #expect(before.allSatisfy { $0 > Self.requests / 4 }, "\(before) went before: \(order)")
        withExtendedLifetime(peers) {}
        #expect(try first.client.receive().code == 0)
    }
}
