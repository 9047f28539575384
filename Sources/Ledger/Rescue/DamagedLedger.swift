import LedgerFormat
import LedgerStore
import Policy
import Records

/// A damaged ledger, not opened for service: finds its sound part, and writes that as a new ledger.
///
/// Holds the writer's lock meanwhile; the ledger's files are only read.
package final class DamagedLedger {
    package private(set) var report = RescueReport()
    private let store: DamagedStore
    private var packs: [KeptPack] = []

    /// Reads the whole ledger once.
    ///
    /// - Parameters:
    ///   - library: packs from which a kept pack with a damaged text may be restored.
    ///   - progress: called with the number of the block read and of the last one.
    /// - Throws: `.unavailable` where the ledger is in use, `.newer`, `.damaged` where nothing can be read at all.
    package init(
        path: String, library: [PolicyPack] = [], progress: (_ done: UInt64, _ of: UInt64) -> Void = { _, _ in }
    ) throws(StoreFailure) {
        store = try DamagedStore(path: path)
        report.refusal = store.refusal
        report.brokenFrames = store.brokenFrames
        report.acknowledgedBlocks = store.acknowledgedBlocks
        report.isWitnessed = store.isWitnessed
        try readPacks(library)
        readBlocks(progress)
    }

    // MARK: Looking

    private func readPacks(_ library: [PolicyPack]) throws(StoreFailure) {
        for (index, row) in try store.packRows().enumerated() {
            let number = UInt32(index + 1)
            guard let pack = row.restored(number: number, library) else {
                report.lostPacks.append("\(row.pack.region) \(row.pack.digest.prefix(12))")
                continue
            }
            if pack != row.pack { report.restoredPacks.append(number) }
            packs.append(pack)
        }
    }

    private func readBlocks(_ progress: (UInt64, UInt64) -> Void) {
        let last = store.lastBlock()
        var end = JournalEnd()
        let entry = SettlementEntry()
        var next: UInt64 = 1
        // Bounds the scan where the number of the last block is damaged: blocks are contiguous with few gaps.
        var missing = 0
        while next <= max(last, report.acknowledgedBlocks), missing < Self.missingMax {
            switch look(next, after: &end, entry) {
            case .kept: missing = 0
            case .lost: missing = 0
            case .missing: missing += 1
            }
            progress(next, last)
            next += 1
        }
        report.keptBlocks = end.sequence
        report.lastKept = end.sequence > 0 ? end.time : nil
    }

    private static let missingMax = 100_000

    private enum Look { case kept, lost, missing }

    private func look(_ sequence: UInt64, after end: inout JournalEnd, _ entry: SettlementEntry) -> Look {
        func broken(_ reason: String) {
            if report.brokenBlock == nil { report.brokenBlock = (sequence, reason) }
        }
        let found: [UInt8]?
        do throws(StoreFailure) { found = try store.block(sequence) } catch {
            broken(error.reason)
            return .missing
        }
        guard let bytes = found else {
            broken("is missing")
            return .missing
        }
        do {
            let block = try CheckedBlock(SealedBlock(sequence: sequence, bytes: bytes))
            let follows = report.brokenBlock == nil && end.sequence + 1 == sequence
            if follows, block.previousChecksum != end.checksum { broken("does not continue the block before it") }
            let isKept = follows && report.brokenBlock == nil
            try block.read { view throws(DamagedBytes) in try count(view, isKept, entry) }
            guard isKept else {
                report.readableLostBlocks += 1
                return .lost
            }
            end.sequence = sequence
            end.checksum = block.checksum
            end.time = block.time
            return .kept
        } catch {
            broken((error as? BlockDamage)?.reason ?? "a row of it cannot be read")
            return .missing
        }
    }

    private func count(_ view: BlockView, _ isKept: Bool, _ entry: SettlementEntry) throws(DamagedBytes) {
        for index in 0..<view.rowCount {
            guard let row = view.row(index), row.first == RowKind.settlement.rawValue else { continue }
            if isKept {
                report.keptSettlements += 1
                continue
            }
            report.lostSettlements += 1
            guard report.lostIDs.count < RescueReport.idsListedMax else { continue }
            try entry.read(row)
            report.lostIDs.append(entry.idText)
        }
    }

    // MARK: Keeping

    /// Writes the sound part to a new file, closed in order and complete without a log or witness.
    package func keep(
        to path: String, progress: (_ done: Int, _ of: Int) -> Void = { _, _ in }
    ) throws(StoreFailure) {
        guard report.lostPacks.isEmpty else {
            throw .damaged(
                "\(store.path): the texts of kept packs are damaged (\(report.lostPacks.joined(separator: ", "))): "
                    + "name a folder that has the packs of these digests by --policies")
        }
        try store.keep(last: report.keptBlocks, packs: packs, to: path, progress: progress)
    }

    /// Replaces the ledger by its sound part. The damaged files stay beside it, under names with `.damaged`.
    ///
    /// - Returns: the new name of the damaged ledger.
    package func keepInPlace(
        progress: (_ done: Int, _ of: Int) -> Void = { _, _ in }
    ) throws(StoreFailure) -> String {
        try store.replace { (draft) throws(StoreFailure) in try keep(to: draft, progress: progress) }
    }
}
