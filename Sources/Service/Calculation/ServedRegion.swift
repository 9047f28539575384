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

/// The regions a server settles for.
package final class ServedRegions: Sendable {
    package let all: [ServedRegion]
    /// How failures are told to callers that ask for Chinese.
    package let chinese: ChineseRefusals

    package init(_ packs: [PolicyPack]) {
        all = packs.map(ServedRegion.init)
        chinese = ChineseRefusals(packs)
    }

    /// The same where the present call asks for it, for the refused items inside its answer.
    func chinese(_ context: WorkerContext) -> ChineseRefusals? { context.answersInChinese ? chinese : nil }

    func region(named name: UnsafePointer<CChar>) -> ServedRegion? {
        for region in all where region.name.names[0].matches(name) { return region }
        return nil
    }

    package func region(named name: String) -> ServedRegion? {
        all.first { $0.pack.region == name }
    }

    package var names: String { all.map(\.pack.region).joined(separator: ", ") }
}
