import Policy
import Records
import Settlement

/// Everything that is registered: areas, institutions, persons, filings (参保登记).
///
/// Event-sourced: only `apply` changes the state, and replaying the journal's events gives the same state. Not for two
/// threads at once.
package final class Registry {
    package private(set) var library: PolicyLibrary
    package let areas: AreaRegister
    package let institutions: InstitutionRegister
    package let people = PersonRegister()
    package let filings: FilingRegister
    /// By the pack's index in the library.
    @exclusivity(unchecked) private var rules: [RegionRules]
    /// By the number of a name in `people.names`: the index of the pack of that region, −1 none.
    @exclusivity(unchecked) private var packOfName: [Int32] = []
    /// By the index of a pack, then the number of a name: the product's number in the pack, 0 none.
    @exclusivity(unchecked) private var productOfName: [[UInt8]]

    package convenience init(library: PolicyLibrary) {
        self.init(
            library: library, areas: AreaRegister(), institutions: InstitutionRegister(), filings: FilingRegister())
    }

    /// A register without persons beside what is known of areas, institutions and filings.
    init(
        library: PolicyLibrary, areas: AreaRegister, institutions: InstitutionRegister, filings: FilingRegister
    ) {
        self.library = library
        self.areas = areas
        self.institutions = institutions
        self.filings = filings
        rules = library.packs.enumerated().map { RegionRules($1, index: $0) }
        productOfName = Array(repeating: [], count: library.packs.count)
    }

    /// Admits by another pack of a region from now on; it has the diseases and products of the present one.
    package func take(_ pack: PolicyPack) {
        guard let index = rules.firstIndex(where: { $0.pack.region == pack.region }) else { return }
        let replaced = rules[index].pack
        guard replaced !== pack else { return }
        library.replace(with: pack)
        rules[index] = RegionRules(pack, index: index)
        filings.forget(replaced)
        filings.resolve(pack)
    }

    /// The rules of the region of that name; nil: no pack of it is loaded.
    @inline(__always)
    func rules(ofName name: UInt16) -> RegionRules? {
        if packOfName.count < people.names.names.count { resolveNames() }
        let index = packOfName[Int(name)]
        return index < 0 ? nil : rules[Int(index)]
    }

    func rules(ofRegion name: String) -> RegionRules? { rules.first { $0.pack.region == name } }

    /// The number of a product in a region's pack; 0: the pack does not have it.
    @inline(__always)
    func product(_ name: UInt16, _ region: RegionRules) -> UInt8 {
        if packOfName.count < people.names.names.count { resolveNames() }
        return productOfName[region.index][Int(name)]
    }

    /// Fills the lazy caches (names and codes resolved in the packs), so that several threads may read while nothing is
    /// recorded.
    package func resolveCaches() {
        if packOfName.count < people.names.names.count { resolveNames() }
        for region in rules { filings.resolve(region.pack) }
    }

    /// Resolves the names that were added since the last call in the packs.
    private func resolveNames() {
        for name in people.names.names[packOfName.count...] {
            packOfName.append(Int32(rules.firstIndex { $0.pack.region == name } ?? -1))
            for region in rules { productOfName[region.index].append(region.pack.product(id: name) ?? 0) }
        }
    }

    /// Takes over an event of the journal, `recorded` when it was written.
    package func apply(_ event: RegistryEvent, recorded: Moment) {
        switch event {
        case .institution(let event): institutions.apply(event, recorded: recorded)
        case .person(let number, let event): people.apply(event, to: number, recorded: recorded)
        case .filing(let event): filings.apply(event, recorded: recorded)
        case .area(let event): areas.apply(event, recorded: recorded)
        }
    }
}

/// One change of the register, as the journal keeps it.
package enum RegistryEvent: Equatable, Sendable {
    case institution(InstitutionEvent)
    case person(UInt64, PersonEvent)
    case filing(FilingEvent)
    case area(AreaEvent)
}

extension RegistryEvent {
    package func encode(to writer: inout ByteWriter) {
        switch self {
        case .institution(let event):
            writer.byte(1)
            event.encode(to: &writer)
        case .person(let number, let event):
            writer.byte(2)
            writer.number(number)
            event.encode(to: &writer)
        case .filing(let event):
            writer.byte(3)
            event.encode(to: &writer)
        case .area(let event):
            writer.byte(4)
            event.encode(to: &writer)
        }
    }

    package init(from reader: inout ByteReader) throws(DamagedBytes) {
        switch try reader.byte() {
        case 1: self = .institution(try InstitutionEvent(from: &reader))
        case 2: self = .person(try reader.number(), try PersonEvent(from: &reader))
        case 3: self = .filing(try FilingEvent(from: &reader))
        case 4: self = .area(try AreaEvent(from: &reader))
        default: throw DamagedBytes()
        }
    }
}
