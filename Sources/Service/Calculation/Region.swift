import Policy
import Settlement

/// One region as the services use it: the compiled pack, and its names as the wire wants them.
package final class Region: Sendable {
    package let pack: PolicyPack
    let tables: Tables
    let template: AnswerTemplate
    let name: CNames
    let digest: CNames
    let accumulators: CNames
    let diseases: CNames
    let products: CNames
    /// By calculator layer.
    let layers: CNames

    package init(_ pack: PolicyPack) {
        self.pack = pack
        tables = pack.tables
        template = AnswerTemplate(pack)
        name = CNames([pack.region])
        digest = CNames([pack.digest])
        accumulators = CNames(pack.accumulators.map(\.name))
        diseases = CNames(pack.diseases.map(\.code))
        products = CNames(pack.products.map(\.id))
        layers = CNames(pack.layers.map(\.id))
    }
}

/// The regions a server settles for.
package final class Regions: Sendable {
    package let all: [Region]

    package init(_ packs: [PolicyPack]) {
        all = packs.map(Region.init)
    }

    func region(named name: UnsafePointer<CChar>) -> Region? {
        for region in all where region.name.names[0].matches(name) { return region }
        return nil
    }

    package func region(named name: String) -> Region? {
        all.first { $0.pack.region == name }
    }

    package var names: String { all.map(\.pack.region).joined(separator: ", ") }
}
