import Client
import RPC
import Testing

/// Clients that go away in the middle, against the real server process.
@Suite struct `Clients that go away` {
    static let times = 100

    /// The kernel resets a connection that is closed with answers unread: the server's write fails while requests of
    /// the same connection are still to be read.
    @Test func `a client that goes away while it is answered harms nobody`() throws {
        let server = try ServerProcess()
        let unary = Sample.plain.request
        let batch = Batch([Sample](repeating: .example("003-5"), count: 500)).request
        for time in 0..<Self.times {
            let client = try server.connect()
            for number in 0..<2_000 {
                let isBatch = number % 40 == time % 40
                _ = try (isBatch ? batch : unary).withUnsafeBytes {
                    try client.send(isBatch ? Remote.batch : Remote.calculate, $0)
                }
            }
            try client.flush()
            // The first answer is read, so that answering has begun; the rest is left to the reset.
            #expect(try client.receive().code == 0)
        }
        try server.expectHealthy(after: "\(Self.times) clients that went away")
    }

    @Test func `a client that goes away inside a packet harms nobody`() throws {
        let server = try ServerProcess()
        let packet = Packet(Sample.plain.request).bytes
        for length in 1..<packet.count {
            let client = try server.connect()
            try packet[..<length].withUnsafeBytes { try client.sendRaw($0) }
        }
        try server.expectHealthy(after: "packets without an end")
    }
}
