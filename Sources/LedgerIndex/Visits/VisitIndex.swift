import Dispatch
import Glibc
import LedgerFormat
import Policy
import Registry
import Settlement
import Synchronization

/// The index of visits: the values of every settlement that lists and screenings need, in order of settling, and later
/// changes of them. Derived from the journal.
///
/// Used by the sequencer, except `shelf`, whose views any thread reads. Life of a visit, as of an entry of
/// `SortedRunIndex`: `append` while its block is open, `seal`, `confirm` when the block is durable, and only then it is
/// written; `rollback` removes it. Memory: 96 bytes an unwritten visit, at most `chunksWaitingMax` chunks of some ten
/// thousand where the caller heeds `hasRoom`.
package final class VisitIndex {
    /// Visits of a chunk before it is closed at the end of a block.
    private let chunkVisits: Int
    /// Default of `chunkVisits`, 0.8 MB of memory; tests use less.
    package static let chunkVisitsUsual = 8_192
    /// Spare rows for the last block of a chunk; a block has far fewer settlements.
    private static let slack = 2_048
    private static let changesMax = 4_096
    static let chunksWaitingMax = 64
    /// Visits between two updates of the manifest: bounds the replay after a crash.
    private let visitsPerPublishing: Int

    let shelf: VisitShelf
    /// Receives failures to write, on any thread.
    var observer: LedgerObserver = { _ in } {
        didSet { writer.observer.withLock { $0 = observer } }
    }
    private let writer: VisitWriter
    /// Closed chunks not yet fully confirmed, with their last blocks; `open` follows them.
    private var closed: [(chunk: VisitChunk, last: UInt64)] = []
    @exclusivity(unchecked) private var open: VisitChunk
    @exclusivity(unchecked) private var terms: [VisitTerms?] = []
    /// The last complete block: a replay skips rows of it and earlier ones.
    @exclusivity(unchecked) private var sealed: UInt64
    private var confirmed: (block: UInt64, mark: UInt64)
    /// The last block in the manifest, or queued for it.
    private var published: UInt64
    private var visitsSincePublishing = 0
    private var generation: UInt64 = 0

    init(
        disk: IndexDisk, keeper: ManifestKeeper, opened: VisitOpening, chunkVisits: Int, damageFlag: DamageFlag
    ) {
        self.chunkVisits = chunkVisits
        visitsPerPublishing = 64 * chunkVisits
        open = Self.chunk(chunkVisits)
        var state = VisitShelf.State(memory: [open])
        if let file = opened.file { state.files = [(file, opened.heads)] }
        sealed = opened.facts?.through ?? 0
        confirmed = (sealed, opened.facts?.mark ?? 0)
        published = sealed
        state.through = sealed
        shelf = VisitShelf(state, damageFlag: damageFlag)
        // A reader continues in a file of its own.
        writer = VisitWriter(
            disk: disk, keeper: keeper, shelf: shelf, start: keeper.isDurable ? opened.facts : nil)
    }

    private static func chunk(_ visits: Int) -> VisitChunk {
        VisitChunk(capacity: visits + slack, partsCapacity: (visits + slack) * VisitChunk.partsPerRow)
    }

    /// The last block whose visits are all in a file and the manifest: a replay begins after it.
    package var through: UInt64 { shelf.state.withLock { $0.through } }

    // MARK: Adding

    /// Adds a settlement of the open block; some 30 ns. Takes the row's values one by one: a row made by another module
    /// would be a call more, and a copy.
    ///
    /// - Parameters:
    ///   - borne: paid by accounts and in cash, in fen.
    ///   - number: of the kept pack.
    ///   - pack: the pack of that number; evaluated at its first row.
    package func append(
        position: UInt64, person: UInt64, borne: Fen, packNumber number: UInt32, _ claim: borrowing Claim,
        _ outcome: UnsafePointer<Outcome>, _ pack: @autoclosure () -> PolicyPack?
    ) {
        let row = VisitRow(
            position: position, person: person, total: claim.cost.total, inPolicy: claim.cost.inPolicy, borne: borne,
            serviceDate: claim.serviceDate, pack: number, kind: claim.kind.rawValue,
            level: claim.institution.level.rawValue, disease: claim.disease)
        guard row.block > sealed else { return }
        let number = Int(number)
        guard number < terms.count, let terms = terms[number] else { return learn(row, outcome, pack()) }
        append(row, outcome, terms)
    }

    private func learn(_ row: VisitRow, _ outcome: UnsafePointer<Outcome>, _ pack: PolicyPack?) {
        guard let pack else { return }
        while terms.count <= Int(row.pack) { terms.append(nil) }
        let learnt = VisitTerms(pack)
        terms[Int(row.pack)] = learnt
        append(row, outcome, learnt)
    }

    @inline(__always)
    private func append(_ row: VisitRow, _ outcome: UnsafePointer<Outcome>, _ terms: VisitTerms) {
        if open.isFull { widen() }
        let (burden, parts) = terms.take(outcome, inPolicy: row.inPolicy, parts: open.nextParts)
        var row = row
        row.burden = burden
        open.append(row, parts: parts)
    }

    /// Replaces a full open chunk by a copy with twice the capacity.
    private func widen() {
        let wider = open.copy(after: 0, through: .max, room: 2 * open.capacity)
        shelf.state.withLock { $0.memory[$0.memory.count - 1] = wider }
        open = wider
    }

    /// Adds a change of a settlement in the open block.
    package func append(_ change: VisitChange) {
        guard change.position.block > sealed else { return }
        open.append(change)
    }

    // MARK: Blocks

    /// Marks the rows since the last call as all of this block, unless it is in the index already (a replay).
    func seal(_ block: UInt64) {
        guard block > sealed else { return }
        sealed = block
        if open.count >= chunkVisits || open.partCount >= chunkVisits * VisitChunk.partsPerRow
            || open.changeCount >= Self.changesMax
        {
            closeOpen()
        }
    }

    private func closeOpen() {
        visitsSincePublishing += open.count
        closed.append((open, sealed))
        open = Self.chunk(chunkVisits)
        shelf.state.withLock { $0.memory.append(open) }
    }

    /// Marks the blocks up to this one as durable; `mark` is the fingerprint of this block, which differs in another
    /// journal.
    func confirm(_ block: UInt64, mark: UInt64) {
        guard block > confirmed.block else { return }
        confirmed = (block, mark)
        while let first = closed.first, first.last <= block {
            closed.removeFirst()
            writer.write(first.chunk, generation: generation)
        }
        if visitsSincePublishing >= visitsPerPublishing { freeze() }
    }

    /// Removes the rows of blocks after this one, and of a block not yet sealed. Confirmed blocks stay.
    func rollback(after block: UInt64) {
        let block = max(block, confirmed.block)
        sealed = min(sealed, block)
        let chunks = closed.map(\.chunk) + [open]
        // The chunk with the last kept row is copied, because views may read its memory.
        let kept = closed.firstIndex { $0.last > sealed } ?? closed.count
        let rest = chunks[kept].copy(after: 0, through: sealed)
        closed.removeLast(closed.count - kept)
        open = rest
        shelf.state.withLock { state in
            state.memory.removeLast(chunks.count - kept)
            state.memory.append(rest)
        }
    }

    // MARK: Files

    /// Back-pressure: false when visits come faster than files can be written, or writing fails (`writeTrouble`).
    var hasRoom: Bool { writer.chunksWaiting < Self.chunksWaitingMax }

    /// Why the last write failed; nil after a success.
    package var writeTrouble: DerivedFailure? { shelf.state.withLock { $0.writeTrouble } }

    /// Queues all confirmed visits and an update of the manifest, so that `through` reaches the last confirmed block.
    func freeze() {
        guard confirmed.block > published else { return }
        // Splits the chunk behind the last confirmed row, unless it is queued already.
        let last = closed.first?.chunk ?? open
        let rest = last.copy(after: confirmed.block, through: .max, room: chunkVisits + Self.slack)
        if rest.count < last.count || rest.changeCount < last.changeCount {
            shelf.state.withLock { state in
                last.cut(after: confirmed.block)
                let index = state.memory.firstIndex { $0 === last } ?? state.memory.endIndex - 1
                state.memory.insert(rest, at: index + 1)
            }
            if closed.isEmpty { open = rest } else { closed[0].chunk = rest }
            writer.write(last, generation: generation)
        }
        writer.publish(through: confirmed.block, mark: confirmed.mark, generation: generation)
        published = confirmed.block
        visitsSincePublishing = 0
    }

    /// Waits until `hasRoom`; false: timeout.
    func waitForRoom(milliseconds: Int = 60_000) -> Bool { wait(milliseconds) { hasRoom } }

    /// Waits until every confirmed visit is in a file; false: timeout.
    package func flush(milliseconds: Int = 60_000) -> Bool {
        freeze()
        return wait(milliseconds) { through == confirmed.block }
    }

    private func wait(_ milliseconds: Int, until isDone: () -> Bool) -> Bool {
        let end = DispatchTime.now() + .milliseconds(milliseconds)
        while !isDone() {
            if DispatchTime.now() >= end || shelf.isDamaged { return false }
            usleep(1_000)
        }
        return true
    }

    /// Drops all visits, also on disk; the journal must then be replayed from its beginning.
    package func reset() {
        open = Self.chunk(chunkVisits)
        closed = []
        shelf.clear(open)
        generation += 1
        (sealed, confirmed, published, visitsSincePublishing) = (0, (0, 0), 0, 0)
        writer.reset()
    }

    /// Stops background work. No append is allowed afterwards.
    func close() { writer.close() }
}
