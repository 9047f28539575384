import Glibc
import NIOCore

/// Bytes on their way from a door to its connection, in memory that is used again as soon as the kernel has them.
struct OutgoingBytes: ~Copyable {
    private var buffer = ByteBufferAllocator().buffer(capacity: Limits.readBytesFirst)

    /// Bytes that were appended.
    var count: Int { buffer.readableBytes }

    mutating func append(_ bytes: UnsafeRawBufferPointer) { buffer.writeBytes(bytes) }

    /// Appends up to `capacity` bytes that `body` writes, and returns how many those were.
    @discardableResult
    mutating func append(_ capacity: Int, _ body: (UnsafeMutableRawBufferPointer) -> Int) -> Int {
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: capacity) { body($0) }
    }

    /// The bytes to write where they are: a reference is kept until `renew`.
    mutating func share() -> ByteBuffer { buffer }

    /// The bytes in memory of their own size: for a peer that does not read.
    mutating func take() -> ByteBuffer {
        if 2 * buffer.readableBytes >= buffer.capacity { return buffer }
        var copy = ByteBufferAllocator().buffer(capacity: buffer.readableBytes)
        copy.writeImmutableBuffer(buffer)
        return copy
    }

    /// Starts over, in the same memory if nobody else holds it and it is not large.
    ///
    /// - Returns: whether the memory stayed: then what was shared is certainly written out.
    @discardableResult
    mutating func renew() -> Bool {
        if buffer.capacity > Limits.scratchKeptBytes {
            buffer = ByteBufferAllocator().buffer(capacity: Limits.readBytesFirst)
            return false
        }
        let old = address
        buffer.clear()
        return address == old
    }

    private var address: UnsafeMutableRawPointer? {
        mutating get { buffer.withVeryUnsafeMutableBytes { $0.baseAddress } }
    }
}
