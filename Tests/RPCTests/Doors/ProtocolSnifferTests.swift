import Client
import RPC
import Testing

/// What the first bytes of a connection say.
struct ProtocolSnifferTests {
    static func look(_ text: String) -> WireProtocol? { Array(text.utf8).withUnsafeBytes { ProtocolSniffer.look($0) } }

    @Test(arguments: [
        ("PRPC\0\0\0\0", WireProtocol.native), ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", .http2), ("GET / HTTP/1.1", .http1),
        ("POST /a/b HTTP/1.1", .http1), ("PUT / HTTP/1.1", .http1), ("OPTIONS * HTTP/1.1", .http1),
        ("DELETE / HTTP/1.1", .http1), ("\u{16}\u{3}\u{1}\u{0}", .native), ("get / http/1.1", .native), ("PRIX", .native),
    ])
    func `the protocol shows in four bytes, and in no fewer than tell it from the others`(
        _ bytes: String, _ wire: WireProtocol
    ) {
        #expect(Self.look(bytes) == wire)
        #expect(Self.look(String(bytes.prefix(4))) == wire)
        // What fewer bytes say stays true.
        for count in 0..<4 {
            let early = Self.look(String(bytes.prefix(count)))
            #expect(early == nil || early == wire, "after \(count) bytes")
        }
    }

    @Test func `a beginning that two protocols share waits for the byte that tells`() {
        #expect(Self.look("PR") == nil)
        #expect(Self.look("PRP") == nil)
        #expect(Self.look("PRX") == .native)
        #expect(Self.look("") == nil)
    }

    @Test func `a packet that comes byte by byte is answered`() throws {
        let toy = try ToyServer()
        let client = try toy.client()
        let packet = requestPacket(message: [1, 2, 3], correlationID: 5)
        for byte in packet { try client.sendRaw([byte]) }
        let answer = try client.receive()
        #expect(answer.correlationID == 5)
        toy.server.drain()
    }
}
