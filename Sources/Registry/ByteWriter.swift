import Settlement

/// Writes the records of the journal: numbers as varints (LEB128, the lowest seven bits first), texts with their
/// length.
///
/// Owns its memory and grows; `removeAll` keeps it.
package struct ByteWriter: ~Copyable {
    private var base: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    package private(set) var count = 0

    package init(capacity: Int = 4096) {
        self.capacity = max(16, capacity)
        base = .allocate(capacity: self.capacity)
    }

    deinit { base.deallocate() }

    /// What was written; valid until the next write.
    package var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

    package mutating func removeAll() { count = 0 }

    /// Forgets what was written after `count` bytes.
    package mutating func truncate(to count: Int) {
        precondition(count <= self.count)
        self.count = count
    }

    @inline(__always)
    package mutating func reserve(_ room: Int) {
        if capacity - count < room { grow(room) }
    }

    private mutating func grow(_ room: Int) {
        let size = max(2 * capacity, count + room)
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: size)
        larger.update(from: base, count: count)
        base.deallocate()
        base = larger
        capacity = size
    }

    @inline(__always)
    package mutating func byte(_ value: UInt8) {
        reserve(1)
        base[count] = value
        count += 1
    }

    @inline(__always)
    package mutating func number(_ value: UInt64) {
        reserve(10)
        var rest = value
        while rest >= 0x80 {
            base[count] = UInt8(truncatingIfNeeded: rest) | 0x80
            count += 1
            rest >>= 7
        }
        base[count] = UInt8(truncatingIfNeeded: rest)
        count += 1
    }

    @inline(__always)
    package mutating func number(_ value: Int) { number(UInt64(value)) }

    /// A number that may be negative (zigzag).
    @inline(__always)
    package mutating func signed(_ value: Int64) {
        number(UInt64(bitPattern: value << 1 ^ value >> 63))
    }

    @inline(__always)
    package mutating func date(_ date: CalendarDate) { number(UInt64(UInt32(bitPattern: date.number))) }

    @inline(__always)
    package mutating func flag(_ value: Bool) { byte(value ? 1 : 0) }

    /// Eight bytes, the lowest first.
    @inline(__always)
    package mutating func fixed64(_ value: UInt64) {
        reserve(8)
        UnsafeMutableRawPointer(base + count).storeBytes(of: value.littleEndian, as: UInt64.self)
        count += 8
    }

    @inline(__always)
    package mutating func fixed32(_ value: UInt32) {
        reserve(4)
        UnsafeMutableRawPointer(base + count).storeBytes(of: value.littleEndian, as: UInt32.self)
        count += 4
    }

    /// Bytes as they are, without a length.
    @inline(__always)
    package mutating func raw(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress, bytes.count > 0 else { return }
        reserve(bytes.count)
        UnsafeMutableRawPointer(base + count).copyMemory(from: source, byteCount: bytes.count)
        count += bytes.count
    }

    /// Bytes with their length before them.
    @inline(__always)
    package mutating func sized(_ bytes: UnsafeRawBufferPointer) {
        number(bytes.count)
        raw(bytes)
    }

    package mutating func text(_ text: String) {
        var text = text
        text.withUTF8 { sized(UnsafeRawBufferPointer($0)) }
    }

    /// Overwrites eight bytes that were written before.
    package mutating func patch64(_ value: UInt64, at offset: Int) {
        precondition(offset >= 0 && offset + 8 <= count)
        UnsafeMutableRawPointer(base + offset).storeBytes(of: value.littleEndian, as: UInt64.self)
    }
}
