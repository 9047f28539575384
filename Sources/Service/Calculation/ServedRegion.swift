import Policy
import RPC
import Settlement

/// A region as the services use it: its compiled pack, with the names already in the wire's form.
package final class ServedRegion: Sendable {
    package let pack: PolicyPack
    let tables: Tables
    let template: AnswerTemplate
    let platform: PlatformFunds
    let name: CStringTable
    let digest: CStringTable
    let accumulators: CStringTable
    let diseases: CStringTable
    let products: CStringTable
    /// By calculator layer.
    let layers: CStringTable

    package init(_ pack: PolicyPack) {
        self.pack = pack
        tables = pack.tables
        template = AnswerTemplate(pack)
        platform = PlatformFunds(pack)
        name = CStringTable([pack.region])
        digest = CStringTable([pack.digest])
        accumulators = CStringTable(pack.accumulators.map(\.name))
        diseases = CStringTable(pack.diseases.map(\.code))
        products = CStringTable(pack.products.map(\.id))
        layers = CStringTable(pack.layers.map(\.id))
    }
}
