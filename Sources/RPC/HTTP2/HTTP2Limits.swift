/// Limits of the HTTP/2 door; see `Limits`.
extension Limits {
    // MARK: What is announced

    /// A frame's payload: what a peer may send where nothing else is announced, and what every peer takes.
    package static let http2FrameBytesMax = 16 << 10

    /// Requests of one connection at once; a client queues what is more.
    package static let http2StreamsMax = 256
    /// A stream's window: a thousand claims in one round trip, and no more of one message than this waits unread.
    package static let http2StreamWindowBytes = 1 << 20
    /// A connection's window: sixteen streams at full speed.
    package static let http2ConnectionWindowBytes = 16 << 20
    /// A request's header fields by HTTP/2's count (name, value and 32 bytes each): what gRPC servers take as a rule.
    /// A request with more is refused.
    package static let http2HeaderBytesMax = 8 << 10
    /// Above this the connection goes: nobody sends it by mistake.
    package static let http2HeaderBytesFatal = 64 << 10
    /// CONTINUATION frames of one header block: what is allowed fits into one.
    package static let http2ContinuationsMax = 8

    /// An error's text: three bytes for each where it is Chinese, and once more in the details in Base64, it stays
    /// below the 8 KiB of header fields that clients take.
    package static let grpcTextBytesMax = 1_400

    // MARK: Floods

    /// Frames that ask for nothing (settings, pings, priorities, window updates, nearly empty data) that a connection
    /// may have sent in advance, and how many more each second. A request or a frame of an answer pays for
    /// `http2ControlFramesPerWork` of them, so that windows and acknowledgements never run out of it.
    package static let http2ControlFramesMax = 10_000
    package static let http2ControlFramesPerSecond = 1_000
    package static let http2ControlFramesPerWork = 4
    /// A SETTINGS frame counts for so many: each is applied to every stream and acknowledged.
    package static let http2SettingsCost = 20
    /// A frame that breaks the rules of its stream counts for so many: each is answered by a reset.
    package static let http2InvalidFrameCost = 20
    /// A DATA frame below this that does not end its stream asks for nothing.
    package static let http2SmallDataBytes = 64
    /// Streams that a client may have reset in advance, and how many more each second: every one costs a request's
    /// work (rapid reset, CVE-2023-44487). A client whose deadlines pass does not come near it.
    package static let http2ResetsMax = 500
    package static let http2ResetsPerSecond = 100
    /// Pings nearer to each other than this, with no answer sent between them, are too many; the third one ends the
    /// connection, as with other gRPC servers.
    package static let http2PingNanoseconds: UInt64 = 10_000_000_000
    package static let http2PingStrikesMax = 2

    // MARK: Streams

    /// A message of a stream's call (health, reflection): a symbol's name has a hundred bytes.
    package static let streamMessageBytesMax = 16 << 10
    /// Answers of a stream's call that wait for its client to take them: all descriptors of this server, several times.
    package static let streamAnswerBytesMax = 1 << 20
    /// Streams of one connection that are watched at once.
    package static let streamCallsMax = 16

    // MARK: Memory

    /// A header block that is compared with the next one, so that the same is not read again.
    package static let http2RememberedBlockBytes = 512
    /// Frames that have been written and not handed on: above this an answer waits for its next turn.
    package static let http2WrittenBytesMax = 256 << 10

    // MARK: End

    /// The client's acknowledgement that it knows of the server's end is waited for so long.
    package static let http2DrainNanoseconds: UInt64 = 1_000_000_000
}
