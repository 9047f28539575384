import Records

/// A block of the journal checked once on loading; its rows are read without further checks.
///
/// Immutable, so safe to share. The check reads all bytes once (5 to 60 µs for 64 KiB, depending on the processor);
/// access to a row is free.
public final class CheckedBlock: Sendable {
    @usableFromInline let bytes: [UInt8]
    @usableFromInline let header: BlockHeader

    /// Checks the whole block: checksum, format, number, and that every row lies within it.
    package init(_ block: SealedBlock) throws(BlockDamage) {
        header = try block.bytes.lookAt { bytes throws(BlockDamage) in
            try BlockHeader.checkWhole(bytes, sequence: block.sequence)
            let header = try BlockHeader(bytes, sequence: block.sequence)
            try header.checkRows(bytes)
            return header
        }
        bytes = block.bytes
    }

    /// Wraps a block sealed by this process, checking only its header.
    package init(sealedHere block: SealedBlock) throws(BlockDamage) {
        header = try block.bytes.lookAt { bytes throws(BlockDamage) in
            try BlockHeader(bytes, sequence: block.sequence)
        }
        bytes = block.bytes
    }

    @inlinable public var sequence: UInt64 { header.sequence }
    @inlinable public var time: Moment { header.time }
    package var rowCount: Int { header.rowCount }
    /// Checksum of the block before.
    package var previousChecksum: UInt32 { header.previousChecksum }
    package var checksum: UInt32 { header.checksum }
    /// Number of the clock's era, see `ClockEra`.
    package var era: Int { header.era }
    package var byteCount: Int { bytes.count }

    /// Calls `body` with a view of the block's rows, valid only during the call.
    @inlinable @inline(__always)
    public func read<Value, Failure: Error>(
        _ body: (BlockView) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        try bytes.lookAt { bytes throws(Failure) in try body(BlockView(header, bytes)) }
    }
}

extension [UInt8] {
    /// `withUnsafeBytes` for a body whose error has a type.
    @inlinable @inline(__always)
    func lookAt<Value, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        try withUnsafeBytes { bytes in Result { () throws(Failure) in try body(bytes) } }.get()
    }
}

/// A view of a block's rows, valid while its bytes are.
public struct BlockView {
    @usableFromInline let header: BlockHeader
    @usableFromInline let bytes: UnsafeRawBufferPointer

    @inlinable init(_ header: BlockHeader, _ bytes: UnsafeRawBufferPointer) {
        self.header = header
        self.bytes = bytes
    }

    @inlinable public var sequence: UInt64 { header.sequence }
    @inlinable public var time: Moment { header.time }
    @inlinable public var rowCount: Int { header.rowCount }
    package var previousChecksum: UInt32 { header.previousChecksum }
    package var checksum: UInt32 { header.checksum }
    package var era: Int { header.era }

    /// A row's bytes; nil: no such row.
    @inlinable @inline(__always)
    public func row(_ index: Int) -> UnsafeRawBufferPointer? {
        guard index >= 0, index < header.rowCount else { return nil }
        let start = index == 0 ? BlockFormat.headerBytes : header.end(of: index - 1, in: bytes)
        return UnsafeRawBufferPointer(rebasing: bytes[start..<header.end(of: index, in: bytes)])
    }
}

/// The header and the trailer of a block.
@usableFromInline
struct BlockHeader: Sendable {
    @usableFromInline let sequence: UInt64
    @usableFromInline let time: Moment
    @usableFromInline let rowCount: Int
    let previousChecksum: UInt32
    let era: Int
    let checksum: UInt32
    /// Offset of the end of the rows, where the list of their ends begins.
    @usableFromInline let endsStart: Int

    /// Checks the sizes and the number.
    init(_ bytes: UnsafeRawBufferPointer, sequence: UInt64) throws(BlockDamage) {
        func damaged(_ reason: String) -> BlockDamage { BlockDamage(sequence: sequence, reason: reason) }
        guard bytes.count >= BlockFormat.headerBytes + BlockFormat.trailerBytes else {
            throw damaged("is only \(bytes.count) bytes long")
        }
        func word(_ offset: Int) -> UInt64 {
            UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        }
        guard word(0) == BlockFormat.magic else { throw damaged("is of a format that this version does not know") }
        guard word(8) == sequence else { throw damaged("says it is block \(word(8))") }
        let bodyCount = bytes.count - BlockFormat.trailerBytes
        let rows = Int(truncatingIfNeeded: word(24))
        let rowBytes = Int(truncatingIfNeeded: word(32))
        guard (0...Position.rowsPerBlockMax).contains(rows), (0...bytes.count).contains(rowBytes),
            bodyCount == BlockFormat.headerBytes + rowBytes + 4 * rows
        else { throw damaged("its sizes do not agree") }
        self.sequence = sequence
        time = Moment(milliseconds: Int64(bitPattern: word(16)))
        rowCount = rows
        previousChecksum = UInt32(truncatingIfNeeded: word(40))
        era = Int(word(40) >> 32)
        checksum = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: bodyCount, as: UInt32.self))
        endsStart = BlockFormat.headerBytes + rowBytes
    }

    /// Checks the checksum of a block's bytes.
    static func checkWhole(_ bytes: UnsafeRawBufferPointer, sequence: UInt64) throws(BlockDamage) {
        let bodyCount = bytes.count - BlockFormat.trailerBytes
        guard bodyCount >= 0 else { return }
        let checksum = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: bodyCount, as: UInt32.self))
        guard BlockFormat.checksum(UnsafeRawBufferPointer(rebasing: bytes[..<bodyCount])) == checksum else {
            throw BlockDamage(sequence: sequence, reason: "its checksum does not agree")
        }
    }

    /// Checks that every row lies within it.
    func checkRows(_ bytes: UnsafeRawBufferPointer) throws(BlockDamage) {
        var last = BlockFormat.headerBytes
        for row in 0..<rowCount {
            let next = end(of: row, in: bytes)
            guard next >= last, next <= endsStart else {
                throw BlockDamage(sequence: sequence, reason: "row \(row) has no place")
            }
            last = next
        }
    }

    @inlinable @inline(__always)
    func end(of row: Int, in bytes: UnsafeRawBufferPointer) -> Int {
        Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: endsStart + 4 * row, as: UInt32.self)))
    }
}
