import Ledger
import LedgerFormat
import Policy
import RPC
import Records
import Registry
import Settlement
import WireMessages

/// The services' access to the ledger: the ledger, the regions of all packs that its settlements use, and the lane.
package final class LedgerAccess: @unchecked Sendable {
    // Safe to share: everything is touched on the sequencer only, but for `ledger.queue`, which any thread may ask,
    // and what never changes.

    package let ledger: Ledger
    let regions: ServedRegions
    /// Background work on the server's sequencer, used by readers.
    package let lane: SequencerLane
    let readers: LedgerReaders
    /// The present packs.
    var library: PolicyLibrary { regions.library }
    /// By the number of a kept pack.
    private var kept: [ServedRegion?] = []
    /// The last caller's name, and what the ledger makes of it.
    @exclusivity(unchecked) private var lastOrigin: (call: CallOrigin, record: RecordOrigin?)?

    /// - Parameters:
    ///   - regions: those of the ledger's library.
    ///   - lane: the one that is given to the server.
    package init(_ ledger: Ledger, _ regions: ServedRegions, lane: SequencerLane = SequencerLane()) {
        self.ledger = ledger
        self.regions = regions
        self.lane = lane
        readers = LedgerReaders(ledger)
    }

    /// The durability barrier over the ledger's commit queue.
    package var barrier: Barrier {
        let queue = ledger.queue
        return Barrier(
            seal: { [self] in ledger.seal() },
            commit: { _ in queue.commit() },
            status: { ticket in
                switch queue.durability(of: ticket) {
                case .durable: nil
                case .notWritten(let reason):
                    CallStatus(
                        DomainRefusal(
                            .storeUnavailable, "", "",
                            "the store does not take anything now (\(reason)); nothing was recorded: try again later"))
                case .unknown(let reason):
                    CallStatus(
                        DomainRefusal(
                            .notConfirmed, "", "",
                            "the store failed while it was written (\(reason)): ask again with the same id"))
                case .waiting:
                    CallStatus(
                        DomainRefusal(
                            .notConfirmed, "", "",
                            "it has not been made durable: ask again with the same id"))
                }
            },
            isQuick: { !queue.hasFailed },
            maintain: { queue.maintain() })
    }

    /// Has the ledger record what the present call does in its caller's name; `leave` ends that. On the sequencer.
    @inline(__always)
    func enter(_ context: WorkerContext) {
        guard let origin = context.call.origin, origin.isNamed else { return }
        if let lastOrigin, lastOrigin.call === origin {
            ledger.origin = lastOrigin.record
        } else {
            lastOrigin = (origin, context.call.recordOrigin)
            ledger.origin = lastOrigin?.record
        }
    }

    @inline(__always)
    func leave() { if ledger.origin != nil { ledger.origin = nil } }

    /// The region of a pack by its number in the ledger's archive.
    func region(_ number: UInt32) throws(DomainRefusal) -> ServedRegion {
        let index = Int(number)
        if index < kept.count, let region = kept[index] { return region }
        let pack = try ledger.pack(number: number)
        let region =
            regions.all.first { $0.pack.region == pack.region && $0.pack.digest == pack.digest } ?? ServedRegion(pack)
        while kept.count <= index { kept.append(nil) }
        kept[index] = region
        return region
    }

    /// Why the calculator refuses a claim.
    func text(_ refused: SettledView) -> RefusalText {
        let entry = refused.entry
        let pack = try? region(entry.pack).pack
        return RefusalText(refusal: refused.refusal, pack: pack, claim: entry.claim, facts: entry.facts)
    }

    func code(ofInstitution number: UInt32) -> String { ledger.registry.institutions[number]?.code ?? "" }
}

extension Call {
    /// In whose name the ledger records what the call does; nil: nobody is named.
    var recordOrigin: RecordOrigin? {
        origin.flatMap { RecordOrigin(caller: $0.caller, operatorCode: $0.operatorCode) }
    }
}
