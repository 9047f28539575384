import Accounts
import LedgerFormat
import LedgerIndex
import LedgerStore
import Policy
import Registry
import Settlement

/// Opening of a ledger: loads the last snapshot and replays the journal from there on.
extension Ledger {
    /// Progress of a replay: blocks done, and blocks in all.
    package typealias OpeningProgress = (_ done: UInt64, _ of: UInt64) -> Void

    static func load(
        store: any LedgerStore, library: PolicyLibrary, archive: PackArchive, derived: DerivedFiles,
        observer: LedgerObserver, progress: OpeningProgress
    ) throws(LedgerProblem) -> (Books, JournalEnd) {
        let layouts = try Layouts(archive, library)
        func fresh() -> Books {
            Books(
                library: library, layouts: layouts, identity: store.identity, ids: derived.ids,
                institutions: derived.institutions, visits: derived.visits)
        }
        var books = fresh()
        var replay = Replay()
        do {
            if let reader = try derived.openSnapshot() { try Snapshots.read(reader, into: books, &replay) }
        } catch {
            // The snapshot is optional: without it the journal is replayed from its beginning.
            observer(
                LedgerIncident(
                    .derivedUnusable, "the snapshot cannot be used (\(error)): the journal is read from its beginning"))
            derived.dropSnapshot()
            books = fresh()
            replay = Replay()
        }
        let end = try Opening(store: store, derived: derived, books: books, replay: replay).run(progress)
        // Fills the lazy caches, so that threads beside the sequencer only read.
        books.registry.resolveCaches()
        return (books, end)
    }
}

/// One replay of the journal.
private final class Opening {
    let store: any LedgerStore
    let derived: DerivedFiles
    let books: Books
    let replay: Replay
    private var end = JournalEnd()
    /// Reads settlements that a reversal or a booking refers to.
    private let earlier: RowReader

    init(store: any LedgerStore, derived: DerivedFiles, books: Books, replay: Replay) {
        self.store = store
        earlier = RowReader(store)
        self.derived = derived
        self.books = books
        self.replay = replay
    }

    func run(_ progress: Ledger.OpeningProgress) throws(LedgerProblem) -> JournalEnd {
        var damage: LedgerDamage?
        do throws(StoreFailure) {
            let last = try store.lastSequence()
            // Begins one block earlier, whose checksum and time the first replayed block must continue.
            let start = derived.replayStart
            try store.scan(after: start > 0 ? start - 1 : 0) { block in
                do throws(LedgerDamage) {
                    try apply(block, isBefore: block.sequence <= start)
                    progress(block.sequence, last)
                } catch {
                    damage = error
                }
                return damage == nil
            }
        } catch {
            throw .store(error)
        }
        if let damage { throw .damage(damage) }
        if let mismatch = books.accounts.mismatch { throw .account(mismatch) }
        return end
    }

    private func apply(_ block: SealedBlock, isBefore: Bool) throws(LedgerDamage) {
        let last = end
        let block = try block.checked()
        earlier.take(block)
        end = try block.read { view throws(LedgerDamage) in try apply(view, after: last, isBefore: isBefore) }
    }

    private func apply(_ view: BlockView, after last: JournalEnd, isBefore: Bool) throws(LedgerDamage) -> JournalEnd {
        let sequence = view.sequence
        if last.sequence > 0 || sequence == 1, view.previousChecksum != last.checksum || sequence != last.sequence + 1 {
            throw .block(BlockDamage(sequence: sequence, reason: "does not continue the block before it"))
        }
        if !isBefore {
            for index in 0..<view.rowCount {
                guard let row = view.row(index) else { continue }
                try books.apply(row, at: Position(block: sequence, row: index), time: view.time, replay) {
                    position, entry throws(LedgerDamage) in
                    try earlier.load(position, into: entry)
                }
            }
            derived.seal(sequence)
            derived.confirm(sequence, mark: UInt64(view.checksum))
            _ = derived.hasRoom || derived.waitForRoom()
        }
        return JournalEnd(sequence: sequence, checksum: view.checksum, time: view.time, era: view.era)
    }
}

extension DerivedFiles {
    /// Opens the derived files of a ledger; without a folder they are temporary and rebuilt each time.
    static func open(
        _ store: any LedgerStore, folder: String?, access: Access,
        visitsPerChunk: Int = VisitIndex.chunkVisitsUsual
    ) throws(LedgerProblem) -> DerivedFiles {
        let journal = Journal(
            last: { (try? store.lastSequence()) ?? 0 },
            mark: { sequence in
                guard let bytes = try? store.block(sequence) else { return nil }
                return UInt64(BlockFormat.checksum(ofSealed: bytes))
            })
        do {
            return try DerivedFiles(
                folder: folder ?? "/nonexistent", identity: store.identity, access: folder == nil ? .reader : access,
                journal: journal, visitsPerChunk: visitsPerChunk)
        } catch {
            throw .derived(error)
        }
    }

    static func unsaved(_ store: any LedgerStore) throws(LedgerProblem) -> DerivedFiles {
        try open(store, folder: nil, access: .reader)
    }
}
