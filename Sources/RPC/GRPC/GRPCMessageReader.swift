import Glibc

/// Gathers one gRPC message (a flag, four bytes of length, the message) of the data of its stream.
///
/// A message that lies whole in one read is not copied. Otherwise memory grows with what has come and never with the
/// length claimed.
package struct GRPCMessageReader: ~Copyable {
    package enum Step: Equatable {
        case needMore
        /// `message` is whole; `bytes` begins after it.
        case message
        case tooLarge(claimed: Int)
        /// The flag is neither 0 nor 1.
        case badFlag(UInt8)
        case outOfMemory
    }

    private static let prefixBytes = 5

    private var prefix: UInt64 = 0
    private var prefixCount = 0
    /// The message's length, from the fifth byte on.
    private var length = 0
    private var storage: UnsafeMutableRawPointer?
    /// Memory taken.
    package private(set) var capacity = 0
    private var count = 0
    private var borrowed: UnsafeRawBufferPointer?
    package private(set) var isWhole = false

    package init() {}

    deinit { free(storage) }

    /// Whether the sender said that the message is compressed.
    package var isCompressed: Bool { prefix >> 32 & 1 == 1 }

    /// Whether something of a message came.
    package var hasBegun: Bool { prefixCount > 0 }

    /// Bytes of the message and its prefix that came.
    package var receivedBytes: Int { prefixCount + (borrowed?.count ?? count) }

    /// The whole message.
    package var message: UnsafeRawBufferPointer { borrowed ?? UnsafeRawBufferPointer(start: storage, count: count) }

    /// Takes bytes of the stream off the front of `bytes`, up to the message's end.
    ///
    /// - Parameter mayBorrow: the bytes stay where they are until `keep` or `reset`.
    package mutating func take(_ bytes: inout UnsafeRawBufferPointer, bytesMax: Int, mayBorrow: Bool) -> Step {
        while prefixCount < Self.prefixBytes {
            guard let byte = bytes.first else { return .needMore }
            prefix = prefix << 8 | UInt64(byte)
            prefixCount += 1
            bytes = UnsafeRawBufferPointer(rebasing: bytes.dropFirst())
            guard prefixCount == Self.prefixBytes else { continue }
            guard prefix >> 32 <= 1 else { return .badFlag(UInt8(prefix >> 32)) }
            length = Int(prefix & 0xffff_ffff)
        }
        guard length <= bytesMax else { return .tooLarge(claimed: length) }
        // What comes behind a whole message is another one's.
        guard !isWhole else { return .message }
        let wanted = length - count
        if count == 0, mayBorrow, bytes.count >= wanted {
            borrowed = UnsafeRawBufferPointer(rebasing: bytes[..<wanted])
        } else {
            let taken = UnsafeRawBufferPointer(rebasing: bytes[..<min(wanted, bytes.count)])
            guard append(taken) else { return .outOfMemory }
        }
        bytes = UnsafeRawBufferPointer(rebasing: bytes[min(wanted, bytes.count)...])
        isWhole = borrowed != nil || count == length
        return isWhole ? .message : .needMore
    }

    /// Copies a message that lies in the bytes of a read; false: there is no memory for it.
    package mutating func keep() -> Bool {
        guard let bytes = borrowed else { return true }
        borrowed = nil
        return append(bytes)
    }

    /// The memory of the message, if it is the reader's own; the caller frees it.
    package mutating func detach() -> UnsafeMutableRawPointer? {
        guard borrowed == nil else { return nil }
        defer { (storage, capacity, count) = (nil, 0, 0) }
        return storage
    }

    /// Whether `message` lies in memory that `detach` gives away.
    package var isOwned: Bool { borrowed == nil && storage != nil }

    /// Starts over; keeps a little memory.
    package mutating func reset(keptBytes: Int = 4096) {
        (prefix, prefixCount, length, count, borrowed, isWhole) = (0, 0, 0, 0, nil, false)
        guard capacity > keptBytes else { return }
        free(storage)
        (storage, capacity) = (nil, 0)
    }

    private mutating func append(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let source = bytes.baseAddress, bytes.count > 0 else { return true }
        let needed = count + bytes.count
        if needed > capacity {
            let grown = max(needed, min(max(2 * capacity, 256), length))
            guard let moved = realloc(storage, grown) else { return false }
            (storage, capacity) = (moved, grown)
        }
        memcpy(storage! + count, source, bytes.count)
        count = needed
        return true
    }
}
