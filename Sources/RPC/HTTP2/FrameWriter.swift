import Glibc

/// Frames on their way out, one behind the other, in memory that the event loop's connections share.
struct FrameWriter: ~Copyable {
    private let buffers: HTTP2Buffers
    private var block = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    /// Bytes of whole frames.
    private(set) var count = 0

    init(_ buffers: HTTP2Buffers) { self.buffers = buffers }

    deinit { if block.baseAddress != nil { buffers.giveBack(block) } }

    /// Memory taken.
    var capacity: Int { block.count }

    /// What was written; until the next frame.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: block[..<count]) }

    /// Starts over; the memory is the others'.
    mutating func clear() {
        count = 0
        guard block.baseAddress != nil else { return }
        buffers.giveBack(block)
        block = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    }

    /// Writes a frame whose payload `fill` writes: `length` bytes.
    @inline(__always)
    mutating func write(
        _ kind: HTTP2FrameKind, _ flags: HTTP2Flags = [], stream: Int32 = 0, length: Int,
        _ fill: (UnsafeMutableRawPointer) -> Void
    ) {
        let start = room(HTTP2FrameHead.bytes + length)
        HTTP2FrameHead.write(kind, flags, stream: stream, length: length, to: start)
        fill(start + HTTP2FrameHead.bytes)
        count += HTTP2FrameHead.bytes + length
    }

    /// Writes a frame whose payload has at most `lengthMax` bytes; `fill` returns how many it wrote.
    @inline(__always)
    mutating func write(
        _ kind: HTTP2FrameKind, _ flags: HTTP2Flags, stream: Int32, lengthMax: Int,
        _ fill: (UnsafeMutableRawPointer) -> Int
    ) {
        let start = room(HTTP2FrameHead.bytes + lengthMax)
        let length = fill(start + HTTP2FrameHead.bytes)
        precondition(length <= lengthMax, "a frame has more bytes than there was room for")
        HTTP2FrameHead.write(kind, flags, stream: stream, length: length, to: start)
        count += HTTP2FrameHead.bytes + length
    }

    /// Writes a frame with one number in it.
    mutating func write(_ kind: HTTP2FrameKind, stream: Int32, number: UInt32) {
        write(kind, stream: stream, length: 4) { $0.storeBytes(of: number.bigEndian, as: UInt32.self) }
    }

    /// Writes that the connection ends, and the last stream that was taken.
    mutating func write(goAway code: HTTP2Code, last: Int32, _ text: String = "") {
        var text = text
        text.withUTF8 { text in
            write(.goAway, length: 8 + text.count) { out in
                out.storeBytes(of: last.bigEndian, as: Int32.self)
                out.storeBytes(of: code.rawValue.bigEndian, toByteOffset: 4, as: UInt32.self)
                if text.count > 0 { (out + 8).copyMemory(from: text.baseAddress!, byteCount: text.count) }
            }
        }
    }

    /// Writes a header block in as many frames as it needs.
    mutating func write(headers block: [UInt8], _ flags: HTTP2Flags, stream: Int32) {
        var rest = block[...]
        var kind = HTTP2FrameKind.headers
        var flags = flags
        repeat {
            let piece = rest.prefix(Limits.http2FrameBytesMax)
            rest = rest.dropFirst(piece.count)
            if rest.isEmpty { flags.insert(.endHeaders) }
            write(kind, flags, stream: stream, length: piece.count) { out in
                piece.withUnsafeBytes { out.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
            }
            (kind, flags) = (.continuation, [])
        } while !rest.isEmpty
    }

    @inline(__always)
    private mutating func room(_ bytes: Int) -> UnsafeMutableRawPointer {
        if count + bytes > block.count { grow(count + bytes) }
        return block.baseAddress! + count
    }

    @inline(never)
    private mutating func grow(_ needed: Int) {
        guard let old = block.baseAddress else {
            block = buffers.take(needed)
            return
        }
        let bytes = max(needed, 2 * block.count)
        block = UnsafeMutableRawBufferPointer(start: systemMemory(bytes, instead: old), count: bytes)
    }
}
