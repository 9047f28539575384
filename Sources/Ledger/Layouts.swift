import Policy
import Registry
import Settlement

/// How the accumulators of each kept pack lie in those of its region's present pack.
///
/// A year is kept in the slots of the present pack; a row of the journal has those of the pack it was settled under.
struct Layouts {
    struct Layout {
        /// Index of the region among the packs of the library.
        var region: Int
        /// By slot of the kept pack: the slot of the present one; nil: they are the same.
        var slots: [Int]?
        var slotCount: Int
    }

    private var byNumber: [UInt32: Layout] = [:]
    private var packs: [UInt32: PolicyPack] = [:]

    init(_ archive: PackArchive, _ library: PolicyLibrary) throws(LedgerProblem) {
        for number in archive.numbers {
            let pack = try archive.pack(number)
            packs[number] = pack
            // A region that is served no longer: its records stay readable, and nothing new is settled.
            guard let region = library.packs.firstIndex(where: { $0.region == pack.region }) else { continue }
            let present = library.packs[region]
            var slots: [Int] = []
            for accumulator in pack.accumulators {
                guard let slot = present.slot(named: accumulator.name) else {
                    throw .accumulatorMissing(region: pack.region, name: accumulator.name)
                }
                slots.append(slot)
            }
            byNumber[number] = Layout(
                region: region, slots: slots == Array(0..<slots.count) ? nil : slots,
                slotCount: present.tables.slotCount)
        }
    }

    subscript(number: UInt32) -> Layout? { byNumber[number] }

    /// The kept pack itself.
    func pack(_ number: UInt32) -> PolicyPack? { packs[number] }
}

extension Layouts.Layout {
    @inline(__always)
    func slot(_ slot: Int) -> Int {
        if let slots { slots[slot] } else { slot }
    }
}
