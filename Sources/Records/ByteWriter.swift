import Settlement

/// Writes the records of the journal: numbers as varints (LEB128), texts with a length prefix.
///
/// Owns its memory and grows; `removeAll` keeps the capacity. Public where rows are written with it, because only
/// public functions are inlined into other modules.
public struct ByteWriter: ~Copyable {
    @usableFromInline var base: UnsafeMutablePointer<UInt8>
    @usableFromInline var capacity: Int
    @usableFromInline var written = 0

    /// Number of bytes written.
    @inlinable public var count: Int { written }

    package init(capacity: Int = 4096) {
        self.capacity = max(16, capacity)
        base = .allocate(capacity: self.capacity)
    }

    deinit { base.deallocate() }

    /// The written bytes; valid until the next write.
    package var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: written) }

    package mutating func removeAll() { written = 0 }

    /// Truncates to the first `count` bytes.
    package mutating func truncate(to count: Int) {
        precondition(count <= written)
        written = count
    }

    /// Reserves capacity for so many more bytes.
    @inlinable @inline(__always)
    public mutating func reserve(_ room: Int) {
        if capacity - written < room { grow(room) }
    }

    @usableFromInline mutating func grow(_ room: Int) {
        let size = max(2 * capacity, written + room)
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: size)
        larger.update(from: base, count: written)
        base.deallocate()
        base = larger
        capacity = size
    }

    /// Writes at most `room` bytes with `write`, whose cursor makes no further capacity checks.
    @inlinable @inline(__always)
    public mutating func append(upTo room: Int, _ write: (inout ByteCursor) -> Void) {
        reserve(room)
        var cursor = ByteCursor(base + written)
        write(&cursor)
        written = cursor.pointer - base
        precondition(written <= capacity)
    }

    @inlinable @inline(__always)
    public mutating func byte(_ value: UInt8) {
        reserve(1)
        base[written] = value
        written += 1
    }

    @inlinable @inline(__always)
    public mutating func number(_ value: UInt64) {
        reserve(10)
        var rest = value
        while rest >= 0x80 {
            base[written] = UInt8(truncatingIfNeeded: rest) | 0x80
            written += 1
            rest >>= 7
        }
        base[written] = UInt8(truncatingIfNeeded: rest)
        written += 1
    }

    @inlinable @inline(__always)
    public mutating func number(_ value: Int) { number(UInt64(value)) }

    /// Writes a signed number (zigzag).
    @inlinable @inline(__always)
    public mutating func signed(_ value: Int64) {
        number(UInt64(bitPattern: value << 1 ^ value >> 63))
    }

    @inline(__always)
    package mutating func date(_ date: CalendarDate) { number(UInt64(UInt32(bitPattern: date.number))) }

    @inlinable @inline(__always)
    public mutating func flag(_ value: Bool) { byte(value ? 1 : 0) }

    /// Writes eight bytes, little-endian.
    @inlinable @inline(__always)
    public mutating func fixed64(_ value: UInt64) {
        reserve(8)
        UnsafeMutableRawPointer(base + written).storeBytes(of: value.littleEndian, as: UInt64.self)
        written += 8
    }

    @inlinable @inline(__always)
    public mutating func fixed32(_ value: UInt32) {
        reserve(4)
        UnsafeMutableRawPointer(base + written).storeBytes(of: value.littleEndian, as: UInt32.self)
        written += 4
    }

    /// Writes bytes without a length prefix.
    @inlinable @inline(__always)
    public mutating func raw(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress, bytes.count > 0 else { return }
        reserve(bytes.count)
        UnsafeMutableRawPointer(base + written).copyMemory(from: source, byteCount: bytes.count)
        written += bytes.count
    }

    /// Writes bytes with a length prefix.
    @inlinable @inline(__always)
    public mutating func sized(_ bytes: UnsafeRawBufferPointer) {
        number(bytes.count)
        raw(bytes)
    }

    package mutating func text(_ text: String) {
        var text = text
        text.withUTF8 { sized(UnsafeRawBufferPointer($0)) }
    }

    /// Overwrites eight bytes written before.
    package mutating func patch64(_ value: UInt64, at offset: Int) {
        precondition(offset >= 0 && offset + 8 <= written)
        UnsafeMutableRawPointer(base + offset).storeBytes(of: value.littleEndian, as: UInt64.self)
    }
}

/// Writes into reserved memory; see `ByteWriter.append(upTo:)`. A number takes ten bytes at most.
public struct ByteCursor: ~Copyable {
    @usableFromInline var pointer: UnsafeMutablePointer<UInt8>

    @inlinable @inline(__always)
    init(_ pointer: UnsafeMutablePointer<UInt8>) { self.pointer = pointer }

    @inlinable @inline(__always)
    public mutating func byte(_ value: UInt8) {
        pointer.pointee = value
        pointer += 1
    }

    @inlinable @inline(__always)
    public mutating func number(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            byte(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        byte(UInt8(truncatingIfNeeded: rest))
    }

    @inlinable @inline(__always)
    public mutating func signed(_ value: Int64) { number(UInt64(bitPattern: value << 1 ^ value >> 63)) }
}
