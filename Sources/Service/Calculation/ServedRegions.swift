import Policy
import RPC
import Synchronization

/// The regions a server settles for, and their present packs, which may be replaced while it serves.
package final class ServedRegions: Sendable {
    /// One set of packs. A call that has one works by these packs to its end.
    package final class Present: Sendable {
        package let all: [ServedRegion]
        /// How failures are told to callers that ask for Chinese.
        let chinese: ChineseRefusals
        let library: PolicyLibrary

        fileprivate init(_ all: [ServedRegion]) {
            self.all = all
            chinese = ChineseRefusals(all.map(\.pack))
            library = PolicyLibrary(packs: all.map(\.pack))
        }

        func region(named name: UnsafePointer<CChar>) -> ServedRegion? {
            for region in all where region.name.names[0].matches(name) { return region }
            return nil
        }
    }

    private let state: Mutex<Present>
    /// Counts the sets of packs from 1, so that threads see with one read whether theirs is the present one.
    private let version = Atomic<UInt64>(1)

    package init(_ packs: [PolicyPack]) { state = Mutex(Present(packs.map(ServedRegion.init))) }

    /// The present packs, on any thread.
    package var present: Present { state.withLock { $0 } }

    /// The present packs, which a worker or event loop keeps beside its scratch: no lock, no count of references.
    @inline(__always)
    func present(for scratch: CalculationScratch) -> Present {
        let version = version.load(ordering: .acquiring)
        if scratch.regionsVersion != version { renew(scratch, version) }
        return scratch.regions.unsafelyUnwrapped
    }

    @inline(never)
    private func renew(_ scratch: CalculationScratch, _ version: UInt64) {
        scratch.regions = present
        scratch.regionsVersion = version
    }

    /// Settles by other packs of the same regions from the next call on.
    func take(_ packs: [PolicyPack]) {
        state.withLock { present in
            present = Present(
                present.all.map { region in
                    let pack = packs.first { $0.region == region.pack.region }
                    return pack.map { $0 === region.pack ? region : ServedRegion($0) } ?? region
                })
            version.add(1, ordering: .releasing)
        }
    }

    package var all: [ServedRegion] { present.all }
    package var chinese: ChineseRefusals { present.chinese }
    package var library: PolicyLibrary { present.library }

    /// How refused items inside an answer are told, where the present call asks for Chinese.
    func chinese(_ context: WorkerContext) -> ChineseRefusals? { context.answersInChinese ? chinese : nil }

    func region(named name: UnsafePointer<CChar>) -> ServedRegion? { present.region(named: name) }

    package func region(named name: String) -> ServedRegion? { all.first { $0.pack.region == name } }

    package var names: String { all.map(\.pack.region).joined(separator: ", ") }
}
