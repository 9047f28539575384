/// Counts what a client of HTTP/2 sends that makes work and asks for nothing.
///
/// Each kind is a known attack: resets right after requests (CVE-2023-44487), endless header blocks (CVE-2024-28182),
/// pings, settings, priorities, tiny windows and empty data (CVE-2019-9511 to 9518).
package struct FloodMeter {
    private var control: TokenBucket
    private var resets: TokenBucket
    private var continuations = 0
    private var lastPing: UInt64 = 0
    private var pingStrikes = 0

    /// - Parameter now: monotonic nanoseconds, here and below.
    package init(now: UInt64) {
        control = TokenBucket(
            Limits.http2ControlFramesMax, perSecond: Limits.http2ControlFramesPerSecond, now: now)
        resets = TokenBucket(Limits.http2ResetsMax, perSecond: Limits.http2ResetsPerSecond, now: now)
    }

    /// A frame that asks for nothing came; returns why it is one too many.
    package mutating func controlFrame(cost: Int = 1, now: UInt64) -> String? {
        guard !control.take(cost, now: now) else { return nil }
        return """
            it sent more than \(Limits.http2ControlFramesMax) frames that ask for nothing, and more than \
            \(Limits.http2ControlFramesPerSecond) a second
            """
    }

    /// The client gave up a stream.
    package mutating func reset(now: UInt64) -> String? {
        guard !resets.take(now: now) else { return nil }
        return
            "it reset more than \(Limits.http2ResetsMax) streams, and more than \(Limits.http2ResetsPerSecond) a second"
    }

    /// A header block goes on in another frame.
    package mutating func continuation() -> String? {
        continuations += 1
        guard continuations > Limits.http2ContinuationsMax else { return nil }
        return "a header block has more than \(Limits.http2ContinuationsMax) CONTINUATION frames"
    }

    /// A header block begins.
    package mutating func headersBegin() { continuations = 0 }

    /// A ping that is no acknowledgement: many of them are a client that keeps a connection alive with nobody's need.
    package mutating func ping(now: UInt64) -> String? {
        defer { lastPing = now }
        guard lastPing != 0, now - lastPing < Limits.http2PingNanoseconds else { return nil }
        pingStrikes += 1
        return pingStrikes > Limits.http2PingStrikesMax ? "too_many_pings" : nil
    }

    /// A request was whole, or a frame of an answer left.
    package mutating func work() { control.add(Limits.http2ControlFramesPerWork) }

    /// An answer left: pings before it were about its connection's speed.
    package mutating func answerLeft() {
        lastPing = 0
        pingStrikes = 0
    }
}
