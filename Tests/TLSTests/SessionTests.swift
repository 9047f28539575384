import COpenSSL
import TLS
import TLSTesting
import TestSupport
import Testing

/// What a peer may do to a session, byte by byte.
@Suite("A TLS session of the server")
struct SessionTests {
    private let folder = ScratchFolder()
    private let tls: ServerTLS

    init() throws {
        let files = TestAuthority(folder.path).make()
        tls = try ServerTLS(ServerTLSFiles(certificate: files.certificate, key: files.key))
    }

    private func openPair(_ setUp: (OpaquePointer) -> Void = { _ in }) throws -> TLSPair {
        let pair = try TLSPair(tls, setUp)
        pair.shakeHands()
        try #require(pair.isOpen, "\(String(describing: pair.failure))")
        return pair
    }

    private static func limit(_ context: OpaquePointer, to version: Int32) {
        SSL_CTX_ctrl(context, SSL_CTRL_SET_MIN_PROTO_VERSION, 0, nil)
        SSL_CTX_ctrl(context, SSL_CTRL_SET_MAX_PROTO_VERSION, Int(version), nil)
    }

    @Test("speaks 1.3 with who can, 1.2 with who cannot, and refuses 1.1")
    func versions() throws {
        #expect(try openPair().server.version == "TLSv1.3")
        #expect(try openPair { Self.limit($0, to: TLS1_2_VERSION) }.server.version == "TLSv1.2")
        let old = try TLSPair(tls) { Self.limit($0, to: TLS1_1_VERSION) }
        old.shakeHands()
        #expect(!old.isOpen)
        guard case .protocol = old.failure else {
            Issue.record("TLS 1.1 was refused by \(String(describing: old.failure))")
            return
        }
    }

    @Test("decrypts what comes byte by byte, and knows that a record has begun")
    func halfARecord() throws {
        let pair = try openPair()
        let sealed = pair.seal(Array("settle".utf8))
        for byte in sealed.dropLast() {
            pair.feed([byte])
            #expect(pair.plain.isEmpty && pair.server.isInsideRecord && pair.failure == nil)
        }
        pair.feed([sealed.last!])
        #expect(pair.plain == Array("settle".utf8))
        #expect(!pair.server.isInsideRecord)
    }

    @Test("decrypts many records of one read at once")
    func manyRecords() throws {
        let pair = try openPair()
        let message = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 * 31) }
        pair.feed(pair.seal(message))
        #expect(pair.plain == message)
    }

    @Test("ends at a record that is longer than records are, or was changed on its way")
    func wrongRecords() throws {
        let huge = try openPair()
        huge.feed([0x17, 0x03, 0x03, 0xFF, 0xFF] + [UInt8](repeating: 0, count: 100))
        #expect(huge.failure != nil)
        let changed = try openPair()
        var sealed = changed.seal(Array("1.00".utf8))
        sealed[sealed.count - 1] ^= 1
        changed.feed(sealed)
        #expect(changed.failure != nil && changed.plain.isEmpty)
        // An alert says so to the peer.
        #expect(!changed.answers.isEmpty)
        changed.feed(changed.seal([1]))
        #expect(changed.failure == .over)
    }

    @Test("ends at garbage, whatever it is and wherever it comes", arguments: 0..<200)
    func garbage(_ number: Int) throws {
        var random = SeededRandom(seed: UInt64(number))
        let pair = try TLSPair(tls)
        let hello = pair.act { _ = tls_handshake($0) }
        var changed = hello
        // Behind the record's header: a header of another type is met before.
        for _ in 0..<Int.random(in: 1...8, using: &random) {
            changed[Int.random(in: 5..<hello.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
        }
        pair.feed(changed)
        pair.feed((0..<300).map { _ in UInt8.random(in: 0...255, using: &random) })
        #expect(!pair.server.isOpen, "seed \(number)")
    }

    @Test("ends when its handshake is longer than one needs")
    func longHandshake() throws {
        let pair = try TLSPair(tls)
        // A hello of 16 MB, as it says, in records of 16 KiB.
        pair.feed([0x16, 0x03, 0x01, 0x40, 0x00, 0x01, 0xFF, 0xFF, 0xFF] + [UInt8](repeating: 0, count: 0x3FFC))
        for _ in 0..<20 where pair.failure == nil {
            pair.feed([0x16, 0x03, 0x01, 0x40, 0x00] + [UInt8](repeating: 0, count: 0x4000))
        }
        #expect(pair.failure != nil)
    }

    @Test("does not renegotiate, and ends when it is asked to again and again")
    func renegotiation() throws {
        let pair = try openPair { Self.limit($0, to: TLS1_2_VERSION) }
        let asked = pair.act { client in
            _ = SSL_renegotiate(client.pointee.ssl)
            _ = tls_handshake(client)
        }
        pair.feed(asked)
        #expect(!asked.isEmpty)
        #expect(pair.server.isOpen)
        let refused = pair.answers
        #expect(!refused.isEmpty, "the refusal is an alert")
        // The client gives up, or goes on in the session that was agreed on; there is no new one.
        #expect(pair.plain.isEmpty)
    }

    @Test("renews keys for who sends much, and ends with who only renews")
    func keyUpdates() throws {
        let honest = try openPair()
        for round in 0..<20 {
            honest.feed(honest.act { _ = SSL_key_update($0.pointee.ssl, SSL_KEY_UPDATE_REQUESTED) })
            honest.feed(honest.seal([UInt8(round)]))
        }
        #expect(honest.failure == nil && honest.plain == (0..<20).map { UInt8($0) })
        let flood = try openPair()
        for _ in 0..<200 where flood.failure == nil {
            flood.feed(
                flood.act { client in
                    _ = SSL_key_update(client.pointee.ssl, SSL_KEY_UPDATE_NOT_REQUESTED)
                    _ = SSL_do_handshake(client.pointee.ssl)
                })
        }
        #expect(flood.failure == .flood)
    }

    @Test("ends with the peer's close_notify, and says its own")
    func closing() throws {
        let pair = try openPair()
        pair.feed(pair.act { _ = tls_end($0) })
        #expect(pair.isEnded && pair.failure == nil)
        var room = [UInt8](repeating: 0, count: 4096)
        #expect(room.withUnsafeMutableBytes { pair.server.finish(to: $0) } > 0)
        #expect(room.withUnsafeMutableBytes { pair.server.finish(to: $0) } == 0, "it is said once")
    }

    @Test("agrees on h2 and http/1.1, and takes who names nothing")
    func applications() throws {
        func names(_ list: [UInt8]) throws -> TLSPair {
            let pair = try TLSPair(tls) { SSL_CTX_set_alpn_protos($0, list, UInt32(list.count)) }
            pair.shakeHands()
            return pair
        }
        #expect(try openPair().server.application == nil)
        #expect(try names([2] + "h2".utf8).server.application == .http2)
        #expect(try names([8] + "http/1.1".utf8).server.application == .http1)
        // Browsers and curl name both, and mean HTTP.
        #expect(try names([2] + "h2".utf8 + [8] + "http/1.1".utf8).server.application == .http1)
        let unknown = try names([3] + "foo".utf8)
        #expect(!unknown.isOpen && unknown.failure != nil)
    }
}
