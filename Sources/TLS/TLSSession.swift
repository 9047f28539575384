import COpenSSL

/// One connection's TLS, as a machine of bytes: what came is decrypted into the caller's memory, what is to be sent is
/// encrypted into it. One thread uses it.
///
/// ```
/// handshaking ──(handshake done)──> open ──(close_notify)──> ended
///      └──────────(bytes that are wrong, a flood)──────────────┘
/// ```
package final class TLSSession {
    /// What a step came to.
    package enum Step: Equatable {
        /// All that was asked for is done, as far as the bytes go.
        case done
        /// More is to be sent than there was room for: take it, and call again with the same arguments.
        case needsRoom
        /// The peer said that it sends no more.
        case peerEnded
        /// The session is over; what was written, an alert, is still to be sent.
        case failed(TLSFailure)
    }

    /// The protocol inside that both sides agreed on (ALPN).
    package enum Application: Sendable { case http2, http1 }

    private let raw: UnsafeMutablePointer<tls_session>
    private let context: TLSContext
    /// Nothing can be sent or read any more.
    private var isOver = false

    init(_ raw: UnsafeMutablePointer<tls_session>, context: TLSContext) {
        self.raw = raw
        self.context = context
    }

    deinit { tls_session_destroy(raw) }

    /// Whether the handshake is done.
    package var isOpen: Bool { raw.pointee.is_open }

    /// Whether bytes can be sent in it: the handshake is done, and nothing went wrong since.
    package var canSend: Bool { raw.pointee.is_open && !isOver }

    /// Whether a record has begun to come and not ended.
    package var isInsideRecord: Bool { tls_is_inside_record(raw) }

    /// Whether nothing has come.
    package var isUntouched: Bool { raw.pointee.bytes_in == 0 && !isOver }

    // MARK: Steps

    /// Goes on with the handshake: uses `input`, taking off what is used up, and writes what is to be sent to `room`.
    ///
    /// - Returns: how many bytes were written, and `done` where the handshake is done or waits for more bytes.
    package func handshake(
        _ input: inout UnsafeRawBufferPointer, to room: UnsafeMutableRawBufferPointer
    ) -> (Step, written: Int) {
        begin(input, room)
        let status = isOver ? tls_failed : tls_handshake(raw)
        let written = end(&input)
        let isTooLong = !isOpen && raw.pointee.bytes_in > UInt64(TLSLimits.handshakeBytesMax)
        if isTooLong, !isOver {
            isOver = true
            return (.failed(.tooLong), written)
        }
        return (step(status), written)
    }

    /// Decrypts `input` into `plain`, taking off what is used up; what the protocol has to send goes to `room`.
    ///
    /// `plain` has room for all of it where it is `TLSLimits.recordBytesMax` larger than `input`.
    ///
    /// - Returns: bytes decrypted, and bytes written to `room`.
    package func decrypt(
        _ input: inout UnsafeRawBufferPointer, into plain: UnsafeMutableRawBufferPointer,
        to room: UnsafeMutableRawBufferPointer
    ) -> (Step, count: Int, written: Int) {
        begin(input, room)
        var count = 0
        let status = isOver ? tls_failed : tls_read(raw, plain.baseAddress, plain.count, &count)
        return (step(status), count, end(&input))
    }

    /// Encrypts `plain` into `room`.
    ///
    /// - Returns: bytes of `plain` that were used, and bytes written; `needsRoom` where `room` was too small.
    package func encrypt(
        _ plain: UnsafeRawBufferPointer, to room: UnsafeMutableRawBufferPointer
    ) -> (Step, used: Int, written: Int) {
        var nothing = UnsafeRawBufferPointer(start: nil, count: 0)
        begin(nothing, room)
        var used = 0
        let status = isOver ? tls_failed : tls_write(raw, plain.baseAddress, plain.count, &used)
        return (step(status), used, end(&nothing))
    }

    /// Says that nothing more will be sent (close_notify); returns the bytes written, 0 where it cannot be said.
    package func finish(to room: UnsafeMutableRawBufferPointer) -> Int {
        guard canSend else { return 0 }
        var nothing = UnsafeRawBufferPointer(start: nil, count: 0)
        begin(nothing, room)
        _ = tls_end(raw)
        isOver = true
        return end(&nothing)
    }

    /// The room that `count` bytes need when they are encrypted, and a little more.
    package static func room(for count: Int) -> Int {
        count + (count >> 14 + 1) * TLSLimits.recordOverheadBytes + TLSLimits.roomBytes
    }

    private func begin(_ input: UnsafeRawBufferPointer, _ room: UnsafeMutableRawBufferPointer) {
        raw.pointee.in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
        raw.pointee.in_left = input.count
        raw.pointee.out = room.baseAddress?.assumingMemoryBound(to: UInt8.self)
        raw.pointee.out_room = room.count
        raw.pointee.out_count = 0
    }

    private func end(_ input: inout UnsafeRawBufferPointer) -> Int {
        let left = raw.pointee.in_left
        input = UnsafeRawBufferPointer(rebasing: input[(input.count - left)...])
        raw.pointee.in_left = 0
        raw.pointee.out_room = 0
        return raw.pointee.out_count
    }

    private func step(_ status: tls_status) -> Step {
        switch status {
        case tls_done, tls_wants_input: return .done
        case tls_wants_room: return .needsRoom
        case tls_closed: return .peerEnded
        case tls_flood:
            isOver = true
            return .failed(.flood)
        default:
            guard !isOver else { return .failed(.over) }
            isOver = true
            return .failed(TLSFailure.take(ofVerification: SSL_get_verify_result(raw.pointee.ssl)))
        }
    }

    // MARK: What was agreed on

    /// The certificate that the peer showed, and that is vouched for; nil: none.
    package var peer: TLSCertificate? {
        guard isOpen, let certificate = SSL_get1_peer_certificate(raw.pointee.ssl) else { return nil }
        defer { X509_free(certificate) }
        return SSL_get_verify_result(raw.pointee.ssl) == X509_V_OK ? TLSCertificate(certificate) : nil
    }

    /// nil: the peer named no protocol.
    package var application: Application? {
        var name: UnsafePointer<UInt8>?
        var count: UInt32 = 0
        SSL_get0_alpn_selected(raw.pointee.ssl, &name, &count)
        return switch count {
        case 2: .http2
        case 8: .http1
        default: nil
        }
    }

    /// "TLSv1.3".
    package var version: String { String(cString: SSL_get_version(raw.pointee.ssl)) }

    /// Keeps its buffers, some 33 KiB, between reads and writes: it spares allocations. Without, they are given back
    /// whenever they are empty.
    package func keepBuffers(_ areKept: Bool) { tls_keep_buffers(raw.pointee.ssl, areKept) }

    // MARK: A client's

    /// Names the server, which has to prove that it is the one; for a client, before the handshake.
    func expect(name: String, protocols: [Application]) throws(TLSProblem) {
        let ssl = raw.pointee.ssl
        let isAddress = X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name) == 1
        ERR_clear_error()
        guard isAddress || SSL_set1_host(ssl, name) == 1 && tls_set_server_name(ssl, name) else {
            throw TLSProblem("\"\(name)\" can be no name of a server's certificate: \(TLSProblem.takeReason())")
        }
        guard
            protocols.isEmpty
                || tls_name_protocols(ssl, protocols.contains(.http2), protocols.contains(.http1))
        else { throw TLSProblem("no protocol can be named in TLS: \(TLSProblem.takeReason())") }
    }
}
