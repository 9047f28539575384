import LedgerStore
import Policy
import Registry

/// A pack that the store keeps, with its number.
package struct NumberedPack: Sendable {
    package var pack: PolicyPack
    package var kept: KeptPack
}

extension LedgerStore {
    /// Keeps a pack, if it is not kept yet. On any thread; returns when it is on disk.
    ///
    /// - Throws: `LedgerProblem` where the store takes nothing, or the same text was kept by a program that compiles it
    ///   otherwise.
    package func numbered(_ pack: PolicyPack) throws(LedgerProblem) -> NumberedPack {
        let fingerprint = PackArchive.fingerprint(pack)
        let kept: KeptPack
        do throws(StoreFailure) {
            if let found = try packs().first(where: { $0.digest == pack.digest && $0.region == pack.region }) {
                kept = found
            } else {
                let number = try keep(
                    region: pack.region, digest: pack.digest, yaml: pack.yaml, fingerprint: fingerprint)
                kept = KeptPack(
                    number: number, region: pack.region, digest: pack.digest, yaml: pack.yaml, fingerprint: fingerprint)
            }
        } catch { throw .store(error) }
        guard kept.fingerprint == fingerprint else { throw .packChanged(kept) }
        return NumberedPack(pack: pack, kept: kept)
    }
}

extension Ledger {
    /// Settles by other packs of the same regions from now on. On the sequencer, between two requests, so that every
    /// settlement is made by the packs before or by those after.
    ///
    /// - Parameter packs: each may succeed the present one of its region (`PolicyPack.obstacle`), and is kept.
    package func take(_ packs: [NumberedPack]) {
        registers.change {
            for numbered in packs {
                guard let index = regions.firstIndex(where: { $0.pack.region == numbered.pack.region }) else {
                    continue
                }
                let pack = archive.add(numbered)
                regions[index] = RegionPack(pack, number: numbered.kept.number)
                books.registry.take(pack)
                books.take(pack, number: numbered.kept.number, region: index)
            }
        }
    }
}
