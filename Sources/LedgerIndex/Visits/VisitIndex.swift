import Dispatch
import Glibc
import LedgerFormat
import Policy
import Registry
import Settlement
import Synchronization

/// The index of visits: what lists and screenings ask of every settlement, in the order of settling, and what changed
/// of them later. It derives from the journal.
///
/// The sequencer uses it, but for `shelf`, whose views any thread reads. Life of a visit as of the entries of
/// `SortedRunIndex`: `append` while its block is made, `seal`, `confirm` when the block is durable, and only then it is
/// written; `rollback` takes back. Memory: 96 bytes a visit that is not written yet, at most `chunksWaitingMax` chunks
/// of some ten thousand where the caller heeds `hasRoom`.
package final class VisitIndex {
    /// Visits after which a chunk is closed, when its last block is complete.
    private let chunkVisits: Int
    /// What `chunkVisits` is but in tests: 0.8 MB of memory.
    package static let chunkVisitsUsual = 8_192
    /// Rows of a block that comes on top; a block has not nearly as many settlements.
    private static let slack = 2_048
    private static let changesMax = 4_096
    static let chunksWaitingMax = 64
    /// Visits after which the manifest is told what is there: so many are read of the journal again after a crash.
    private let visitsPerPublishing: Int

    let shelf: VisitShelf
    /// Is told of what cannot be written, on any thread.
    var observer: LedgerObserver = { _ in } {
        didSet { writer.observer.withLock { $0 = observer } }
    }
    private let writer: VisitWriter
    /// Closed chunks that are not all confirmed, with their last blocks; then `open`.
    private var closed: [(chunk: VisitChunk, last: UInt64)] = []
    @exclusivity(unchecked) private var open: VisitChunk
    @exclusivity(unchecked) private var terms: [VisitTerms?] = []
    /// The last block that is complete: rows of it and earlier ones are here already, as a replay finds.
    @exclusivity(unchecked) private var sealed: UInt64
    private var confirmed: (block: UInt64, mark: UInt64)
    /// The last block that the manifest was told of, or will be.
    private var published: UInt64
    private var visitsSincePublishing = 0
    private var generation: UInt64 = 0

    init(disk: IndexDisk, keeper: ManifestKeeper, opened: VisitOpening, chunkVisits: Int) {
        self.chunkVisits = chunkVisits
        visitsPerPublishing = 64 * chunkVisits
        open = Self.chunk(chunkVisits)
        var state = VisitShelf.State(memory: [open])
        if let file = opened.file { state.files = [(file, opened.heads)] }
        sealed = opened.facts?.through ?? 0
        confirmed = (sealed, opened.facts?.mark ?? 0)
        published = sealed
        state.through = sealed
        shelf = VisitShelf(state)
        // A reader goes on in a file of its own.
        writer = VisitWriter(
            disk: disk, keeper: keeper, shelf: shelf, start: keeper.isDurable ? opened.facts : nil)
    }

    private static func chunk(_ visits: Int) -> VisitChunk {
        VisitChunk(capacity: visits + slack, partsCapacity: (visits + slack) * VisitChunk.partsPerRow)
    }

    /// Every visit of the blocks up to this one is in a file and in the manifest: a replay need not add them.
    package var through: UInt64 { shelf.state.withLock { $0.through } }

    // MARK: Adding

    /// Adds a settlement of the block that is being made; some 30 ns.
    ///
    /// - Parameters:
    ///   - row: with any `burden` and `partsEnd`: they are worked out here.
    ///   - pack: the pack of the row's number; asked for at its first row.
    package func append(_ row: VisitRow, _ outcome: UnsafePointer<Outcome>, _ pack: @autoclosure () -> PolicyPack?) {
        guard row.block > sealed else { return }
        let number = Int(row.pack)
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

    /// The block has more than its chunk was made for: another one with twice the room takes its place.
    private func widen() {
        let wider = open.copy(after: 0, through: .max, room: 2 * open.capacity)
        shelf.state.withLock { $0.memory[$0.memory.count - 1] = wider }
        open = wider
    }

    /// Adds what changed of a settlement in the block that is being made.
    package func append(_ change: VisitChange) {
        guard change.position.block > sealed else { return }
        open.append(change)
    }

    // MARK: Blocks

    /// The rows since the last call are all of this block, unless it is here already (a replay).
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

    /// Blocks up to this one are durable; `mark`: a number of this block's content, another in another journal.
    func confirm(_ block: UInt64, mark: UInt64) {
        guard block > confirmed.block else { return }
        confirmed = (block, mark)
        while let first = closed.first, first.last <= block {
            closed.removeFirst()
            writer.write(first.chunk, generation: generation)
        }
        if visitsSincePublishing >= visitsPerPublishing { freeze() }
    }

    /// Takes back the rows of blocks after this one, and those of a block not yet sealed. Confirmed blocks stay.
    func rollback(after block: UInt64) {
        let block = max(block, confirmed.block)
        sealed = min(sealed, block)
        let chunks = closed.map(\.chunk) + [open]
        // The chunk in which the last row that stays is; it goes on in new memory, because views read the old.
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

    /// False: files cannot be written as fast as visits come, or not at all (`writeTrouble`).
    var hasRoom: Bool { writer.chunksWaiting < Self.chunksWaitingMax }

    /// Why the last attempt to write failed; nil: none did since the last that succeeded.
    package var writeTrouble: DerivedFailure? { shelf.state.withLock { $0.writeTrouble } }

    /// Has all confirmed visits written, and the manifest told: `through` comes to the last confirmed block.
    func freeze() {
        guard confirmed.block > published else { return }
        // The chunk that the last confirmed row is in, if it is not handed over already, is cut in two behind it.
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

    /// Waits until there is room again; false: there is none after this time.
    func waitForRoom(milliseconds: Int = 60_000) -> Bool { wait(milliseconds) { hasRoom } }

    /// Waits until every confirmed visit is in a file; false: it took longer than this.
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

    /// Throws everything away, also on disk; the journal has to be replayed from its beginning.
    package func reset() {
        open = Self.chunk(chunkVisits)
        closed = []
        shelf.clear(open)
        generation += 1
        (sealed, confirmed, published, visitsSincePublishing) = (0, (0, 0), 0, 0)
        writer.reset()
    }

    /// Ends the work in the background. Nothing may be added afterwards.
    func close() { writer.close() }
}
