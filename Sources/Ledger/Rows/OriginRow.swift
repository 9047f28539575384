import LedgerFormat
import Records

/// In whose name the rows that follow it in its block are recorded, up to the next such row.
///
/// A row of its own, and not a field of every kind of row: it is written only where the origin changes, so that a
/// block of one caller's settlements has one, and a ledger that nobody named has none. A block says an origin in words
/// once and refers to it afterwards; it needs no other block to be read.
enum OriginRow {
    private static let version: UInt8 = 1

    enum Statement: Equatable {
        /// Nobody is named from here on.
        case nobody
        case named(RecordOrigin)
        /// As that row of the same block says, which is `named`.
        case asRow(Int)
    }

    static func write(_ statement: Statement, to writer: inout ByteWriter) {
        writer.byte(RowKind.origin.rawValue)
        writer.byte(version)
        switch statement {
        case .nobody: writer.number(0)
        case .named(let origin):
            writer.number(1)
            writer.text(origin.caller)
            writer.text(origin.operatorCode)
        case .asRow(let row): writer.number(row + 2)
        }
    }

    static func read(_ row: UnsafeRawBufferPointer) throws(DamagedBytes) -> Statement {
        var reader = ByteReader(row)
        guard try reader.byte() == RowKind.origin.rawValue, try reader.byte() == version else { throw DamagedBytes() }
        let statement: Statement
        switch try reader.count(upTo: Position.rowsPerBlockMax + 1) {
        case 0: statement = .nobody
        case 1:
            let (caller, code) = (try reader.text(), try reader.text())
            guard let origin = RecordOrigin(caller: caller, operatorCode: code) else { throw DamagedBytes() }
            statement = .named(origin)
        case let number: statement = .asRow(number - 2)
        }
        guard reader.isAtEnd else { throw DamagedBytes() }
        return statement
    }

    /// The origin of the row at `index` of a block: what the last statement before it says; nil: nobody is named.
    ///
    /// Looks at the first byte of every row between the two.
    ///
    /// - Parameter row: a row of the block.
    static func origin(
        ofRow index: Int, _ row: (Int) -> UnsafeRawBufferPointer?
    ) throws(DamagedBytes) -> RecordOrigin? {
        var place = index - 1
        while place >= 0 {
            if let bytes = row(place), bytes.first == RowKind.origin.rawValue {
                return try origin(stated: try read(bytes), at: place, row)
            }
            place -= 1
        }
        return nil
    }

    /// What a statement at `place` says.
    private static func origin(
        stated: Statement, at place: Int, _ row: (Int) -> UnsafeRawBufferPointer?
    ) throws(DamagedBytes) -> RecordOrigin? {
        switch stated {
        case .nobody: return nil
        case .named(let origin): return origin
        case .asRow(let earlier):
            guard earlier < place, let bytes = row(earlier), case .named(let origin) = try read(bytes) else {
                throw DamagedBytes()
            }
            return origin
        }
    }
}
