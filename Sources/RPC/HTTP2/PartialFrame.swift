import Glibc

/// A frame whose end has not come yet. Memory grows with what has come, never with what is claimed.
struct PartialFrame: ~Copyable {
    enum Step {
        case needMore
        case whole
        /// Its head claims more than frames may have.
        case tooLong
    }

    private static let keptBytes = 1 << 10

    private var memory: UnsafeMutableRawPointer?
    /// Memory taken.
    private(set) var capacity = 0
    private(set) var count = 0

    deinit { free(memory) }

    /// Of the whole frame.
    var head: HTTP2FrameHead { HTTP2FrameHead(memory!) }
    var payload: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: memory! + HTTP2FrameHead.bytes, count: count - HTTP2FrameHead.bytes)
    }

    /// Takes what is missing off the front of `bytes`.
    mutating func take(_ bytes: inout UnsafeRawBufferPointer) -> Step {
        if count < HTTP2FrameHead.bytes {
            move(&bytes, upTo: HTTP2FrameHead.bytes)
            guard count == HTTP2FrameHead.bytes else { return .needMore }
        }
        let length = head.length
        guard length <= Limits.http2FrameBytesMax else { return .tooLong }
        move(&bytes, upTo: HTTP2FrameHead.bytes + length)
        return count == HTTP2FrameHead.bytes + length ? .whole : .needMore
    }

    private mutating func move(_ bytes: inout UnsafeRawBufferPointer, upTo total: Int) {
        let moved = min(total - count, bytes.count)
        guard moved > 0 else { return }
        if count + moved > capacity {
            capacity = max(count + moved, min(2 * capacity, total))
            memory = systemMemory(capacity, instead: memory)
        }
        memcpy(memory! + count, bytes.baseAddress!, moved)
        count += moved
        bytes = UnsafeRawBufferPointer(rebasing: bytes[moved...])
    }

    /// Starts over; keeps a little memory.
    mutating func clear() {
        count = 0
        guard capacity > Self.keptBytes else { return }
        free(memory)
        (memory, capacity) = (nil, 0)
    }
}
