import Glibc

/// Reads header blocks (RFC 7541) piece by piece: whole fields are handed on, the rest waits for more.
package struct HPACKDecoder: ~Copyable {
    package enum Step {
        case done
        /// What is left in `bytes` is the beginning of a field.
        case needMore
        /// The block breaks the format: a COMPRESSION_ERROR.
        case broken
        /// A name or a value claims more than `Limits.http2HeaderBytesFatal` bytes.
        case tooLong
    }

    private enum Stop: Error { case needMore, broken, tooLong }

    /// A text as it lies in the block, or decoded in `scratch`.
    private enum Text {
        case inPlace(UnsafeRawBufferPointer)
        case decoded(offset: Int, count: Int)
    }

    private var table = HPACKTable()
    private var scratch: UnsafeMutableRawPointer?
    private var scratchBytes = 0
    /// No field of the block has come yet.
    private var isAtStart = true

    package init() {}

    deinit { free(scratch) }

    /// Changes whenever the same block may mean something else than before.
    var generation: Int { table.generation }
    /// Memory taken.
    var capacity: Int { table.capacity + scratchBytes }

    /// A new block begins.
    package mutating func begin() { isAtStart = true }

    /// Takes whole fields off the front of `bytes`; each is valid while it is looked at.
    package mutating func decode(
        _ bytes: inout UnsafeRawBufferPointer, _ found: (HPACKField) -> Void
    ) -> Step {
        while bytes.count > 0 {
            var cursor = Cursor(bytes: bytes)
            do throws(Stop) {
                try decodeOne(&cursor, found)
            } catch {
                switch error {
                case .needMore: return .needMore
                case .broken: return .broken
                case .tooLong: return .tooLong
                }
            }
            bytes = UnsafeRawBufferPointer(rebasing: bytes[cursor.position...])
        }
        return .done
    }

    @inline(__always)
    private mutating func decodeOne(_ cursor: inout Cursor, _ found: (HPACKField) -> Void) throws(Stop) {
        let first = cursor.bytes[0]
        if first & 0x80 != 0 {
            guard let field = table.field(try cursor.number(7)) else { throw .broken }
            isAtStart = false
            return found(field)
        }
        if first & 0xe0 == 0x20 {
            guard isAtStart, table.resize(try cursor.number(5)) else { throw .broken }
            return
        }
        let isKept = first & 0x40 != 0
        let number = try cursor.number(isKept ? 6 : 4)
        let name: Text
        var decoded = 0
        if number == 0 {
            name = try text(&cursor, behind: &decoded)
        } else {
            guard let known = table.field(number) else { throw .broken }
            name = .inPlace(known.name)
        }
        let value = try text(&cursor, behind: &decoded)
        let field = HPACKField(name: bytes(name), value: bytes(value))
        isAtStart = false
        found(field)
        if isKept { table.insert(field) }
    }

    /// The next text; `decoded`: bytes of `scratch` in use.
    private mutating func text(_ cursor: inout Cursor, behind decoded: inout Int) throws(Stop) -> Text {
        guard cursor.position < cursor.bytes.count else { throw .needMore }
        let isCoded = cursor.bytes[cursor.position] & 0x80 != 0
        let count = try cursor.number(7)
        guard count <= Limits.http2HeaderBytesFatal else { throw .tooLong }
        guard cursor.bytes.count - cursor.position >= count else { throw .needMore }
        let place = UnsafeRawBufferPointer(rebasing: cursor.bytes[cursor.position..<(cursor.position + count)])
        cursor.position += count
        guard isCoded else { return .inPlace(place) }
        let most = decoded + HPACKHuffman.bytesMax(count)
        if most > scratchBytes {
            scratchBytes = max(256, most)
            scratch = systemMemory(scratchBytes, instead: scratch)
        }
        guard let length = HPACKHuffman.decode(place, to: scratch! + decoded) else { throw .broken }
        defer { decoded += length }
        return .decoded(offset: decoded, count: length)
    }

    private func bytes(_ text: Text) -> UnsafeRawBufferPointer {
        switch text {
        case .inPlace(let place): place
        case .decoded(let offset, let count): UnsafeRawBufferPointer(start: scratch! + offset, count: count)
        }
    }

    /// Gives back memory that few blocks need.
    mutating func trim() {
        guard scratchBytes > Limits.http2HeaderBytesMax else { return }
        free(scratch)
        (scratch, scratchBytes) = (nil, 0)
    }

    private struct Cursor {
        let bytes: UnsafeRawBufferPointer
        var position = 0

        init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

        /// A number of RFC 7541, section 5.1, which begins in the low bits of the next byte.
        @inline(__always)
        mutating func number(_ bits: Int) throws(Stop) -> Int {
            let most = 1 << bits - 1
            var value = Int(bytes[position]) & most
            position += 1
            guard value == most else { return value }
            var shift = 0
            while position < bytes.count {
                let byte = Int(bytes[position])
                position += 1
                value += (byte & 0x7f) << shift
                guard byte & 0x80 != 0 else { return value }
                shift += 7
                // Five bytes are 35 bits: more than any number here has.
                guard shift <= 28 else { throw .broken }
            }
            throw .needMore
        }
    }
}
