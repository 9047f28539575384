import LedgerFormat
import Records
import Registry
import Settlement

extension Ledger {
    /// Lines of one call to `listYear`: the maximum, and the default.
    package static let yearLinesMax = 1_000
    package static let yearLinesUsual = 100

    /// The settlement of an id.
    ///
    /// - Throws: SETTLEMENT_UNKNOWN where nothing is recorded under it.
    package func get(_ id: UnsafeRawBufferPointer) throws(DomainRefusal) -> SettledView {
        _ = try load(id)
        return SettledView(self)
    }

    /// The settlement of an id, with its reversal where it has one.
    ///
    /// - Throws: as `get`.
    package func getRecorded(_ id: UnsafeRawBufferPointer) throws(DomainRefusal) -> RecordedView {
        _ = try load(id)
        return RecordedView(self, isReversed: try readReversal(of: entry.id, entry.position))
    }

    /// In whose name the record at a position was recorded; nil: nobody was named.
    package func origin(of position: Position) throws(DomainRefusal) -> RecordOrigin? {
        do throws(LedgerDamage) { return try journal.origin(of: position) } catch { throw Self.unreadable(error) }
    }

    /// Reads the settlement of an id into `entry`; returns its position.
    func load(_ id: UnsafeRawBufferPointer) throws(DomainRefusal) -> Position {
        try readyToRead()
        try Self.check(id)
        guard let position = try find(id, books.key(id)) else {
            throw DomainRefusal(
                .settlementUnknown, "settlement_id", String(decoding: id, as: UTF8.self),
                "no settlement of this id is recorded; nothing was settled under it")
        }
        entry.isDuplicate = false
        return position
    }

    /// A person's settlements, reversals and other bookings of a year, in order: the latest ones before `before`.
    package func listYear(
        person: UInt64, year: Int32, before: Position = .none, limit: Int
    ) throws(DomainRefusal) -> (lines: [YearLine], more: Bool) {
        try readyToRead()
        do throws(LedgerDamage) {
            let heads = yearHeads(person: person, year: year).last
            return try reading.yearLines(heads, before: before, limit: limit) ?? ([], false)
        } catch { throw Self.unreadable(error) }
    }

    /// The last records of a person's year, one for each of the person's regions in it.
    package func yearHeads(person: UInt64, year: Int32) -> YearHeads {
        YearHeads(last: books.years.indexes(of: person, in: year).map { books.years.years[$0].lastRecord })
    }

    /// A person's accumulators of a year by slot of the region's present pack: in `region`, or where nothing was
    /// settled there in the region of the latest settlement; nil: nothing was settled.
    package func yearAmounts(person: UInt64, year: Int32, region: Int?) -> (region: Int, amounts: [Fen])? {
        let years = books.years
        let indexes = years.indexes(of: person, in: year)
        let asked = indexes.first { Int(years.years[$0].region) == region }
        guard let yearIndex = asked ?? indexes.max(by: { years.years[$0].lastRecord < years.years[$1].lastRecord })
        else { return nil }
        return (Int(books.years.years[yearIndex].region), books.years.amounts(of: yearIndex))
    }

    /// How many settlements are recorded, reversed ones included.
    package var settlementCount: Int { books.settlementCount }
}
