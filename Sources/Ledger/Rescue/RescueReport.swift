import LedgerStore
import Records

/// The result of a rescue: the kept and the lost parts of a ledger.
package struct RescueReport: Equatable, Sendable {
    /// Ids listed at most; all are counted.
    package static let idsListedMax = 100_000

    /// Why the ledger cannot be opened; nil: its files belong together and are complete.
    package var refusal: String?
    /// Damaged frames of the log; 0 is its header.
    package var brokenFrames: [BrokenFrame] = []
    /// The last kept block; all blocks up to it are sound.
    package var keptBlocks: UInt64 = 0
    package var keptSettlements = 0
    /// Time of the last kept block; nil: none is kept.
    package var lastKept: Moment?
    /// The first block that cannot be kept, with the reason; nil: none is known.
    package var brokenBlock: (sequence: UInt64, reason: String)?
    /// The last acknowledged block, by the witness or by the file itself.
    package var acknowledgedBlocks: UInt64 = 0
    /// Whether `acknowledgedBlocks` is exact, known from a witness or a file closed in order; otherwise more may have
    /// been acknowledged.
    package var isWitnessed = false
    /// Readable blocks behind the last kept one, which cannot be kept because they build on lost blocks.
    package var readableLostBlocks = 0
    package var lostSettlements = 0
    /// The ids of the first of those settlements.
    package var lostIDs: [String] = []
    /// Numbers of kept packs that were damaged and are restored.
    package var restoredPacks: [UInt32] = []
    /// Region and digest of damaged packs that cannot be restored.
    package var lostPacks: [String] = []

    package init() {}

    /// Acknowledged blocks that are not kept, as far as known.
    package var lostBlocks: UInt64 {
        max(acknowledgedBlocks, keptBlocks + UInt64(readableLostBlocks)) - keptBlocks
    }
    package var losesSomething: Bool { lostBlocks > 0 || !lostPacks.isEmpty }
    /// Whether the ledger needs no rescue.
    package var isSound: Bool {
        refusal == nil && brokenFrames.isEmpty && brokenBlock == nil && restoredPacks.isEmpty && !losesSomething
    }

    package static func == (left: RescueReport, right: RescueReport) -> Bool {
        left.refusal == right.refusal && left.brokenFrames == right.brokenFrames
            && left.keptBlocks == right.keptBlocks && left.lostBlocks == right.lostBlocks
            && left.lostIDs == right.lostIDs && left.lostPacks == right.lostPacks
    }
}
