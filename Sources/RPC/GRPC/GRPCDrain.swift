import CNghttp2

/// How a connection is told that the server ends: a first GOAWAY that forbids nothing yet and a ping, then, when the
/// peer has acknowledged the ping, a second one with the last call that was taken.
///
/// What the peer sent before it knew is taken; what it sends after it knew was not taken, and it can ask another.
struct GRPCDrain {
    private enum Phase { case none, told, toldTwice }

    /// The ping's eight bytes.
    private static let opaque: UInt64 = 0x6472_6169_6e69_6e67

    private var phase = Phase.none
    private var hasAsked = false
    private var since: UInt64 = 0

    var isToldTwice: Bool { phase == .toldTwice }
    var hasBegun: Bool { phase != .none }

    /// False: it has begun before.
    mutating func begin(_ session: OpaquePointer?, now: UInt64) -> Bool {
        guard phase == .none else { return false }
        (phase, since) = (.told, now)
        nghttp2_submit_shutdown_notice(session)
        return true
    }

    /// Pings the peer once the first GOAWAY has left: nghttp2 would send a ping before it, and an acknowledgement would
    /// not say that the peer knew. Called whenever everything has left; true: the ping is to leave now.
    mutating func ask(_ session: OpaquePointer?) -> Bool {
        guard phase == .told, !hasAsked else { return false }
        hasAsked = true
        var opaque = Self.opaque.bigEndian
        withUnsafeBytes(of: &opaque) {
            _ = nghttp2_submit_ping(
                session, UInt8(NGHTTP2_FLAG_NONE.rawValue), $0.baseAddress!.assumingMemoryBound(to: UInt8.self))
        }
        return true
    }

    mutating func acknowledged(_ opaque: UInt64, _ session: OpaquePointer?) {
        if opaque == Self.opaque { tellAgain(session) }
    }

    mutating func tick(_ session: OpaquePointer?, now: UInt64) {
        if phase == .told, now > since, now - since >= Limits.http2DrainNanoseconds { tellAgain(session) }
    }

    private mutating func tellAgain(_ session: OpaquePointer?) {
        guard phase == .told else { return }
        phase = .toldTwice
        nghttp2_submit_goaway(
            session, UInt8(NGHTTP2_FLAG_NONE.rawValue), nghttp2_session_get_last_proc_stream_id(session),
            NGHTTP2_NO_ERROR.rawValue, nil, 0)
    }
}
