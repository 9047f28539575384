import Ledger
import LedgerStore
import Policy
import RPC

/// Replaces the policy packs of a server while it serves (政策包更新).
///
/// A settlement is made by the packs before or by those after: the ledger's change between two requests of the
/// sequencer. A calculation, which keeps nothing, takes the packs that are present when it begins. Every new pack is
/// kept in the ledger before the first settlement by it.
package struct PackReplacement: Sendable {
    /// Why the present packs go on.
    package struct Refused: Error, CustomStringConvertible {
        package let description: String
    }

    private let regions: ServedRegions
    private let ledger: LedgerAccess?

    package init(_ regions: ServedRegions, ledger: LedgerAccess?) {
        self.regions = regions
        self.ledger = ledger
    }

    /// The packs among `packs` that differ from the present ones.
    ///
    /// - Throws: `Refused`: a region more or less, or a pack that cannot succeed its region's while the ledger is open.
    package func changes(_ packs: [PolicyPack]) throws(Refused) -> [PolicyPack] {
        let present = regions.library.packs
        let (before, after) = (present.map(\.region), packs.map(\.region).sorted())
        guard before == after else {
            let named = Set(before).symmetricDifference(after).sorted().joined(separator: ", ")
            throw Refused(description: "the packs are of other regions (\(named)): restart the server with them")
        }
        var changed: [PolicyPack] = []
        for pack in packs {
            guard let old = present.first(where: { $0.region == pack.region }), old.digest != pack.digest else {
                continue
            }
            if let obstacle = pack.obstacle(toSucceed: old) { throw Refused(description: obstacle) }
            changed.append(pack)
        }
        return changed
    }

    /// Settles by `packs`, all of them or none, from the next request on. Blocks until it is so: call it on a thread of
    /// its own.
    ///
    /// - Parameter packs: from `changes`.
    /// - Throws: `Refused` where the ledger's store does not keep them, or the server ends.
    package func take(_ packs: [PolicyPack]) throws(Refused) {
        guard !packs.isEmpty else { return }
        guard let ledger else { return regions.take(packs) }
        var numbered: [NumberedPack] = []
        for pack in packs {
            do throws(LedgerProblem) { numbered.append(try ledger.ledger.store.numbered(pack)) } catch {
                throw Refused(description: error.description)
            }
        }
        let (kept, regions) = (numbered, regions)
        do throws(SequencerLane.Closed) {
            let failure = try ledger.lane.perform {
                ledger.ledger.take(kept)
                regions.take(packs)
            }
            // Nothing was recorded by the piece itself; what fails is of the requests before it.
            _ = failure
        } catch { throw Refused(description: "the server ends") }
    }
}
