import LedgerStore
import Records

/// What is left of a ledger, and what is not.
package struct RescueReport: Equatable, Sendable {
    /// Ids that are listed at most; all are counted.
    package static let idsListedMax = 100_000

    /// Why the ledger is not opened as it is; nil: its files belong together and are whole.
    package var refusal: String?
    /// Frames of the log that are broken; 0 stands for its header.
    package var brokenFrames: [BrokenFrame] = []
    /// The last block that is kept: everything up to it is sound.
    package var keptBlocks: UInt64 = 0
    package var keptSettlements = 0
    /// When the last kept block was sealed; nil: none is kept.
    package var lastKept: Moment?
    /// The first block that cannot be kept, and why; nil: none is known.
    package var brokenBlock: (sequence: UInt64, reason: String)?
    /// The last block that was acknowledged, by the witness or by the file itself.
    package var acknowledgedBlocks: UInt64 = 0
    /// Whether that is by a witness, or by a file that was closed in order. Else more may have been acknowledged.
    package var isWitnessed = false
    /// Blocks behind the last kept one that can be read and cannot be kept, because they rest on ones that are lost.
    package var readableLostBlocks = 0
    package var lostSettlements = 0
    /// Of those, the first ones.
    package var lostIDs: [String] = []
    /// Kept packs that were damaged and are restored.
    package var restoredPacks: [UInt32] = []
    /// Kept packs that are damaged and that nothing restores: region and digest.
    package var lostPacks: [String] = []

    package init() {}

    /// Blocks that were acknowledged and are not kept, as far as it is known.
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
