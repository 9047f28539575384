import LedgerFormat
import Records
import Registry
import Settlement

/// The years of all persons: accumulators in fen, and where the year's records begin.
///
/// A person's year takes some 60 bytes and 8 for each of the pack's accumulators; unused years stay in memory until the
/// ledger is opened again.
final class YearBook {
    struct Year {
        var person: UInt64
        var year: Int32
        /// Index of the person's region among the packs.
        let region: UInt8
        let slotCount: UInt8
        /// The last settlement in force, and the last record of any kind.
        var lastStanding = Position.none
        var lastRecord = Position.none
        let slots: UnsafeMutablePointer<Fen>
        /// Index of an older year of the same person; `none`: this is the first.
        let older: UInt32
    }

    private static let none = UInt32.max

    /// Accumulators are taken from slabs of this many.
    private static let slabSlots = 1 << 16

    /// By person: the index of the newest year, which is nearly always the one wanted.
    @exclusivity(unchecked) private var newest = PersonIndex()
    @exclusivity(unchecked) private(set) var years: ContiguousArray<Year> = []
    private var slabs: [UnsafeMutablePointer<Fen>] = []
    private var slabUsed = YearBook.slabSlots

    deinit { for slab in slabs { slab.deallocate() } }

    var count: Int { years.count }

    /// The index of a person's year in a region; nil: nothing was settled in it. A person who moves within a year
    /// starts from zero in the new region: deductibles and limits belong to a pooling region (统筹区).
    @inline(__always)
    func find(_ person: UInt64, _ year: Int32, region: Int) -> Int? {
        find(year, region, from: newestIndex(of: person))
    }

    @inline(__always)
    private func newestIndex(of person: UInt64) -> UInt32 {
        let index = newest.find(person) { years[$0].person }
        return index < 0 ? Self.none : UInt32(index)
    }

    @inline(__always)
    private func find(_ year: Int32, _ region: Int, from newest: UInt32) -> Int? {
        var index = newest
        while index != Self.none {
            if years[Int(index)].year == year, Int(years[Int(index)].region) == region { return Int(index) }
            index = years[Int(index)].older
        }
        return nil
    }

    /// Prefetches the newest year of each person; see `PersonRegister.prefetch`.
    func prefetch(_ persons: UnsafeBufferPointer<UInt64>) -> Fen {
        var seen: Fen = 0
        for person in persons {
            let index = newestIndex(of: person)
            guard index != Self.none, years[Int(index)].slotCount > 0 else { continue }
            let slots = years[Int(index)].slots
            // Touches both ends: every accumulator is within some cache lines of one of them.
            seen &+= slots[0] &+ slots[Int(years[Int(index)].slotCount) - 1]
        }
        return seen
    }

    /// The indexes of a person's year in all regions.
    func indexes(of person: UInt64, in year: Int32) -> [Int] {
        indexes(of: person).filter { years[$0].year == year }
    }

    /// The indexes of all years of a person.
    func indexes(of person: UInt64) -> [Int] {
        var indexes: [Int] = []
        var index = newestIndex(of: person)
        while index != Self.none {
            indexes.append(Int(index))
            index = years[Int(index)].older
        }
        return indexes
    }

    /// The index of a person's year, created where there is none.
    func index(_ person: UInt64, _ year: Int32, region: Int, slotCount: Int) -> Int {
        let older = newestIndex(of: person)
        if let index = find(year, region, from: older) { return index }
        // The very first year may be of a pack without accumulators.
        if slabs.isEmpty || slabUsed + slotCount > Self.slabSlots {
            let slab = UnsafeMutablePointer<Fen>.allocate(capacity: Self.slabSlots)
            slab.initialize(repeating: 0, count: Self.slabSlots)
            slabs.append(slab)
            slabUsed = 0
        }
        let slots = slabs[slabs.count - 1] + slabUsed
        slabUsed += slotCount
        years.append(
            Year(
                person: person, year: year, region: UInt8(region), slotCount: UInt8(slotCount), slots: slots,
                older: older))
        let index = years.count - 1
        if older == Self.none {
            newest.add(person, row: index) { years[$0].person }
        } else {
            newest.move(person, to: index) { years[$0].person }
        }
        return index
    }

    @inline(__always)
    func setLast(_ index: Int, standing: Position, record: Position) {
        years[index].lastStanding = standing
        years[index].lastRecord = record
    }

    /// The accumulators by slot.
    func amounts(of index: Int) -> [Fen] {
        let year = years[index]
        return (0..<Int(year.slotCount)).map { year.slots[$0] }
    }

    // MARK: Snapshots

    /// - Parameter number: of the pack whose slots these are.
    func encode(_ index: Int, pack number: UInt32, to writer: inout ByteWriter) {
        let year = years[index]
        writer.signed(Int64(year.year))
        writer.number(UInt64(number))
        writer.number(year.lastStanding.number)
        writer.number(year.lastRecord.number)
        writer.byte(year.slotCount)
        for slot in 0..<Int(year.slotCount) { writer.signed(year.slots[slot]) }
    }

    func decode(_ person: UInt64, _ layouts: Layouts, from reader: inout ByteReader) throws(DamagedBytes) {
        guard let year = Int32(exactly: try reader.signed()),
            let layout = layouts[UInt32(try reader.count(upTo: Int(UInt32.max)))]
        else { throw DamagedBytes() }
        let index = index(person, year, region: layout.region, slotCount: layout.slotCount)
        setLast(
            index, standing: Position(number: try reader.number()), record: Position(number: try reader.number()))
        for slot in 0..<Int(try reader.byte()) {
            let slot = layout.slot(slot)
            guard slot < layout.slotCount else { throw DamagedBytes() }
            years[index].slots[slot] = try reader.signed()
        }
    }
}
