import Glibc

/// Who calls on one connection: its certificate's owner, or whoever the last token belongs to. On its event loop only.
///
/// A client sends one token over and over: the last one's bytes are kept, so that a call costs one comparison.
struct ConnectionCaller {
    enum Answer {
        case caller(Caller)
        case refused(CallStatus)
    }

    /// Shown in the handshake; nil: none, or the connection is not encrypted.
    var certificate: PeerCertificate? { didSet { generation = 0 } }
    private var ofCertificate: Caller?
    private var ofToken: Caller?
    private var token: [UInt8] = []
    /// Of the directory that the callers come from; 0: none was asked.
    private var generation: UInt64 = 0

    /// Who sends a request with this token, or without one.
    @inline(__always)
    mutating func find(
        _ sent: UnsafeRawBufferPointer?, _ access: AccessControl, _ peer: PeerAddress, now: UInt64
    ) -> Answer {
        if generation != access.generation { ask(access) }
        if let sent {
            if let ofToken, isLast(sent), !ofToken.isOver { return .caller(ofToken) }
            return look(up: sent, access, peer, now: now)
        }
        if let ofCertificate, !ofCertificate.isOver { return .caller(ofCertificate) }
        return .refused(certificate == nil ? .noToken : .unknownCertificate)
    }

    private func isLast(_ sent: UnsafeRawBufferPointer) -> Bool {
        token.withUnsafeBytes {
            $0.count == sent.count && isSame($0, sent)
        }
    }

    /// A new list of callers: nothing of the old one counts.
    private mutating func ask(_ access: AccessControl) {
        generation = access.generation
        ofCertificate = certificate.flatMap { access.find(certificate: $0) }
        ofToken = nil
        token = []
    }

    private mutating func look(
        up sent: UnsafeRawBufferPointer, _ access: AccessControl, _ peer: PeerAddress, now: UInt64
    ) -> Answer {
        // A right token is taken whatever others behind the same address send: nobody guesses 256 bits.
        guard sent.count <= Limits.tokenBytesMax, let found = access.find(token: sent) else {
            let wait = access.wrongTokens.wait(peer.group, now: now)
            guard wait == 0 else { return .refused(.tokensWait(nanoseconds: wait)) }
            access.wrongTokens.add(peer.group, now: now)
            return .refused(.wrongToken)
        }
        guard !found.isOver else { return .refused(.wrongToken) }
        (ofToken, token) = (found, Array(sent))
        return .caller(found)
    }
}

/// Whether two texts of equal length are the same, in a time that does not say where they differ.
private func isSame(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Bool {
    var difference: UInt8 = 0
    for index in 0..<min(a.count, b.count) { difference |= a[index] ^ b[index] }
    return difference == 0
}

extension CallStatus {
    /// The request says nothing of who sends it.
    static let noToken = CallStatus.failed(
        .unauthorized,
        "this server answers only callers that it knows: send a token (RpcMeta.authentication_data; of HTTP and gRPC "
            + "the field authorization: Bearer TOKEN) or a client certificate; nothing was done")

    /// The certificate is nobody's here.
    static let unknownCertificate = CallStatus.failed(
        .unauthorized,
        "the client certificate is sound, and none of its names is in this server's list of callers: have it added "
            + "there, or send a token; nothing was done")

    /// The token is nobody's.
    static let wrongToken = CallStatus.failed(
        .unauthorized,
        "the token belongs to nobody: it is mistyped, revoked or past its last day; ask the server's operator for "
            + "another; nothing was done")

    /// Too many wrong tokens came from the address.
    static func tokensWait(nanoseconds: UInt64) -> CallStatus {
        .failed(
            .overLimit,
            "several wrong tokens came from this address: its tokens are looked at again in "
                + "\((nanoseconds + 999_999_999) / 1_000_000_000) s; nothing was done, send it again then")
    }

    /// The caller asks more often than it may.
    package static func overRate(_ meter: RateMeter, of what: String, nanoseconds: UInt64) -> CallStatus {
        .failed(
            .overLimit,
            "this caller may send \(meter.perSecond) \(what) a second and \(meter.burst) at once: nothing was done, "
                + "send it again in \((nanoseconds + 999_999) / 1_000_000) ms")
    }
}
