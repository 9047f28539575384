/// Why a door can take nothing more of its connection.
struct DoorFailure {
    /// What the log says.
    let why: String
    let reason: CloseReason
}

/// Another protocol than `baidu_std` on one connection: a machine of bytes, on the connection's event loop only.
///
/// The pool speaks packets, a door translates: it makes `DoorRequest`s of what is read, and bytes of its protocol of
/// the answers, which come as `baidu_std` packets whose correlation id is the one that the door gave the request.
/// What it writes it writes into an `OutgoingBytes`; it knows no socket.
protocol Door: AnyObject {
    /// Takes all bytes of one read, and hands each whole request to `burst`.
    ///
    /// - Returns: why nothing more can be read; what is under way is answered, then the connection closes.
    func read(_ bytes: UnsafeRawBufferPointer, _ burst: inout ReadBurst) -> DoorFailure?

    /// Answers, as whole packets; they stay where they are until this returns. What cannot leave yet is copied.
    ///
    /// Called within `read` too, while the burst is handed its requests.
    func answer(_ packets: UnsafeRawBufferPointer, _ output: inout OutgoingBytes)

    /// Everything that may leave now; after a read, after answers and after a tick.
    func flush(_ output: inout OutgoingBytes)

    /// The server shuts down: tell the peer, and take what it sent before it knew.
    func beginDrain()

    /// The connection is closed at once, with nothing under way: what the protocol has to say to that.
    func sayGoodbye()

    /// Every `Limits.sweepMilliseconds` while something is under way or the server drains; monotonic nanoseconds.
    ///
    /// - Parameter mayRead: what should have come was the peer's to send.
    /// - Returns: why the connection has to go: what should have come or left did not.
    func tick(_ now: UInt64, mayRead: Bool) -> DoorFailure?

    /// Where its requests are counted.
    var requestCounter: Counters.Name { get }
    /// Memory of requests that are not whole, and of answers that have not left.
    var heldBytes: Int { get }
    /// Of these, the answers: above `Limits.pendingWritePauseBytes` workers make no more of them.
    var heldAnswerBytes: Int { get }
    /// Bytes of something that has begun and not ended, and has to within the partial-frame time.
    var unfinishedBytes: Int { get }
    /// Requests, answers or streams are under way here, beside those that the workers have.
    var isBusy: Bool { get }
    /// The peer knows that the server drains, and everything that it sent before is answered.
    var isDrained: Bool { get }
    /// Why nothing more can be read, where that showed while bytes were written.
    var failure: DoorFailure? { get }
    /// Nothing more is to be read: the connection closes when what is under way has been answered.
    var isFinished: Bool { get }
}

extension Door {
    func sayGoodbye() {}
    var failure: DoorFailure? { nil }
}
