import Glibc
import RPC
import Testing

/// Who has to go when connections hold more than there is.
@Suite struct `Memory that all connections share` {
    /// Packets that claim more than ever comes, with so many bytes of them.
    static func unfinished(_ bytes: Int) -> [UInt8] {
        header(body: UInt32(4 * bytes), meta: 10) + [UInt8](repeating: 0, count: bytes - 12)
    }

    @Test func `all connections' held bytes together are bounded`() throws {
        let toy = try ToyServer { $0.heldBytesMax = 1 << 20 }
        defer { toy.server.drain() }
        let peers = try (0..<4).map { _ in try Peer(toy) }
        for peer in peers { peer.sendWhatFits(Self.unfinished(400_000)) }
        eventually { toy.server.statistics.closedOverBudget > 0 }
        #expect(toy.server.statistics.heldBytes <= 1 << 20)
        // Counted, then logged: the two may be some moments apart.
        eventually { UInt64(toy.log.messages.count) == toy.server.statistics.closedOverBudget }
        for line in toy.log.messages {
            #expect(peers.contains { line.hasPrefix("closing the connection of \($0.address): it held ") })
            #expect(line.hasSuffix("the most for longest, and all connections together may hold 1048576"))
        }
        #expect(try Peer(toy).isAnswered())
        withExtendedLifetime(peers) {}
    }

    @Test func `those who hold most for longest go, and nobody who asks meanwhile`() throws {
        let toy = try ToyServer { $0.heldBytesMax = 16 << 20 }
        defer { toy.server.drain() }
        // Sixteen parts that never end; the last ones do not fit in any more.
        let hostile = try (0..<16).map { _ in try Peer(toy) }
        for peer in hostile { peer.sendWhatFits(Self.unfinished(1_100_000)) }
        eventually { toy.server.statistics.heldBytes > 8 << 20 }
        let message = [UInt8](repeating: 5, count: 700_000)
        let client = try toy.client()
        for _ in 0..<40 { #expect(try client.call("Worker", message) == message) }
        let others = try (0..<8).map { _ in try toy.client() }
        for client in others { #expect(try client.call("Inline", Array(message.prefix(200_000))).count == 200_000) }
        #expect(toy.server.statistics.heldBytes <= 16 << 20)
        // Now and then a hostile one sends a little more, and another takes the place of one that went.
        for peer in hostile where peer.isOpen { peer.sendWhatFits([UInt8](repeating: 0, count: 70_000)) }
        let more = try (0..<16).map { _ in try Peer(toy) }
        for peer in more { peer.sendWhatFits(Self.unfinished(1_100_000)) }
        for client in others { #expect(try client.call("Worker", message) == message) }
        eventually { toy.server.statistics.closedOverBudget >= 4 }
        eventually { toy.log.messages.count >= 4 }
        for line in toy.log.messages {
            #expect((hostile + more).contains { line.contains(" of \($0.address): ") }, "\(line)")
        }
        #expect(toy.server.statistics.heldBytes <= 16 << 20)
    }

    @Test func `on one event loop the greatest goes at once, where those who were told to have not gone`() throws {
        let toy = try ToyServer {
            $0.eventLoopThreads = 1
            $0.heldBytesMax = 2 << 20
        }
        defer { toy.server.drain() }
        let hostile = try Peer(toy)
        hostile.sendWhatFits(Self.unfinished(1_500_000))
        eventually { toy.server.statistics.heldBytes >= 1_400_000 }
        let client = try toy.client()
        let message = [UInt8](repeating: 3, count: 1_200_000)
        #expect(try client.call("Worker", message) == message)
        hostile.waitForEnd()
        #expect(toy.logged(of: hostile).count == 1)
        eventually { toy.server.statistics.heldBytes == 0 }
    }
}
