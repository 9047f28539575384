/// How a connection is told that the server ends: a first GOAWAY that forbids nothing yet and a ping, then, when the
/// peer has acknowledged the ping, a second one with the last call that was taken.
///
/// What the peer sent before it knew is taken; what it sends after it knew was not taken, and it can ask another.
struct GRPCDrain {
    private enum Phase { case none, told, toldTwice }

    /// The ping's eight bytes.
    private static let opaque: UInt64 = 0x6472_6169_6e69_6e67
    /// The highest number that a stream can have.
    private static let anyStream: Int32 = 0x7fff_ffff

    private var phase = Phase.none
    private var since: UInt64 = 0

    var isToldTwice: Bool { phase == .toldTwice }
    var hasBegun: Bool { phase != .none }

    /// False: it has begun before.
    mutating func begin(_ writer: inout FrameWriter, now: UInt64) -> Bool {
        guard phase == .none else { return false }
        (phase, since) = (.told, now)
        writer.write(goAway: .noError, last: Self.anyStream)
        // Behind the GOAWAY: who acknowledges it has read that.
        writer.write(.ping, length: 8) { $0.storeBytes(of: Self.opaque.bigEndian, as: UInt64.self) }
        return true
    }

    mutating func acknowledged(_ opaque: UInt64, _ writer: inout FrameWriter, last: Int32) {
        if opaque == Self.opaque { tellAgain(&writer, last: last) }
    }

    mutating func tick(_ writer: inout FrameWriter, last: Int32, now: UInt64) {
        if phase == .told, now > since, now - since >= Limits.http2DrainNanoseconds { tellAgain(&writer, last: last) }
    }

    private mutating func tellAgain(_ writer: inout FrameWriter, last: Int32) {
        guard phase == .told else { return }
        phase = .toldTwice
        writer.write(goAway: .noError, last: last)
    }
}
