import RPC
import TLS
import TestSupport
import Testing

@Suite("TLS handshakes under way")
struct HandshakesTests {
    @Test("of too many the one that began first gives way, and a client that means it comes in")
    func tooMany() throws {
        let secure = try SecureToy { configuration in
            configuration.eventLoopThreads = 1
            configuration.handshakesMax = 8
            configuration.handshake = .seconds(60)
        }
        var peers: [Peer] = []
        for _ in 0..<20 { peers.append(try Peer(secure.toy)) }
        eventually { secure.toy.server.statistics.handshakeFailures == 12 }
        eventually { secure.toy.server.statistics.connectionsOpen == 8 }
        #expect(try secure.client().call("Inline", [7]) == [7])
        #expect(secure.toy.log.messages.contains { $0.contains("began first of all") })
        withExtendedLifetime(peers) {}
    }
}
