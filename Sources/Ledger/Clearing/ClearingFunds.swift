import Policy
import Records
import Registry
import Settlement

/// The funds of each region for clearing, numbered per region; numbers stay when packs change.
package struct ClearingFunds {
    /// The account fund (个人账户), which owes the payments by accounts (G-18).
    package static let account = "account"

    struct RegionFunds: Equatable {
        var name: String
        /// Ids of the packs' funds by number, in order of first use; the first is the account fund.
        var funds: [String] = [ClearingFunds.account]
    }

    /// The paying funds of a pack's layers, as fund numbers of its region.
    final class PackFundIndexes {
        /// A layer's paying funds, and whether they pay outside the settlement (G-9).
        struct Payers: BitwiseCopyable {
            var first: Int
            var second: Int
            var isOutside: Bool
        }

        let region: Int
        /// By the calculator's layers.
        let layers: [Payers]
        /// How many funds the region has with this pack's.
        let width: Int

        init(region: Int, layers: [Payers], width: Int) {
            self.region = region
            self.layers = layers
            self.width = width
        }
    }

    private(set) var regions: [RegionFunds] = []
    /// By the number of the pack in the ledger's archive.
    private var packs: [PackFundIndexes?] = []
    private var layouts: Layouts

    init(_ layouts: Layouts) { self.layouts = layouts }

    /// The ledger has one more pack. Funds that it has beyond those so far get numbers when it is first used.
    mutating func take(_ layouts: Layouts) { self.layouts = layouts }

    mutating func region(_ name: String) -> Int {
        if let found = regions.firstIndex(where: { $0.name == name }) { return found }
        regions.append(RegionFunds(name: name))
        return regions.count - 1
    }

    mutating func fund(_ id: String, in region: Int) -> Int {
        if let found = regions[region].funds.firstIndex(of: id) { return found }
        regions[region].funds.append(id)
        return regions[region].funds.count - 1
    }

    /// The indexes of a pack by its number; nil: the ledger does not keep the pack.
    @inline(__always)
    mutating func indexes(ofPack number: UInt32) -> PackFundIndexes? {
        if Int(number) < packs.count, let indexes = packs[Int(number)] { return indexes }
        return makePlaces(number)
    }

    private mutating func makePlaces(_ number: UInt32) -> PackFundIndexes? {
        guard let pack = layouts.pack(number) else { return nil }
        let region = region(pack.region)
        var indexes: [Int] = []
        for fund in pack.funds { indexes.append(self.fund(fund.id, in: region)) }
        while packs.count <= Int(number) { packs.append(nil) }
        let layers = pack.calculator.layers.indices.map { layer in
            let payers = pack.tables.payers(of: UInt32(layer))
            return PackFundIndexes.Payers(
                first: indexes[payers.first], second: indexes[payers.second], isOutside: payers.isOutside)
        }
        packs[Int(number)] = PackFundIndexes(region: region, layers: layers, width: regions[region].funds.count)
        return packs[Int(number)]
    }

    // MARK: Snapshots

    func encode(to writer: inout ByteWriter) {
        writer.number(regions.count)
        for region in regions {
            writer.text(region.name)
            writer.number(region.funds.count)
            for fund in region.funds { writer.text(fund) }
        }
    }

    mutating func decode(from reader: inout ByteReader) throws(DamagedBytes) {
        regions = []
        packs = []
        for _ in 0..<(try reader.count(upTo: reader.left)) {
            var region = RegionFunds(name: try reader.text(), funds: [])
            for _ in 0..<(try reader.count(upTo: reader.left)) { region.funds.append(try reader.text()) }
            guard region.funds.first == Self.account else { throw DamagedBytes() }
            regions.append(region)
        }
    }
}

extension [ClearingFunds.RegionFunds] {
    /// The order of a month's cells: by institution, region and service year.
    func precedes(_ left: ClearingMonths.Key, _ right: ClearingMonths.Key) -> Bool {
        if left.institution != right.institution { return left.institution < right.institution }
        if left.region != right.region { return self[Int(left.region)].name < self[Int(right.region)].name }
        return left.serviceYear < right.serviceYear
    }
}
