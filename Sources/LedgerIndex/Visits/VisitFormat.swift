import Registry
import Settlement

/// Layout of a file of visits: chunks, each a head followed by one column after the other, so that a question reads
/// only the columns it needs.
///
/// Little-endian. A head is a page of eight-byte numbers, the last its checksum; it has the checksum of each column, so
/// that damage is found when a column is read.
enum VisitFormat {
    static let magic: UInt64 = 0x3153_4956_5349_4A00  // "\0JISVIS1"
    static let version: UInt64 = 1
    static let headBytes = 256
    /// Bounds against a damaged head; a chunk has some ten thousand rows.
    static let rowsMax = 1 << 20
    static let changeBytesMax = 64 << 20
}

/// A column of a chunk, in file order: columns often read together are adjacent.
enum VisitColumn: Int, CaseIterable {
    case serviceDate, pack, kind, level, disease, person, total, burden, inPolicy, borne, position, partsEnd
    /// The parts of all rows, in order.
    case parts
    /// The changes since the chunk before, in order, as written by `VisitChange.encode`.
    case changes

    var width: Int {
        switch self {
        case .kind, .level, .disease, .changes: 1
        case .serviceDate, .pack, .partsEnd: 4
        case .person, .total, .burden, .inPolicy, .borne, .position, .parts: 8
        }
    }
}

/// The head of a chunk in a file, kept in memory: some 250 bytes for ten thousand visits.
struct VisitHead: Equatable, Sendable {
    var rows = 0
    var parts = 0
    var changeBytes = 0
    /// Positions of the first and the last settlement.
    var first: UInt64 = 0
    var last: UInt64 = 0
    /// The earliest and the latest service date.
    var earliest = CalendarDate.none
    var latest = CalendarDate.none
    /// Offset of the head in its file.
    var offset = 0
    /// Checksums by column.
    var sums: [UInt64] = Array(repeating: 0, count: VisitColumn.allCases.count)

    func count(_ column: VisitColumn) -> Int {
        switch column {
        case .parts: parts
        case .changes: changeBytes
        default: rows
        }
    }

    func bytes(_ column: VisitColumn) -> Int { count(column) * column.width }

    /// Offset of a column behind the head, a multiple of eight.
    func columnOffset(_ column: VisitColumn) -> Int {
        var offset = 0
        for earlier in VisitColumn.allCases where earlier.rawValue < column.rawValue {
            offset += (bytes(earlier) + 7) & ~7
        }
        return offset
    }

    /// Bytes of all columns.
    var columnBytes: Int { columnOffset(.changes) + (changeBytes + 7) & ~7 }
    var fileBytes: Int { VisitFormat.headBytes + columnBytes }

    // MARK: On disk

    func write(to bytes: UnsafeMutableRawBufferPointer, seed: UInt64) {
        let numbers = [
            VisitFormat.magic, VisitFormat.version, UInt64(rows), UInt64(parts), UInt64(changeBytes), first, last,
            UInt64(UInt32(bitPattern: earliest.number)), UInt64(UInt32(bitPattern: latest.number)),
        ]
        let page = UnsafeMutableRawBufferPointer(rebasing: bytes[..<VisitFormat.headBytes])
        RunPages.fill(page, numbers + sums, seed: seed)
    }

    /// Reads a head; nil: the bytes are not a head of this file and offset.
    init?(_ bytes: UnsafeRawBufferPointer, offset: Int, seed: UInt64) {
        func number(_ index: Int) -> UInt64 { RunPages.number(bytes, index) }
        guard RunPages.isSealed(bytes, seed: seed), number(0) == VisitFormat.magic, number(1) == VisitFormat.version,
            number(2) <= UInt64(VisitFormat.rowsMax), number(3) <= number(2) * UInt64(VisitTerms.partsMax),
            number(4) <= UInt64(VisitFormat.changeBytesMax)
        else { return nil }
        rows = Int(number(2))
        parts = Int(number(3))
        changeBytes = Int(number(4))
        first = number(5)
        last = number(6)
        earliest = CalendarDate(Int32(truncatingIfNeeded: number(7)))
        latest = CalendarDate(Int32(truncatingIfNeeded: number(8)))
        self.offset = offset
        sums = VisitColumn.allCases.map { number(9 + $0.rawValue) }
    }

    init() {}
}

/// Seeds of the checksums of a file of visits, so that bytes of another ledger, file or offset do not match.
struct VisitSeeds {
    private let base: UInt64

    init(identity: UInt64, number: UInt64) { base = IndexKey(high: identity, low: number << 8 | 0xFE).mixed }

    func head(at offset: Int) -> UInt64 { base &+ UInt64(offset) &* 0x9E37_79B9_7F4A_7C15 }

    func column(_ column: VisitColumn, at offset: Int) -> UInt64 {
        head(at: offset) &+ UInt64(column.rawValue + 1)
    }
}
