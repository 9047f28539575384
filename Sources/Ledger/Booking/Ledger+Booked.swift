import LedgerFormat
import LedgerIndex
import Records
import Registry
import Settlement

/// An entry on a person's year beside settlements and reversals.
enum BookedRow {
    case adjustment(AdjustmentEntry)
    case secondRound(SecondRoundPayment)
    case recognition(RecognitionPayment)

    /// Reads a row of one of these kinds; nil for a row of another kind.
    init?(_ row: UnsafeRawBufferPointer, at position: Position, time: Moment) throws(DamagedBytes) {
        switch row.first.flatMap({ RowKind(rawValue: $0) }) {
        case .adjustment:
            var entry = try AdjustmentRow.read(row)
            entry.position = position
            entry.adjustedAt = time
            self = .adjustment(entry)
        case .secondRound:
            var payment = try SecondRoundPayment(row: row)
            payment.position = position
            payment.paidAt = time
            self = .secondRound(payment)
        case .recognitionPayment:
            var payment = try RecognitionPayment(row: row)
            payment.position = position
            payment.paidAt = time
            self = .recognition(payment)
        default: return nil
        }
    }

    /// Number of the year-end run that booked the entry; 0: not booked by a run.
    var run: UInt64 {
        switch self {
        case .adjustment(let entry): entry.run
        case .secondRound(let payment): payment.takesBack == .none ? payment.run : 0
        case .recognition(let payment): payment.run
        }
    }
}

extension Ledger {
    /// The entry at a position; nil for a row of another kind.
    func loadBooked(_ position: Position) throws(LedgerDamage) -> BookedRow? {
        try journal.booked(position)
    }

    /// The entries booked under a key of the ids' index, the oldest first.
    func booked(under key: (high: UInt64, low: UInt64)) throws(DomainRefusal) -> [BookedRow] {
        var found: [(Position, BookedRow)] = []
        try eachRecord(under: key) { position throws(LedgerDamage) in
            if let row = try loadBooked(position) { found.append((position, row)) }
            return true
        }
        return found.sorted { $0.0 < $1.0 }.map(\.1)
    }

    /// Whether a person's year is unchanged since a run read it, the run's own entries not counted.
    ///
    /// - Parameter end: the last block that the run read.
    func isAsRead(_ yearIndex: Int, run: UInt64, through end: UInt64) throws(DomainRefusal) -> Bool {
        let last = books.years.years[yearIndex].lastRecord
        if last.block <= end { return true }
        do throws(LedgerDamage) { return try loadBooked(last)?.run == run } catch { throw Self.unreadable(error) }
    }
}

extension Books {
    /// Entries beside a settlement are in the index of ids under keys of their own, made from its id and these marks.
    private static let adjustmentMark: UInt64 = 0x4144_4a55_5354_4d45
    private static let secondRoundMark: UInt64 = 0x5345_434f_4e44_524e
    private static let recognitionPartMark: UInt64 = 0x5245_434f_5041_5254
    private static let recognitionMark: UInt64 = 0x5245_434f_474e_4953

    private func key(_ id: String, _ mark: UInt64) -> (high: UInt64, low: UInt64) {
        var id = id
        let key = id.withUTF8 { self.key(UnsafeRawBufferPointer($0)) }
        return (key.high ^ mark, key.low)
    }

    func adjustmentKey(_ id: String) -> (high: UInt64, low: UInt64) { key(id, Self.adjustmentMark) }
    func secondRoundKey(_ id: String) -> (high: UInt64, low: UInt64) { key(id, Self.secondRoundMark) }
    /// Key of the recognition payments of which a part lowers the settlement's cash.
    func recognitionPartKey(_ id: String) -> (high: UInt64, low: UInt64) { key(id, Self.recognitionPartMark) }

    /// Key of all payments of a person's recognitions.
    func recognitionKey(_ person: UInt64) -> (high: UInt64, low: UInt64) {
        let key = withUnsafeBytes(of: person.littleEndian) { self.key($0) }
        return (key.high ^ Self.recognitionMark, key.low)
    }

    func insert(_ key: (high: UInt64, low: UInt64), _ position: Position) {
        ids.insert(IndexEntry(high: key.high, low: key.low, value: position.number))
    }

    /// Sets `record` as the last record of a person's year; creates the year where nothing was settled in it.
    func book(_ person: UInt64, _ year: Int32, _ layout: Layouts.Layout, record: Position) {
        let yearIndex = years.index(person, year, region: layout.region, slotCount: layout.slotCount)
        years.setLast(yearIndex, standing: years.years[yearIndex].lastStanding, record: record)
    }
}
