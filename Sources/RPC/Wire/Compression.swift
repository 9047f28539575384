import Glibc

/// How a message is compressed: brpc's `compress_type`.
package enum Compression: Int32, Sendable {
    case none = 0
    case snappy = 1
    case gzip = 2
    case zlib = 3

    /// For zlib's init functions: a window of 32 KiB, and which wrapper around it.
    var windowBits: Int32 {
        switch self {
        case .gzip: 15 + 16
        case .zlib, .snappy, .none: 15
        }
    }

    /// For error texts.
    static let supported = "0 none, 1 snappy, 2 gzip, 3 zlib"
}

/// Why a compressed message cannot be read.
package enum CompressionError: Error, Equatable, CustomStringConvertible {
    case bad
    case truncated
    case trailingBytes(Int)
    case tooLarge(limit: Int)
    case outOfMemory

    package var description: String {
        switch self {
        case .bad: "the compressed message is damaged"
        case .truncated: "the compressed message ends too early"
        case .trailingBytes(let count): "\(count) bytes follow the compressed message"
        case .tooLarge(let limit): "the message inflates to more than \(limit) bytes"
        case .outOfMemory: "the system has no memory for the inflated message"
        }
    }
}

/// Growing memory that is reused from message to message, and given back when it was large.
struct Scratch: ~Copyable {
    private(set) var bytes = UnsafeMutableRawBufferPointer(start: nil, count: 0)

    deinit { free(bytes.baseAddress) }

    /// At least `count` bytes, what was written kept; false when the system has none.
    mutating func grow(to count: Int) -> Bool {
        guard count > bytes.count else { return true }
        guard let moved = realloc(bytes.baseAddress, count) else { return false }
        bytes = UnsafeMutableRawBufferPointer(start: moved, count: count)
        return true
    }

    /// The memory is the caller's from now on.
    mutating func detach() -> UnsafeMutableRawPointer? {
        defer { bytes = UnsafeMutableRawBufferPointer(start: nil, count: 0) }
        return bytes.baseAddress
    }

    /// Gives back what is larger than is kept between messages.
    mutating func trim() {
        guard bytes.count > Limits.scratchKeptBytes else { return }
        free(bytes.baseAddress)
        bytes = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    }
}
