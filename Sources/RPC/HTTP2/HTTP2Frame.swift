/// The kinds of frames of RFC 9113, section 6.
enum HTTP2FrameKind: UInt8 {
    case data = 0
    case headers = 1
    case priority = 2
    case reset = 3
    case settings = 4
    case pushPromise = 5
    case ping = 6
    case goAway = 7
    case windowUpdate = 8
    case continuation = 9
}

/// Flags of frames; which of them means anything depends on the kind.
struct HTTP2Flags: OptionSet {
    let rawValue: UInt8

    static let endStream = HTTP2Flags(rawValue: 1)
    /// Of settings and pings.
    static let acknowledgement = HTTP2Flags(rawValue: 1)
    static let endHeaders = HTTP2Flags(rawValue: 4)
    static let padded = HTTP2Flags(rawValue: 8)
    static let priority = HTTP2Flags(rawValue: 32)
}

/// Why a stream or a connection ends, as RFC 9113, section 7, numbers it.
package enum HTTP2Code: UInt32 {
    case noError = 0
    case protocolError = 1
    case internalError = 2
    case flowControl = 3
    case streamClosed = 5
    case frameSize = 6
    case refusedStream = 7
    case compression = 9
    case enhanceYourCalm = 11

    /// As the RFC writes it.
    var name: String {
        switch self {
        case .noError: "NO_ERROR"
        case .protocolError: "PROTOCOL_ERROR"
        case .internalError: "INTERNAL_ERROR"
        case .flowControl: "FLOW_CONTROL_ERROR"
        case .streamClosed: "STREAM_CLOSED"
        case .frameSize: "FRAME_SIZE_ERROR"
        case .refusedStream: "REFUSED_STREAM"
        case .compression: "COMPRESSION_ERROR"
        case .enhanceYourCalm: "ENHANCE_YOUR_CALM"
        }
    }
}

/// The nine bytes before each frame's payload.
struct HTTP2FrameHead {
    static let bytes = 9

    /// Of the payload.
    let length: Int
    /// Of `HTTP2FrameKind`, or one that nobody knows.
    let kind: UInt8
    let flags: HTTP2Flags
    /// 0: the connection.
    let stream: Int32

    /// Reads nine bytes.
    @inline(__always)
    init(_ bytes: UnsafeRawPointer) {
        let first = UInt32(bigEndian: bytes.loadUnaligned(as: UInt32.self))
        length = Int(first >> 8)
        kind = UInt8(truncatingIfNeeded: first)
        flags = HTTP2Flags(rawValue: bytes.load(fromByteOffset: 4, as: UInt8.self))
        let id = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 5, as: UInt32.self))
        stream = Int32(bitPattern: id & 0x7fff_ffff)
    }

    /// Writes nine bytes.
    @inline(__always)
    static func write(
        _ kind: HTTP2FrameKind, _ flags: HTTP2Flags, stream: Int32, length: Int, to out: UnsafeMutableRawPointer
    ) {
        let first = UInt32(truncatingIfNeeded: length) << 8 | UInt32(kind.rawValue)
        out.storeBytes(of: first.bigEndian, as: UInt32.self)
        out.storeBytes(of: flags.rawValue, toByteOffset: 4, as: UInt8.self)
        out.storeBytes(of: stream.bigEndian, toByteOffset: 5, as: Int32.self)
    }
}
