/// Writes a protobuf message from its end to its start, so that every length is known when it is written and no
/// size pass is needed.
///
/// Fields are written last to first; what comes out is the usual ascending encoding. protobuf-c's packer takes five
/// times as many instructions for the same answer, because it looks every field up in the message's description.
struct BackwardWriter: ~Copyable {
    /// First byte written so far.
    private var start: UnsafeMutablePointer<UInt8>
    private let limit: UnsafeMutablePointer<UInt8>
    private let end: UnsafeMutablePointer<UInt8>

    /// A writer into `room`, which must be large enough: every write is checked against its start.
    init(_ room: UnsafeMutableRawBufferPointer) {
        let base = room.baseAddress!.assumingMemoryBound(to: UInt8.self)
        limit = base
        end = base + room.count
        start = end
    }

    var count: Int { end - start }
    /// Where the bytes written so far begin; the end of a nested message for `message(_:from:)`.
    var mark: Int { count }

    /// Moves what was written to the start of the room; returns its size.
    consuming func finish() -> Int {
        let count = count
        limit.update(from: start, count: count)
        return count
    }

    @inline(__always)
    private mutating func take(_ count: Int) {
        precondition(start - limit >= count, "the answer is longer than its bound")
        start -= count
    }

    @inline(__always)
    mutating func varint(_ value: UInt64) {
        if value < 0x80 {
            take(1)
            start[0] = UInt8(truncatingIfNeeded: value)
            return
        }
        let bytes = (70 - value.leadingZeroBitCount) / 7
        take(bytes)
        var rest = value
        for index in 0..<bytes - 1 {
            start[index] = UInt8(truncatingIfNeeded: rest) | 0x80
            rest >>= 7
        }
        start[bytes - 1] = UInt8(truncatingIfNeeded: rest)
    }

    /// An integer field of wire type 0; 0 is left out, as proto3 does.
    @inline(__always)
    mutating func field(_ number: UInt64, _ value: Int64) {
        if value == 0 { return }
        varint(UInt64(bitPattern: value))
        varint(number << 3)
    }

    @inline(__always)
    mutating func field(_ number: UInt64, _ value: Bool) {
        if value { field(number, 1) }
    }

    /// A field of wire type 1.
    @inline(__always)
    mutating func fixed64(_ number: UInt64, _ value: UInt64) {
        if value == 0 { return }
        take(8)
        UnsafeMutableRawPointer(start).storeBytes(of: value.littleEndian, as: UInt64.self)
        varint(number << 3 | 1)
    }

    /// A field of wire type 5.
    @inline(__always)
    mutating func fixed32(_ number: UInt64, _ value: UInt32) {
        if value == 0 { return }
        take(4)
        UnsafeMutableRawPointer(start).storeBytes(of: value.littleEndian, as: UInt32.self)
        varint(number << 3 | 5)
    }

    /// A field of bytes or of a text; an empty one is left out.
    @inline(__always)
    mutating func bytes(_ number: UInt64, _ bytes: UnsafeRawBufferPointer) {
        guard bytes.count > 0, let source = bytes.baseAddress else { return }
        take(bytes.count)
        UnsafeMutableRawPointer(start).copyMemory(from: source, byteCount: bytes.count)
        varint(UInt64(bytes.count))
        varint(number << 3 | 2)
    }

    /// A text; of one longer than `bytesMax` its first characters.
    mutating func text(_ number: UInt64, _ text: String, bytesMax: Int = .max) {
        var text = text
        text.withUTF8 { utf8 in
            var end = min(utf8.count, bytesMax)
            while end < utf8.count, end > 0, utf8[end] & 0xc0 == 0x80 { end -= 1 }
            bytes(number, UnsafeRawBufferPointer(start: utf8.baseAddress, count: end))
        }
    }

    /// Bytes that are encoded already.
    @inline(__always)
    mutating func encoded(_ bytes: Encoded) {
        take(bytes.count)
        start.update(from: bytes.base, count: bytes.count)
    }

    /// Ends a nested message: what was written since `mark` is its content.
    @inline(__always)
    mutating func message(_ number: UInt64, from mark: Int) {
        varint(UInt64(count - mark))
        varint(number << 3 | 2)
    }
}

/// Fields encoded once at start, in memory that lives as long as its region.
struct Encoded {
    let base: UnsafeMutablePointer<UInt8>
    let count: Int

    init(_ bytes: [UInt8]) {
        count = bytes.count
        base = .allocate(capacity: max(1, count))
        base.initialize(from: bytes, count: count)
    }

    func free() { base.deallocate() }

    /// A string field; the empty string is left out, as proto3 does.
    static func string(_ number: Int, _ string: String) -> [UInt8] {
        guard !string.isEmpty else { return [] }
        return varint(number << 3 | 2) + varint(string.utf8.count) + Array(string.utf8)
    }

    private static func varint(_ value: Int) -> [UInt8] {
        value < 0x80 ? [UInt8(value)] : [UInt8(value & 0x7f | 0x80)] + varint(value >> 7)
    }
}
