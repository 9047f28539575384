import Settlement

/// A damaged record: bytes that end too early, or impossible values.
public struct DamagedBytes: Error, Equatable, Sendable {
    @inlinable public init() {}
}

/// Reads values written by `ByteWriter`; never past the end.
///
/// Public where rows are read with it, because only public functions are inlined into other modules.
public struct ByteReader {
    @usableFromInline var rest: UnsafeRawBufferPointer

    /// `bytes` must outlive the reader.
    @inlinable public init(_ bytes: UnsafeRawBufferPointer) { rest = bytes }

    @inlinable public var isAtEnd: Bool { rest.isEmpty }
    @inlinable public var left: Int { rest.count }

    @inlinable @inline(__always)
    public mutating func byte() throws(DamagedBytes) -> UInt8 {
        guard let base = rest.baseAddress, rest.count > 0 else { throw DamagedBytes() }
        let value = base.load(as: UInt8.self)
        rest = UnsafeRawBufferPointer(start: base + 1, count: rest.count - 1)
        return value
    }

    @inlinable @inline(__always)
    public mutating func number() throws(DamagedBytes) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let byte = try byte()
            guard shift < 63 || byte <= 1 else { throw DamagedBytes() }
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
    }

    /// Reads a count or an index; throws above `limit`.
    @inlinable
    public mutating func count(upTo limit: Int) throws(DamagedBytes) -> Int {
        let value = try number()
        guard value <= UInt64(limit) else { throw DamagedBytes() }
        return Int(value)
    }

    @inlinable @inline(__always)
    public mutating func signed() throws(DamagedBytes) -> Int64 {
        let value = try number()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    @inline(__always)
    package mutating func date() throws(DamagedBytes) -> CalendarDate {
        guard let number = UInt32(exactly: try number()) else { throw DamagedBytes() }
        return CalendarDate(Int32(bitPattern: number))
    }

    @inlinable
    public mutating func flag() throws(DamagedBytes) -> Bool { try byte() != 0 }

    @inlinable @inline(__always)
    public mutating func fixed64() throws(DamagedBytes) -> UInt64 {
        let bytes = try raw(8)
        return UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
    }

    @inlinable @inline(__always)
    public mutating func fixed32() throws(DamagedBytes) -> UInt32 {
        let bytes = try raw(4)
        return UInt32(littleEndian: bytes.loadUnaligned(as: UInt32.self))
    }

    @inlinable @inline(__always)
    public mutating func raw(_ count: Int) throws(DamagedBytes) -> UnsafeRawBufferPointer {
        guard count >= 0, count <= rest.count else { throw DamagedBytes() }
        let taken = UnsafeRawBufferPointer(rebasing: rest[..<count])
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        return taken
    }

    @inlinable
    public mutating func sized() throws(DamagedBytes) -> UnsafeRawBufferPointer {
        try raw(try count(upTo: rest.count))
    }

    package mutating func text() throws(DamagedBytes) -> String {
        guard let text = String(validating: try sized(), as: UTF8.self) else { throw DamagedBytes() }
        return text
    }

    /// Reads an enum by its raw value.
    package mutating func value<Value: RawRepresentable>(
        _ type: Value.Type = Value.self
    ) throws(DamagedBytes) -> Value where Value.RawValue == UInt8 {
        guard let value = Value(rawValue: try byte()) else { throw DamagedBytes() }
        return value
    }
}
