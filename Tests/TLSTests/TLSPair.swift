import COpenSSL
import TLS
import Testing

/// A client and a server that talk through memory, so that a test may change what travels.
final class TLSPair {
    let server: TLSSession
    let client: UnsafeMutablePointer<tls_session>
    private let context: OpaquePointer
    /// What the server refused the client for; nil: it did not.
    private(set) var failure: TLSFailure?
    /// The server's bytes for the client that were not taken yet.
    var answers: [UInt8] = []
    /// What the client sent inside.
    private(set) var plain: [UInt8] = []
    private(set) var isEnded = false

    /// - Parameter setUp: the client's side, with OpenSSL's own functions.
    init(_ tls: ServerTLS, _ setUp: (OpaquePointer) -> Void = { _ in }) throws {
        server = try #require(tls.makeSession())
        context = SSL_CTX_new(TLS_client_method())
        SSL_CTX_set_cipher_list(context, "DEFAULT:@SECLEVEL=0")
        setUp(context)
        client = try #require(tls_session_create(context, false))
    }

    deinit {
        tls_session_destroy(client)
        SSL_CTX_free(context)
    }

    /// Hands bytes to the server as one read, and keeps what it answers.
    func feed(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { all in
            var input = all
            var step = TLSSession.Step.done
            if !server.isOpen {
                answer { room in
                    let result = server.handshake(&input, to: room)
                    step = result.0
                    return result.written
                }
            }
            if server.isOpen, step == .done {
                let room = UnsafeMutableRawBufferPointer.allocate(
                    byteCount: input.count + TLSLimits.recordBytesMax, alignment: 16)
                defer { room.deallocate() }
                answer { out in
                    let result = server.decrypt(&input, into: room, to: out)
                    step = result.0
                    plain += room[..<result.count]
                    return result.written
                }
            }
            if case .failed(let why) = step { failure = why }
            if step == .peerEnded { isEnded = true }
        }
    }

    private func answer(_ body: (UnsafeMutableRawBufferPointer) -> Int) {
        let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { room.deallocate() }
        let count = body(room)
        answers += room[..<count]
    }

    /// Lets the client do something with what has come; returns the bytes it sends.
    func act(_ body: (UnsafeMutablePointer<tls_session>) -> Void) -> [UInt8] {
        let room = UnsafeMutablePointer<UInt8>.allocate(capacity: 2 << 20)
        defer { room.deallocate() }
        let came = answers
        answers = []
        return came.withUnsafeBufferPointer { bytes in
            client.pointee.in = bytes.baseAddress
            client.pointee.in_left = bytes.count
            client.pointee.out = room
            client.pointee.out_room = 2 << 20
            client.pointee.out_count = 0
            body(client)
            return Array(UnsafeBufferPointer(start: room, count: client.pointee.out_count))
        }
    }

    /// The client sends bytes inside.
    func seal(_ bytes: [UInt8]) -> [UInt8] {
        act { client in
            var count = 0
            #expect(bytes.withUnsafeBytes { tls_write(client, $0.baseAddress, $0.count, &count) } == tls_done)
        }
    }

    /// The handshake, to its end or as far as it goes.
    func shakeHands() {
        for _ in 0..<4 where failure == nil {
            feed(act { _ = tls_handshake($0) })
        }
        // What the server has to say last: an alert, or tickets.
        _ = act { client in
            var count = 0
            var byte: UInt8 = 0
            _ = tls_read(client, &byte, 1, &count)
        }
    }

    var isOpen: Bool { server.isOpen && client.pointee.is_open }
}
