import Policy
import Records
import Registry
import Settlement

/// The mapping of each kept pack's accumulators to those of its region's present pack.
///
/// A year is kept in the slots of the present pack; a row of the journal has the slots of its own pack.
struct Layouts {
    struct Layout {
        /// Index of the region among the packs of the library; past them the regions that are served no longer.
        var region: Int
        /// By slot of the kept pack: the slot of the present one; nil: they are the same.
        var slots: [Int]?
        var slotCount: Int
        /// Whether the library has a pack of the region; otherwise its records are read-only.
        var isServed = true
    }

    /// A region with records in the ledger and without a pack in the library: its newest kept pack is used to read and
    /// verify the records. Nothing new is settled by it.
    struct Unserved {
        var pack: PolicyPack
        var number: UInt32
    }

    private(set) var unserved: [Unserved] = []
    private var byNumber: [UInt32: Layout] = [:]
    /// The kept packs by number.
    private(set) var packs: [UInt32: PolicyPack] = [:]

    init(_ archive: PackArchive, _ library: PolicyLibrary) throws(LedgerProblem) {
        for number in archive.numbers {
            let pack = try archive.pack(number)
            packs[number] = pack
            guard library[pack.region] == nil else { continue }
            unserved.removeAll { $0.pack.region == pack.region }
            unserved.append(Unserved(pack: pack, number: number))
        }
        let regions = library.packs + unserved.map(\.pack)
        // A year keeps its region's index in a byte.
        guard regions.count <= PackLimit.packsMax else { throw .tooManyRegions(regions.count) }
        for (number, pack) in packs {
            guard let region = regions.firstIndex(where: { $0.region == pack.region }) else { continue }
            let present = regions[region]
            var slots: [Int] = []
            for accumulator in pack.accumulators {
                guard let slot = present.slot(named: accumulator.name) else {
                    throw .accumulatorMissing(region: pack.region, name: accumulator.name)
                }
                slots.append(slot)
            }
            byNumber[number] = Layout(
                region: region, slots: slots == Array(0..<slots.count) ? nil : slots,
                slotCount: present.tables.slotCount, isServed: region < library.packs.count)
        }
    }

    /// Adds a pack of a served region that has the slots of the region's present pack.
    mutating func add(_ pack: PolicyPack, number: UInt32, region: Int) {
        packs[number] = pack
        byNumber[number] = Layout(region: region, slots: nil, slotCount: pack.tables.slotCount)
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

extension Ledger {
    /// The newest kept pack of each region that has records and no pack in the library.
    package var unservedRegions: [PolicyPack] { books.layouts.unserved.map(\.pack) }

    /// The pack whose slots the years of a region use, by the index that `yearAmounts` returns.
    package func presentPack(ofRegion index: Int) -> PolicyPack {
        index < library.packs.count
            ? library.packs[index] : books.layouts.unserved[index - library.packs.count].pack
    }

    /// - Throws: where the pack's region is not served, so that its records are read-only.
    func requireServed(
        _ layout: Layouts.Layout, _ field: String, _ value: String, rule: String
    ) throws(DomainRefusal) {
        guard !layout.isServed else { return }
        throw DomainRefusal(
            .policyNotInForce, field, value, rule: rule,
            "the region '\(presentPack(ofRegion: layout.region).region)' is not served here, "
                + "its records are only read: "
                + "start the server with its policy pack (--policies)")
    }
}
